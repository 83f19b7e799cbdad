//! Where each agent's machine is, and what its configuration refers to: read without any secret.

use std::path::PathBuf;

use crate::reading::{Found, Reading, Section};

use super::agents;

/// An agent's machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The agent's name, and its aliases.
    pub names: Vec<String>,
    /// How its machine is called for OpenSSH.
    pub ssh: Option<String>,
    /// Where secrets lie there.
    pub secrets_dir: String,
    /// What is referred to, by key.
    pub refers: Vec<(&'static str, Reference)>,
}

/// Where a secret is said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// In a file of this machine.
    File(PathBuf),
    /// In the environment.
    Env(String),
}

pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Vec<Machine> {
    let Some(found) = document.get("agents") else { return Vec::new() };
    let sections = reading.sections(&found, agents::KEYS);
    sections.iter().filter_map(|section| machine(reading, section)).collect()
}

fn machine<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Machine> {
    let name = reading.required(section, "name", "name = \"…\"").and_then(|found| reading.text(&found))?;
    let aliases = section.get("aliases").map_or_else(Vec::new, |found| reading.texts(&found));
    let (ssh, secrets_dir) = agents::read_machine(reading, section);
    let driver = section.get("driver").and_then(|driver| driver.below("token"));
    let refers = [
        ("hook_token", section.get("hook_token")),
        ("token", section.get("token")),
        ("driver.token", driver),
    ];
    let refers = refers.into_iter().filter_map(|(key, found)| Some((key, reference(reading, &found?)?)));
    let refers = refers.collect();
    let names = std::iter::once(name).chain(aliases.into_iter().map(|(_, alias)| alias)).collect();
    Some(Machine { names, ssh, secrets_dir, refers })
}

fn reference(reading: &Reading<'_>, found: &Found<'_>) -> Option<Reference> {
    let text = |key: &str| Some(found.below(key)?.value.as_str()?.trim().to_owned());
    text("file").map(|file| Reference::File(reading.beside(file))).or_else(|| text("env").map(Reference::Env))
}

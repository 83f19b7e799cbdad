//! Where each agent's machine is, and what its configuration and the registry refer to: no secret is handed out.

use std::path::PathBuf;

use commands::fact::is_same_name;

use crate::reading::{Found, Reading, Section};
use crate::registry::Kept;

use super::{agents, hooks};

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
    /// In the clear, in the registry that is this file.
    Clear(PathBuf),
}

pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Vec<Machine> {
    let found = document.get("agents");
    let sections = found.map_or_else(Vec::new, |found| reading.sections(&found, agents::KEYS));
    let mut machines: Vec<_> = sections.iter().filter_map(|section| machine(reading, section)).collect();
    for kept in hooks::read_registry_tokens(reading, document) {
        add(&mut machines, kept);
    }
    machines
}

/// What the registry has of an agent, or of somebody whom the configuration does not know.
fn add(machines: &mut Vec<Machine>, Kept { names, key, at }: Kept) {
    let bears =
        |machine: &Machine| machine.names.iter().any(|name| names.iter().any(|one| is_same_name(one, name)));
    let refers = (key, at);
    match machines.iter_mut().find(|machine| bears(machine)) {
        Some(machine) => machine.refers.push(refers),
        None => machines.push(Machine { names, ssh: None, secrets_dir: String::new(), refers: vec![refers] }),
    }
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

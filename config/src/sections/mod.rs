//! One file for each section of the configuration.

pub(crate) mod account;
pub(crate) mod agents;
pub(crate) mod beside;
pub(crate) mod bot;
pub(crate) mod domains;
pub(crate) mod driver;
pub(crate) mod hooks;
pub(crate) mod limits;
pub(crate) mod machines;
pub(crate) mod mesh;
pub(crate) mod nodes;
pub(crate) mod people;
pub(crate) mod rules;
pub(crate) mod sign_in;
pub(crate) mod telegram;

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::reading::{Reading, Section};
use crate::{Config, Fault, Faults, check};

/// The sections, in the order of the example.
pub(crate) const KEYS: &[&str] = &[
    "mesh", "state", "telegram", "account", "accounts", "bot", "people", "agents", "nodes", "hooks",
    "domains", "rules", "limits",
];

/// The keys of `[state]`.
pub(crate) const STATE_KEYS: &[&str] = &["dir", "permissions"];
const STATE_DIR: &str = "state";
const PERMISSIONS: &str = "permissions.json";

/// Reads a whole configuration.
pub(crate) fn read(
    file: &Path,
    source: &str,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, Faults> {
    let (config, warnings) = read_with(file, source, env, read_document)?;
    match config {
        Some(config) => Ok(Config { warnings, ..config }),
        None => Err(Faults::of(vec![unexplained(file)])),
    }
}

/// Reads only where the node keeps its state: enough to ask a running node, without its secrets.
pub(crate) fn read_state_dir(file: &Path, source: &str) -> Result<PathBuf, Faults> {
    read_with(file, source, &|_| None, read_state).map(|((dir, _), _)| dir)
}

/// Reads what a node needs that only drives the agents beside it.
pub(crate) fn read_beside(
    file: &Path,
    source: &str,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<(beside::Beside, Vec<Fault>), Faults> {
    read_with(file, source, env, beside::read)
}

/// Reads where each agent's machine is.
pub(crate) fn read_machines(file: &Path, source: &str) -> Result<Vec<machines::Machine>, Faults> {
    read_with(file, source, &|_| None, machines::read).map(|(machines, _)| machines)
}

/// Reads where the registry of an earlier mesh is.
pub(crate) fn read_registry_file(file: &Path, source: &str) -> Result<Option<PathBuf>, Faults> {
    read_with(file, source, &|_| None, hooks::read_registry_file).map(|(file, _)| file)
}

/// Reads what signing one account in needs.
pub(crate) fn read_sign_in(
    file: &Path,
    source: &str,
    env: &dyn Fn(&str) -> Option<String>,
    wanted: (Option<&str>, sign_in::Depth),
) -> Result<(sign_in::SignIn, Vec<Fault>), Faults> {
    let (read, warnings) =
        read_with(file, source, env, |reading, document| sign_in::read(reading, document, wanted))?;
    read.map(|read| (read, warnings)).ok_or_else(|| Faults::of(vec![unexplained(file)]))
}

/// Reads a text as TOML, then as `what` it is wanted for; gives the warnings, too.
fn read_with<T>(
    file: &Path,
    source: &str,
    env: &dyn Fn(&str) -> Option<String>,
    what: impl for<'a> FnOnce(&mut Reading<'a>, &Section<'a>) -> T,
) -> Result<(T, Vec<Fault>), Faults> {
    let (table, errors) = DeTable::parse_recoverable(source);
    let mut reading = Reading::new(file, source, env);
    for error in &errors {
        reading.syntax(error);
    }
    if !errors.is_empty() {
        return Err(Faults::of(reading.faults));
    }
    let read = what(&mut reading, &Section::document(table.get_ref()));
    if reading.faults.is_empty() { Ok((read, reading.warnings)) } else { Err(Faults::of(reading.faults)) }
}

/// Every section is read, whatever is wrong with those before it.
fn read_document<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Option<Config> {
    reading.unknown_keys(document, KEYS);
    let mesh = mesh::read(reading, document);
    let (state_dir, permissions) = read_state(reading, document);
    let telegram = telegram::read(reading, document);
    let mut accounts = account::read(reading, document).into_iter();
    let bot = bot::read(reading, document);
    let people = people::read(reading, document);
    let (hooks, registry) = hooks::read(reading, document);
    let agents = agents::read(reading, document, registry.as_ref());
    let nodes = nodes::read(reading, document);
    let domains = domains::read(reading, document);
    let limits = limits::read(reading, document);
    let mode = mesh.as_ref().map(|mesh| mesh.mode).unwrap_or_default();
    check::roster(reading, document, &people, &agents);
    check::accounts(reading, document, (&people, mode));
    let rules = rules::read(reading, document, mesh.as_ref());
    Some(Config {
        mesh: mesh?,
        state_dir,
        permissions,
        telegram,
        account: accounts.next(),
        other_accounts: accounts.collect(),
        bot,
        people: people.into_iter().map(|(_, person)| person).collect(),
        agents: agents.into_iter().map(|(_, agent)| agent).collect(),
        nodes,
        hooks,
        domains,
        limits,
        warnings: Vec::new(),
        rules: rules?,
    })
}

/// The directory, and the file with the roles.
pub(crate) fn read_state<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> (PathBuf, PathBuf) {
    let found = document.get("state");
    let section = found.and_then(|found| reading.section(&found, STATE_KEYS));
    let mut path = |key: &str, default: &str| {
        let found = section.as_ref().and_then(|section| section.get(key));
        let path = found.and_then(|found| reading.text(&found));
        reading.beside(path.as_deref().unwrap_or(default))
    };
    (path("dir", STATE_DIR), path("permissions", PERMISSIONS))
}

/// A section that gave nothing has said why; this is for the day one forgets to.
fn unexplained(file: &Path) -> Fault {
    Fault::of_file(file, "something is missing", "compare it with config/mesh.example.toml")
}

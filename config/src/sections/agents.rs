//! `[[agents]]`: who works here.

use std::path::PathBuf;

use commands::ids::AgentId;

use crate::reading::{Found, Reading, Section, Spot};
use crate::registry::{self, Registry};
use crate::secret::{InTheClear, Secret};

use super::driver::{self, Driver};

pub(crate) const KEYS: &[&str] = &[
    "id",
    "name",
    "aliases",
    "address",
    "always_on",
    "hook",
    "hook_token",
    "token",
    "doors",
    "accepts_from",
    "driver",
    "ssh",
    "secrets_dir",
];

/// Whoever may send to an agent that takes messages from all.
const EVERYBODY: &str = "*";
/// Where secrets lie on an agent's machine, seen from the home of whoever OpenSSH signs in as.
const SECRETS_DIR: &str = ".mesh/secrets";
/// A token of fewer characters could be guessed.
const TOKEN_LEAST: usize = 16;

const DOORS: &[(&str, Door)] = &[("hook", Door::Hook), ("dm", Door::Dm)];

/// `[[agents]]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// What the core knows of it.
    pub agent: commands::fact::Agent,
    /// The ways in, the first that works being taken.
    pub doors: Vec<Door>,
    /// The hook of its gateway, where it has one.
    pub hook: Option<Hook>,
    /// What it shows at the node's own door: the token says who speaks.
    pub token: Option<Secret>,
    /// The file that this stands in, if it is one: where a new one is written.
    pub token_file: Option<PathBuf>,
    /// Who may send to it; the mesh itself always may.
    pub accepts_from: Accepts,
    /// By what its gateway is driven; without one it can only be spoken with.
    pub driver: Option<Driver>,
}

/// The hook of an agent's gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Where messages are posted, as `http://100.64.0.11:18789/hooks/agent`; notices go beside it, to `wake`.
    pub url: String,
    /// What it asks to be shown.
    pub token: Option<Secret>,
}

/// Whose messages an agent takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepts {
    /// Everybody's of the mesh.
    Everybody,
    /// Those people's and agents', by name or alias; nobody's where there is none.
    These(Vec<String>),
}

/// A way to tell an agent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Its HTTP hook.
    Hook,
    /// A private message of the dedicated account.
    Dm,
}

pub(crate) fn read<'a>(
    reading: &mut Reading<'a>,
    document: &Section<'a>,
    registry: Option<&Registry>,
) -> Vec<(Spot, Agent)> {
    let Some(found) = document.get("agents") else {
        return Vec::new();
    };
    let mut agents = Vec::new();
    let mut chosen = Vec::new();
    for section in reading.sections(&found, KEYS) {
        let doors = section.get("doors").map(|found| (found.spot.clone(), read_doors(reading, &found)));
        if let Some(agent) = read_agent(reading, &section) {
            agents.push((section.spot, agent));
            chosen.push(doors);
        }
    }
    if let Some(registry) = registry {
        registry::merge(reading, registry, &mut agents);
    }
    for ((spot, agent), doors) in agents.iter_mut().zip(chosen) {
        settle_doors(reading, spot, agent, doors);
    }
    agents
}

fn read_agent<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Agent> {
    let id = reading.required(section, "id", "id = 4101 (the Telegram user id of its bot)");
    let id = id.and_then(|found| reading.number(&found, 1..=i64::MAX));
    let name = reading.required(section, "name", "name = \"…\"");
    let name = name.and_then(|found| reading.text(&found));
    let aliases = section.get("aliases");
    let aliases = aliases.map_or_else(Vec::new, |found| reading.texts(&found));
    let address = section.get("address").and_then(|found| reading.text(&found));
    let always_on = section.get("always_on").and_then(|found| reading.flag(&found)).unwrap_or(true);
    let (hook, token) = (read_hook(reading, section), read_token(reading, section));
    let token_file = section.get("token").and_then(|found| found.below("file"));
    let token_file = token_file.and_then(|found| Some(reading.beside(found.value.as_str()?.trim())));
    let accepts_from = read_accepts(reading, section);
    let driver = driver::read(reading, section);
    // Where its machine is matters to `mesh secret` alone; here it is read for its faults.
    read_machine(reading, section);
    let agent = commands::fact::Agent {
        id: AgentId(id?),
        name: name?,
        aliases: aliases.into_iter().map(|(_, alias)| alias).collect(),
        address,
        always_on,
    };
    let doors = Vec::new();
    Some(Agent { agent, doors, hook, token, token_file, accepts_from, driver })
}

/// How its machine is called for OpenSSH, and where secrets lie there.
pub(crate) fn read_machine<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> (Option<String>, String) {
    let ssh = section.get("ssh").and_then(|found| read_ssh(reading, &found));
    let secrets_dir = section.get("secrets_dir").and_then(|found| read_secrets_dir(reading, &found));
    (ssh, secrets_dir.unwrap_or_else(|| SECRETS_DIR.to_owned()))
}

/// A name that OpenSSH can't take for an option.
fn read_ssh<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<String> {
    let text = reading.text(found)?;
    if text.is_empty()
        || text.starts_with('-')
        || text.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        let what = format!("`{text}` is no host for OpenSSH");
        reading.fault(&found.spot, what, "write it like \"ely@100.64.0.11\", or a Host of ~/.ssh/config");
        return None;
    }
    Some(text)
}

/// A path that means the same in every shell.
fn read_secrets_dir<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<String> {
    let text = reading.text(found)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if text.is_empty()
        || text.starts_with('-')
        || !text.chars().all(plain)
        || text.split('/').any(|part| part == "..")
    {
        let what = format!("`{text}` is no plain path");
        reading.fault(
            &found.spot,
            what,
            "write it with letters, digits, dots, dashes and slashes, like \".mesh/secrets\"",
        );
        return None;
    }
    Some(text)
}

fn read_hook<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Hook> {
    let token = section.get("hook_token");
    let token = token.and_then(|found| reading.secret(&found, InTheClear::Refused));
    let found = section.get("hook")?;
    let url = reading.text(&found)?;
    if !is_hook(&url) {
        let what = format!("`{url}` is not the address of a hook");
        reading.fault(&found.spot, what, "write it like \"http://100.64.0.11:18789/hooks/agent\"");
        return None;
    }
    Some(Hook { url, token })
}

/// A host and a path with something to replace: notices go beside it.
pub(crate) fn is_hook(url: &str) -> bool {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let path = rest.and_then(|rest| rest.split_once('/'));
    path.is_some_and(|(host, path)| !host.is_empty() && !path.is_empty() && !path.contains(['?', '#']))
        && !url.contains(char::is_whitespace)
}

fn read_token<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Secret> {
    door_token(reading, &section.get("token")?, "agent.token")
}

/// What somebody shows at the node's door.
pub(crate) fn door_token<'a>(reading: &mut Reading<'a>, found: &Found<'a>, file: &str) -> Option<Secret> {
    let token = reading.secret(found, InTheClear::Refused)?;
    if token.expose().chars().count() < TOKEN_LEAST {
        let todo = format!("make one: (umask 077; openssl rand -hex 24 > {file})");
        reading.fault(&found.spot, format!("has fewer than {TOKEN_LEAST} characters"), todo);
        return None;
    }
    Some(token)
}

fn read_accepts<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Accepts {
    let Some(found) = section.get("accepts_from") else { return Accepts::These(Vec::new()) };
    let names: Vec<_> = reading.texts(&found).into_iter().map(|(_, name)| name).collect();
    if names.iter().any(|name| name == EVERYBODY) { Accepts::Everybody } else { Accepts::These(names) }
}

/// A hook that is there is the first way in, unless it is said otherwise.
fn settle_doors(
    reading: &mut Reading<'_>,
    spot: &Spot,
    agent: &mut Agent,
    chosen: Option<(Spot, Vec<Door>)>,
) {
    let Some((at, doors)) = chosen else {
        agent.doors = if agent.hook.is_some() { vec![Door::Hook, Door::Dm] } else { vec![Door::Dm] };
        return need_token(reading, spot, agent);
    };
    if doors.contains(&Door::Hook) && agent.hook.is_none() {
        reading.fault(
            &at,
            "names a hook, and there is none",
            "add hook = \"http://…/hooks/agent\" and hook_token",
        );
    }
    agent.doors = doors;
    need_token(reading, spot, agent);
}

fn need_token(reading: &mut Reading<'_>, spot: &Spot, agent: &Agent) {
    let hook = agent.hook.as_ref().filter(|_| agent.doors.contains(&Door::Hook));
    if hook.is_some_and(|hook| hook.token.is_none()) {
        let spot = spot.child("hook_token");
        reading.fault(&spot, "is missing, and its hook asks for one", "add hook_token = { file = \"…\" }");
    }
}

fn read_doors<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Vec<Door> {
    let texts = reading.texts(found);
    let door = |(spot, text): (Spot, String)| reading.choice(&spot, &text, DOORS);
    texts.into_iter().filter_map(door).collect()
}

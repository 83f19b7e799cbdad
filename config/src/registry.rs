//! `mesh-config.json`, as an earlier mesh kept it: `mesh_agents` with their webhooks and addresses; `databases`, `github`
//! and whatever else stands there is of no concern to the node. What the node's own file says wins.

use std::fs;
use std::path::PathBuf;

use commands::fact::is_same_name;
use serde_json::{Map, Value};

use crate::reading::{Found, Reading, Spot};
use crate::secret::{Privacy, Secret};
use crate::sections::agents::{Agent, Hook, is_hook};
use crate::sections::machines::Reference;

/// The longest registry that is read, in bytes.
const FILE_MOST: u64 = 1024 * 1024;
/// Where it has its agents, the first that is there.
const AGENTS_KEYS: [&str; 2] = ["mesh_agents", "agents"];
/// Where a registry has the token of an agent's hook by reference, ...
pub const TOKEN_FILE_KEYS: [&str; 2] = ["token_file", "hook_token_file"];
/// ... and where it has it in the clear.
pub const TOKEN_KEYS: [&str; 3] = ["token", "hook_token", "hooks_token"];

/// What a registry says of each agent.
pub fn agents_in(registry: &Value) -> Option<&Map<String, Value>> {
    AGENTS_KEYS.iter().find_map(|key| registry.get(*key))?.as_object()
}

/// The same, to be changed.
pub fn agents_in_mut(registry: &mut Value) -> Option<&mut Map<String, Value>> {
    let key = AGENTS_KEYS.iter().find(|key| registry.get(**key).is_some())?;
    registry.get_mut(*key)?.as_object_mut()
}

/// The agents of a `mesh-config.json`.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    spot: Spot,
    agents: Vec<Entry>,
}

/// One of them.
#[derive(Clone, Debug)]
struct Entry {
    /// What it is filed under.
    key: String,
    name: Option<String>,
    address: Option<String>,
    webhook: Option<String>,
    token: Option<Secret>,
}

impl Entry {
    /// Its names, as an agent of the configuration may bear one of them.
    fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.key).chain(&self.name)
    }
}

/// Where a registry has the token of one of its agents; the token itself is not handed out.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// What it is filed under, and its name.
    pub(crate) names: Vec<String>,
    /// Under which key.
    pub(crate) key: &'static str,
    pub(crate) at: Reference,
}

/// Where the file that a key names has tokens.
pub(crate) fn tokens<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Vec<Kept> {
    let Some((path, value)) = parse(reading, found) else { return Vec::new() };
    let kept = |(filed, value): (&String, &Value)| {
        let text = |key: &str| value.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty());
        let file =
            TOKEN_FILE_KEYS.iter().find_map(|key| Some((*key, Reference::File(reading.beside(text(key)?)))));
        let clear = || {
            TOKEN_KEYS
                .iter()
                .find(|key| text(key).is_some())
                .map(|key| (*key, Reference::Clear(path.clone())))
        };
        let (key, at) = file.or_else(clear)?;
        let names = std::iter::once(filed.as_str()).chain(text("name")).map(str::to_owned).collect();
        Some(Kept { names, key, at })
    };
    agents_in(&value).into_iter().flatten().filter_map(kept).collect()
}

/// Reads the file that a key names.
pub(crate) fn read<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<Registry> {
    let (_, value) = parse(reading, found)?;
    let entries = agents_in(&value)?;
    let agents = entries.iter().map(|(key, value)| entry(reading, &found.spot, key, value)).collect();
    Some(Registry { spot: found.spot.clone(), agents })
}

/// A registry, and where it is; one without agents is a fault.
fn parse<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Option<(PathBuf, Value)> {
    let name = reading.text(found)?;
    let path = reading.beside(&name);
    let shown = path.display();
    let read = match fs::metadata(&path) {
        Ok(meta) if meta.len() > FILE_MOST => Err(format!("{shown} is longer than {FILE_MOST} bytes")),
        _ => fs::read_to_string(&path).map_err(|error| format!("{shown} cannot be read ({error})")),
    };
    let parsed = read.and_then(|text| {
        serde_json::from_str::<Value>(&text).map_err(|error| format!("{shown} is not JSON ({error})"))
    });
    let value = match parsed {
        Ok(value) => value,
        Err(what) => {
            reading.fault(&found.spot, what, "correct the file, or remove the line");
            return None;
        }
    };
    if agents_in(&value).is_none() {
        let todo = "write {\"mesh_agents\": {…}}, or remove the line";
        reading.fault(&found.spot, format!("{shown} has no `mesh_agents`"), todo);
        return None;
    }
    Some((path, value))
}

fn entry(reading: &mut Reading<'_>, spot: &Spot, key: &str, value: &Value) -> Entry {
    let empty = Map::new();
    let fields = value.as_object().unwrap_or(&empty);
    let text = |key: &str| {
        let text = fields.get(key).and_then(Value::as_str).map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Entry {
        key: key.to_owned(),
        name: text("name"),
        address: text("tailscale_ip").or_else(|| text("address")),
        webhook: text("webhook"),
        token: token(reading, &spot.child(key), &text),
    }
}

/// By reference, or in the clear with a warning.
fn token(reading: &mut Reading<'_>, spot: &Spot, text: &dyn Fn(&str) -> Option<String>) -> Option<Secret> {
    if let Some(file) = TOKEN_FILE_KEYS.iter().find_map(|key| text(key)) {
        let token = reading.secret_at(spot, &file.into(), Privacy::Private)?;
        return Some(Secret::new(token.trim())).filter(|token| !token.expose().is_empty());
    }
    let token = TOKEN_KEYS.iter().find_map(|key| text(key))?;
    let what = "has a token in the registry in the clear";
    let todo = "`mesh secret move` puts it into a file of its own and \"token_file\" in its place";
    reading.warn(spot, what, todo);
    Some(Secret::new(token))
}

/// Fills in what the agents of the configuration leave out. Whoever stands in the registry alone has no number, and so
/// can't be known: that is a warning.
pub(crate) fn merge(reading: &mut Reading<'_>, registry: &Registry, agents: &mut [(Spot, Agent)]) {
    for entry in &registry.agents {
        let bears = |agent: &Agent| {
            let mut names = agent.agent.names();
            names.any(|name| entry.names().any(|known| is_same_name(known, name)))
        };
        match agents.iter_mut().find(|(_, agent)| bears(agent)) {
            Some((_, agent)) => fill_in(reading, &registry.spot, agent, entry),
            None => reading.warn(
                &registry.spot,
                format!("`{}` of the registry is no agent here", entry.key),
                "add [[agents]] with its Telegram id and this name or alias",
            ),
        }
    }
}

fn fill_in(reading: &mut Reading<'_>, spot: &Spot, agent: &mut Agent, entry: &Entry) {
    agent.agent.address = agent.agent.address.take().or_else(|| entry.address.clone());
    if agent.hook.is_none()
        && let Some(url) = &entry.webhook
    {
        if is_hook(url) {
            agent.hook = Some(Hook { url: url.clone(), token: None });
        } else {
            let what = format!("`{url}` of `{}` is not the address of a hook", entry.key);
            reading.warn(spot, what, "write it like \"http://100.64.0.11:18789/hooks/agent\"");
        }
    }
    if let Some(hook) = &mut agent.hook {
        hook.token = hook.token.take().or_else(|| entry.token.clone());
    }
}

//! What an earlier mesh left: agents in `mesh-config.json`, people in `permissions.json`, a Telethon session.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;
use commands::fact::Role;
use commands::permissions::{self, Entry};
use config::registry::agents_in;
use serde_json::{Map, Value, json};

/// The longest of these files that is read, in bytes.
const FILE_MOST: u64 = 1024 * 1024;

/// What was found, as it is to be written.
#[derive(Debug, Default)]
pub struct Found {
    /// For people: what was found, and what to do about it.
    pub told: Vec<String>,
    /// Agents, as lines of the configuration; commented out, for their numbers are not known.
    pub agents: String,
    /// People, as a whole file.
    pub permissions: Option<String>,
}

/// Reads what is there; nothing where nothing is. What lies elsewhere than the new mesh is to be written down there.
///
/// # Errors
/// A file that is there and can't be read.
pub fn read(dir: &Path, elsewhere: bool) -> anyhow::Result<Found> {
    let mut found = Found::default();
    if let Some(config) = json_file(&dir.join("mesh-config.json"))? {
        agents(&config, &mut found);
    }
    let people = dir.join("permissions.json");
    if let Some(file) = json_file(&people)? {
        let text = file.to_string();
        let entries = permissions::parse(&text).or_else(|_| seeded(&file));
        let entries = entries.map_err(|why| anyhow::anyhow!("{}: {why}", people.display()))?;
        found.told.push(format!("{}: {} people", people.display(), entries.len()));
        // One that lies where it belongs is read there.
        if elsewhere || permissions::parse(&text).is_err() {
            found.permissions = Some(serde_json::to_string_pretty(&json!({ "people": entries }))? + "\n");
        }
    }
    for session in sessions(dir) {
        let advice = format!(
            "{session}: a Telethon session; take it over with mesh session import, once there is an [account]"
        );
        found.told.push(advice);
    }
    Ok(found)
}

fn json_file(path: &Path) -> anyhow::Result<Option<Value>> {
    let Ok(about) = std::fs::metadata(path) else { return Ok(None) };
    let name = path.display();
    anyhow::ensure!(about.len() <= FILE_MOST, "{name}: longer than {FILE_MOST} bytes");
    let text = std::fs::read_to_string(path).with_context(|| format!("{name} can't be read"))?;
    serde_json::from_str(&text).map(Some).with_context(|| name.to_string())
}

/// `{"mesh_agents": {"oracle": {"name", "bot", "webhook", "tailscale_ip"}}}`, or the same without `mesh_agents`.
fn agents(config: &Value, found: &mut Found) {
    let entries = agents_in(config).or(config.as_object());
    let is_agent = |value: &Value| value.get("name").is_some() || value.get("bot").is_some();
    let entries = entries.into_iter().flatten().filter(|(_, value)| is_agent(value));
    let mut count = 0;
    for (key, agent) in entries {
        let text = |field: &str| plain(agent[field].as_str().unwrap_or_default());
        let name = Some(text("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| plain(key));
        let (bot, address, hook) = (text("bot"), text("tailscale_ip"), text("webhook"));
        let _ = write!(
            found.agents,
            "\n# The number of {bot}: forward a message of it to @RawDataBot.\n# [[agents]]\n# id = 0\n# name = \"{name}\"\n\
             # aliases = [\"{}\"]\n# address = \"{address}\"\n# hook = \"{hook}\"\n\
             # hook_token = {{ file = \"{0}.token\" }}\n",
            plain(key)
        );
        count += 1;
    }
    found.told.push(match count {
        0 => {
            "mesh-config.json: no agents in it; they are sought under mesh_agents, each with a name or a bot"
                .to_owned()
        }
        _ => format!("mesh-config.json: {count} agents, written down without their numbers"),
    });
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect()
}

/// `{"@user": {"persona", "role"}}`, or a list of `{"telegram_user", "persona", "role"}`.
fn seeded(file: &Value) -> Result<Vec<Entry>, String> {
    let list: Vec<Value> = match (file, file.get("users")) {
        (_, Some(Value::Array(list))) | (Value::Array(list), _) => list.clone(),
        (_, Some(Value::Object(map))) | (Value::Object(map), None) => map.iter().map(named).collect(),
        _ => return Err("it has no people".into()),
    };
    list.iter().map(entry).collect()
}

fn named((user, value): (&String, &Value)) -> Value {
    let mut fields = match value {
        Value::Object(fields) => fields.clone(),
        role => Map::from_iter([("role".to_owned(), role.clone())]),
    };
    fields.insert("telegram_user".to_owned(), user.clone().into());
    fields.into()
}

fn entry(value: &Value) -> Result<Entry, String> {
    let text = |keys: &[&str]| keys.iter().find_map(|key| value[*key].as_str().map(str::to_owned));
    let user = text(&["telegram_user", "user", "username"]).ok_or_else(|| format!("{value}: no user"))?;
    let id = user.trim_start_matches('@').parse().ok().map(commands::ids::PersonId);
    let role = match text(&["role"]).map(|role| role.to_lowercase()).as_deref() {
        Some("exec") => Some(Role::Exec),
        Some("operator") => Some(Role::Operator),
        Some("viewer") => Some(Role::Viewer),
        None => None,
        Some(other) => return Err(format!("{user}: {other} is no role; write exec, operator or viewer")),
    };
    let persona = text(&["persona", "name"]).unwrap_or_else(|| user.trim_start_matches('@').to_owned());
    let username = id.is_none().then(|| user.clone());
    Ok(Entry { id, username, persona, role })
}

fn sessions(dir: &Path) -> Vec<String> {
    let files = std::fs::read_dir(dir).into_iter().flatten().filter_map(Result::ok);
    let is_session = |path: &std::path::PathBuf| path.extension().is_some_and(|ending| ending == "session");
    let mut found: Vec<_> =
        files.map(|file| file.path()).filter(is_session).map(|path| path.display().to_string()).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_formats_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write(
            "mesh-config.json",
            r#"{"mesh_agents": {"oracle": {"name": "Oracle", "bot": "@OracleBot", "tailscale_ip": "100.64.0.12",
                "webhook": "http://100.64.0.12:18789/hooks/agent"}}, "databases": {"tasks": "1"}, "github": {"org": "o"}}"#,
        );
        write("permissions.json", r#"{"@ely_exec": {"persona": "Ely", "role": "Exec"}, "4002": "viewer"}"#);
        write("bridge.session", "");
        let found = read(dir.path(), false).unwrap();
        assert_eq!(found.told.len(), 3, "{found:?}");
        assert!(
            found.agents.contains("# name = \"Oracle\"") && found.agents.contains("100.64.0.12:18789/hooks")
        );
        let people = permissions::parse(&found.permissions.unwrap()).unwrap();
        assert_eq!((people[0].username.as_deref(), people[0].role), (Some("@ely_exec"), Some(Role::Exec)));
        assert_eq!(people[1].id, Some(commands::ids::PersonId(4002)));
        write("permissions.json", r#"{"@x": {"role": "boss"}}"#);
        assert!(read(dir.path(), false).unwrap_err().to_string().contains("boss is no role"));
    }
}

//! `mesh ping`: how the agents answer, as the running node last found.

use std::path::Path;

use clap::Args;
use commands::fact::is_same_name;
use serde_json::Value;

use super::{Ended, Where, misused};
use crate::control;

/// `mesh ping`
#[derive(Args)]
pub struct Options {
    /// Only this agent, by name or alias.
    agent: Option<String>,
    #[command(flatten)]
    node: Where,
    /// Print one JSON object: what the node knows of each agent.
    #[arg(long)]
    json: bool,
}

/// Shown below its help.
pub const EXIT_CODES: &str = "Exit codes: 0 all of them can be reached, as far as that is known; 1 one of them can't; 2 the \
                              node can't be reached; 64 no such agent; 78 the configuration is wrong.";

/// Tells how the agents answer.
///
/// # Errors
/// No node of this configuration is running.
pub async fn run(options: &Options) -> anyhow::Result<Ended> {
    let mut told = control::fetch(&options.node.state()?, "/agents").await?;
    let wanted = |agent: &Value| options.agent.as_deref().is_none_or(|name| bears(agent, name));
    let agents: Vec<Value> =
        told["agents"].as_array().into_iter().flatten().filter(|a| wanted(a)).cloned().collect();
    if let Some(name) = options.agent.as_deref().filter(|_| agents.is_empty()) {
        return Ok(misused(&format!("no agent answers to \"{name}\" here")));
    }
    for line in agents.iter().map(line).filter(|_| !options.json) {
        println!("{line}");
    }
    let missing = agents.iter().any(|agent| agent["unreachable"] == true || agent["answers"] == false);
    if options.json {
        told["agents"] = agents.into();
        println!("{told}");
    }
    Ok(if missing { Ended::Refused } else { Ended::Well })
}

/// Shows all that the node knows of one agent.
///
/// # Errors
/// No node of this configuration is running.
pub(super) async fn info(state: &Path, name: &str) -> anyhow::Result<Ended> {
    let told = control::fetch(state, "/agents").await?;
    let agents = told["agents"].as_array().into_iter().flatten();
    let Some(agent) = agents.into_iter().find(|agent| bears(agent, name)) else {
        return Ok(misused(&format!("no agent answers to \"{name}\" here")));
    };
    println!("{}", line(agent));
    for (key, value) in agent.as_object().into_iter().flatten().filter(|(key, _)| *key != "name") {
        println!("{key}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    Ok(Ended::Well)
}

fn bears(agent: &Value, name: &str) -> bool {
    let aliases = agent["aliases"].as_array().into_iter().flatten();
    let mut names = std::iter::once(&agent["name"]).chain(aliases).filter_map(Value::as_str);
    names.any(|known| is_same_name(known, name))
}

fn line(agent: &Value) -> String {
    let name = agent["name"].as_str().unwrap_or("?");
    let uptime =
        agent["uptime_7d"].as_f64().map(|up| format!(", uptime {up:.1}% in 7 days")).unwrap_or_default();
    let throttled = agent["throttled_until"].as_str().map(|until| format!(", throttled until {until}"));
    let uptime = uptime + &throttled.unwrap_or_default();
    let seen = agent["last_seen"].as_str().unwrap_or("never");
    match (&agent["answers"], agent["latency_ms"].as_f64(), &agent["refuses"]) {
        (Value::Bool(true), Some(took), Value::Number(status)) => {
            format!("🟡 {name}: {took:.0} ms, but its hook answers {status}{uptime}")
        }
        (Value::Bool(true), Some(took), _) => format!("🟢 {name}: {took:.0} ms{uptime}"),
        (Value::Bool(false), ..) => format!("🔴 {name}: no answer, last seen {seen}{uptime}"),
        _ => match agent["last_heard"].as_str() {
            Some(heard) => format!("⚪ {name}: has no hook to be asked at, last heard {heard}"),
            None => format!("⚪ {name}: has no hook to be asked at, never heard"),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_tells_how_an_agent_answers() {
        let well = json!({ "name": "Oracle", "aliases": ["Seer"], "answers": true, "latency_ms": 2.6, "uptime_7d": 99.95 });
        assert_eq!(line(&well), "🟢 Oracle: 3 ms, uptime 100.0% in 7 days");
        assert!(bears(&well, "seer") && !bears(&well, "Sandman"));
        let throttled = json!({ "name": "Oracle", "answers": true, "latency_ms": 3.0, "throttled_until": "2026-02-01T11:00:00Z" });
        assert_eq!(line(&throttled), "🟢 Oracle: 3 ms, throttled until 2026-02-01T11:00:00Z");
        let shut = json!({ "name": "Oracle", "answers": true, "latency_ms": 1.0, "refuses": 401 });
        assert_eq!(line(&shut), "🟡 Oracle: 1 ms, but its hook answers 401");
        let gone = json!({ "name": "Oracle", "answers": false, "last_seen": "2026-02-01T10:00:00Z" });
        assert_eq!(line(&gone), "🔴 Oracle: no answer, last seen 2026-02-01T10:00:00Z");
        assert!(line(&json!({ "name": "Oracle" })).starts_with("⚪ Oracle: has no hook"));
    }
}

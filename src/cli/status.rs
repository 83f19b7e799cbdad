//! `mesh status`: how the node is, for a person, a program and a supervisor.

use clap::Args;
use serde_json::{Value, json};

use super::{Ended, Where};
use crate::control;

/// `mesh status`
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    node: Where,
    /// Print one JSON object: verdict (healthy, degraded, unreachable), accounts, bot, outbox, heard, claims, agents,
    /// problems.
    #[arg(long)]
    json: bool,
}

/// Shown below its help.
pub const EXIT_CODES: &str = "Exit codes: 0 healthy; 1 degraded, the text says what to do; 2 the node can't be reached or \
                              did not answer; 64 the command was not understood; 78 the configuration is wrong.";

/// Tells how the node is.
///
/// # Errors
/// The configuration does not say where the node is.
pub async fn run(options: &Options) -> anyhow::Result<Ended> {
    let status = match control::fetch(&options.node.state()?, "/status").await {
        Ok(status) => status,
        Err(error) if options.json => {
            println!("{}", unreachable(&format!("{error:#}")));
            return Ok(Ended::Unreachable);
        }
        Err(error) => return Err(error),
    };
    if options.json {
        println!("{status}");
    } else {
        print!("{}", told(&status));
    }
    Ok(if status["verdict"] == "healthy" { Ended::Well } else { Ended::Refused })
}

fn unreachable(why: &str) -> Value {
    let todo = "Start the node: mesh run; if it runs already, look at its log.";
    json!({ "verdict": "unreachable", "problems": [{ "what": why, "todo": todo }] })
}

fn told(status: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut lines = vec![format!(
        "{} is {}: node {} of {}, process {}, since {}, version {}",
        text(&status["mesh"]),
        text(&status["verdict"]),
        text(&status["node"]),
        text(&status["state"]),
        status["pid"],
        second(&status["started"]),
        text(&status["version"]),
    )];
    let mut line = |name: &str, says: String| lines.push(format!("  {name:<8} {says}"));
    for account in list(&status["accounts"]) {
        let (name, kind) = (text(&account["name"]), text(&account["kind"]));
        let (says, since) = (text(&account["says"]), second(&account["since"]));
        let since = if says.contains(" since ") { String::new() } else { format!(" Since {since}.") };
        line("account", format!("{name} ({kind}): {says}{since}"));
    }
    if list(&status["accounts"]).is_empty() {
        line("account", "none: what agents say is not heard.".to_owned());
    }
    line("bot", bot(&status["bot"]));
    line("heard", heard(&status["heard"]));
    line("store", format!("{} facts", status["journal"]));
    line("outbox", outbox(&status["outbox"]));
    for pause in list(&status["outbox"]["paused"]) {
        let (what, until) = (text(&pause["what"]), second(&pause["until"]));
        line("pause", format!("Telegram wants {what} in chat {} to wait until {until}", pause["chat"]));
    }
    line("claims", claims(&status["claims"]));
    line("agents", agents(&status["agents"]));
    for agent in list(&status["agents"]["throttled"]) {
        line("agent", format!("{} is throttled until {}", text(&agent["name"]), second(&agent["until"])));
    }
    for agent in list(&status["agents"]["paused"]) {
        let gateway =
            agent["gateway"].as_str().map(|how| format!("; its gateway is {how}")).unwrap_or_default();
        line(
            "agent",
            format!("{} is paused since {}{gateway}", text(&agent["name"]), second(&agent["since"])),
        );
    }
    for problem in list(&status["problems"]) {
        lines.push(format!("! {}\n  {}", text(&problem["what"]), text(&problem["todo"])));
    }
    lines.join("\n") + "\n"
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// To the second: nobody reads more at a terminal.
fn second(value: &Value) -> String {
    let at = value.as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok());
    at.map_or_else(|| "-".to_owned(), |at| crate::status::second(at).to_string())
}

fn bot(bot: &Value) -> String {
    match (bot["username"].as_str(), bot["state"].as_str()) {
        (Some(name), Some(state)) => format!("@{name}: {}", state.replace('_', " ")),
        _ => "none".to_owned(),
    }
}

fn heard(heard: &Value) -> String {
    let everything = if heard["caught_up"] == true {
        "everything said by now".to_owned()
    } else {
        match heard["everything_until"].as_str() {
            Some(_) => {
                format!("everything said until {}, not yet what followed", second(&heard["everything_until"]))
            }
            None => "nothing yet".to_owned(),
        }
    };
    match heard["last"].as_str() {
        Some(_) => format!("{everything}; the last message at {}", second(&heard["last"])),
        None => format!("{everything}; no message since the start"),
    }
}

fn outbox(queue: &Value) -> String {
    let count = |key: &str| queue[key].as_u64().unwrap_or(0);
    let all = count("orders") + count("answers") + count("notices");
    match all {
        0 => format!("nothing waits, {} under way", count("under_way")),
        _ => format!(
            "{all} wait ({} orders, {} answers, {} notices), {} under way; the oldest since {}",
            count("orders"),
            count("answers"),
            count("notices"),
            count("under_way"),
            second(&queue["oldest"])
        ),
    }
}

fn claims(claims: &Value) -> String {
    let flags = ["uncertain", "overdue", "contested"];
    let flags = flags.into_iter().filter(|flag| claims[flag].as_u64().is_some_and(|count| count > 0));
    let flags = flags.map(|flag| format!("{} {flag}", claims[flag]));
    std::iter::once(format!("{} open", claims["open"])).chain(flags).collect::<Vec<_>>().join(", ")
}

fn agents(agents: &Value) -> String {
    let quiet: Vec<&str> = list(&agents["quiet"]).iter().filter_map(Value::as_str).collect();
    let quiet =
        if quiet.is_empty() { String::new() } else { format!("; not heard of lately: {}", quiet.join(", ")) };
    format!("{} known, {} online{quiet}", agents["known"], agents["online"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_how_it_is_and_what_to_do() {
        let status = json!({
            "verdict": "degraded", "node": "node-1", "mesh": "Mesh Mastermind", "version": "0.1.0", "pid": 7,
            "started": "2026-02-01T10:00:00.123Z", "state": "/srv/mesh/state",
            "accounts": [{ "name": "bridge", "kind": "dedicated", "state": "signed_out",
                "since": "2026-02-01T11:00:00Z", "says": "Signed out (SESSION_REVOKED)." }],
            "bot": { "username": "mesh_bot", "state": "listening", "says": null },
            "outbox": { "orders": 1, "answers": 2, "notices": 0, "under_way": 1, "oldest": "2026-02-01T11:00:00Z",
                "paused": [{ "what": "posts", "chat": -5, "until": "2026-02-01T11:10:00Z" }] },
            "journal": 12,
            "heard": { "caught_up": false, "everything_until": "2026-02-01T10:59:00Z", "last": null },
            "claims": { "open": 2, "uncertain": 2, "overdue": 0, "contested": 0 },
            "agents": { "known": 3, "online": 2, "quiet": ["Oracle"],
                "throttled": [{ "name": "Oracle", "until": "2026-02-01T11:20:00Z" }],
                "paused": [{ "name": "Cassian", "since": "2026-02-01T10:30:00Z", "gateway": "suspended" }] },
            "problems": [{ "what": "Account bridge: Signed out (SESSION_REVOKED).", "todo": "Sign in again: mesh login." }],
        });
        let expected = "\
Mesh Mastermind is degraded: node node-1 of /srv/mesh/state, process 7, since 2026-02-01T10:00:00Z, version 0.1.0
  account  bridge (dedicated): Signed out (SESSION_REVOKED). Since 2026-02-01T11:00:00Z.
  bot      @mesh_bot: listening
  heard    everything said until 2026-02-01T10:59:00Z, not yet what followed; no message since the start
  store    12 facts
  outbox   3 wait (1 orders, 2 answers, 0 notices), 1 under way; the oldest since 2026-02-01T11:00:00Z
  pause    Telegram wants posts in chat -5 to wait until 2026-02-01T11:10:00Z
  claims   2 open, 2 uncertain
  agents   3 known, 2 online; not heard of lately: Oracle
  agent    Oracle is throttled until 2026-02-01T11:20:00Z
  agent    Cassian is paused since 2026-02-01T10:30:00Z; its gateway is suspended
! Account bridge: Signed out (SESSION_REVOKED).
  Sign in again: mesh login.
";
        assert_eq!(told(&status), expected);
    }
}

//! `mesh why`: how a task came to its owner.

use clap::Args;
use serde_json::Value;

use super::{Ended, Where, ask};

/// `mesh why`
#[derive(Args)]
pub struct Options {
    /// The task.
    task: String,
    #[command(flatten)]
    node: Where,
    /// Print one JSON object: task, state, owner, facts, and the nearest open tasks where this one is not known.
    #[arg(long)]
    json: bool,
}

/// Tells the facts that led to today's owner.
///
/// # Errors
/// The node can't be reached.
pub async fn run(options: &Options) -> anyhow::Result<Ended> {
    let found = match ask(&options.node.state()?, "/why", &[("task", options.task.as_str())]).await? {
        Ok(found) => found,
        Err(ended) => return Ok(ended),
    };
    let known = found["facts"].as_array().is_some_and(|facts| !facts.is_empty());
    if options.json {
        println!("{found}");
    } else if known {
        print!("{}", told(&found));
    } else {
        print!("{}", unknown(&found));
    }
    Ok(if known { Ended::Well } else { Ended::Refused })
}

fn list<'a>(found: &'a Value, key: &str) -> &'a [Value] {
    found[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn told(found: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let state = found["state"].as_str().unwrap_or("forgotten");
    let mut lines = vec![format!("{}: {state}, {}", text(&found["task"]), text(&found["owner"]))];
    for fact in list(found, "facts") {
        let who = fact["who"].as_str().map(|who| format!(" ({who})")).unwrap_or_default();
        let message = &fact["message"];
        let place = match message["id"].as_i64() {
            Some(id) => format!("message {id} in {}", message["chat"]),
            None => text(&fact["because"]),
        };
        lines.push(format!("  {}  {}{who}; {place}", text(&fact["at"]), text(&fact["what"])));
    }
    lines.join("\n") + "\n"
}

fn unknown(found: &Value) -> String {
    let near: Vec<_> = list(found, "near").iter().filter_map(Value::as_str).collect();
    let near = match near.as_slice() {
        [] => "nothing is open".to_owned(),
        near => format!("open: {}", near.join("; ")),
    };
    format!("Nobody spoke of \"{}\"; {near}.\n", found["task"].as_str().unwrap_or_default())
}

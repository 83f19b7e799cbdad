//! `mesh preflight`: is anybody at this, or at something like it?

use clap::Args;
use serde_json::Value;

use super::{Caller, Ended, Where, ask};

/// `mesh preflight`
#[derive(Args)]
pub struct Options {
    /// The task, in the words you would claim it with.
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    #[command(flatten)]
    node: Where,
    #[command(flatten)]
    caller: Caller,
    /// Print one JSON object: level (clear, review, warning, blocked), `held_by`, similar.
    #[arg(long)]
    json: bool,
}

/// Says what stands in the way of a task.
///
/// # Errors
/// The node can't be reached.
pub async fn run(options: &Options) -> anyhow::Result<Ended> {
    let task = options.words.join(" ");
    let mut arguments = vec![("task", task.as_str())];
    arguments.extend(options.caller.name.as_deref().map(|name| ("as", name)));
    let found = match ask(&options.node.state()?, "/preflight", &arguments).await? {
        Ok(found) => found,
        Err(ended) => return Ok(ended),
    };
    if options.json {
        println!("{found}");
    } else {
        print!("{}", sentences(&found));
    }
    Ok(if found["level"] == "clear" { Ended::Well } else { Ended::Refused })
}

fn sentences(found: &Value) -> String {
    let text = |key: &str| found[key].as_str().unwrap_or_default();
    let until = found["until"].as_str().map(|until| format!(" until {until}")).unwrap_or_default();
    let mut lines = vec![match (text("level"), text("held_by")) {
        ("blocked", by) => format!("blocked: {by} has \"{}\"{until}.", text("task")),
        ("warning", _) => "warning: something very like it is open.".to_owned(),
        ("clear", by) if !by.is_empty() => format!("clear: you have \"{}\" yourself{until}.", text("task")),
        ("review", _) => "review: something like it is open, or was done lately.".to_owned(),
        (level, _) => format!("{level}: nothing like \"{}\" is open, nor was done lately.", text("task")),
    }];
    let similar = found["similar"].as_array().map(Vec::as_slice).unwrap_or_default();
    lines.extend(
        similar.iter().map(|similar| format!("  {}", similar["sentence"].as_str().unwrap_or_default())),
    );
    lines.join("\n") + "\n"
}

//! `mesh claims`: who has what, and whether a fence still holds.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Caller, Ended, Where, ask};
use crate::control;

/// `mesh claims`
#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    question: Option<Question>,
    #[command(flatten)]
    node: Where,
    /// Print one JSON object: the whole state, or what the check found.
    #[arg(long, global = true)]
    json: bool,
    /// Show what was finished lately, too.
    #[arg(long)]
    all: bool,
}

#[derive(Subcommand)]
enum Question {
    /// Ask whether a task is owned under a fence: right before what can't be undone.
    ///
    /// Exit code 0: it holds. 1: it does not, stop. 2: the node can't be reached, so nothing is certain.
    #[command(after_help = "Example: mesh claims check \"rotate the hooks token\" --fence 7 && ./rotate.sh")]
    Check(Check),
}

#[derive(Args)]
struct Check {
    /// The task.
    task: String,
    /// The fence that came with the grant: the number in its text, or the whole one of --json.
    #[arg(long, value_name = "N")]
    fence: u64,
    #[command(flatten)]
    caller: Caller,
}

/// Shows who has what, or checks a fence.
///
/// # Errors
/// No node of this configuration is running.
pub async fn run(options: &Options) -> anyhow::Result<Ended> {
    if let Some(Question::Check(check)) = &options.question {
        return holds(options, check).await;
    }
    let state = control::fetch(&options.node.state()?, "/state").await?;
    if options.json {
        println!("{state}");
    } else {
        print!("{}", table(&state, options.all));
    }
    Ok(Ended::Well)
}

async fn holds(options: &Options, check: &Check) -> anyhow::Result<Ended> {
    let fence = check.fence.to_string();
    let mut arguments = vec![("task", check.task.as_str()), ("fence", &fence)];
    arguments.extend(check.caller.name.as_deref().map(|name| ("as", name)));
    let found = match ask(&options.node.state()?, "/claims/check", &arguments).await? {
        Ok(found) => found,
        Err(ended) => return Ok(ended),
    };
    let holds = found["holds"] == true;
    if options.json {
        println!("{found}");
    } else {
        println!("{}", if holds { "Holds." } else { found["why"].as_str().unwrap_or("Does not hold.") });
    }
    Ok(if holds { Ended::Well } else { Ended::Refused })
}

const HEAD: [&str; 5] = ["STATE", "OWNER", "FENCE", "UNTIL", "TASK"];

/// One line for each task, in columns as wide as what stands in them.
fn table(state: &Value, all: bool) -> String {
    let claims = state["claims"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (done, open): (Vec<_>, Vec<_>) = claims.iter().partition(|claim| claim["state"] == "done");
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(open.iter().copied().chain(done.iter().copied().filter(|_| all)).map(row));
    if rows.len() == 1 {
        return format!("Nothing is claimed.{}\n", more(done.len()));
    }
    let wide = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEAD.len() - 1).map(wide).collect();
    let mut lines: Vec<String> = rows.iter().map(|row| line(row, &widths)).collect();
    if !all && !done.is_empty() {
        lines.push(more(done.len()).trim_start().to_owned());
    }
    lines.join("\n") + "\n"
}

fn more(done: usize) -> String {
    if done == 0 { String::new() } else { format!(" {done} done in the last 7 days; --all shows them.") }
}

fn line(row: &[String; 5], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths) {
        let gap = width.saturating_sub(cell.chars().count()) + 2;
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', gap));
    }
    line + &row[HEAD.len() - 1]
}

fn row(claim: &Value) -> [String; 5] {
    let text = |key: &str| claim[key].as_str().unwrap_or("-").to_owned();
    let flag = |name: &str| claim[name] == true;
    let mut state = text("state");
    for flag in ["overdue", "uncertain", "paused", "blocked"].into_iter().filter(|name| flag(name)) {
        state = format!("{state},{flag}");
    }
    let owner = match claim["offered_to"].as_str() {
        Some(to) => format!("{} -> {to}", text("owner")),
        None => text("owner"),
    };
    let fence =
        claim["fence"].as_u64().map_or("-".to_owned(), |fence| (fence & u64::from(u32::MAX)).to_string());
    // To the second: nobody reads more at a terminal.
    let until = claim["until"].as_str().and_then(|until| until.parse::<jiff::Timestamp>().ok());
    let until = until.map_or("-".to_owned(), |until| until.strftime("%FT%TZ").to_string());
    [state, owner, fence, until, text("task")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let state = serde_json::json!({ "claims": [
            { "task": "api keys", "owner": "Ely", "fence": 4_294_967_297_u64, "state": "held", "overdue": false },
            { "task": "ünïcode", "owner": "Sandman", "fence": 4_294_967_298_u64, "state": "offered",
              "offered_to": "Oracle", "until": "2026-02-01T10:00:00Z", "overdue": true },
            { "task": "old", "owner": "Ely", "state": "done" },
        ] });
        let table = table(&state, false);
        let expected = "STATE            OWNER              FENCE  UNTIL                 TASK\n\
                        held             Ely                1      -                     api keys\n\
                        offered,overdue  Sandman -> Oracle  2      2026-02-01T10:00:00Z  ünïcode\n\
                        1 done in the last 7 days; --all shows them.\n";
        assert_eq!(table, expected);
        assert_eq!(super::table(&serde_json::json!({}), true), "Nothing is claimed.\n");
    }
}

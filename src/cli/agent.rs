//! `mesh agent` and `mesh logs`: the gateway behind an agent, through the running node.

use std::path::Path;
use std::time::Duration;

use bridge::agents::{LINES_MOST, Told, Wanted};
use clap::{Args, Subcommand};

use super::say::drawn_key;
use super::{Caller, Ended, Where, misused};
use crate::control::{self, Drive};

/// Between two looks at a log that is followed.
const FOLLOW_EVERY: Duration = Duration::from_secs(1);

/// `mesh agent`
#[derive(Args)]
pub struct Options {
    /// The agent, by name or alias.
    agent: String,
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    node: Where,
}

#[derive(Subcommand)]
enum What {
    /// All that the node knows of it.
    Info,
    /// Ask its gateway now whether it is there.
    Ping,
    /// End it and start it anew; waits until it is there again.
    Restart,
    /// Keep it out until it is resumed: what is for it waits, and its gateway is suspended where that can be.
    Pause {
        #[command(flatten)]
        caller: Caller,
    },
    /// Let it go on; what waited goes to it now.
    Resume {
        #[command(flatten)]
        caller: Caller,
    },
    /// Show its settings without secrets, one of them, or change one.
    Config {
        /// Which, as `agents.defaults.model`.
        key: Option<String>,
        /// To what: JSON, or a text.
        value: Option<String>,
    },
}

/// `mesh logs`
#[derive(Args)]
pub struct Logs {
    /// The agent, by name or alias; the node's own name shows the node's.
    agent: String,
    /// So many of its last lines, 500 at most.
    #[arg(short = 'n', long, default_value_t = 20)]
    lines: usize,
    /// Go on, and show each new line, until ctrl-c.
    #[arg(short, long)]
    follow: bool,
    #[command(flatten)]
    node: Where,
}

/// Shown below their help.
pub const EXIT_CODES: &str = "Exit codes: 0 done; 1 refused, or it does not answer, the text says why; 2 the node can't be \
                              reached; 64 the command was not understood; 78 the configuration is wrong.";

/// Does what is wanted of an agent.
///
/// # Errors
/// No node of this configuration is running.
pub async fn run(options: Options) -> anyhow::Result<Ended> {
    let Options { agent, what, node } = options;
    let state = node.state()?;
    match what {
        What::Info => super::agents::info(&state, &agent).await,
        What::Ping => ask(&state, agent, Wanted::Ping).await,
        What::Restart => ask(&state, agent, Wanted::Restart).await,
        What::Pause { caller } => super::say::say_mesh(&state, &caller, &["agent", &agent, "pause"]).await,
        What::Resume { caller } => super::say::say_mesh(&state, &caller, &["agent", &agent, "resume"]).await,
        What::Config { key: Some(key), value: Some(value) } => {
            ask(&state, agent, Wanted::Set { key, value }).await
        }
        What::Config { key, .. } => ask(&state, agent, Wanted::Config { key }).await,
    }
}

async fn ask(state: &Path, agent: String, wanted: Wanted) -> anyhow::Result<Ended> {
    let said = match &wanted {
        Wanted::Ping => "answers: ",
        Wanted::Restart => "restarted ",
        Wanted::Set { .. } => "set. ",
        _ => "",
    };
    let name = agent.clone();
    let told = match control::drive(state, &Drive { agent, key: drawn_key(), wanted: wanted.clone() }).await?
    {
        Ok(told) => told,
        Err(why) => {
            eprintln!("mesh: {name}: {why}");
            return Ok(Ended::Refused);
        }
    };
    let text = if wanted == Wanted::Ping { crate::agents::answers(&told) } else { told.text };
    if said.is_empty() {
        println!("{text}");
    } else {
        println!("{}", format!("{name} {said}{text}").trim_end());
    }
    Ok(Ended::Well)
}

/// Shows the last lines, and those that come.
///
/// # Errors
/// No node of this configuration is running.
pub async fn logs(options: Logs) -> anyhow::Result<Ended> {
    let Logs { agent, lines, follow, node } = options;
    if !(1..=LINES_MOST).contains(&lines) {
        return Ok(misused(&format!("a number of lines is from 1 to {LINES_MOST}")));
    }
    let state = node.state()?;
    let mut place = follow.then(String::new);
    let mut beat = tokio::time::interval(FOLLOW_EVERY);
    loop {
        beat.tick().await;
        let goes_on = place.as_ref().is_some_and(|place| !place.is_empty());
        let wanted = Wanted::Logs { lines: if goes_on { LINES_MOST } else { lines }, after: place.clone() };
        let order = Drive { agent: agent.clone(), key: drawn_key(), wanted };
        match control::drive(&state, &order).await? {
            Ok(told) => {
                show(&told);
                if follow && told.place.is_none() {
                    eprintln!("mesh: {agent}: its log can't be followed: nobody says where it ends");
                    return Ok(Ended::Refused);
                }
                place = told.place;
            }
            // It may be gone for a while: whoever follows waits.
            Err(_) if goes_on => {}
            Err(why) => {
                eprintln!("mesh: {agent}: {why}");
                return Ok(Ended::Refused);
            }
        }
        if !follow {
            return Ok(Ended::Well);
        }
    }
}

fn show(told: &Told) {
    if told.gap {
        println!("… more came than could be read");
    }
    for line in told.text.lines() {
        println!("{line}");
    }
}

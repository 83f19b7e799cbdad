//! `mesh claim | done | handoff | release`: what an agent would say in the group, said by a call. The answer comes back
//! here, once it is written to disk.

use clap::Args;
use commands::grammar::{self, Wish};

use super::{Caller, Ended, Where, misused};
use crate::control::{self, Request};
use crate::node::chance;

/// What all of them take.
#[derive(Args)]
pub struct Call {
    #[command(flatten)]
    node: Where,
    #[command(flatten)]
    caller: Caller,
    /// Print the answer as one JSON object: ok, text, task, fence, until.
    #[arg(long)]
    json: bool,
    /// Your own key for this call: repeated with the same key within a day, it gets the same answer and changes
    /// nothing. Use it to try again after exit code 2.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

/// `mesh claim`
#[derive(Args)]
pub struct Claim {
    /// The task: any name, as long as everybody uses the same.
    task: String,
    /// When it should be done: 30m, 1h30, "by 14:30", "tomorrow 09:00".
    #[arg(long, value_name = "TIME")]
    eta: Option<String>,
    /// Others may be at it too: a note, no lease and no fence.
    #[arg(long)]
    shared: bool,
    #[command(flatten)]
    call: Call,
}

/// `mesh done`
#[derive(Args)]
pub struct Done {
    /// The task.
    task: String,
    /// What came of it.
    #[arg(long, value_name = "TEXT")]
    result: Option<String>,
    #[command(flatten)]
    call: Call,
}

/// `mesh handoff`
#[derive(Args)]
pub struct Handoff {
    /// The task, which is yours.
    task: String,
    /// Who goes on with it. It stays yours, with your fence, until they accept.
    #[arg(long, value_name = "NAME")]
    to: String,
    /// What came of it so far.
    #[arg(long, value_name = "TEXT")]
    result: Option<String>,
    #[command(flatten)]
    call: Call,
}

/// `mesh release`
#[derive(Args)]
pub struct Release {
    /// The task, which is yours.
    task: String,
    #[command(flatten)]
    call: Call,
}

/// Claims a task.
///
/// # Errors
/// The node can't be reached.
pub async fn claim(options: &Claim) -> anyhow::Result<Ended> {
    let wish = Wish::Claim { eta: options.eta.as_deref(), shared: options.shared };
    say(&options.call, &options.task, wish).await
}

/// Finishes a task.
///
/// # Errors
/// The node can't be reached.
pub async fn done(options: &Done) -> anyhow::Result<Ended> {
    let wish = Wish::Done { result: options.result.as_deref(), to: None };
    say(&options.call, &options.task, wish).await
}

/// Offers a task to somebody.
///
/// # Errors
/// The node can't be reached.
pub async fn handoff(options: &Handoff) -> anyhow::Result<Ended> {
    let wish = Wish::Done { result: options.result.as_deref(), to: Some(&options.to) };
    say(&options.call, &options.task, wish).await
}

/// Gives a task up.
///
/// # Errors
/// The node can't be reached.
pub async fn release(options: &Release) -> anyhow::Result<Ended> {
    say(&options.call, &options.task, Wish::Release).await
}

/// A key that nobody else has.
pub(super) fn drawn_key() -> String {
    format!("{:016x}{:016x}", chance(), chance())
}

/// Gives a `/mesh` command in somebody's name.
///
/// # Errors
/// The node can't be reached.
pub(super) async fn say_mesh(
    state: &std::path::Path,
    caller: &Caller,
    words: &[&str],
) -> anyhow::Result<Ended> {
    let quoted = words.iter().map(|word| format!("\"{}\"", word.replace('"', ""))).collect::<Vec<_>>();
    let text = format!("/mesh {}", quoted.join(" "));
    let request = Request { caller: caller.name.clone(), key: drawn_key(), text };
    let answer = match control::call(state, &request).await? {
        Ok(answer) => answer,
        Err(why) => return Ok(misused(&why)),
    };
    println!("{}", answer.text);
    Ok(if answer.ok { Ended::Well } else { Ended::Refused })
}

async fn say(call: &Call, task: &str, wish: Wish<'_>) -> anyhow::Result<Ended> {
    let text = match grammar::write(task, wish) {
        Ok(text) => text,
        Err(why) => return Ok(misused(&why)),
    };
    let key = call.key.clone().unwrap_or_else(drawn_key);
    let request = Request { caller: call.caller.name.clone(), key, text };
    let answer = match control::call(&call.node.state()?, &request).await? {
        Ok(answer) => answer,
        Err(why) => return Ok(misused(&why)),
    };
    if call.json {
        println!("{}", serde_json::to_string(&answer)?);
    } else {
        println!("{}", answer.text);
    }
    Ok(if answer.ok { Ended::Well } else { Ended::Refused })
}

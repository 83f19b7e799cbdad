//! What is asked beside the hooks: claims and the like, read from JSON.

use commands::grammar::{self, Wish};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Ask, Say, Speaking};

/// A task, and what else goes with a claim.
#[derive(Deserialize)]
struct Claim {
    task: String,
    eta: Option<String>,
    #[serde(default)]
    shared: bool,
    #[serde(flatten)]
    how: How,
}

#[derive(Deserialize)]
struct Finish {
    task: String,
    result: Option<String>,
    to: Option<String>,
    #[serde(flatten)]
    how: How,
}

#[derive(Deserialize)]
struct Acknowledge {
    task: String,
    #[serde(default = "yes")]
    accept: bool,
    reason: Option<String>,
    #[serde(flatten)]
    how: How,
}

#[derive(Deserialize)]
struct Task {
    task: String,
}

#[derive(Deserialize)]
struct Fence {
    task: String,
    fence: u64,
}

/// How it is said.
#[derive(Deserialize)]
struct How {
    /// Whether people are to read it in the group.
    #[serde(default)]
    announce: bool,
    #[serde(rename = "idempotencyKey")]
    key: Option<String>,
}

fn yes() -> bool {
    true
}

/// What may be asked by a POST, and how it is read: the path and the reader of its body.
type Reader = fn(&Value, Option<String>) -> Result<Ask, String>;

/// Every path beside the hooks that is posted to.
pub(super) const POSTED: [(&str, Reader); 7] = [
    ("/claims", claim),
    ("/claims/done", done),
    ("/claims/handoff", handoff),
    ("/claims/release", release),
    ("/claims/check", check),
    ("/preflight", preflight),
    ("/ack", acknowledge),
];

/// Every path that is fetched, with a token.
pub(super) const FETCHED: [(&str, Ask); 4] =
    [("/claims", Ask::Claims), ("/agents", Ask::Agents), ("/ready", Ask::Ready), ("/metrics", Ask::Metrics)];

fn read<T: DeserializeOwned>(body: &Value) -> Result<T, String> {
    T::deserialize(body).map_err(|error| error.to_string())
}

/// `key` is the header's, if there was one: it wins, as at the hooks.
fn say(text: String, how: How, key: Option<String>) -> Ask {
    let speaking = if how.announce { Speaking::Announces } else { Speaking::Asks };
    Ask::Say(Say { key: key.or(how.key).unwrap_or_default(), text, speaking })
}

fn claim(body: &Value, key: Option<String>) -> Result<Ask, String> {
    let Claim { task, eta, shared, how } = read(body)?;
    let text = grammar::write(&task, Wish::Claim { eta: eta.as_deref(), shared })?;
    Ok(say(text, how, key))
}

fn done(body: &Value, key: Option<String>) -> Result<Ask, String> {
    let Finish { task, result, to, how } = read(body)?;
    let text = grammar::write(&task, Wish::Done { result: result.as_deref(), to: to.as_deref() })?;
    Ok(say(text, how, key))
}

fn handoff(body: &Value, key: Option<String>) -> Result<Ask, String> {
    let finish: Finish = read(body)?;
    if finish.to.as_deref().is_none_or(|to| to.trim().is_empty()) {
        return Err("to required: who goes on with it".into());
    }
    done(body, key)
}

fn release(body: &Value, key: Option<String>) -> Result<Ask, String> {
    let Finish { task, how, .. } = read(body)?;
    Ok(say(grammar::write(&task, Wish::Release)?, how, key))
}

fn acknowledge(body: &Value, key: Option<String>) -> Result<Ask, String> {
    let Acknowledge { task, accept, reason, how } = read(body)?;
    let wish = if accept { Wish::Accept } else { Wish::Refuse { reason: reason.as_deref() } };
    Ok(say(grammar::write(&task, wish)?, how, key))
}

fn check(body: &Value, _: Option<String>) -> Result<Ask, String> {
    let Fence { task, fence } = read(body)?;
    Ok(Ask::Check { task, fence })
}

fn preflight(body: &Value, _: Option<String>) -> Result<Ask, String> {
    let Task { task } = read(body)?;
    Ok(Ask::Preflight { task })
}

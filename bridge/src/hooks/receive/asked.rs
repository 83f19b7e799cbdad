//! What is asked beside the hooks: claims and the like, read from JSON.

use commands::grammar::{self, Wish};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema as _, ToSchema};

use super::{Ask, Say, Speaking};

/// A task, and what else goes with a claim.
#[derive(Deserialize, ToSchema)]
struct Claim {
    /// What.
    task: String,
    /// How long it takes, as `20 min`.
    eta: Option<String>,
    /// Others may work at it, too.
    #[serde(default)]
    shared: bool,
    #[serde(flatten)]
    #[schema(inline)]
    how: How,
}

#[derive(Deserialize, ToSchema)]
struct Finish {
    task: String,
    result: Option<String>,
    to: Option<String>,
    #[serde(flatten)]
    #[schema(inline)]
    how: How,
}

#[derive(Deserialize, ToSchema)]
struct Handoff {
    task: String,
    result: Option<String>,
    /// The agent that goes on with it, by name or alias.
    #[serde(default)]
    #[schema(required = true)]
    to: String,
    #[serde(flatten)]
    #[schema(inline)]
    how: How,
}

#[derive(Deserialize, ToSchema)]
struct Release {
    task: String,
    #[serde(flatten)]
    #[schema(inline)]
    how: How,
}

#[derive(Deserialize, ToSchema)]
struct Acknowledge {
    task: String,
    #[serde(default = "yes")]
    accept: bool,
    reason: Option<String>,
    #[serde(flatten)]
    #[schema(inline)]
    how: How,
}

#[derive(Deserialize, ToSchema)]
struct Task {
    task: String,
}

#[derive(Deserialize, ToSchema)]
struct Fence {
    task: String,
    fence: u64,
}

/// How long whoever asks can't work.
#[derive(Deserialize, ToSchema)]
struct Throttled {
    /// An instant, as `2026-02-01T15:00:00Z`; left out, or null, where it is over.
    until: Option<String>,
}

/// How it is said.
#[derive(Deserialize, ToSchema)]
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

/// How the body of a POST is read; the second is the key of a header, if there was one.
type Reader = fn(&Value, Option<String>) -> Result<Ask, String>;

/// What may be posted beside the hooks.
pub(super) struct Posted {
    pub path: &'static str,
    pub reader: Reader,
    /// For the description.
    pub about: &'static str,
    pub schema: fn() -> RefOr<Schema>,
    /// Whether something is said by it, which may be forbidden, or may not be so.
    pub says: bool,
}

/// What may be fetched, with a token.
pub(super) struct Fetched {
    pub path: &'static str,
    pub ask: Ask,
    /// For the description.
    pub about: &'static str,
}

const fn posted(
    path: &'static str,
    reader: Reader,
    schema: fn() -> RefOr<Schema>,
    about: &'static str,
) -> Posted {
    Posted { path, reader, about, schema, says: true }
}

/// What only asks, or says something of the speaker alone.
const fn asks(
    path: &'static str,
    reader: Reader,
    schema: fn() -> RefOr<Schema>,
    about: &'static str,
) -> Posted {
    Posted { path, reader, about, schema, says: false }
}

const fn fetched(path: &'static str, ask: Ask, about: &'static str) -> Fetched {
    Fetched { path, ask, about }
}

/// Every path beside the hooks that is posted to.
pub(super) static POSTED: [Posted; 8] = [
    posted(
        "/claims",
        claim,
        Claim::schema,
        "Claims a task: granted with fence and end, or held by whom (409).",
    ),
    posted("/claims/done", done, Finish::schema, "A task is done."),
    posted("/claims/handoff", handoff, Handoff::schema, "Offers a task to somebody."),
    posted("/claims/release", release, Release::schema, "Gives a task up, undone."),
    asks(
        "/claims/check",
        check,
        Fence::schema,
        "Whether a fence still holds: right before what can't be undone.",
    ),
    asks("/preflight", preflight, Task::schema, "Whether anybody is at a task, or at something like it."),
    asks(
        "/throttled",
        throttled,
        Throttled::schema,
        "The agent itself is throttled until then: its leases stop, and nobody takes its tasks over.",
    ),
    posted("/ack", acknowledge, Acknowledge::schema, "Takes over what was offered, or leaves it."),
];

/// Every path that is fetched, with a token.
pub(super) static FETCHED: [Fetched; 5] = [
    fetched("/claims", Ask::Claims, "Who has what."),
    fetched("/agents", Ask::Agents, "Who works here, and how they answer."),
    fetched("/ready", Ask::Ready, "Whether the node can do its work; 503 where not."),
    fetched("/metrics", Ask::Metrics, "Figures, as Prometheus reads them."),
    fetched("/openapi.json", Ask::Description, "This description."),
];

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
    let Handoff { task, result, to, how } = read(body)?;
    if to.trim().is_empty() {
        return Err("to required: who goes on with it".into());
    }
    let text = grammar::write(&task, Wish::Done { result: result.as_deref(), to: Some(&to) })?;
    Ok(say(text, how, key))
}

fn release(body: &Value, key: Option<String>) -> Result<Ask, String> {
    let Release { task, how } = read(body)?;
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

fn throttled(body: &Value, _: Option<String>) -> Result<Ask, String> {
    let Throttled { until } = read(body)?;
    let instant = |text: String| {
        text.parse().map_err(|_| format!("until {text}: write an instant such as 2026-02-01T15:00:00Z"))
    };
    Ok(Ask::Throttled { until: until.map(instant).transpose()? })
}

fn preflight(body: &Value, _: Option<String>) -> Result<Ask, String> {
    let Task { task } = read(body)?;
    Ok(Ask::Preflight { task })
}

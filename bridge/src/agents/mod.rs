//! What drives the gateway behind an agent: asks it, reads its log, ends and starts it, pauses it, changes its settings.
//! One trait; a driver per kind of agent. A driver makes one attempt and says how it went; no driver retries.

pub mod by_hook;
pub mod command;
mod lines;
pub mod node;
pub mod openclaw;
mod settings;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A restart that has not come to its end by then has failed, as far as anybody can tell.
pub const RESTART_WITHIN: Duration = Duration::from_mins(3);
/// Everything else is answered within this, or not at all.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// The most lines of a log that are asked for at once.
pub const LINES_MOST: usize = 500;

/// What is wanted of a gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wanted", rename_all = "snake_case")]
pub enum Wanted {
    /// Whether it is there.
    Ping,
    /// Its last lines of log, the newest last.
    Logs {
        /// How many, at most [`LINES_MOST`].
        lines: usize,
        /// The [`place`](Told::place) that was told before: only what came after it. Empty where somebody begins to
        /// follow; none where nobody goes on from there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// That it ends and starts anew; answered once it is there again.
    Restart,
    /// That it takes nothing on. The same pause again renews it, where it ends by itself.
    Pause {
        /// Since when: names this pause.
        since: Timestamp,
    },
    /// That it goes on after that pause.
    Resume {
        /// The pause that ends.
        since: Timestamp,
    },
    /// Its settings, or one of them.
    Config {
        /// Which; none for all.
        key: Option<String>,
    },
    /// That a setting is changed.
    Set {
        /// Which.
        key: String,
        /// Its new value: JSON where it is, else a text.
        value: String,
    },
}

/// What a gateway answered, or what came of what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// In words, or the lines that were asked for.
    pub text: String,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub took_ms: u64,
    /// A pause ends by itself unless it is renewed within so many seconds; none where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renew_within_s: Option<u64>,
    /// Of lines that somebody follows: where they end, in the driver's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Before these lines others came that are not told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gap: bool,
}

impl Told {
    /// Words, and nothing else.
    pub fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// Why it was not done, as the end of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "fault", content = "why", rename_all = "snake_case")]
pub enum Fault {
    /// It does not answer.
    #[error("{0}")]
    Unreachable(String),
    /// It answers, and does not do it.
    #[error("{0}")]
    Refused(String),
    /// Nothing that is configured for this agent can do it.
    #[error("{0}")]
    Unable(String),
    /// It was begun, and what became of it can't be told.
    #[error("{0}")]
    Unclear(String),
}

/// What a driver is waited for with.
pub type Driving<'a> = Pin<Box<dyn Future<Output = Result<Told, Fault>> + Send + 'a>>;

/// Drives one agent's gateway.
pub trait Driver: Send + Sync {
    /// Does one thing, once.
    fn drive(&self, wanted: Wanted) -> Driving<'_>;
}

/// How long a thing may take.
pub(crate) fn within(wanted: &Wanted) -> Duration {
    if *wanted == Wanted::Restart { RESTART_WITHIN } else { ANSWER_WITHIN }
}

/// Milliseconds since then.
pub(crate) fn took(begun: std::time::Instant) -> u64 {
    u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
}

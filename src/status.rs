//! How a node is: for a person, for a program, for a supervisor. What is wrong follows from what is known, and each
//! wrong says what to do.

use std::path::PathBuf;

use bridge::telegram::{Grade, Kind};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::sync::watch;

use crate::engine::vitals::Vitals;
use crate::standing::{LASTS, Standing};

/// An effect that waits for longer shows that the mesh can't speak.
const WAITS_MOST: SignedDuration = SignedDuration::from_mins(5);
/// More that wait are more than Telegram's limits let out in an hour or two.
const WAITING_MOST: usize = 2_000;

/// What of a node does not change while it runs, and where its changing parts are seen.
#[derive(Clone)]
pub struct Part {
    /// The node's name.
    pub node: String,
    /// The mesh's name.
    pub mesh: String,
    /// Its state directory.
    pub state: PathBuf,
    /// When it started.
    pub started: Timestamp,
    /// Its user accounts.
    pub accounts: Vec<AccountPart>,
    /// Its bot: the username, and how listening goes.
    pub bot: Option<(String, watch::Receiver<bot::Health>)>,
}

/// One account of a node.
#[derive(Clone)]
pub struct AccountPart {
    /// Its name in the configuration.
    pub name: String,
    /// What it may do.
    pub kind: Kind,
    /// How it stands.
    pub standing: watch::Receiver<Standing>,
}

/// How a node is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    /// `healthy` where nothing is wrong.
    pub verdict: Verdict,
    /// The node's name.
    pub node: String,
    /// The mesh's name.
    pub mesh: String,
    /// The program's.
    pub version: &'static str,
    /// Its process.
    pub pid: u32,
    /// Since when it runs.
    pub started: Timestamp,
    /// When this was told.
    pub at: Timestamp,
    /// Its state directory.
    pub state: PathBuf,
    /// Its user accounts.
    pub accounts: Vec<AccountStatus>,
    /// Its bot.
    pub bot: Option<BotStatus>,
    /// What the loop knows.
    #[serde(flatten)]
    pub vitals: Vitals,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// In one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing is wrong.
    Healthy,
    /// It runs, and something is wrong.
    Degraded,
}

/// How an account is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountStatus {
    /// Its name in the configuration.
    pub name: String,
    /// `personal` or `dedicated`.
    pub kind: &'static str,
    /// The state's name.
    pub state: &'static str,
    /// Since when.
    pub since: Timestamp,
    /// The state as a sentence.
    pub says: String,
    #[serde(skip)]
    grade: Grade,
    #[serde(skip)]
    todo: &'static str,
}

/// How the bot is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BotStatus {
    /// Without the `@`.
    pub username: String,
    /// The state's name.
    pub state: &'static str,
    /// What is wrong, and what to do.
    pub says: Option<String>,
}

/// Something wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is so.
    pub what: String,
    /// What to do.
    pub todo: String,
}

impl Problem {
    fn new(what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { what: what.into(), todo: todo.into() }
    }
}

impl Status {
    /// How a node with these parts is.
    pub fn of(part: &Part, vitals: Vitals, at: Timestamp) -> Self {
        let accounts: Vec<_> = part.accounts.iter().map(AccountStatus::of).collect();
        let bot = part.bot.as_ref().map(|(name, health)| BotStatus::of(name, &health.borrow()));
        let mut problems = Vec::new();
        problems.extend(accounts.iter().filter_map(|account| account.problem(at)));
        problems.extend(bot.as_ref().and_then(BotStatus::problem));
        problems.extend(slow(&vitals, at));
        problems.extend(uncertain(&vitals));
        Self {
            verdict: if problems.is_empty() { Verdict::Healthy } else { Verdict::Degraded },
            node: part.node.clone(),
            mesh: part.mesh.clone(),
            version: env!("CARGO_PKG_VERSION"),
            pid: std::process::id(),
            started: part.started,
            at,
            state: part.state.clone(),
            accounts,
            bot,
            vitals,
            problems,
        }
    }
}

impl AccountStatus {
    fn of(part: &AccountPart) -> Self {
        let Standing { health, since } = part.standing.borrow().clone();
        let meaning = health.meaning();
        Self {
            name: part.name.clone(),
            kind: match part.kind {
                Kind::Personal => "personal",
                Kind::Dedicated => "dedicated",
            },
            state: meaning.name,
            since,
            says: health.says(),
            grade: meaning.grade,
            todo: meaning.todo,
        }
    }

    /// What passes by itself is a problem only once it lasts.
    fn problem(&self, at: Timestamp) -> Option<Problem> {
        let lasts = at.duration_since(self.since) >= LASTS;
        let wrong = self.grade == Grade::NeedsSomebody || (self.grade == Grade::Passing && lasts);
        let todo = if self.todo.is_empty() { "Wait; if it lasts: mesh doctor." } else { self.todo };
        wrong.then(|| Problem::new(format!("Account {}: {}", self.name, self.says), todo))
    }
}

impl BotStatus {
    fn of(username: &str, health: &bot::Health) -> Self {
        let state = match health {
            bot::Health::Connecting => "connecting",
            bot::Health::Listening { caught_up: true } => "listening",
            bot::Health::Listening { caught_up: false } => "catching_up",
            bot::Health::Retrying { .. } => "retrying",
            bot::Health::AnotherPoller { .. } => "another_poller",
            bot::Health::TokenRefused => "token_refused",
            bot::Health::Stopped => "stopped",
        };
        Self { username: username.to_owned(), state, says: health.sentence() }
    }

    fn problem(&self) -> Option<Problem> {
        let says = self.says.clone()?;
        Some(Problem::new(format!("Bot @{}: {}.", self.username, self.state.replace('_', " ")), says))
    }
}

fn slow(vitals: &Vitals, at: Timestamp) -> Option<Problem> {
    let queue = &vitals.outbox;
    let late = queue.oldest.is_some_and(|oldest| at.duration_since(oldest) > WAITS_MOST);
    let many = queue.waiting() > WAITING_MOST;
    (late || many).then(|| {
        let since = queue.oldest.map_or_else(String::new, |at| format!(", the oldest since {}", second(at)));
        let what = format!("{} of what the mesh has to say or do waits{since}.", queue.waiting());
        Problem::new(
            what,
            "Look at the account and the bot above; if both are well, Telegram slows the mesh down.",
        )
    })
}

fn uncertain(vitals: &Vitals) -> Option<Problem> {
    let open = vitals.claims.uncertain;
    (open > 0).then(|| {
        let what = format!("{open} claims are uncertain: part of the chat was missed.");
        Problem::new(what, "Ask the owners shown by mesh claims whether they still work on them.")
    })
}

/// To the second.
pub fn second(at: Timestamp) -> impl std::fmt::Display {
    at.strftime("%FT%TZ")
}

#[cfg(test)]
mod tests;

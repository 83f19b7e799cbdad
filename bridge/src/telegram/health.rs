//! How the account is: a closed set of states, and what a person should do about each.

use std::fmt;

use jiff::Timestamp;

/// The state of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Nobody is signed in with this session, or Telegram ended it.
    SignedOut {
        /// Telegram's word for it.
        reason: String,
    },
    /// On the way to the first answer.
    Connecting,
    /// Fetching what was missed.
    CatchingUp,
    /// Hears everything as it happens.
    Connected,
    /// Telegram asked for a pause.
    FloodWait {
        /// Its end.
        until: Timestamp,
    },
    /// No answer from Telegram; tried again without end.
    Disconnected {
        /// Since when.
        since: Timestamp,
        /// The next attempt.
        next_try: Timestamp,
        /// What went wrong last.
        reason: String,
    },
    /// The api id or the account itself is not accepted.
    BadCredentials {
        /// Telegram's word for it.
        reason: String,
    },
    /// The same key was used from two places, and Telegram revoked it.
    Replaced,
    /// Signed in, but not in the group: it hears nothing there.
    Outside {
        /// Telegram's word for it.
        reason: String,
    },
}

/// How much a state matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Nothing is wrong.
    Well,
    /// It passes by itself.
    Passing,
    /// It stays until somebody does something.
    NeedsSomebody,
}

/// What a state means to whoever looks after the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The state's name, for programs.
    pub name: &'static str,
    /// How much it matters.
    pub grade: Grade,
    /// What to do, as a sentence; empty where nothing is to be done.
    pub todo: &'static str,
}

/// A row of the table.
const fn row(name: &'static str, grade: Grade, todo: &'static str) -> Meaning {
    Meaning { name, grade, todo }
}

impl Health {
    /// The table: every state, its name, how much it matters, what to do.
    #[rustfmt::skip]
    pub const fn meaning(&self) -> Meaning {
        use Grade::{NeedsSomebody, Passing, Well};
        match self {
            Self::SignedOut { .. } => row("signed_out", NeedsSomebody, "Sign in again: mesh login, then start the node anew."),
            Self::Connecting => row("connecting", Passing, ""),
            Self::CatchingUp => row("catching_up", Passing, ""),
            Self::Connected => row("connected", Well, ""),
            Self::FloodWait { .. } => row("flood_wait", Passing, "Wait; if it comes often, let the mesh speak less ([limits])."),
            Self::Disconnected { .. } => row("disconnected", Passing, "If it lasts, look at this machine's network: mesh doctor."),
            Self::BadCredentials { .. } => row("bad_credentials", NeedsSomebody, "Check api_id, api_hash and the account: mesh doctor."),
            Self::Outside { .. } => row("outside", NeedsSomebody, "Add the account to the group, and compare [mesh] group with its id: mesh doctor."),
            Self::Replaced => row("replaced", NeedsSomebody, "Stop the other program that uses this session, then sign in again: mesh login."),
        }
    }

    /// What is so, as a sentence, without what to do.
    pub fn says(&self) -> String {
        match self {
            Self::SignedOut { reason } => format!("Signed out ({reason})."),
            Self::Connecting => "Connecting.".to_owned(),
            Self::CatchingUp => "Catching up with what was missed.".to_owned(),
            Self::Connected => "Connected.".to_owned(),
            Self::FloodWait { until } => format!("Telegram asked for a pause until {}.", second(*until)),
            Self::Disconnected { since, next_try, reason } => {
                format!("Disconnected since {} ({reason}); next try {}.", second(*since), second(*next_try))
            }
            Self::BadCredentials { reason } => format!("Telegram refuses this account ({reason})."),
            Self::Outside { reason } => format!("Signed in, but not in the group ({reason})."),
            Self::Replaced => "The session was used from two places and is revoked.".to_owned(),
        }
    }
}

/// To the second: nobody reads more.
fn second(at: Timestamp) -> impl fmt::Display {
    at.strftime("%FT%TZ")
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says())?;
        match self.meaning().todo {
            "" => Ok(()),
            todo => write!(f, " {todo}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> [Health; 9] {
        let (at, reason) = (Timestamp::UNIX_EPOCH, "WORD".to_owned());
        [
            Health::SignedOut { reason: reason.clone() },
            Health::Connecting,
            Health::CatchingUp,
            Health::Connected,
            Health::FloodWait { until: at },
            Health::Disconnected { since: at, next_try: at, reason: reason.clone() },
            Health::BadCredentials { reason: reason.clone() },
            Health::Outside { reason },
            Health::Replaced,
        ]
    }

    #[test]
    fn what_needs_somebody_says_what_to_do() {
        for health in all() {
            let meaning = health.meaning();
            if meaning.grade == Grade::NeedsSomebody {
                assert!(meaning.todo.contains("mesh "), "{health}");
            }
            assert_eq!(meaning.grade == Grade::Well, health == Health::Connected);
            assert!(health.to_string().ends_with('.'), "{health}");
        }
    }

    #[test]
    fn names_and_sentences_are_told_apart() {
        let names: std::collections::BTreeSet<_> = all().iter().map(|health| health.meaning().name).collect();
        assert_eq!(names.len(), 9);
        let said: Vec<String> = all().iter().map(ToString::to_string).collect();
        assert_eq!(said[0], "Signed out (WORD). Sign in again: mesh login, then start the node anew.");
        assert_eq!(said[3], "Connected.");
        assert!(
            said[5].starts_with("Disconnected since 1970-01-01T00:00:00Z (WORD); next try "),
            "{}",
            said[5]
        );
    }
}

//! How the account is: a closed set of states.

use std::fmt;

use jiff::Timestamp;

/// The state of the connection, with what a person should do about it as its `Display`.
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
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedOut { reason } => {
                write!(f, "Signed out ({reason}). Sign in again: mesh login.")
            }
            Self::Connecting => f.write_str("Connecting."),
            Self::CatchingUp => f.write_str("Catching up with what was missed."),
            Self::Connected => f.write_str("Connected."),
            Self::FloodWait { until } => write!(f, "Telegram asked for a pause until {until}."),
            Self::Disconnected {
                since,
                next_try,
                reason,
            } => write!(
                f,
                "Disconnected since {since} ({reason}); next try {next_try}."
            ),
            Self::BadCredentials { reason } => write!(
                f,
                "Telegram refuses this account ({reason}). Check api_id, api_hash and the account."
            ),
            Self::Replaced => f.write_str(
                "The session was used from two places and is revoked. Stop the other program, then sign in again: mesh login.",
            ),
        }
    }
}

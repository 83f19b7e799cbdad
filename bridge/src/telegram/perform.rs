//! One call an effect: no sleeping, no repeating, no queue; that is the scheduler's.

use std::time::Duration;

/// What came of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Performed {
    /// Done; the message id in the account's numbering, where one was made and is known.
    Done(Option<i32>),
    /// Telegram wants a pause in that chat first.
    RetryAfter(Duration),
    /// It did not happen, or can't be told.
    Failed {
        /// One sentence.
        what: String,
        /// Whether trying again is pointless.
        permanent: bool,
    },
}

/// Why a question to Telegram has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Telegram wants a pause first.
    #[error("Telegram asks for a pause of {} s", .0.as_secs())]
    Wait(Duration),
    /// No answer within the deadline, or no connection: it may have happened.
    #[error("no answer from Telegram: {0}")]
    NoAnswer(String),
    /// Telegram refused, for good.
    #[error("Telegram refused: {0}")]
    Refused(String),
    /// Telegram had a fault of its own.
    #[error("Telegram failed: {0}")]
    Fault(String),
}

/// What a bot answered to a tap on its button.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TapAnswer {
    /// What is shown, if anything.
    pub text: Option<String>,
    /// Shown in a box that has to be closed.
    pub alert: bool,
}

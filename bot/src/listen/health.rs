//! The states of hearing, and what a person should do about each.

/// How listening goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Nothing was answered yet.
    Connecting,
    /// Updates come in.
    Listening {
        /// Nothing older waits at Telegram, and all that was handed over is committed.
        caught_up: bool,
    },
    /// The last poll failed; the next follows by itself.
    Retrying {
        /// What went wrong, as half a sentence.
        why: String,
    },
    /// Another program polls this token: this one stands back, and tries again after a long while.
    AnotherPoller {
        /// As Telegram words it.
        said: String,
    },
    /// Telegram does not know the token (any more): listening has ended.
    TokenRefused,
    /// It was told to stop, or nobody takes its batches: listening has ended.
    Stopped,
}

impl Health {
    /// Whether listening has ended: it must be started anew.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::TokenRefused | Self::Stopped)
    }

    /// What is wrong and what to do about it; nothing where nothing is.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Self::Connecting | Self::Listening { .. } | Self::Stopped => None,
            Self::Retrying { why } => Some(format!(
                "The Bot API does not answer as it should ({why}); trying again."
            )),
            Self::AnotherPoller { said } => Some(format!(
                "Another program uses the token of the mesh's bot ({said}). Each mesh needs a bot of its own: stop \
                 the other program, or make a new bot with BotFather and configure its token. Commands are not heard \
                 until then; it is tried again in a while."
            )),
            Self::TokenRefused => Some(
                "Telegram refused the token of the mesh's bot: ask BotFather for a new one, configure it, and start \
                 again."
                    .to_owned(),
            ),
        }
    }
}

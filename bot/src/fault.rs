//! What can be wrong with the bot's settings, or with reaching Telegram at the start.

use thiserror::Error;

/// Why the bot could not be set up. No variant ever carries the token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// The token has not the form of a bot's token.
    #[error("The bot's token has not the form <number>:<secret>: copy it again from BotFather's message.")]
    TokenMalformed,
    /// Telegram does not know the token.
    #[error(
        "Telegram refused the bot's token: it was revoked or mistyped (or `api_url` is not a Bot API). \
         Ask BotFather for /token and put the new one in the token file."
    )]
    TokenRefused,
    /// The address of the Bot API can't be used.
    #[error("The Bot API's address {0} is not an http or https address.")]
    Address(String),
    /// No HTTP client could be made.
    #[error("No HTTP client could be set up: {0}.")]
    Client(String),
    /// Telegram could not be reached.
    #[error("The Bot API can't be reached: {0}.")]
    Unreachable(String),
    /// Telegram answered something else than was asked.
    #[error("The Bot API answered: {0}.")]
    Answer(String),
}

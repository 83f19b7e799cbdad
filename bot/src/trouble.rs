//! teloxide's errors, read once: what a caller has to tell apart, and a text without the token.

use std::error::Error;
use std::time::Duration;

use commands::ids::ChatId;
use teloxide::{ApiError, RequestError};

use crate::token::Token;

/// A call that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// 429: not before this has passed.
    RetryAfter(Duration),
    /// The group is a supergroup now, under this id.
    Migrated(ChatId),
    /// 401, and the bare 404 of an unknown token.
    Token,
    /// 409: somebody else polls this token, or a webhook is set.
    Conflict(String),
    /// Any other 4xx, as Telegram words it: the call was not carried out and would not be another time.
    Refused(String),
    /// Never sent: no connection.
    Unreached(String),
    /// Sent, and whether it was carried out can't be told: 5xx, a time-out, a garbled answer.
    Unclear(String),
}

/// How descriptions of a call that was refused begin (teloxide drops the status code).
const REFUSALS: [&str; 6] = [
    "Bad Request",
    "Unauthorized",
    "Forbidden",
    "Not Found",
    "Method Not Allowed",
    "Request Entity Too Large",
];

impl Trouble {
    pub(crate) fn read(error: &RequestError, token: &Token) -> Self {
        match error {
            RequestError::RetryAfter(wait) => Self::RetryAfter(wait.duration()),
            RequestError::MigrateToChatId(id) => Self::Migrated(ChatId(id.0)),
            RequestError::Api(error) => refusal(error, token),
            RequestError::Network(error) if error.is_connect() => Self::Unreached(network_text(error, token)),
            RequestError::Network(error) => Self::Unclear(network_text(error, token)),
            RequestError::InvalidJson { .. } => {
                Self::Unclear("an answer that is not the Bot API's".to_owned())
            }
            RequestError::Io(error) => Self::Unclear(error.kind().to_string()),
        }
    }

    /// The trouble as half a sentence.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::RetryAfter(wait) => format!("asked to wait {} s", wait.as_secs()),
            Self::Migrated(id) => format!("the group moved to {id}"),
            Self::Token => "the token was refused".to_owned(),
            Self::Conflict(text) | Self::Refused(text) | Self::Unreached(text) | Self::Unclear(text) => {
                text.clone()
            }
        }
    }
}

fn refusal(error: &ApiError, token: &Token) -> Trouble {
    let text = match error {
        ApiError::InvalidToken => return Trouble::Token,
        ApiError::Unknown(text) => clean(text, token),
        known => return known_refusal(clean(&known.to_string(), token)),
    };
    if text.starts_with("Conflict") {
        Trouble::Conflict(text)
    } else if text.starts_with("Too Many Requests") {
        Trouble::RetryAfter(Duration::from_secs(UNSAID_WAIT))
    } else if REFUSALS.iter().any(|start| text.starts_with(start)) {
        Trouble::Refused(text)
    } else {
        Trouble::Unclear(text)
    }
}

/// Seconds to wait after a 429 that does not say how long.
const UNSAID_WAIT: u64 = 5;

/// Characters of a foreign text that are kept.
const TEXT_LIMIT: usize = 300;

fn clean(text: &str, token: &Token) -> String {
    token.scrub(text).chars().take(TEXT_LIMIT).collect()
}

fn known_refusal(text: String) -> Trouble {
    if text.starts_with("Conflict") || text.starts_with("can't use getUpdates") {
        Trouble::Conflict(text)
    } else {
        Trouble::Refused(text)
    }
}

/// The causes of a network error; its own words name the URL, and so the token.
fn network_text(error: &reqwest::Error, token: &Token) -> String {
    let mut text = Vec::new();
    let mut cause = error.source();
    while let Some(found) = cause {
        text.push(found.to_string());
        cause = found.source();
    }
    if error.is_timeout() {
        "no answer in time".to_owned()
    } else if text.is_empty() {
        "the connection failed".to_owned()
    } else {
        clean(&text.join(": "), token)
    }
}

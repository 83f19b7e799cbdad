//! Why the control door did not do something: a sentence.

use axum::Json;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::world::WorldError;

/// A status and a sentence.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    sentence: String,
}

impl Refusal {
    pub fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }

    pub fn bad(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, sentence)
    }

    pub fn forbidden(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, sentence)
    }

    pub fn busy(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, sentence)
    }

    pub fn conflict(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, sentence)
    }

    pub fn unknown(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, sentence)
    }
}

impl From<WorldError> for Refusal {
    fn from(error: WorldError) -> Self {
        let status = match error {
            WorldError::BotResponseTimeout => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::CONFLICT,
        };
        Self { status, sentence: format!("The world refuses: {error} ({}).", error.rpc().1) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.sentence }))).into_response()
    }
}

/// Reads a JSON body, or says what is wrong with it.
pub(crate) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::bad(format!("The body is not what is expected here: {error}.")))
}

pub(super) async fn no_page() -> Refusal {
    Refusal::unknown(
        "There is GET / (a page), /health and /world, and POST /post, /edit, /delete, /tap, /react, /pin, /unpin, /join, /leave, \
         /block, /unblock, /migrate, /key, /scan, /clock, /fault and /limits.",
    )
}

pub(super) async fn no_method() -> Refusal {
    let sentence = "It is asked for otherwise: /, /health and /world by GET, everything else by POST.";
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, sentence)
}

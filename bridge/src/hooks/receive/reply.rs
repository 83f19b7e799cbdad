//! Answers, in the words of the newest gateways.

use axum::body::Body;
use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::body::Fault;
use super::{Answer, Refusal};

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// What Prometheus calls its own text.
const FIGURES: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// What a token in the address is told.
const TOKEN_IN_QUERY: &str = "Hook token must be provided via Authorization: Bearer <token> or X-OpenClaw-Token header \
                              (query parameters are not allowed).";

pub(super) fn json(status: StatusCode, value: &Value) -> Response<Body> {
    with(status, JSON, value.to_string())
}

fn text(status: StatusCode, words: &str) -> Response<Body> {
    with(status, TEXT, words.to_owned())
}

fn with(status: StatusCode, kind: HeaderValue, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

pub(super) fn token_in_query() -> Response<Body> {
    text(StatusCode::BAD_REQUEST, TOKEN_IN_QUERY)
}

pub(super) fn method(allowed: &'static str) -> Response<Body> {
    let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

pub(super) fn unauthorized() -> Response<Body> {
    text(StatusCode::UNAUTHORIZED, "Unauthorized")
}

pub(super) fn too_many(seconds: u64) -> Response<Body> {
    let mut response = text(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}

pub(super) fn not_found() -> Response<Body> {
    text(StatusCode::NOT_FOUND, "Not Found")
}

/// `{"ok":false,"error":…}`
pub(super) fn error(status: StatusCode, words: &str) -> Response<Body> {
    json(status, &json!({ "ok": false, "error": words }))
}

pub(super) fn bad(words: &str) -> Response<Body> {
    error(StatusCode::BAD_REQUEST, words)
}

pub(super) fn fault(fault: Fault) -> Response<Body> {
    let (status, words) = match fault {
        Fault::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "payload too large"),
        Fault::TooSlow => (StatusCode::REQUEST_TIMEOUT, "request body timeout"),
        Fault::Broken => (StatusCode::BAD_REQUEST, "request body aborted"),
    };
    let mut response = error(status, words);
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

pub(super) fn refusal(refusal: &Refusal) -> Response<Body> {
    match refusal {
        Refusal::Forbidden { reason, text } => {
            let body = json!({ "ok": false, "error": text, "reason": reason });
            json(StatusCode::FORBIDDEN, &body)
        }
        Refusal::Senseless(text) => bad(text),
        Refusal::Unavailable(text) => {
            let mut response = error(StatusCode::SERVICE_UNAVAILABLE, text);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
    }
}

pub(super) fn answer(answer: Answer) -> Response<Body> {
    match answer {
        Answer::Json(value) => json(StatusCode::OK, &value),
        Answer::No(value) => json(StatusCode::CONFLICT, &value),
        Answer::Unready(value) => json(StatusCode::SERVICE_UNAVAILABLE, &value),
        Answer::Text(text) => with(StatusCode::OK, FIGURES, text),
    }
}

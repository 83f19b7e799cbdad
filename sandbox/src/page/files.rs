//! The page's own files, built in.

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::control::Refusal;

const FILES: [(&str, &str, &str); 5] = [
    ("style.css", "text/css; charset=utf-8", include_str!("files/style.css")),
    ("app.js", "text/javascript; charset=utf-8", include_str!("files/app.js")),
    ("server.js", "text/javascript; charset=utf-8", include_str!("files/server.js")),
    ("message.js", "text/javascript; charset=utf-8", include_str!("files/message.js")),
    ("icon.svg", "image/svg+xml", include_str!("files/icon.svg")),
];

pub(super) async fn index() -> Response {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], include_str!("files/index.html")).into_response()
}

pub(super) async fn file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(own, ..)| *own == name) {
        Some((_, kind, text)) => ([(CONTENT_TYPE, *kind)], *text).into_response(),
        None => Refusal::unknown("The page has no such file.").into_response(),
    }
}

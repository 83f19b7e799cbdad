//! A person's phone that scans a QR code.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::Door;
use super::changes::done;
use super::names::Name;
use super::refusal::{Refusal, read};

/// What a code says before its token.
const LINK: &str = "tg://login?token=";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scan {
    #[serde(rename = "as")]
    by: Name,
    link: String,
}

/// Lets a client in that shows a QR code, as if the account's phone had scanned it.
pub(super) async fn scan(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let order: Scan = read(&body)?;
    let account = door.account(&order.by)?;
    let token = order.link.strip_prefix(LINK).map(|text| text.trim_end_matches('='));
    let token = token.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let token = token.ok_or_else(|| Refusal::bad(format!("\"link\" must begin with {LINK}.")))?;
    if door.sessions()?.scan(account, &token) {
        Ok(done())
    } else {
        Err(Refusal::bad("Nobody shows this code any more."))
    }
}

//! The other way to hear: Telegram comes to us. Each update is answered 200 only once it is committed, so that one which
//! is not comes again.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest::Url;
use serde::Serialize;
use serde_json::Value;
use subtle::ConstantTimeEq as _;
use teloxide::requests::Payload;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use super::listener::KINDS;
use crate::lean::update_id;

/// Where Telegram puts the secret it was told.
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// The longest update that is read, in bytes.
const UPDATE_MOST: usize = 1024 * 1024;
/// Updates that may wait for the loop; Telegram brings one at a time.
const WAITING_MOST: usize = 8;
/// How long Telegram is kept waiting for the commit before it is asked to come again.
const COMMIT_WITHIN: Duration = Duration::from_secs(20);
/// So many updates are remembered, so that one that comes again is not heard again.
const REMEMBERED: usize = 1_024;

/// Where Telegram is to come.
#[derive(Clone)]
pub struct Webhook {
    /// The address Telegram calls: HTTPS, at a proxy in front of `listen`.
    pub url: Url,
    /// Where this process listens, in plain HTTP.
    pub listen: SocketAddr,
    /// Sent along by Telegram; 1 to 256 of `A-Za-z0-9_-`.
    pub secret: String,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (url, listen) = (self.url.as_str(), &self.listen);
        f.debug_struct("Webhook").field("url", &url).field("listen", listen).finish_non_exhaustive()
    }
}

/// An update that waits for its commit.
pub(super) struct Delivery {
    pub(super) update: Value,
    pub(super) committed: oneshot::Sender<()>,
}

struct Gate {
    secret: String,
    inbox: mpsc::Sender<Delivery>,
}

/// Opens the door; it closes with the returned task's end.
///
/// # Errors
/// The address is taken, or is not this machine's.
pub(super) async fn open(webhook: &Webhook) -> std::io::Result<mpsc::Receiver<Delivery>> {
    let listener = TcpListener::bind(webhook.listen).await?;
    let (inbox, deliveries) = mpsc::channel(WAITING_MOST);
    let gate = Arc::new(Gate { secret: webhook.secret.clone(), inbox: inbox.clone() });
    let router =
        Router::new().fallback(post(deliver)).layer(DefaultBodyLimit::max(UPDATE_MOST)).with_state(gate);
    tokio::spawn(async move {
        // The door is closed when nobody takes what comes any more.
        let served =
            axum::serve(listener, router).with_graceful_shutdown(async move { inbox.closed().await });
        if let Err(error) = served.await {
            tracing::error!(%error, "the webhook's door is closed");
        }
    });
    Ok(deliveries)
}

/// 401 without the secret, 400 for what is no update, 503 for what was not committed in time: Telegram comes again.
async fn deliver(State(gate): State<Arc<Gate>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let given = headers.get(SECRET_HEADER).map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
    let genuine: bool = gate.secret.as_bytes().ct_eq(given).into();
    if !genuine {
        return StatusCode::UNAUTHORIZED;
    }
    let update: Option<Value> = serde_json::from_slice(&body).ok();
    let Some(update) = update.filter(|update| update_id(update).is_some()) else {
        return StatusCode::BAD_REQUEST;
    };
    let (committed, commit) = oneshot::channel();
    let heard = async {
        gate.inbox.send(Delivery { update, committed }).await.ok()?;
        commit.await.ok()
    };
    match tokio::time::timeout(COMMIT_WITHIN, heard).await {
        Ok(Some(())) => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The updates that were committed: of the ones before this start the offset tells.
#[derive(Debug)]
pub(super) struct Heard {
    before: Option<i64>,
    recent: VecDeque<i64>,
}

impl Heard {
    pub(super) fn before(offset: Option<i64>) -> Self {
        Self { before: offset, recent: VecDeque::new() }
    }

    /// Whether that update was committed. Telegram begins anew with its numbers after a quiet week: what lies far below
    /// is new.
    pub(super) fn knows(&self, id: i64) -> bool {
        let near = |offset: i64| (0..i64::try_from(REMEMBERED).unwrap_or(0)).contains(&(offset - 1 - id));
        self.recent.contains(&id) || self.before.is_some_and(near)
    }

    pub(super) fn note(&mut self, id: i64) {
        self.recent.push_back(id);
        if self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
    }
}

/// Tells Telegram where to come: one update at a time, in order.
#[derive(Serialize)]
pub(super) struct SetWebhook {
    url: String,
    secret_token: String,
    max_connections: u8,
    allowed_updates: [&'static str; KINDS.len()],
}

impl SetWebhook {
    pub(super) fn to(webhook: &Webhook) -> Self {
        let (url, secret_token) = (webhook.url.to_string(), webhook.secret.clone());
        Self { url, secret_token, max_connections: 1, allowed_updates: KINDS }
    }
}

impl Payload for SetWebhook {
    type Output = Value;

    const NAME: &'static str = "SetWebhook";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_committed_is_known_and_far_below_is_new() {
        let mut heard = Heard::before(Some(5_000));
        assert!(heard.knows(4_999) && heard.knows(4_500) && !heard.knows(5_000) && !heard.knows(17));
        heard.note(5_000);
        assert!(heard.knows(5_000) && !heard.knows(5_001));
        assert!(!Heard::before(None).knows(0));
    }
}

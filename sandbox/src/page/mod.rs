//! The chats in a browser, as in a messenger: choose who you are, write, tap, watch.
//!
//! Served by the control door, and guarded as it is. What people post reaches the browser as JSON and is put on the
//! page as text, never as HTML; the policy sent along forbids everything that is not the page's own.

mod acts;
mod events;
mod files;
mod log;
mod render;
mod show;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::world::World;
use log::Log;

/// Browser windows that may listen at once.
const WINDOWS_LIMIT: usize = 64;

/// What the browser is told to allow.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// What all windows share.
#[derive(Clone)]
pub(crate) struct Page {
    world: World,
    log: Arc<Log>,
    windows: Arc<Semaphore>,
    stop: CancellationToken,
}

impl Page {
    /// The page of `world`; it listens until `stop` is cancelled.
    pub fn new(world: World, stop: CancellationToken) -> Self {
        let log = Arc::new(Log::new(world.now()));
        tokio::spawn(log::keep(log.clone(), world.watch(), stop.clone()));
        Self { world, log, windows: Arc::new(Semaphore::new(WINDOWS_LIMIT)), stop }
    }

    /// Its addresses: `/` and what begins with `/page/`.
    pub fn routes<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        Router::new()
            .route("/", get(files::index))
            .route("/page/{file}", get(files::file))
            .route("/page/start", get(show::start))
            .route("/page/chats", get(show::chats))
            .route("/page/chat", get(show::chat))
            .route("/page/events", get(events::events))
            .route("/page/do", post(acts::act))
            .layer(axum::middleware::from_fn(harden))
            .with_state(self)
    }
}

async fn harden(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    set(response.headers_mut());
    response
}

fn set(headers: &mut HeaderMap) {
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

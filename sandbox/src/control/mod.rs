//! The control door: a hand behind the world, over plain HTTP on the loopback. `docs/sandbox.md` tells of every request.
//!
//! Everything is named as a person would: `"as": "Ely"`, `"chat": "Mesh Mastermind"` (or an id in the Bot API's form).
//! Messages are named by the `message` number that `GET /world` shows, the same for everybody.

mod acts;
mod aim;
mod changes;
mod clock;
mod faults;
mod guard;
mod keys;
mod names;
mod refusal;
mod refuse;
mod scan;
mod show;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::page::Page;
use crate::world::World;
use crate::{botapi, mtproto};
pub(crate) use refusal::{Refusal, read};

/// The largest request body, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// The control door.
#[derive(Clone)]
pub struct Door {
    world: World,
    bot_api: botapi::Door,
    sessions: Option<mtproto::Sessions>,
}

impl Door {
    /// A hand behind `world`, which may also switch the Bot API door's limits.
    pub fn new(world: World, bot_api: botapi::Door) -> Self {
        Self { world, bot_api, sessions: None }
    }

    /// With a hand on the MTProto door's sessions.
    #[must_use]
    pub fn with_sessions(self, sessions: mtproto::Sessions) -> Self {
        Self { sessions: Some(sessions), ..self }
    }

    /// Answers requests until `stop` is cancelled.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let page = Page::new(self.world.clone(), stop.clone());
        let app = Router::new()
            .route("/health", get(show::health))
            .route("/world", get(show::world))
            .route("/post", post(acts::post))
            .route("/edit", post(changes::edit))
            .route("/delete", post(changes::delete))
            .route("/tap", post(acts::tap))
            .route("/react", post(acts::react))
            .route("/pin", post(changes::pin))
            .route("/unpin", post(changes::unpin))
            .route("/join", post(changes::join))
            .route("/leave", post(changes::leave))
            .route("/block", post(changes::block))
            .route("/unblock", post(changes::unblock))
            .route("/key", post(keys::key))
            .route("/scan", post(scan::scan))
            .route("/clock", post(clock::clock))
            .route("/fault", post(faults::fault))
            .route("/limits", post(faults::limits))
            .route("/migrate", post(changes::migrate))
            .merge(page.routes())
            .fallback(refusal::no_page)
            .method_not_allowed_fallback(refusal::no_method)
            .layer(axum::middleware::from_fn(guard::guard))
            .with_state(self);
        axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned()).await
    }

    fn sessions(&self) -> Result<&mtproto::Sessions, Refusal> {
        self.sessions.as_ref().ok_or_else(|| Refusal::conflict("There is no MTProto door here."))
    }
}

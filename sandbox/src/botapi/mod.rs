//! The Bot API door: `/bot<token>/<method>` over HTTP, as api.telegram.org answers it.

mod answer;
mod document;
mod extras;
mod keyboard;
mod limits;
mod line;
mod markup;
mod members;
mod methods;
mod params;
mod parse;
mod path;
mod polling;
mod render;
mod webhook;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::world::{BotFault, Entity, FILE_LIMIT, Peer, User, UserId, World};

use answer::{ApiError, Reply};
use limits::Limits;
use line::{Line, LossyListener};
use methods::{Menus, Sessions};
pub(crate) use methods::{name_of, names, names_a_chat};
use params::Params;
use path::Asked;
use polling::Pollers;
use webhook::Webhooks;

/// The largest request body without a file, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;
/// The largest request body with a file, in bytes.
pub const UPLOAD_LIMIT: usize = FILE_LIMIT + BODY_LIMIT;

/// The Bot API door.
#[derive(Clone)]
pub struct Door {
    inner: Arc<Inner>,
}

struct Inner {
    world: World,
    pollers: Pollers,
    webhooks: Webhooks,
    sessions: Sessions,
    menus: Menus,
    limits: Limits,
    stop: CancellationToken,
}

/// One call of a method by a bot.
struct Call {
    door: Door,
    bot: User,
    params: Params,
}

impl Door {
    /// A door to `world` that ends its long polls when `stop` is cancelled.
    pub fn new(world: World, stop: CancellationToken) -> Self {
        let inner = Inner {
            world,
            pollers: Pollers::default(),
            webhooks: Webhooks::default(),
            sessions: Sessions::default(),
            menus: Menus::default(),
            limits: Limits::default(),
            stop,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Turns Telegram's own limits on or off: a message a second in a chat, 20 a minute in a group, `getUpdates` with the
    /// same offset every three seconds. Off at first.
    pub fn enforce_limits(&self, on: bool) {
        self.inner.limits.enforce(on);
    }

    /// Answers requests until the door is told to stop.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        let stop = self.inner.stop.clone();
        let app = Router::new()
            .fallback(handle)
            .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
            .with_state(self)
            .into_make_service_with_connect_info::<Line>();
        axum::serve(LossyListener::new(listener), app).with_graceful_shutdown(stop.cancelled_owned()).await
    }

    fn world(&self) -> &World {
        &self.inner.world
    }
}

/// Reads a request, whatever it is: what matters is only that it ends.
pub(crate) async fn read_any(request: Request) {
    // A refusal is an answer as good as any.
    let _ = Params::read(request).await;
}

/// The text that each kind of markup makes of a source, where it can be read.
pub(crate) fn parse_any(source: &str) -> impl Iterator<Item = (String, Vec<Entity>)> {
    let html = markup::html::parse(source).into_iter();
    html.chain(markup::markdown::parse(source)).chain(markup::legacy::parse(source))
}

async fn handle(
    State(door): State<Door>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    match Asked::read(request.uri().path()) {
        Some(Asked::Method { token, method }) => {
            door.answer(&line, &token, &method, request).await.into_response()
        }
        Some(Asked::File { token, path }) => door.download(&token, &path).into_response(),
        None => ApiError::no_page().into_response(),
    }
}

impl Door {
    async fn answer(
        self,
        line: &Line,
        token: &str,
        method: &str,
        request: Request,
    ) -> Result<Reply, ApiError> {
        let bot = self.world().bot_by_token(token).ok_or_else(ApiError::unauthorized)?;
        let params = Params::read(request).await?;
        let fault = self.world().faults().bot_api(method, bot.id, params.number("chat_id"));
        let is_muted = self.world().faults().is_muted(bot.id);
        match fault {
            Some(BotFault::Status { status, retry_after }) => {
                return Err(ApiError::fault(status, retry_after));
            }
            Some(BotFault::Silence) => self.inner.stop.cancelled().await,
            _ if is_muted => self.inner.stop.cancelled().await,
            _ => {}
        }
        let clock = self.world().clock().clone();
        let result = self.clone().execute(bot.id, method, params).await;
        match fault {
            Some(BotFault::LoseReply) => line.lose(),
            Some(BotFault::Slow(by)) => clock.sleep(by).await,
            _ => {}
        }
        // A poll may have been open before.
        if self.world().faults().is_muted(bot.id) {
            self.inner.stop.cancelled().await;
        }
        result
    }
}

impl Door {
    /// Runs a method for a bot that is not logged out.
    async fn execute(self, bot: UserId, method: &str, params: Params) -> Result<Reply, ApiError> {
        let bot = self.world().user(bot).ok_or_else(ApiError::unauthorized)?;
        self.enter(bot.id)?;
        let chat = params.number("chat_id").and_then(Peer::from_bot_api);
        Call { door: self, bot, params }.run(method).await.map_err(|error| error.about(chat))
    }
}

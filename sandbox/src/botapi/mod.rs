//! The Bot API door: `/bot<token>/<method>` over HTTP, as api.telegram.org answers it.

mod answer;
mod document;
mod html;
mod limits;
mod line;
mod members;
mod methods;
mod params;
mod parse;
mod polling;
mod render;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::world::{BotFault, User, UserId, World};

use answer::ApiError;
use limits::Limits;
use line::{Line, LossyListener};
use params::Params;
use polling::Pollers;

/// The largest request body, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// A bot's command menus, by scope and language as they were given.
type Menus = BTreeMap<(UserId, String, String), Value>;

/// The Bot API door.
#[derive(Clone)]
pub struct Door {
    inner: Arc<Inner>,
}

struct Inner {
    world: World,
    pollers: Pollers,
    menus: Mutex<Menus>,
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
            menus: Mutex::default(),
            limits: Limits::default(),
            stop,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Turns Telegram's own limits on or off: a message a second in a chat, 20 a minute in a group. Off at first.
    pub fn enforce_limits(&self, on: bool) {
        self.inner.limits.enforce(on);
    }

    /// Answers requests until the door is told to stop.
    pub async fn serve(self, listener: TcpListener) -> std::io::Result<()> {
        let stop = self.inner.stop.clone();
        let app = Router::new()
            .fallback(handle)
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(self)
            .into_make_service_with_connect_info::<Line>();
        axum::serve(LossyListener::new(listener), app).with_graceful_shutdown(stop.cancelled_owned()).await
    }

    fn world(&self) -> &World {
        &self.inner.world
    }
}

async fn handle(
    State(door): State<Door>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    match door.answer(&line, request).await {
        Ok(result) => answer::ok(&result).into_response(),
        Err(error) => error.into_response(),
    }
}

impl Door {
    async fn answer(self, line: &Line, request: Request) -> Result<Value, ApiError> {
        let path = request.uri().path().to_owned();
        let (token, method) = split_path(&path).ok_or_else(ApiError::no_page)?;
        let bot = self.world().bot_by_token(token).ok_or_else(ApiError::unauthorized)?;
        let params = Params::read(request).await?;
        let method = method.to_ascii_lowercase();
        let fault = self.world().faults().bot_api(&method, bot.id, params.number("chat_id"));
        let is_muted = self.world().faults().is_muted(bot.id);
        match fault {
            Some(BotFault::Status { status, retry_after }) => {
                return Err(ApiError::fault(status, retry_after));
            }
            Some(BotFault::Silence) => self.inner.stop.cancelled().await,
            _ if is_muted => self.inner.stop.cancelled().await,
            _ => {}
        }
        let result = Call { door: self, bot, params }.run(&method).await;
        match fault {
            Some(BotFault::LoseReply) => line.lose(),
            Some(BotFault::Slow(by)) => tokio::time::sleep(by).await,
            _ => {}
        }
        result
    }
}

/// The token and the method of `/bot<token>/<method>`.
fn split_path(path: &str) -> Option<(&str, &str)> {
    let (token, method) = path.strip_prefix("/bot")?.split_once('/')?;
    let is_token = !token.is_empty() && !method.is_empty() && !method.contains('/');
    is_token.then_some((token, method))
}

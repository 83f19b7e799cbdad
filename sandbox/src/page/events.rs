//! What happens, live: server-sent events, told again from `Last-Event-ID` on after a break.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{self, KeepAlive, Sse};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;

use super::log::{Event, Missed};
use super::{Page, render};
use crate::control::Refusal;
use crate::world::{ChatKey, UserId};

/// Events on their way to one window; a slower one is told from the log.
const ON_THE_WAY: usize = 32;
/// A sign of life, so that a broken connection is noticed.
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// When a browser tries again.
const RETRY: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
pub(super) struct Listener {
    #[serde(rename = "as")]
    by: i64,
    /// Where the window stands, if it says so by no `Last-Event-ID`.
    after: Option<String>,
}

type Told = mpsc::Sender<Result<sse::Event, Infallible>>;

pub(super) async fn events(
    State(page): State<Page>,
    Query(listener): Query<Listener>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Refusal> {
    let me = page.person(listener.by)?.id;
    let window = page.windows.clone().try_acquire_owned();
    let window = window.map_err(|_| Refusal::busy("Too many windows are open."))?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let position = last.or(listener.after).unwrap_or_else(|| page.log.position());
    let (told, telling) = mpsc::channel(ON_THE_WAY);
    tokio::spawn(async move {
        tell(&page, me, &position, &told).await;
        drop(window);
    });
    Ok(Sse::new(ReceiverStream::new(telling)).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)))
}

/// Tells until the window is closed or the sandbox stops.
async fn tell(page: &Page, me: UserId, position: &str, told: &Told) {
    let mut newest = page.log.newest();
    // A position of another run is further back than anything.
    let mut number = page.log.number_in(position);
    if send(told, sse::Event::default().retry(RETRY).comment("here")).await.is_none() {
        return;
    }
    loop {
        newest.borrow_and_update();
        let missed = number.map_or_else(|| page.log.since(u64::MAX - 1), |number| page.log.since(number));
        let Some(reached) = pass_on(page, me, missed, told).await else { return };
        number = reached.or(number);
        tokio::select! {
            () = page.stop.cancelled() => return,
            () = told.closed() => return,
            changed = newest.changed() => if changed.is_err() { return },
        }
    }
}

/// The number reached; `None` outside once the window is gone.
async fn pass_on(page: &Page, me: UserId, missed: Missed, told: &Told) -> Option<Option<u64>> {
    let events = match missed {
        Missed::Events(events) => events,
        Missed::TooMuch(newest) => {
            let event = sse::Event::default().event("anew").id(page.log.position_of(newest)).data("{}");
            send(told, event).await?;
            return Some(Some(newest));
        }
    };
    let reached = events.last().map(|(number, _)| *number);
    for (number, event) in events {
        if let Some(shown) = shown(page, me, event) {
            let event = sse::Event::default().id(page.log.position_of(number)).data(shown.to_string());
            send(told, event).await?;
        }
    }
    Some(reached)
}

/// The message as it stands now; `None` where the person is not concerned.
fn shown(page: &Page, me: UserId, event: Event) -> Option<Value> {
    let is_outside = matches!(event.chat, ChatKey::Private(a, b) if a != me && b != me);
    if is_outside {
        return None;
    }
    let peer = event.chat.peer_for(me);
    match render::message(&page.world, me, event.message) {
        Some(message) => Some(message),
        None if event.is_gone => {
            page.world.chat(me, peer).ok()?;
            Some(json!({ "key": event.message, "chat": peer.to_bot_api(), "gone": true }))
        }
        None => None,
    }
}

async fn send(told: &Told, event: sse::Event) -> Option<()> {
    told.send(Ok(event)).await.ok()
}

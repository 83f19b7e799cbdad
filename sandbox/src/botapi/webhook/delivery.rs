//! Delivering updates to a webhook: in order within a chat, chats side by side, again until they are taken.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Target, Trouble, certificate};
use crate::botapi::answer::ApiError;
use crate::botapi::params::Params;
use crate::botapi::{BODY_LIMIT, Door, render};
use crate::world::{BotUpdate, BotUpdateKind, Clock, UserId};

/// Where the secret goes.
const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
/// How long a webhook may take.
const ANSWER_WAIT: Duration = Duration::from_mins(1);
/// The pause after the first failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// Waiting updates looked at in one go.
const LOOKED_AT: usize = 200;

/// A chat's updates are delivered one after the other.
#[derive(Debug, Default)]
struct Lane {
    /// One is under way.
    busy: bool,
    failures: u32,
    /// Not before, after a failure: in Unix milliseconds, by the world's clock.
    due: Option<i64>,
}

/// A delivery that ended: lane, update, and why it failed.
type Done = (i64, i32, Result<(), String>);

struct Deliveries {
    door: Door,
    bot: UserId,
    target: Target,
    client: Client,
    lanes: BTreeMap<i64, Lane>,
    under_way: JoinSet<Done>,
}

impl Door {
    /// Delivers until `stop` is cancelled.
    pub(super) fn deliveries(
        &self,
        bot: UserId,
        target: Target,
        stop: CancellationToken,
    ) -> Result<impl Future<Output = ()> + Send + 'static, ApiError> {
        let client = client(&target)?;
        let (lanes, under_way) = (BTreeMap::new(), JoinSet::new());
        let mut deliveries = Deliveries { door: self.clone(), bot, target, client, lanes, under_way };
        Ok(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = deliveries.run() => {}
            }
        })
    }
}

/// A client that goes straight to the loopback, wherever the machine's names and proxies point.
fn client(target: &Target) -> Result<Client, ApiError> {
    let port = target.url.port_or_known_default().unwrap_or(443);
    let builder = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .timeout(ANSWER_WAIT)
        .resolve("localhost", SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let bad = || ApiError::bad("bad webhook: Failed to set custom certificate file");
    let builder = match &target.certificate {
        Some(pem) => builder.use_preconfigured_tls(certificate::trusting(pem).ok_or_else(bad)?),
        None => builder,
    };
    builder.build().map_err(|_| bad())
}

impl Deliveries {
    async fn run(&mut self) {
        let Some(mut news) = self.door.world().subscribe(self.bot) else { return };
        let mut mutes = self.door.world().faults().mutes();
        loop {
            news.borrow_and_update();
            if !mutes.borrow_and_update().contains(&self.bot) {
                self.start_what_is_due();
            }
            let (clock, pause) = (self.door.world().clock().clone(), self.next_due());
            tokio::select! {
                Some(done) = self.under_way.join_next() => {
                    if let Ok(done) = done {
                        self.settle(done);
                    }
                }
                _ = news.changed() => {}
                _ = mutes.changed() => {}
                () = sleep_until(&clock, pause) => {}
            }
        }
    }

    fn start_what_is_due(&mut self) {
        let now = self.door.world().clock().millis();
        for update in self.door.world().bot_updates(self.bot, 0, LOOKED_AT) {
            if self.under_way.len() >= self.target.connections {
                return;
            }
            let lane = lane_of(&update.kind);
            let state = self.lanes.entry(lane).or_default();
            if !state.busy && state.due.is_none_or(|due| due <= now) {
                state.busy = true;
                self.start(lane, &update);
            }
        }
        // What failed and is gone since, needs no second look.
        self.lanes.retain(|_, lane| lane.busy || lane.due.is_some_and(|due| due > now));
    }

    fn start(&mut self, lane: i64, update: &BotUpdate) {
        let body = render::update(self.door.world(), self.bot, update).to_string();
        let mut request = self.client.post(self.target.url.clone());
        request = request.header(header::CONTENT_TYPE.as_str(), "application/json").body(body);
        if let Some(secret) = &self.target.secret {
            request = request.header(SECRET_HEADER, secret);
        }
        let (door, bot, id) = (self.door.clone(), self.bot, update.id);
        self.under_way.spawn(async move {
            let outcome = match request.send().await {
                Ok(response) if response.status().is_success() => {
                    door.take_answer(bot, response).await;
                    Ok(())
                }
                Ok(response) => Err(format!("Wrong response from the webhook: {}", response.status())),
                Err(error) => Err(words_for(&error).to_owned()),
            };
            (lane, id, outcome)
        });
    }

    fn settle(&mut self, (lane, update, outcome): Done) {
        let Err(message) = outcome else {
            self.door.world().drop_update(self.bot, update);
            self.lanes.remove(&lane);
            return;
        };
        let state = self.lanes.entry(lane).or_default();
        let pause = FIRST_PAUSE.saturating_mul(1 << state.failures.min(6)).min(LONGEST_PAUSE);
        let due = self.door.world().clock().millis() + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        *state = Lane { busy: false, failures: state.failures + 1, due: Some(due) };
        let date = self.door.world().now();
        self.door.inner.webhooks.note(self.bot, Trouble { date, message });
    }

    fn next_due(&self) -> Option<i64> {
        let has_room = self.under_way.len() < self.target.connections;
        self.lanes.values().filter(|lane| has_room && !lane.busy).filter_map(|lane| lane.due).min()
    }
}

async fn sleep_until(clock: &Clock, due: Option<i64>) {
    match due {
        Some(due) => clock.sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// The chat an update is about.
fn lane_of(update: &BotUpdateKind) -> i64 {
    let peer = match update {
        BotUpdateKind::Message(message) | BotUpdateKind::EditedMessage(message) => message.peer,
        BotUpdateKind::CallbackQuery(query) => query.message.peer,
        BotUpdateKind::MessageReaction(change) => change.peer,
        BotUpdateKind::MemberChanged(change) => change.peer,
    };
    peer.to_bot_api()
}

fn words_for(error: &reqwest::Error) -> &'static str {
    match error {
        error if certificate::is_distrust(error) => {
            "SSL error {error:0A000086:SSL routines::certificate verify failed}"
        }
        error if error.is_connect() => "Connection refused",
        error if error.is_timeout() => "Read timeout expired",
        _ => "Connection closed",
    }
}

impl Door {
    /// A webhook may answer with a call of a method; what comes of it nobody learns.
    async fn take_answer(&self, bot: UserId, response: Response) {
        let kind = response.headers().get(header::CONTENT_TYPE.as_str()).cloned();
        let length = response.content_length().unwrap_or(0);
        if length > u64::try_from(BODY_LIMIT).unwrap_or(u64::MAX) {
            return;
        }
        let Ok(body) = response.bytes().await else { return };
        let mut request = Request::new(Body::from(body));
        if let Some(kind) = kind {
            request.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        let Ok(params) = Params::read_body(request).await else { return };
        let Some(method) = params.text("method") else { return };
        if let Err(error) = self.clone().execute(bot, &method.to_ascii_lowercase(), params).await {
            tracing::info!(?error, method, "the method in a webhook's answer was refused");
        }
    }
}

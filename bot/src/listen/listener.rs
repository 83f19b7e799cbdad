//! The loop: poll, hand over, wait for the commit.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;
use teloxide::payloads;
use teloxide::requests::Payload;
use tokio::sync::{mpsc, oneshot, watch};

use super::webhook::{self, SetWebhook, Webhook};
use super::{Batch, Health, Listening, OFFSET_KEEPS};
use crate::bot::Bot;
use crate::lean::update_id;
use crate::translate::Translator;
use crate::trouble::Trouble;

/// Updates a poll may bring: Telegram's limit.
const LIMIT: usize = 100;
/// A poll that is held open shorter would be a busy loop.
const SHORTEST_POLL: Duration = Duration::from_secs(1);
/// The longest a poll is held open.
const POLL_LIMIT: Duration = Duration::from_secs(25);
/// The longest Telegram is obeyed when it asks a poll to wait.
const ASKED_WAIT_LIMIT: Duration = Duration::from_mins(10);
/// The kinds of updates the mesh has a use for.
pub(super) const KINDS: [&str; 5] =
    ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"];

/// The first pause beside another program, which may only have looked; each further one is twice as long.
const FIRST_GIVE_WAY: Duration = Duration::from_secs(10);

/// Hears for the mesh; see [`listen`](super::listen).
#[derive(Debug)]
pub struct Listener {
    bot: Bot,
    settings: Listening,
    offset: Option<i64>,
    heard_at: Instant,
    failures: u32,
    /// How often in a row another program was met, and when last.
    conflicts: u32,
    gave_way: Option<Instant>,
    inbox: mpsc::Sender<Batch>,
    health: watch::Sender<Health>,
}

impl Listener {
    pub(super) fn new(
        bot: Bot,
        settings: Listening,
        inbox: mpsc::Sender<Batch>,
        health: watch::Sender<Health>,
    ) -> Self {
        Self {
            bot,
            offset: settings.from,
            settings,
            heard_at: Instant::now(),
            failures: 0,
            conflicts: 0,
            gave_way: None,
            inbox,
            health,
        }
    }

    /// Listens until it is stopped or the token is refused; while another program polls the token, it stands back. The last state says
    /// which. What was handed over and not committed comes again at the next start.
    pub async fn run(mut self) {
        let stop = self.settings.stop.clone();
        let end = tokio::select! {
            biased;
            () = stop.cancelled() => Health::Stopped,
            end = self.hear_either_way() => end,
        };
        if let Some(sentence) = end.sentence() {
            tracing::error!("{sentence}");
        }
        self.health.send_replace(end);
    }

    async fn hear_either_way(&mut self) -> Health {
        match self.settings.webhook.clone() {
            Some(webhook) => self.be_called(&webhook).await,
            None => self.hear().await,
        }
    }

    /// Opens the door, tells Telegram of it, and hands over what comes, one update after the other.
    async fn be_called(&mut self, webhook: &Webhook) -> Health {
        let mut deliveries = match webhook::open(webhook).await {
            Ok(deliveries) => deliveries,
            Err(error) => {
                tracing::error!(%error, address = %webhook.listen, "[bot] webhook_listen: can't listen there");
                return Health::Stopped;
            }
        };
        loop {
            match self.bot.call(SetWebhook::to(webhook)).await.map_err(end_of) {
                Ok(_) => break,
                Err(Ok(end)) => return end,
                Err(Err(trouble)) => self.pause(&trouble).await,
            }
        }
        self.report(Health::Listening { caught_up: true });
        let mut heard = webhook::Heard::before(self.offset);
        while let Some(delivery) = deliveries.recv().await {
            let id = update_id(&delivery.update).unwrap_or_default();
            if !heard.knows(id) {
                let offset = self.offset.unwrap_or(0).max(id.saturating_add(1));
                if let Err(Stop::End(end)) = self.hand_over(&[delivery.update], offset).await {
                    return end;
                }
                heard.note(id);
                self.report(Health::Listening { caught_up: true });
            }
            // Telegram may have given up waiting: it comes again, and is told at once.
            let _ = delivery.committed.send(());
        }
        Health::Stopped
    }

    async fn hear(&mut self) -> Health {
        let mut webhook_checked = false;
        loop {
            let step = if webhook_checked { self.poll_once().await } else { self.drop_webhook().await };
            match step {
                Ok(()) => {
                    webhook_checked = true;
                    self.failures = 0;
                }
                Err(Stop::End(end)) => return end,
                Err(Stop::Trouble(Trouble::Conflict(said))) => {
                    self.give_way(said).await;
                    webhook_checked = false;
                }
                Err(Stop::Trouble(trouble)) => match end_of(trouble) {
                    Ok(end) => return end,
                    Err(trouble) => self.pause(&trouble).await,
                },
            }
        }
    }

    /// Another program polls this token: two that poll throw each other out, so this one stops for long. A new look
    /// at the webhook comes first, for that makes polls fail the same way.
    async fn give_way(&mut self, said: String) {
        let now = Health::AnotherPoller { said };
        if let Some(sentence) = now.sentence() {
            tracing::error!("{sentence}");
        }
        self.report(now);
        let last = self.gave_way.replace(Instant::now());
        let again = last.is_some_and(|last| last.elapsed() < self.settings.give_way * 2);
        self.conflicts = if again { self.conflicts.saturating_add(1) } else { 0 };
        let wait = FIRST_GIVE_WAY.saturating_mul(1 << self.conflicts.min(16));
        tokio::time::sleep(wait.min(self.settings.give_way)).await;
    }

    /// A webhook would make every poll a 409.
    async fn drop_webhook(&mut self) -> Result<(), Stop> {
        let info = self.bot.call(payloads::GetWebhookInfo::new()).await?;
        if info["url"].as_str().is_some_and(|url| !url.is_empty()) {
            tracing::warn!("the bot has a webhook: it is deleted, as the mesh polls");
            self.bot.call(payloads::DeleteWebhook::new()).await?;
        }
        Ok(())
    }

    async fn poll_once(&mut self) -> Result<(), Stop> {
        let updates = self.updates().await?;
        let caught_up = updates.len() < LIMIT;
        if let Some(last) = updates.iter().filter_map(update_id).max() {
            self.hand_over(&updates, last.saturating_add(1)).await?;
        } else if !updates.is_empty() {
            return Err(Trouble::Unclear("updates without ids".to_owned()).into());
        }
        self.report(Health::Listening { caught_up });
        Ok(())
    }

    fn report(&self, now: Health) {
        self.health.send_if_modified(|health| {
            let changed = *health != now;
            *health = now;
            changed
        });
    }

    async fn updates(&mut self) -> Result<Vec<Value>, Stop> {
        if self.heard_at.elapsed().as_secs() > OFFSET_KEEPS {
            self.offset = None;
        }
        let answer = self.bot.call(GetUpdates {
            offset: self.offset,
            limit: LIMIT,
            timeout: self.patience().as_secs(),
            allowed_updates: KINDS,
        });
        match answer.await? {
            Value::Array(updates) => Ok(updates),
            _ => Err(Trouble::Unclear("updates that are no list".to_owned()).into()),
        }
    }

    /// A poll is held open only once all is well, so that the state says soon how it stands.
    fn patience(&self) -> Duration {
        match *self.health.borrow() {
            Health::Listening { caught_up: true } => self.settings.poll.clamp(SHORTEST_POLL, POLL_LIMIT),
            _ => Duration::ZERO,
        }
    }

    /// The next poll confirms the updates, so it has to wait for the commit.
    async fn hand_over(&mut self, updates: &[Value], offset: i64) -> Result<(), Stop> {
        self.report(Health::Listening { caught_up: false });
        let translator = Translator::new(&self.bot, (self.settings.clock)());
        let heard = translator.batch(updates);
        let (committed, commit) = oneshot::channel();
        let batch = Batch {
            inputs: heard.inputs,
            sightings: heard.sightings,
            notices: heard.notices,
            offset,
            committed,
        };
        let sent = self.inbox.send(batch).await.is_ok();
        if !sent || commit.await.is_err() {
            return Err(Stop::End(Health::Stopped));
        }
        self.offset = Some(offset);
        self.heard_at = Instant::now();
        Ok(())
    }

    async fn pause(&mut self, trouble: &Trouble) {
        let why = trouble.text();
        let wait = match trouble {
            Trouble::RetryAfter(asked) => (*asked).min(ASKED_WAIT_LIMIT).max(self.settings.backoff.first),
            _ => self.settings.backoff.wait(self.failures, chance()),
        };
        self.failures = self.failures.saturating_add(1);
        tracing::warn!(%why, ?wait, "no updates from the Bot API");
        self.report(Health::Retrying { why });
        tokio::time::sleep(wait).await;
    }
}

/// Why a step did not succeed.
enum Stop {
    End(Health),
    Trouble(Trouble),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// The state in which trouble ends listening; the trouble itself if it may pass.
fn end_of(trouble: Trouble) -> Result<Health, Trouble> {
    match trouble {
        Trouble::Token => Ok(Health::TokenRefused),
        other => Err(other),
    }
}

/// The standard library's own source of chance is good enough for a wait.
fn chance() -> u64 {
    RandomState::new().hash_one(())
}

/// The method with raw JSON as its result: teloxide would drop what it does not know.
#[derive(Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: usize,
    timeout: u64,
    allowed_updates: [&'static str; KINDS.len()],
}

impl Payload for GetUpdates {
    type Output = Value;

    const NAME: &'static str = "GetUpdates";
}

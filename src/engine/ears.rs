//! What the loop listens to, and how far it has heard.

use bridge::telegram::{Grade, Health};
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::control::{Called, Ordered, Query};
use crate::health::Asked;

/// What the loop listens to; a missing ear is `None`.
pub struct Ears {
    /// The user account's batches.
    pub account: Option<mpsc::Receiver<bridge::telegram::Batch>>,
    /// Whether the account has caught up.
    pub account_caught_up: Option<watch::Receiver<bool>>,
    /// How the account is: one that waits for a person is not waited for.
    pub account_health: Option<watch::Receiver<Health>>,
    /// The cursor under which the account's state is kept.
    pub account_cursor: String,
    /// What the other accounts hear in private, each batch with the cursor it moves.
    pub others: Option<mpsc::Receiver<(String, bridge::telegram::Batch)>>,
    /// The bot's batches.
    pub bot: Option<mpsc::Receiver<bot::Batch>>,
    /// How the bot's listening is: where there is no account, the bot is the ear.
    pub bot_health: Option<watch::Receiver<bot::Health>>,
    /// The control socket's questions.
    pub control: mpsc::Receiver<Query>,
    /// What is asked by calls.
    pub calls: mpsc::Receiver<Called>,
    /// What accounts are ordered to do.
    pub orders: mpsc::Receiver<Ordered>,
    /// What agents answered that were asked whether they are there.
    pub pulses: Option<mpsc::Receiver<Asked>>,
}

/// The name of the bot's cursor: the offset of its updates, and when it was stored.
pub const BOT_CURSOR: &str = "bot/offset";

/// What is kept under it.
pub fn encode_offset(offset: i64, now: Timestamp) -> Vec<u8> {
    [offset.to_be_bytes(), now.as_second().to_be_bytes()].concat()
}

/// The stored offset, unless it is so old that Telegram has begun to number updates anew.
pub fn decode_offset(cursor: &[u8], now: Timestamp) -> Option<i64> {
    let (offset, stored) = cursor.split_first_chunk::<8>()?;
    let stored = i64::from_be_bytes(stored.try_into().ok()?);
    let age = u64::try_from(now.as_second() - stored).unwrap_or(0);
    (age < bot::listen::OFFSET_KEEPS).then(|| i64::from_be_bytes(*offset))
}

impl Ears {
    /// Whether everything said before now was heard: only then does time pass for the core.
    pub fn caught_up(&self) -> bool {
        match (&self.account_caught_up, &self.bot_health) {
            (Some(caught_up), _) => *caught_up.borrow(),
            (None, Some(health)) => matches!(*health.borrow(), bot::Health::Listening { caught_up: true }),
            (None, None) => true,
        }
    }
}

impl Ears {
    /// Whether the account will hear nothing until somebody does something about it.
    pub fn account_is_lost(&self) -> bool {
        let lost = |health: &watch::Receiver<Health>| health.borrow().meaning().grade == Grade::NeedsSomebody;
        self.account_health.as_ref().is_some_and(lost)
    }
}

/// The next thing an ear hears; an ear that is not there hears nothing, ever.
pub async fn next_of<T>(ear: Option<&mut mpsc::Receiver<T>>) -> Option<T> {
    match ear {
        Some(ear) => ear.recv().await,
        None => std::future::pending().await,
    }
}

/// The bot's hearing changed.
pub async fn bot_changed(health: Option<&mut watch::Receiver<bot::Health>>) -> Option<()> {
    match health {
        // Once it is over, it does not change any more.
        Some(health) => match health.changed().await {
            Ok(()) => Some(()),
            Err(_) => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

/// The ear caught up, or lost the thread.
pub async fn changed(caught_up: Option<&mut watch::Receiver<bool>>) -> Option<()> {
    match caught_up {
        Some(caught_up) => caught_up.changed().await.ok(),
        None => std::future::pending().await,
    }
}

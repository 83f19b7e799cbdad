//! Hearing: one batch of updates at a time, and the next one only after the shell has committed the last.

mod backoff;
mod health;
mod listener;
mod webhook;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use commands::ids::{ChatId, MessageRef};
use commands::input::Input;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

pub use self::backoff::Backoff;
pub use self::health::Health;
pub use self::listener::Listener;
pub use self::webhook::Webhook;

use crate::bot::Bot;

/// Batches that may wait for the shell; the next is asked for only after the one before is committed.
const INBOX: usize = 1;

/// Telegram draws update ids anew after a week without updates: an offset kept longer than this, in seconds, must
/// not be used again. Updates themselves are kept for a day, so nothing is heard twice for want of it.
pub const OFFSET_KEEPS: u64 = 6 * 24 * 3600;

/// Where a listener starts, and how it waits.
#[derive(Clone)]
pub struct Listening {
    /// The stored offset ([`Batch::offset`]), unless it is older than [`OFFSET_KEEPS`].
    pub from: Option<i64>,
    /// The node's clock: taps and reactions to them carry no date of Telegram's.
    pub clock: Clock,
    /// How long Telegram may hold a poll open: 1 to 25 s.
    pub poll: Duration,
    /// The waits after errors.
    pub backoff: Backoff,
    /// How long it stands back at most after another program was found to poll the same token.
    pub give_way: Duration,
    /// Where Telegram is to come instead; none polls.
    pub webhook: Option<Webhook>,
    /// Ends listening, an open poll included, at once.
    pub stop: CancellationToken,
}

/// How long a poller stands back for another at most.
const GIVE_WAY: Duration = Duration::from_mins(10);

/// Tells the time; tests move it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

impl Listening {
    /// The usual waits: polls of 20 s, 1 to 30 s after errors, up to 10 min beside another program.
    pub fn from(from: Option<i64>, clock: Clock, stop: CancellationToken) -> Self {
        Self {
            from,
            clock,
            poll: Duration::from_secs(20),
            backoff: Backoff::default(),
            give_way: GIVE_WAY,
            webhook: None,
            stop,
        }
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening")
            .field("from", &self.from)
            .field("poll", &self.poll)
            .field("backoff", &self.backoff)
            .finish_non_exhaustive()
    }
}

/// What one answer of Telegram held. At most 100 updates, so at most as many inputs and sightings.
#[derive(Debug)]
pub struct Batch {
    /// What was heard, in the order of its time.
    pub inputs: Vec<Input>,
    /// Every message of the group as the bot numbers it, also those the mesh has no use for; in basic groups accounts
    /// number them otherwise.
    pub sightings: Vec<MessageRef>,
    /// What happened to the bot in its group.
    pub notices: Vec<Notice>,
    /// Where the next poll starts: to be stored with what came of the inputs, in the same transaction.
    pub offset: i64,
    /// To be told once that is committed; dropped instead, listening ends.
    pub committed: oneshot::Sender<()>,
}

/// What happened to the bot in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The group is a supergroup now, under this id; may be told twice.
    Moved(ChatId),
    /// The bot was put out of the group.
    Removed,
    /// The bot is in the group again, or its rights changed.
    Present,
}

/// A listener, to be run by the caller, with the inbox and the state it reports to.
///
/// ```no_run
/// # async fn example(bot: bot::Bot, listening: bot::Listening) {
/// let (listener, mut batches, health) = bot::listen(&bot, listening);
/// tokio::spawn(listener.run());
/// while let Some(batch) = batches.recv().await {
///     // decide and commit batch.inputs with batch.offset, then:
///     let _ = batch.committed.send(());
/// }
/// if let Some(sentence) = health.borrow().sentence() {
///     eprintln!("{sentence}");
/// }
/// # }
/// ```
pub fn listen(bot: &Bot, listening: Listening) -> (Listener, mpsc::Receiver<Batch>, watch::Receiver<Health>) {
    let (inbox, batches) = mpsc::channel(INBOX);
    let (report, health) = watch::channel(Health::Connecting);
    let listener = Listener::new(bot.clone(), listening, inbox, report);
    (listener, batches, health)
}

//! What one user has: message ids, a log of updates, a bot's queue.

use std::collections::{BTreeMap, VecDeque};

use tokio::sync::watch;

use super::bot_queue::BotQueue;
use super::disturb::Disturbed;
use super::log::{LOG_KEPT, Logged, UpdateKind};
use super::snapshot::Kept;
use super::{ChatKey, MessageKey};

/// Random ids remembered for each account; the oldest are forgotten.
const RANDOM_IDS_KEPT: usize = 1024;
/// Looks remembered for each account; the oldest are forgotten.
const LOOKS_KEPT: usize = 4096;

/// What one user has.
#[derive(Debug)]
pub(super) struct Mailbox {
    /// The last message id given out, for private chats and basic groups together.
    last_id: i32,
    /// The messages with an id of this user's; both rise together.
    numbered: VecDeque<(i32, MessageKey)>,
    pub pts: i32,
    next_cursor: u64,
    pub log: VecDeque<Logged>,
    pub wake: watch::Sender<u64>,
    random_ids: VecDeque<i64>,
    /// When a message was last looked at, in Unix milliseconds.
    looks: BTreeMap<MessageKey, i64>,
    /// The newest message read, by chat.
    pub read: BTreeMap<ChatKey, i32>,
    pub queue: BotQueue,
    pub disturbed: Disturbed,
}

impl Mailbox {
    /// `start` is where the message ids begin, different for every user; pts and update ids follow from it.
    pub fn new(start: i32) -> Self {
        Self {
            last_id: start,
            numbered: VecDeque::new(),
            pts: start / 10 + 1,
            next_cursor: 1,
            log: VecDeque::new(),
            wake: watch::Sender::new(0),
            random_ids: VecDeque::new(),
            looks: BTreeMap::new(),
            read: BTreeMap::new(),
            queue: BotQueue::starting_at(start.saturating_mul(1000)),
            disturbed: Disturbed::default(),
        }
    }

    /// Gives the message the next id of this user.
    pub fn take_in(&mut self, key: MessageKey) {
        self.last_id += 1;
        self.numbered.push_back((self.last_id, key));
    }

    pub fn forget(&mut self, key: MessageKey) {
        if let Ok(at) = self.numbered.binary_search_by_key(&key, |(_, key)| *key) {
            self.numbered.remove(at);
        }
        self.looks.remove(&key);
    }

    pub fn id_of(&self, key: MessageKey) -> Option<i32> {
        let at = self.numbered.binary_search_by_key(&key, |(_, key)| *key).ok()?;
        self.numbered.get(at).map(|(id, _)| *id)
    }

    /// The newest message whose id is at most `id`.
    pub fn newest_up_to(&self, id: i32) -> Option<MessageKey> {
        let newer = self.numbered.partition_point(|(own, _)| *own <= id);
        self.numbered.get(newer.checked_sub(1)?).map(|(_, key)| *key)
    }

    pub fn key_of(&self, id: i32) -> Option<MessageKey> {
        let at = self.numbered.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.numbered.get(at).map(|(_, key)| *key)
    }

    /// The position of the newest update.
    pub fn cursor(&self) -> u64 {
        self.next_cursor - 1
    }

    /// Logs an update in the common box: pts moves by `pts_count`.
    pub fn log_common(&mut self, kept: Kept<UpdateKind>, pts_count: i32, date: i64) -> Logged {
        self.pts += pts_count;
        let pts = self.pts;
        self.log_update(None, pts, pts_count, date, kept)
    }

    /// Logs an update; in a supergroup `pts` is the supergroup's.
    pub fn log_update(
        &mut self,
        channel: Option<i64>,
        pts: i32,
        pts_count: i32,
        date: i64,
        kept: Kept<UpdateKind>,
    ) -> Logged {
        let logged = Logged { cursor: self.next_cursor, channel, pts, pts_count, date, kept };
        self.disturbed.mark(self.next_cursor);
        self.next_cursor += 1;
        if self.log.len() == LOG_KEPT {
            self.log.pop_front();
        }
        self.log.push_back(logged.clone());
        self.ring();
        logged
    }

    /// Forgets what a channel (or the common box) was told, as if it were longer ago than the log reaches.
    pub fn forget_log(&mut self, channel: Option<i64>) {
        self.log.retain(|update| update.channel != channel);
        if channel.is_none() {
            self.pts += 1;
        }
        self.next_cursor += 1;
        self.ring();
    }

    /// Wakes whoever waits for this user.
    pub fn ring(&self) {
        self.wake.send_modify(|count| *count += 1);
    }

    /// Remembers a random id; false if it was used before.
    pub fn is_new_random_id(&mut self, random_id: i64) -> bool {
        if self.random_ids.contains(&random_id) {
            return false;
        }
        if self.random_ids.len() == RANDOM_IDS_KEPT {
            self.random_ids.pop_front();
        }
        self.random_ids.push_back(random_id);
        true
    }

    pub fn look(&mut self, key: MessageKey, now_millis: i64) {
        self.looks.insert(key, now_millis);
        if self.looks.len() > LOOKS_KEPT {
            self.looks.pop_first();
        }
    }

    pub fn last_look(&self, key: MessageKey) -> Option<i64> {
        self.looks.get(&key).copied()
    }
}

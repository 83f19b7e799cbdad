//! Updates that come late, twice or in the wrong order.

use std::collections::{BTreeMap, VecDeque};

use super::{BotUpdate, ChatKey, Peer, Update, UserId, World, WorldError};

/// Marks kept for each user; the oldest are forgotten.
const MARKS_KEPT: usize = 1000;
/// The most updates one order disturbs.
const TIMES_LIMIT: u32 = 10_000;

/// How the telling of updates is disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    /// None is told until [`Disturbance::Release`].
    Hold,
    /// What was held back is told, and what comes from now on.
    Release,
    /// Each of the next so many is told twice.
    Duplicate(u32),
    /// Each of the next so many is told after the one that follows it, and not before there is one.
    Reorder(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Twice,
    AfterTheNext,
}

/// One user's disturbances. Marks name updates by cursor or update id, so that every session is told alike.
#[derive(Debug, Default)]
pub(super) struct Disturbed {
    held: bool,
    orders: VecDeque<(Mark, u32)>,
    marks: BTreeMap<u64, Mark>,
}

impl Disturbed {
    fn order(&mut self, disturbance: Disturbance) {
        let times = |times: u32| times.min(TIMES_LIMIT);
        match disturbance {
            Disturbance::Hold => self.held = true,
            Disturbance::Release => self.held = false,
            Disturbance::Duplicate(n) => self.orders.push_back((Mark::Twice, times(n))),
            Disturbance::Reorder(n) => self.orders.push_back((Mark::AfterTheNext, times(n))),
        }
        self.orders.truncate(MARKS_KEPT);
    }

    /// An update was just logged: whether it is one that an order waits for.
    pub fn mark(&mut self, id: u64) {
        let Some((mark, left)) = self.orders.front_mut() else { return };
        // The one that overtakes another is not held back itself.
        if *mark == Mark::AfterTheNext && self.marks.get(&(id - 1)) == Some(mark) {
            return;
        }
        if *left > 0 {
            self.marks.insert(id, *mark);
            *left -= 1;
        }
        if *left == 0 {
            self.orders.pop_front();
        }
        if self.marks.len() > MARKS_KEPT {
            self.marks.pop_first();
        }
    }

    /// What of `pending` is told now, and the cursor to go on from.
    pub fn told(&self, pending: Vec<Update>, cursor: u64, newest: u64) -> (Vec<Update>, u64) {
        if self.held {
            return (Vec::new(), cursor);
        }
        if self.marks.is_empty() {
            return (pending, newest);
        }
        let waits = pending.last().filter(|last| self.waits(last.cursor)).map(|last| last.cursor);
        (self.disturb(pending, |update| update.cursor), waits.map_or(newest, |cursor| cursor - 1))
    }

    /// The same for a bot.
    pub fn told_bot(&self, waiting: Vec<BotUpdate>) -> Vec<BotUpdate> {
        if self.held {
            return Vec::new();
        }
        self.disturb(waiting, |update| update.id.unsigned_abs().into())
    }

    fn waits(&self, id: u64) -> bool {
        self.marks.get(&id) == Some(&Mark::AfterTheNext)
    }

    fn disturb<T: Clone>(&self, updates: Vec<T>, id: impl Fn(&T) -> u64) -> Vec<T> {
        if self.marks.is_empty() {
            return updates;
        }
        let mut told = Vec::with_capacity(updates.len());
        let mut back: Option<T> = None;
        for update in updates {
            match self.marks.get(&id(&update)) {
                Some(Mark::AfterTheNext) if back.is_none() => {
                    back = Some(update);
                    continue;
                }
                Some(Mark::Twice) => told.push(update.clone()),
                _ => {}
            }
            told.push(update);
            told.extend(back.take());
        }
        told
    }
}

impl World {
    /// Disturbs what an account or a bot is told from now on. False where there is no such user.
    pub fn disturb(&self, user: UserId, disturbance: Disturbance) -> bool {
        let mut state = self.lock();
        let Some(mailbox) = state.mailboxes.get_mut(&user) else { return false };
        mailbox.disturbed.order(disturbance);
        mailbox.ring();
        true
    }

    /// Whether what happens is held back from a user.
    pub fn is_held(&self, user: UserId) -> bool {
        self.lock().mailboxes.get(&user).is_some_and(|mailbox| mailbox.disturbed.held)
    }

    /// Makes a gap too long to be told as a difference in an account's common box.
    pub fn forget_updates(&self, account: UserId) {
        if let Some(mailbox) = self.lock().mailboxes.get_mut(&account) {
            mailbox.forget_log(None);
        }
    }

    /// The same in a supergroup, for all its members. [`WorldError::ChatNotFound`] where `group` is none.
    pub fn forget_channel_updates(&self, group: Peer) -> Result<(), WorldError> {
        let mut state = self.lock();
        let key = ChatKey::of(UserId(0), group);
        let chat = state.chats.get_mut(&key).filter(|_| key.shares_ids()).ok_or(WorldError::ChatNotFound)?;
        chat.shared.pts += 1;
        for member in state.members(key) {
            if let Some(mailbox) = state.mailboxes.get_mut(&member) {
                mailbox.forget_log(key.channel());
            }
        }
        Ok(())
    }
}

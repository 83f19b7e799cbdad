//! Who blocks whom. A bot is told of it; nobody writes to those who block them.

use super::state::State;
use super::{ChatKey, Peer, Rank, Standing, UpdateKind, UserId, World};

/// What people send to a bot to begin, and to begin again.
const START: &str = "/start";

impl World {
    /// A person blocks somebody, or takes that back. The person's own sessions are told, and a bot. False where nothing
    /// changes by it.
    pub fn set_blocked(&self, person: UserId, other: UserId, on: bool) -> bool {
        let now = self.now();
        self.lock().set_blocked(person, other, on, now)
    }

    /// Whether a person blocks somebody.
    pub fn is_blocked(&self, person: UserId, other: UserId) -> bool {
        self.lock().blocked.contains(&(person, other))
    }

    /// Whom a person blocks, by id.
    pub fn blocked_by(&self, person: UserId) -> Vec<UserId> {
        let state = self.lock();
        state.blocked.iter().filter(|(by, _)| *by == person).map(|(_, other)| *other).collect()
    }
}

impl State {
    fn set_blocked(&mut self, person: UserId, other: UserId, on: bool, now: i64) -> bool {
        let pair = (person, other);
        let changed = if on { self.blocked.insert(pair) } else { self.blocked.remove(&pair) };
        if changed {
            let (open, shut) = (Standing::In(Rank::Member), Standing::Kicked);
            let change = if on { (open, shut) } else { (shut, open) };
            self.tell_one(other, ChatKey::private(person, other), person, other, change, now);
            self.tell_blocked(person, other, on, now);
        }
        changed
    }

    fn tell_blocked(&mut self, person: UserId, user: UserId, on: bool, now: i64) {
        if let Some(mailbox) = self.mailboxes.get_mut(&person) {
            let pts = mailbox.pts;
            mailbox.log_update(None, pts, 0, now, UpdateKind::Blocked { user, on }.into());
        }
    }

    /// `/start` to a bot that one blocks takes the block back, as the button of that name in Telegram's programs does.
    pub fn restart(&mut self, author: UserId, to: Peer, text: &str, now: i64) {
        let Peer::User(bot) = to else { return };
        if text.split_whitespace().next() == Some(START) && self.is_bot(bot) {
            self.set_blocked(author, bot, false, now);
        }
    }
}

//! Telegram's own limits outward: a message a second in a chat, 20 a minute in a group. Off unless asked for.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::answer::ApiError;
use crate::world::{Peer, UserId};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
/// Messages of one bot in one group in any minute.
const PER_MINUTE: usize = 20;

/// When the last messages went out, by bot and chat, in the world's milliseconds.
#[derive(Debug, Default)]
pub(super) struct Limits {
    on: AtomicBool,
    sent: Mutex<BTreeMap<(UserId, Peer), VecDeque<i64>>>,
}

impl Limits {
    pub fn enforce(&self, on: bool) {
        self.on.store(on, Ordering::SeqCst);
    }

    pub fn are_on(&self) -> bool {
        self.on.load(Ordering::SeqCst)
    }

    /// Counts a message, or says how long to wait.
    pub fn count(&self, bot: UserId, chat: Peer, now: i64) -> Result<(), ApiError> {
        if !self.are_on() {
            return Ok(());
        }
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = sent.entry((bot, chat)).or_default();
        while sent.front().is_some_and(|at| now - at >= MINUTE) {
            sent.pop_front();
        }
        let wait = wait_for(sent, chat, now);
        if wait > 0 {
            let seconds = u32::try_from((wait + SECOND - 1) / SECOND).unwrap_or(1);
            return Err(ApiError::too_many(seconds));
        }
        sent.push_back(now);
        Ok(())
    }
}

/// Milliseconds until the next message may go; 0 or less: now.
fn wait_for(sent: &VecDeque<i64>, chat: Peer, now: i64) -> i64 {
    let of_second = sent.back().map_or(0, |last| last + SECOND - now);
    let is_group = !matches!(chat, Peer::User(_));
    let of_minute = match sent.len().checked_sub(PER_MINUTE) {
        Some(first) if is_group => sent.get(first).map_or(0, |at| at + MINUTE - now),
        _ => 0,
    };
    of_second.max(of_minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_a_second_and_twenty_a_minute() {
        let limits = Limits::default();
        let (bot, group) = (UserId(7_100_000_101), Peer::Group(4_000_000_001));
        assert!(limits.count(bot, group, 0).is_ok() && limits.count(bot, group, 1).is_ok(), "off at first");
        limits.enforce(true);
        assert_eq!(limits.count(bot, group, 0), Ok(()));
        assert_eq!(limits.count(bot, group, 400), Err(ApiError::too_many(1)));
        for second in 1..20 {
            assert_eq!(limits.count(bot, group, second * 1000), Ok(()));
        }
        assert_eq!(limits.count(bot, group, 20_000), Err(ApiError::too_many(40)));
        assert_eq!(limits.count(bot, Peer::User(UserId(1)), 20_000), Ok(()));
        assert_eq!(limits.count(bot, group, 60_000), Ok(()));
    }
}

//! Telegram's limits outward, by governor: about 1 message a second in a chat, 20 a minute in a group, 30 a second in
//! all (core.telegram.org/bots/faq). Edits, reactions and answers to taps are not counted there.

use std::num::NonZeroU32;
use std::time::Duration;

use commands::effect::Effect;
use commands::ids::ChatId;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::Timestamp;

/// How many messages may go where.
pub struct Limits {
    per_chat: Option<DefaultKeyedRateLimiter<ChatId>>,
    per_group: Option<DefaultKeyedRateLimiter<ChatId>>,
    overall: Option<DefaultDirectRateLimiter>,
}

impl Limits {
    /// Limits by numbers; nought lifts one.
    pub fn new(per_chat_a_second: u32, per_group_a_minute: u32, overall_a_second: u32) -> Self {
        let second = |n| NonZeroU32::new(n).map(Quota::per_second);
        let minute = |n| NonZeroU32::new(n).map(Quota::per_minute);
        Self {
            per_chat: second(per_chat_a_second).map(RateLimiter::keyed),
            per_group: minute(per_group_a_minute).map(RateLimiter::keyed),
            overall: second(overall_a_second).map(RateLimiter::direct),
        }
    }

    /// When this effect may go: `now`, or later. An answer of `now` counts it.
    pub fn check(&self, effect: &Effect, now: Timestamp) -> Timestamp {
        let (Effect::Post { .. } | Effect::Dm { .. } | Effect::Tell { .. }, Some(chat)) =
            (effect, effect.chat())
        else {
            return now;
        };
        let group = self.per_group.as_ref().filter(|_| !chat.is_private());
        let wait = [wait_keyed(self.per_chat.as_ref(), chat), wait_keyed(group, chat), self.wait_overall()]
            .into_iter()
            .max()
            .unwrap_or_default();
        now.saturating_add(wait).unwrap_or(now)
    }

    fn wait_overall(&self) -> Duration {
        let Some(limiter) = &self.overall else { return Duration::ZERO };
        limiter.check().err().map_or(Duration::ZERO, |not| not.wait_time_from(DefaultClock::default().now()))
    }
}

fn wait_keyed(limiter: Option<&DefaultKeyedRateLimiter<ChatId>>, chat: ChatId) -> Duration {
    let Some(limiter) = limiter else { return Duration::ZERO };
    limiter
        .check_key(&chat)
        .err()
        .map_or(Duration::ZERO, |not| not.wait_time_from(DefaultClock::default().now()))
}

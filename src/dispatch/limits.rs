//! Telegram's limits outward, by governor: about 1 message a second in a chat, 20 a minute in a group, 30 a second in
//! all (core.telegram.org/bots/faq). Edits, reactions and answers to taps are not counted there.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use commands::effect::Effect;
use commands::ids::ChatId;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};
use jiff::Timestamp;
use sessions::{EffectId, OutboxEntry};

type Limiter = RateLimiter<ChatId, HashMapStateStore<ChatId>, Told, NoOpMiddleware<Nanos>>;

/// All chats together count as this one for the overall limit.
const EVERYWHERE: ChatId = ChatId(0);

/// How many messages may go where.
pub struct Limits {
    clock: Told,
    per_group: Option<Limiter>,
    per_chat: Option<Limiter>,
    overall: Option<Limiter>,
    /// Groups that go on as others, by what they are now: they are counted as what they were.
    former: BTreeMap<ChatId, ChatId>,
    /// How many of the three an effect that waits has passed: what one limit granted is kept while another refuses.
    passed: BTreeMap<EffectId, usize>,
}

impl Limits {
    /// Limits by numbers; nought lifts one.
    pub fn new(per_chat_a_second: u32, per_group_a_minute: u32, overall_a_second: u32) -> Self {
        let clock = Told::default();
        let limiter = |quota| RateLimiter::new(quota, HashMapStateStore::default(), clock.clone());
        let second = |n| NonZeroU32::new(n).map(Quota::per_second).map(limiter);
        let minute = |n| NonZeroU32::new(n).map(Quota::per_minute).map(limiter);
        let (per_group, per_chat) = (minute(per_group_a_minute), second(per_chat_a_second));
        let overall = second(overall_a_second);
        Self { clock, per_group, per_chat, overall, former: BTreeMap::new(), passed: BTreeMap::new() }
    }

    /// When this effect may go: `now`, and then it is counted; or when to ask again.
    pub fn check(&mut self, entry: &OutboxEntry, now: Timestamp) -> Timestamp {
        let (
            Effect::Post { .. }
            | Effect::Dm { .. }
            | Effect::Tell { .. }
            | Effect::File { .. }
            | Effect::Speak { .. },
            Some(chat),
        ) = (&entry.effect, entry.effect.chat())
        else {
            return now;
        };
        let chat = self.former.get(&chat).copied().unwrap_or(chat);
        self.clock.tell(now);
        let group = self.per_group.as_ref().filter(|_| !chat.is_private());
        let stages = [(group, chat), (self.per_chat.as_ref(), chat), (self.overall.as_ref(), EVERYWHERE)];
        let passed = self.passed.remove(&entry.id).unwrap_or(0);
        for (stage, (limiter, key)) in stages.into_iter().enumerate().skip(passed) {
            if let Some(not) = limiter.and_then(|limiter| limiter.check_key(&key).err()) {
                self.passed.insert(entry.id, stage);
                return now.saturating_add(self.wait(&not)).unwrap_or(now);
            }
        }
        now
    }

    /// A group goes on as another, with what was counted of it.
    pub fn moved(&mut self, from: ChatId, to: ChatId) {
        self.former.insert(to, from);
    }

    fn wait(&self, not: &NotUntil<Nanos>) -> Duration {
        not.wait_time_from(self.clock.now()).max(Duration::from_millis(1))
    }
}

/// A clock that shows what it was last told; it never goes back.
#[derive(Clone, Debug, Default)]
struct Told(Arc<AtomicU64>);

impl Told {
    fn tell(&self, now: Timestamp) {
        self.0.fetch_max(u64::try_from(now.as_nanosecond()).unwrap_or(0), Ordering::Relaxed);
    }
}

impl Clock for Told {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(self.0.load(Ordering::Relaxed))
    }
}

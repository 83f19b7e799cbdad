//! Whether a hook is worth an attempt: one that fails is left alone for longer and longer, and tried once after each wait.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::dispatch::retry;

/// Sooner nothing is tried again, whatever a hook asks for.
const LEAST: Duration = Duration::from_secs(1);

/// Of one hook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Breaker {
    /// Failures in a row.
    failures: u32,
    /// When the first of them was.
    since: Option<Timestamp>,
    /// It said that nothing would ever come in there: a wrong token, a wrong address.
    shut: bool,
    /// Left alone until then; after it, one attempt tells.
    open_until: Option<Timestamp>,
    /// The hook asked for that wait itself.
    asked: bool,
}

impl Breaker {
    /// How long it is left alone after a failure: what it asked for, else a second, doubling.
    pub fn failed(&mut self, now: Timestamp, asked: Option<Duration>, chance: u64) -> Duration {
        // A wait that was asked for says nothing of the next; shorter than a second is none.
        let wait = retry::delay(asked.map(|asked| asked.max(LEAST)), self.failures, chance);
        self.asked = asked.is_some();
        self.failures = self.failures.saturating_add(u32::from(asked.is_none()));
        self.since.get_or_insert(now);
        self.open_until = now.checked_add(wait).ok();
        wait
    }

    /// It lets nothing in.
    pub fn shut(&mut self, now: Timestamp, chance: u64) {
        self.failed(now, None, chance);
        self.shut = true;
    }

    /// It failed already before this start.
    pub fn failed_before(&mut self, since: Timestamp) {
        self.since = Some(since);
    }

    /// Whoever is behind it answers: a wait that nobody asked for is over.
    pub fn answered(&mut self) {
        if !self.asked {
            self.open_until = None;
        }
    }

    /// When it failed first, if it fails.
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// It is left alone until then.
    pub fn open_until(&self) -> Option<Timestamp> {
        self.open_until
    }

    /// Whether what has another door goes by that one now.
    pub fn is_passed_by(&self, now: Timestamp, after: SignedDuration) -> bool {
        let left_alone = self.open_until.is_some_and(|until| until > now);
        left_alone && self.passed_by_from(after).is_some_and(|from| from <= now)
    }

    /// From when on that is so, as long as it is left alone.
    pub fn passed_by_from(&self, after: SignedDuration) -> Option<Timestamp> {
        if self.shut { self.since } else { self.since?.checked_add(after).ok() }
    }
}

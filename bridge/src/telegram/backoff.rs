//! How long to wait before the next attempt.

use std::time::Duration;

use super::waits::Waits;

/// Doublings after which a pause stays the same.
const DOUBLINGS: u32 = 16;
/// A connection that came up and did not hold is tried again after four doublings at most, 2 s by default.
const KNOWN_TO_ANSWER: u32 = 3;

/// Pauses that double, with jitter, so that many nodes do not come back at the same instant.
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    pub(super) fn new(waits: &Waits) -> Self {
        Self { first: waits.first_pause, longest: waits.longest_pause, failures: 0 }
    }

    /// The connection had held.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The connection had come up, but not for long: there is somebody to come back to.
    pub(super) fn soften(&mut self) {
        self.failures = self.failures.min(KNOWN_TO_ANSWER);
    }

    /// The next pause: between half and all of the doubled one, as `chance` has it.
    pub(super) fn next(&mut self, chance: u64) -> Duration {
        let full = self.first.saturating_mul(1 << self.failures.min(DOUBLINGS)).min(self.longest);
        self.failures = self.failures.saturating_add(1);
        let share = u32::try_from(chance % 1024).unwrap_or_default();
        full / 2 + (full / 2).saturating_mul(share) / 1023
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_without_end() {
        let waits = Waits::default();
        let mut backoff = Backoff::new(&waits);
        for chance in 0..200 {
            let pause = backoff.next(chance * 7919);
            assert!(pause >= waits.first_pause / 2 && pause <= waits.longest_pause, "{pause:?}");
        }
        assert!(backoff.next(0) >= waits.longest_pause / 2);
        backoff.reset();
        assert!(backoff.next(u64::MAX) <= waits.first_pause);
    }

    #[test]
    fn chance_spreads_a_pause_over_its_second_half() {
        let waits = Waits::default();
        let pause = |chance| Backoff::new(&waits).next(chance);
        assert_eq!(pause(0), waits.first_pause / 2);
        assert_eq!(pause(1023), waits.first_pause);
    }

    #[test]
    fn a_connection_that_does_not_hold_is_not_waited_for_as_one_that_never_comes() {
        let waits = Waits::default();
        let mut backoff = Backoff::new(&waits);
        for _ in 0..30 {
            backoff.soften();
            assert!(backoff.next(u64::MAX) <= Duration::from_secs(2));
        }
    }
}

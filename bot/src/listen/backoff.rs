//! How long to wait after an error.

use std::time::Duration;

/// Doublings after which the wait stays the same.
const DOUBLINGS: u32 = 16;

/// Waits that double from `first` to `longest`, each shortened by chance down to its half (never under `first`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first wait, and the shortest.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(30) }
    }
}

impl Backoff {
    /// The wait after so many failures in a row (the first is 0), with a random number.
    pub fn wait(self, failures: u32, chance: u64) -> Duration {
        let doubled = self.first.saturating_mul(1 << failures.min(DOUBLINGS));
        let whole = doubled.min(self.longest);
        let half = whole / 2;
        let share = u32::try_from(chance % 1024).unwrap_or_default();
        (half + half.saturating_mul(share) / 1024).max(self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_within_their_bounds() {
        let backoff = Backoff::default();
        for failures in 0..40 {
            for chance in [0, 1, 511, 1023, u64::MAX] {
                let wait = backoff.wait(failures, chance);
                assert!(wait >= backoff.first && wait <= backoff.longest);
            }
        }
        assert!(backoff.wait(3, 0) > backoff.wait(1, u64::MAX));
    }
}

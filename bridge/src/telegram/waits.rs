//! What the account's connection takes from outside: how long to wait, what time it is, and chance.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// How long the ear waits for what. The defaults notice a silent server within 55 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// After so long without an answer to anything, Telegram is asked for one.
    pub quiet: Duration,
    /// How long that answer, and the first one of a connection, may take.
    pub answer: Duration,
    /// The pause before the first attempt to connect again; it doubles.
    pub first_pause: Duration,
    /// The longest pause between two attempts.
    pub longest_pause: Duration,
    /// A connection that held for so long begins again with the first pause.
    pub steady: Duration,
    /// Telegram is asked this rarely once it has ended the session: only a person can help, and may have.
    pub lost: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            quiet: Duration::from_secs(40),
            answer: Duration::from_secs(15),
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(20),
            steady: Duration::from_mins(1),
            lost: Duration::from_mins(10),
        }
    }
}

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Waits, time and chance, as a node has them unless a test brings its own.
#[derive(Clone)]
pub struct Surroundings {
    /// How long to wait.
    pub waits: Waits,
    /// Dates what is reported; waiting itself goes by the machine's own timer.
    pub clock: Clock,
    /// Any number, drawn anew at each call.
    pub chance: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl Surroundings {
    /// The machine's clock and randomness.
    pub fn real(waits: Waits) -> Self {
        Self { waits, clock: Arc::new(Timestamp::now), chance: Arc::new(chance) }
    }

    /// The instant after a pause.
    pub(super) fn after(&self, pause: Duration) -> Timestamp {
        let pause = jiff::SignedDuration::try_from(pause).unwrap_or_default();
        (self.clock)().saturating_add(pause).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings").field("waits", &self.waits).finish_non_exhaustive()
    }
}

/// Without randomness from the system there is none, and pauses are the shortest they may be.
fn chance() -> u64 {
    let mut bytes = [0; 8];
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_server_is_left_within_a_minute() {
        let Waits { quiet, answer, first_pause, .. } = Waits::default();
        assert!(quiet + answer + first_pause < Duration::from_mins(1));
    }

    #[test]
    fn one_that_speaks_again_is_found_within_a_minute() {
        let Waits { answer, longest_pause, .. } = Waits::default();
        // At worst the last attempt had just begun, and the longest pause follows.
        assert!(answer + longest_pause < Duration::from_mins(1));
    }
}

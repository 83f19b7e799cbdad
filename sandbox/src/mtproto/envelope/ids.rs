//! Message ids: time and order in one number.

use std::time::Duration;

/// What the lowest two bits of a server's message id say.
const RESPONSE: i64 = 1;
/// News, not asked for.
const NEWS: i64 = 3;

/// Gives out message ids, always rising.
#[derive(Clone, Copy, Debug, Default)]
pub struct MessageIds {
    last: i64,
}

impl MessageIds {
    /// The id of an answer at `now` (since 1970).
    pub fn response(&mut self, now: Duration) -> i64 {
        self.next(now) + RESPONSE
    }

    /// The id of a push at `now`.
    pub fn news(&mut self, now: Duration) -> i64 {
        self.next(now) + NEWS
    }

    fn next(&mut self, now: Duration) -> i64 {
        let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::from(u32::MAX));
        let id = (seconds << 32) | (i64::from(now.subsec_nanos()) << 2);
        self.last = id.max(self.last + 4);
        self.last
    }
}

/// The Unix second a message id was made at.
pub fn second_of(id: i64) -> i64 {
    id >> 32
}

//! How often an account may be tried. Telegram counts attempts, and bans who asks too often.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// So long after one attempt the next may be made.
pub const BETWEEN_ATTEMPTS: SignedDuration = SignedDuration::from_secs(30);
/// The whole of an attempt takes no longer.
pub const WHOLE_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// A wait that Telegram asked for is not believed to be longer: the clock was wrong.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The last attempt, as it is kept over restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When Telegram was asked.
    pub at: Timestamp,
    /// When it may be asked again, where Telegram said so.
    pub not_before: Option<Timestamp>,
}

/// When the next attempt may be made; none means now. A last attempt in the future is one of a clock that was wrong,
/// and holds nobody up for longer than the rule.
pub fn next_attempt(last: Option<Attempt>, now: Timestamp) -> Option<Timestamp> {
    let Attempt { at, not_before } = last?;
    let rule = later(at.min(now), BETWEEN_ATTEMPTS);
    let told = not_before.map_or(rule, |told| told.min(later(now, LONGEST_WAIT)));
    Some(rule.max(told)).filter(|next| *next > now)
}

/// A time so much later; the end of time where there is none.
pub(super) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// How long it is from one time to another; nothing where it is past.
pub fn until(then: Timestamp, now: Timestamp) -> Duration {
    then.duration_since(now).try_into().unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_770_000_000 + second).unwrap()
    }

    fn next(last: i64, not_before: Option<i64>, now: i64) -> Option<Timestamp> {
        next_attempt(Some(Attempt { at: at(last), not_before: not_before.map(at) }), at(now))
    }

    #[test]
    fn thirty_seconds_lie_between_two_attempts() {
        assert_eq!(next_attempt(None, at(0)), None);
        assert_eq!(next(0, None, 0), Some(at(30)));
        assert_eq!(next(0, None, 29), Some(at(30)));
        assert_eq!(next(0, None, 30), None);
    }

    #[test]
    fn what_telegram_asked_for_holds_longer() {
        assert_eq!(next(0, Some(300), 60), Some(at(300)));
        assert_eq!(next(0, Some(10), 5), Some(at(30)));
        assert_eq!(next(0, Some(300), 300), None);
    }

    #[test]
    fn a_clock_that_was_wrong_holds_nobody_up_for_long() {
        assert_eq!(next(1_000_000, None, 0), Some(at(30)));
        assert_eq!(next(0, Some(100_000_000), 60), Some(at(60 + 7 * 24 * 3_600)));
    }

    #[test]
    fn nothing_is_left_of_what_is_past() {
        assert_eq!(until(at(7), at(5)), Duration::from_secs(2));
        assert_eq!(until(at(5), at(7)), Duration::ZERO);
    }
}

//! At most so many actions of one person in any 60 s: a sliding log (governor's GCRA would let 19 through).

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::ids::UserId;

const WINDOW: SignedDuration = SignedDuration::from_secs(60);

/// The log of one kind of action. Volatile: it holds nobody for longer than a minute.
#[derive(Clone, Debug, Default)]
pub struct SlidingLog {
    users: BTreeMap<UserId, Recent>,
}

#[derive(Clone, Debug, Default)]
struct Recent {
    times: VecDeque<Timestamp>,
    warned: bool,
}

/// What the limiter says to an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Go,
    /// Too many: said once, with the seconds until the next would pass.
    Warn(i64),
    /// Too many, and that was said already.
    Silent,
}

impl SlidingLog {
    /// Counts one action of `user` at `at` against `most` in any 60 s. A refused action does not count.
    pub fn check(&mut self, user: UserId, at: Timestamp, most: usize) -> Verdict {
        self.users
            .retain(|_, recent| recent.times.back().is_some_and(|last| at.duration_since(*last) < WINDOW));
        let recent = self.users.entry(user).or_default();
        while recent.times.front().is_some_and(|first| at.duration_since(*first) >= WINDOW) {
            recent.times.pop_front();
        }
        if recent.times.len() < most {
            recent.times.push_back(at);
            recent.warned = false;
            return Verdict::Go;
        }
        if std::mem::replace(&mut recent.warned, true) {
            return Verdict::Silent;
        }
        Verdict::Warn(wait(recent, at))
    }
}

fn wait(recent: &Recent, at: Timestamp) -> i64 {
    let passed = recent.times.front().map_or(SignedDuration::ZERO, |first| at.duration_since(*first));
    let left = (WINDOW - passed).as_millis();
    i64::try_from(left).map_or(1, |ms| ms.div_euclid(1_000) + i64::from(ms.rem_euclid(1_000) > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_in_any_sixty_seconds_and_one_warning() {
        let start = Timestamp::UNIX_EPOCH;
        let at = |s| start + SignedDuration::from_secs(s);
        let mut log = SlidingLog::default();
        for s in 0..10 {
            assert_eq!(log.check(UserId(1), at(s), 10), Verdict::Go);
        }
        assert_eq!(log.check(UserId(1), at(54), 10), Verdict::Warn(6));
        assert_eq!(log.check(UserId(1), at(55), 10), Verdict::Silent);
        assert_eq!(log.check(UserId(2), at(55), 10), Verdict::Go);
        assert_eq!(log.check(UserId(1), at(60), 10), Verdict::Go);
        assert_eq!(log.check(UserId(1), at(60), 10), Verdict::Warn(1));
    }
}

//! The same refusal is said in words once in ten minutes; in between it is a 👎 only.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::ids::{UserId, fingerprint};

/// So long a refusal is not said again.
pub(super) const SAID_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// So many are remembered; beyond that they are said again.
const MOST: usize = 1_024;

/// What was refused to whom. Volatile: after a restart a refusal may be said once more.
#[derive(Clone, Debug, Default)]
pub(super) struct Refusals {
    said: BTreeMap<(UserId, u64), Timestamp>,
}

impl Refusals {
    /// Whether `words` are to be said to `user` at `at`; counts as said if so.
    pub(super) fn is_new(&mut self, user: UserId, words: &str, at: Timestamp) -> bool {
        self.said.retain(|_, said| at.duration_since(*said) < SAID_AGAIN_AFTER);
        if self.said.len() >= MOST {
            self.said.clear();
        }
        let key = (user, fingerprint(words));
        let new = !self.said.contains_key(&key);
        if new {
            self.said.insert(key, at);
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_in_ten_minutes_to_each() {
        let at = |seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        let mut refusals = Refusals::default();
        assert!(refusals.is_new(UserId(1), "no", at(0)));
        assert!(!refusals.is_new(UserId(1), "no", at(599)));
        assert!(refusals.is_new(UserId(1), "not that either", at(599)));
        assert!(refusals.is_new(UserId(2), "no", at(599)));
        assert!(refusals.is_new(UserId(1), "no", at(600)));
    }
}

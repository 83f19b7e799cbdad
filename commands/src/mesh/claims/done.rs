//! The tasks that were finished lately.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Claim, State};

/// Finished tasks are remembered for seven days (preflight looks that far back) ...
const DONE_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// ... and so many at most.
const DONE_MOST: usize = 1_024;

/// Finished tasks by folded name, and by when they were finished.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Finished {
    tasks: BTreeMap<String, Claim>,
    by_time: BTreeSet<(Timestamp, String)>,
}

impl Finished {
    pub fn get(&self, key: &str) -> Option<&Claim> {
        self.tasks.get(key)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.tasks.iter().map(|(key, claim)| (key.as_str(), claim))
    }

    /// Those finished at or after an instant, oldest first.
    pub fn since(&self, at: Timestamp) -> impl Iterator<Item = (&str, &Claim)> {
        let found = |(_, key): &(Timestamp, String)| self.tasks.get_key_value(key);
        self.by_time.range((at, String::new())..).filter_map(found).map(|(key, claim)| (key.as_str(), claim))
    }

    pub fn insert(&mut self, key: String, claim: Claim) {
        let State::Done { at, .. } = claim.state else { return };
        if let Some(State::Done { at: before, .. }) = self.tasks.get(&key).map(|claim| &claim.state) {
            self.by_time.remove(&(*before, key.clone()));
        }
        self.by_time.insert((at, key.clone()));
        self.tasks.insert(key, claim);
        self.forget_old(at);
    }

    fn forget_old(&mut self, now: Timestamp) {
        while let Some((at, _)) = self.by_time.first() {
            let old = now.duration_since(*at) >= DONE_FOR;
            if !old && self.by_time.len() <= DONE_MOST {
                return;
            }
            if let Some((_, key)) = self.by_time.pop_first() {
                self.tasks.remove(&key);
            }
        }
    }
}

//! The tasks that were finished lately.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Claim, State};

/// Finished tasks are remembered for seven days (preflight looks that far back) ...
const DONE_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// ... and so many at most.
const DONE_MOST: usize = 1_024;

/// Finished tasks by folded name, and by when they were finished.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Finished {
    tasks: BTreeMap<Arc<str>, Claim>,
    by_time: BTreeSet<(Timestamp, Arc<str>)>,
    /// How many were finished in each quarter of an hour: a day, in whatever zone, is some of them.
    quarters: BTreeMap<i64, usize>,
}

/// Midnight falls on a quarter of an hour everywhere.
const QUARTER: i64 = 15 * 60;

impl Finished {
    pub fn get(&self, key: &str) -> Option<&Claim> {
        self.tasks.get(key)
    }

    /// By folded name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.tasks.iter().map(|(key, claim)| (&**key, claim))
    }

    /// Those finished last, newest first.
    pub fn newest(&self) -> impl Iterator<Item = (Timestamp, &Claim)> {
        self.by_time.iter().rev().filter_map(|(at, key)| Some((*at, self.tasks.get(key)?)))
    }

    /// How many were finished at or after an instant on a quarter of an hour.
    pub fn count_since(&self, at: Timestamp) -> usize {
        self.quarters.range(quarter(at)..).map(|(_, count)| count).sum()
    }

    pub fn insert(&mut self, key: Arc<str>, claim: Claim) {
        let State::Done { at, .. } = claim.state else { return };
        if let Some(before) = self.tasks.insert(key.clone(), claim) {
            self.forget_when(&before, &key);
        }
        *self.quarters.entry(quarter(at)).or_default() += 1;
        self.by_time.insert((at, key));
        self.forget_old(at);
    }

    fn forget_old(&mut self, now: Timestamp) {
        while let Some((at, key)) = self.by_time.first() {
            if now.duration_since(*at) < DONE_FOR && self.tasks.len() <= DONE_MOST {
                return;
            }
            let key = key.clone();
            let Some(claim) = self.tasks.remove(&key) else { return };
            self.forget_when(&claim, &key);
        }
    }

    /// A task is no longer among those finished then.
    fn forget_when(&mut self, claim: &Claim, key: &Arc<str>) {
        let State::Done { at, .. } = claim.state else { return };
        self.by_time.remove(&(at, key.clone()));
        if let Some(count) = self.quarters.get_mut(&quarter(at)) {
            *count -= 1;
            if *count == 0 {
                self.quarters.remove(&quarter(at));
            }
        }
    }
}

fn quarter(at: Timestamp) -> i64 {
    at.as_second().div_euclid(QUARTER)
}

//! The tasks that were finished lately.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Claim, State};

/// Finished tasks are remembered for seven days (preflight looks that far back) ...
const DONE_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// ... and so many at most.
const DONE_MOST: usize = 1_024;

/// Finished tasks by when they were finished, and by folded name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Finished {
    tasks: BTreeMap<(Timestamp, String), Claim>,
    by_name: BTreeMap<String, Timestamp>,
    /// How many were finished in each quarter of an hour: a day, in whatever zone, is some of them.
    quarters: BTreeMap<i64, usize>,
}

/// Midnight falls on a quarter of an hour everywhere.
const QUARTER: i64 = 15 * 60;

impl Finished {
    pub fn get(&self, key: &str) -> Option<&Claim> {
        self.tasks.get(&(*self.by_name.get(key)?, key.to_owned()))
    }

    /// By folded name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.by_name.keys().filter_map(|key| Some((key.as_str(), self.get(key)?)))
    }

    /// Those finished last, newest first.
    pub fn newest(&self) -> impl Iterator<Item = (Timestamp, &Claim)> {
        self.tasks.iter().rev().map(|((at, _), claim)| (*at, claim))
    }

    /// How many were finished at or after an instant on a quarter of an hour.
    pub fn count_since(&self, at: Timestamp) -> usize {
        self.quarters.range(quarter(at)..).map(|(_, count)| count).sum()
    }

    pub fn insert(&mut self, key: String, claim: Claim) {
        let State::Done { at, .. } = claim.state else { return };
        if let Some(before) = self.by_name.insert(key.clone(), at) {
            self.forget(before, &key);
        }
        *self.quarters.entry(quarter(at)).or_default() += 1;
        self.tasks.insert((at, key), claim);
        self.forget_old(at);
    }

    fn forget_old(&mut self, now: Timestamp) {
        while let Some(((at, key), _)) = self.tasks.first_key_value() {
            if now.duration_since(*at) < DONE_FOR && self.tasks.len() <= DONE_MOST {
                return;
            }
            let (at, key) = (*at, key.clone());
            self.by_name.remove(&key);
            self.forget(at, &key);
        }
    }

    fn forget(&mut self, at: Timestamp, key: &str) {
        self.tasks.remove(&(at, key.to_owned()));
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

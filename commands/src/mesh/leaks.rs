//! Secrets that were posted, and what was decided about each.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::fact::{Deletion, Fact, Leaked, Ruling};
use crate::ids::{MessageRef, PersonId};

/// So many are remembered, the newest.
pub const MOST: usize = 64;

/// The newest leaks, by number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leaks {
    by_number: BTreeMap<u64, Leak>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Leak {
    /// What was posted, where, by whom.
    pub posted: Leaked,
    /// What was decided, by whom, when.
    pub ruling: Option<(Ruling, PersonId, Timestamp)>,
    /// What became of the message.
    pub deletion: Option<Deletion>,
    /// The task after which it was to be rotated is done.
    pub due: bool,
}

impl Leak {
    /// It waits for its task.
    pub fn waits(&self) -> bool {
        !self.due && matches!(self.ruling, Some((Ruling::RotateAfter, ..)))
    }
}

impl Leaks {
    /// The leak of that number.
    pub fn get(&self, leak: u64) -> Option<&Leak> {
        self.by_number.get(&leak)
    }

    /// Every one that is remembered, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Leak> {
        self.by_number.values()
    }

    /// Those of one message, whatever an edit made of it since.
    pub fn of(&self, message: &MessageRef) -> impl Iterator<Item = &Leak> {
        let key = |message: &MessageRef| (message.ear, message.chat, message.id);
        let wanted = key(message);
        self.iter().filter(move |leak| key(&leak.posted.message) == wanted)
    }

    /// Whether a message bears the 🙈.
    pub fn marks(&self, message: &MessageRef) -> bool {
        self.of(message).any(|leak| !matches!(leak.ruling, Some((Ruling::FalseAlarm, ..))))
    }

    /// The number of the next, and the one that is forgotten for it.
    pub fn next(&self) -> (u64, Option<&Leak>) {
        let next = self.by_number.last_key_value().map_or(1, |(last, _)| last + 1);
        let full = self.by_number.len() >= MOST;
        (next, self.iter().next().filter(|_| full))
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Leaked(posted) => {
                let posted = posted.clone();
                let leak = Leak { ruling: None, deletion: None, due: false, posted };
                self.by_number.insert(leak.posted.leak, leak);
                if self.by_number.len() > MOST {
                    self.by_number.pop_first();
                }
            }
            Fact::LeakRuled { leak, ruling, by, at } => {
                self.with(*leak, |leak| leak.ruling = Some((*ruling, *by, *at)));
            }
            Fact::LeakDeletion { leak, deletion } => {
                self.with(*leak, |leak| leak.deletion = Some(deletion.clone()));
            }
            Fact::LeakDue { leak } => self.with(*leak, |leak| leak.due = true),
            _ => {}
        }
    }

    fn with(&mut self, leak: u64, change: impl FnOnce(&mut Leak)) {
        if let Some(leak) = self.by_number.get_mut(&leak) {
            change(leak);
        }
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        self.iter().flat_map(|each| {
            let leak = each.posted.leak;
            let ruled = each.ruling.map(|(ruling, by, at)| Fact::LeakRuled { leak, ruling, by, at });
            let deleted = each.deletion.clone().map(|deletion| Fact::LeakDeletion { leak, deletion });
            let due = each.due.then_some(Fact::LeakDue { leak });
            [Fact::Leaked(each.posted.clone())].into_iter().chain(ruled).chain(deleted).chain(due)
        })
    }
}

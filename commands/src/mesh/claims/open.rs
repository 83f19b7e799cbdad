//! The tasks that are not finished, found by name, owner, fence and offer without looking at all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::Claim;
use crate::ids::{Fence, MessageRef, Who};

/// Open tasks by age, as the board shows them, with their indices.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Open {
    tasks: BTreeMap<Age, Claim>,
    by_name: BTreeMap<Arc<str>, Age>,
    by_owner: BTreeMap<Who, BTreeSet<Age>>,
    by_offer: BTreeMap<Who, BTreeSet<Age>>,
    by_fence: BTreeMap<Fence, Age>,
    /// By owner, where somebody waits for it to be silent.
    watched: BTreeMap<Who, BTreeSet<Age>>,
    refused: BTreeSet<MessageRef>,
}

/// Since when it is owned, under which fence, and its folded name.
type Age = (Timestamp, Option<Fence>, Arc<str>);

impl Open {
    pub fn get(&self, key: &str) -> Option<&Claim> {
        self.tasks.get(self.by_name.get(key)?)
    }

    /// By folded name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.by_name.values().filter_map(|age| self.aged(age))
    }

    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    pub fn owns(&self, who: Who) -> bool {
        self.by_owner.contains_key(&who)
    }

    pub fn is_watched(&self, owner: Who) -> bool {
        self.watched.contains_key(&owner)
    }

    pub fn of(&self, owner: Who) -> impl Iterator<Item = (&str, &Claim)> {
        self.all_aged(self.by_owner.get(&owner))
    }

    pub fn offered_to(&self, who: Who) -> impl Iterator<Item = (&str, &Claim)> {
        self.all_aged(self.by_offer.get(&who))
    }

    pub fn offered(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.by_offer.values().flat_map(|keys| self.all_aged(Some(keys)))
    }

    pub fn is_refused(&self, message: &MessageRef) -> bool {
        self.refused.contains(message)
    }

    pub fn by_fence(&self, fence: Fence) -> Option<(&str, &Claim)> {
        self.aged(self.by_fence.get(&fence)?)
    }

    /// Those owned longest first.
    pub fn oldest(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.tasks.iter().map(|((.., key), claim)| (&**key, claim))
    }

    fn aged(&self, age: &Age) -> Option<(&str, &Claim)> {
        self.tasks.get_key_value(age).map(|((.., key), claim)| (&**key, claim))
    }

    fn all_aged<'a>(&'a self, ages: Option<&'a BTreeSet<Age>>) -> impl Iterator<Item = (&'a str, &'a Claim)> {
        ages.into_iter().flatten().filter_map(|age| self.aged(age))
    }

    pub fn insert(&mut self, key: Arc<str>, claim: Claim) {
        self.remove(&key);
        let age = (claim.since, claim.fence, key.clone());
        if let Some(owner) = claim.holder() {
            self.by_owner.entry(owner).or_default().insert(age.clone());
            if claim.is_watched() {
                self.watched.entry(owner).or_default().insert(age.clone());
            }
        }
        if let Some(offer) = claim.offer() {
            self.by_offer.entry(offer.to).or_default().insert(age.clone());
        }
        if let Some(fence) = claim.fence {
            self.by_fence.insert(fence, age.clone());
        }
        self.refused.extend(claim.next.iter().map(|waiting| waiting.by));
        self.by_name.insert(key, age.clone());
        self.tasks.insert(age, claim);
    }

    pub fn remove(&mut self, key: &str) -> Option<Claim> {
        self.take(key).map(|(_, claim)| claim)
    }

    /// A task off the list, with its folded name.
    fn take(&mut self, key: &str) -> Option<(Arc<str>, Claim)> {
        let age = self.by_name.remove(key)?;
        let claim = self.tasks.remove(&age)?;
        for waiting in &claim.next {
            self.refused.remove(&waiting.by);
        }
        if let Some(owner) = claim.holder() {
            forget(&mut self.by_owner, owner, &age);
            forget(&mut self.watched, owner, &age);
        }
        if let Some(offer) = claim.offer() {
            forget(&mut self.by_offer, offer.to, &age);
        }
        if let Some(fence) = claim.fence {
            self.by_fence.remove(&fence);
        }
        Some((age.2, claim))
    }

    /// Changes one task in place; the indices follow.
    pub fn with(&mut self, key: &str, change: impl FnOnce(&mut Claim)) {
        if let Some((key, mut claim)) = self.take(key) {
            change(&mut claim);
            self.insert(key, claim);
        }
    }
}

fn forget(index: &mut BTreeMap<Who, BTreeSet<Age>>, who: Who, age: &Age) {
    if let Some(ages) = index.get_mut(&who) {
        ages.remove(age);
        if ages.is_empty() {
            index.remove(&who);
        }
    }
}

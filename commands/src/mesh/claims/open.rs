//! The tasks that are not finished, found by name, owner, fence and offer without looking at all of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Claim;
use crate::ids::{Fence, MessageRef, Who};

/// Open tasks by folded name, with their indices.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Open {
    tasks: BTreeMap<String, Claim>,
    by_owner: BTreeMap<Who, BTreeSet<String>>,
    by_offer: BTreeMap<Who, BTreeSet<String>>,
    by_fence: BTreeMap<Fence, String>,
    refused: BTreeSet<MessageRef>,
    by_age: BTreeSet<(Timestamp, Option<Fence>, String)>,
}

impl Open {
    pub fn get(&self, key: &str) -> Option<&Claim> {
        self.tasks.get(key)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.tasks.iter().map(|(key, claim)| (key.as_str(), claim))
    }

    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    pub fn of(&self, owner: Who) -> impl Iterator<Item = (&str, &Claim)> {
        self.named(self.by_owner.get(&owner))
    }

    pub fn offered_to(&self, who: Who) -> impl Iterator<Item = (&str, &Claim)> {
        self.named(self.by_offer.get(&who))
    }

    pub fn offered(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.by_offer.values().flat_map(|keys| self.named(Some(keys)))
    }

    pub fn is_refused(&self, message: &MessageRef) -> bool {
        self.refused.contains(message)
    }

    pub fn by_fence(&self, fence: Fence) -> Option<(&str, &Claim)> {
        self.tasks.get_key_value(self.by_fence.get(&fence)?).map(|(key, claim)| (key.as_str(), claim))
    }

    /// Those owned longest first.
    pub fn oldest(&self) -> impl Iterator<Item = (&str, &Claim)> {
        let found = |(.., key): &'_ (Timestamp, Option<Fence>, String)| self.tasks.get_key_value(key);
        self.by_age.iter().filter_map(found).map(|(key, claim)| (key.as_str(), claim))
    }

    fn named<'a>(&'a self, keys: Option<&'a BTreeSet<String>>) -> impl Iterator<Item = (&'a str, &'a Claim)> {
        let found = |key: &'a String| self.tasks.get(key).map(|claim| (key.as_str(), claim));
        keys.into_iter().flatten().filter_map(found)
    }

    pub fn insert(&mut self, key: String, claim: Claim) {
        self.remove(&key);
        if let Some(owner) = claim.holder() {
            self.by_owner.entry(owner).or_default().insert(key.clone());
        }
        if let Some(offer) = claim.offer() {
            self.by_offer.entry(offer.to).or_default().insert(key.clone());
        }
        if let Some(fence) = claim.fence {
            self.by_fence.insert(fence, key.clone());
        }
        self.refused.extend(claim.next.iter().map(|waiting| waiting.by));
        self.by_age.insert((claim.since, claim.fence, key.clone()));
        self.tasks.insert(key, claim);
    }

    pub fn remove(&mut self, key: &str) -> Option<Claim> {
        let claim = self.tasks.remove(key)?;
        for waiting in &claim.next {
            self.refused.remove(&waiting.by);
        }
        self.by_age.remove(&(claim.since, claim.fence, key.to_owned()));
        if let Some(owner) = claim.holder() {
            forget(&mut self.by_owner, owner, key);
        }
        if let Some(offer) = claim.offer() {
            forget(&mut self.by_offer, offer.to, key);
        }
        if let Some(fence) = claim.fence {
            self.by_fence.remove(&fence);
        }
        Some(claim)
    }

    /// Changes one task in place; the indices follow.
    pub fn with(&mut self, key: &str, change: impl FnOnce(&mut Claim)) {
        if let Some(mut claim) = self.remove(key) {
            change(&mut claim);
            self.insert(key.to_owned(), claim);
        }
    }
}

fn forget(index: &mut BTreeMap<Who, BTreeSet<String>>, who: Who, key: &str) {
    if let Some(keys) = index.get_mut(&who) {
        keys.remove(key);
        if keys.is_empty() {
            index.remove(&who);
        }
    }
}

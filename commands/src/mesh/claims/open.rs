//! The tasks that are not finished, found by name, owner, fence and offer without looking at all of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Claim;
use crate::ids::{Fence, MessageRef, Who};

/// Open tasks by age, as the board shows them, with their indices.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Open {
    tasks: BTreeMap<Age, Claim>,
    by_name: BTreeMap<String, (Timestamp, Option<Fence>)>,
    by_owner: BTreeMap<Who, BTreeSet<String>>,
    by_offer: BTreeMap<Who, BTreeSet<String>>,
    by_fence: BTreeMap<Fence, String>,
    refused: BTreeSet<MessageRef>,
}

/// Since when it is owned, under which fence, and its folded name.
type Age = (Timestamp, Option<Fence>, String);

impl Open {
    pub fn get(&self, key: &str) -> Option<&Claim> {
        self.named(key).map(|(_, claim)| claim)
    }

    /// By folded name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.by_name.keys().filter_map(|key| self.named(key))
    }

    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    pub fn of(&self, owner: Who) -> impl Iterator<Item = (&str, &Claim)> {
        self.all_named(self.by_owner.get(&owner))
    }

    pub fn offered_to(&self, who: Who) -> impl Iterator<Item = (&str, &Claim)> {
        self.all_named(self.by_offer.get(&who))
    }

    pub fn offered(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.by_offer.values().flat_map(|keys| self.all_named(Some(keys)))
    }

    pub fn is_refused(&self, message: &MessageRef) -> bool {
        self.refused.contains(message)
    }

    pub fn by_fence(&self, fence: Fence) -> Option<(&str, &Claim)> {
        self.named(self.by_fence.get(&fence)?)
    }

    /// Those owned longest first.
    pub fn oldest(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.tasks.iter().map(|((.., key), claim)| (key.as_str(), claim))
    }

    fn named(&self, key: &str) -> Option<(&str, &Claim)> {
        let (since, fence) = self.by_name.get(key)?;
        let found = self.tasks.get_key_value(&(*since, *fence, key.to_owned()));
        found.map(|((.., key), claim)| (key.as_str(), claim))
    }

    fn all_named<'a>(
        &'a self,
        keys: Option<&'a BTreeSet<String>>,
    ) -> impl Iterator<Item = (&'a str, &'a Claim)> {
        keys.into_iter().flatten().filter_map(|key| self.named(key))
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
        self.by_name.insert(key.clone(), (claim.since, claim.fence));
        self.tasks.insert((claim.since, claim.fence, key), claim);
    }

    pub fn remove(&mut self, key: &str) -> Option<Claim> {
        let (since, fence) = self.by_name.remove(key)?;
        let claim = self.tasks.remove(&(since, fence, key.to_owned()))?;
        for waiting in &claim.next {
            self.refused.remove(&waiting.by);
        }
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

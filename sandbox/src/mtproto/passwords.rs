//! Second passwords: those the world was made with, and those set by clients since.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::chance::Chance;
use super::srp::Verifier;
use crate::world::{UserId, World};

/// What proves a password, and the hint its owner left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What proves it.
    pub verifier: Verifier,
    /// For somebody who forgot it; may be empty.
    pub hint: String,
}

/// An account's password as it was last worked out or set, beside the plain one that the world had then.
#[derive(Debug)]
struct Entry {
    plain: Option<String>,
    kept: Option<Kept>,
}

/// The second passwords of one server, at most one an account.
#[derive(Debug, Default)]
pub struct Passwords {
    entries: Mutex<BTreeMap<UserId, Entry>>,
}

impl Passwords {
    /// Whether an account has a password.
    pub fn has(&self, world: &World, account: UserId) -> bool {
        let plain = plain(world, account);
        match self.lock().get(&account) {
            Some(entry) if entry.plain == plain => entry.kept.is_some(),
            _ => plain.is_some(),
        }
    }

    /// What proves an account's password. Takes a good part of a second when a plain password is new.
    pub fn find(&self, world: &World, account: UserId, chance: &mut dyn Chance) -> Option<Kept> {
        let plain = plain(world, account);
        if let Some(entry) = self.lock().get(&account).filter(|entry| entry.plain == plain) {
            return entry.kept.clone();
        }
        let verifier = Verifier::of(plain.as_deref()?, chance);
        let kept = Some(Kept { verifier, hint: String::new() });
        self.lock().insert(account, Entry { plain, kept: kept.clone() });
        kept
    }

    /// Sets an account's password, or takes it away.
    pub fn set(&self, world: &World, account: UserId, kept: Option<Kept>) {
        let plain = plain(world, account);
        self.lock().insert(account, Entry { plain, kept });
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<UserId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn plain(world: &World, account: UserId) -> Option<String> {
    world.user(account)?.person()?.password.clone()
}

//! Accounts whose next message goes out under the id of another session: grammers gives up its whole pool over it.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::world::UserId;

/// Whom the next message is to mistake for another.
#[derive(Debug, Default)]
pub struct Mistaken(Mutex<BTreeSet<UserId>>);

impl Mistaken {
    /// The next message to this account.
    pub fn add(&self, account: UserId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(account);
    }

    /// The session id to write to this account: its own, or once another.
    pub fn session(&self, account: Option<UserId>, own: i64) -> i64 {
        let mut mistaken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if account.is_some_and(|account| mistaken.remove(&account)) { !own } else { own }
    }
}

//! The auth keys made so far, and who signed in with each.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::crypto::{AuthKey, KeyId};
use super::handshake::Made;
use crate::world::UserId;

/// Keys kept; the oldest without an account give way first.
const KEYS_KEPT: usize = 10_000;

/// A login code that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// Whose phone it went to.
    pub user: UserId,
    /// What the client has to show with the code.
    pub hash: String,
    /// Wrong codes so far.
    pub misses: u32,
}

#[derive(Debug)]
struct Record {
    made: Made,
    number: u64,
    account: Option<UserId>,
    code: Option<SentCode>,
}

/// All keys of one server.
#[derive(Debug, Default)]
pub struct Keys {
    records: Mutex<BTreeMap<KeyId, Record>>,
}

impl Keys {
    /// Keeps a key that was just made.
    pub fn keep(&self, made: Made) {
        let mut records = self.lock();
        let number = records.values().map(|record| record.number + 1).max().unwrap_or(0);
        if records.len() >= KEYS_KEPT {
            let oldest = records.iter().min_by_key(|(_, record)| (record.account.is_some(), record.number));
            let oldest = oldest.map(|(id, _)| *id);
            oldest.map(|id| records.remove(&id));
        }
        records.insert(made.key.id(), Record { made, number, account: None, code: None });
    }

    /// Whether a key exists.
    pub fn knows(&self, id: KeyId) -> bool {
        self.lock().contains_key(&id)
    }

    /// A key and its first salt.
    pub fn find(&self, id: KeyId) -> Option<(AuthKey, i64)> {
        self.lock().get(&id).map(|record| (record.made.key.clone(), record.made.salt))
    }

    /// Who is signed in with a key.
    pub fn account(&self, id: KeyId) -> Option<UserId> {
        self.lock().get(&id).and_then(|record| record.account)
    }

    /// Signs in.
    pub fn sign_in(&self, id: KeyId, account: UserId) {
        self.change(id, |record| {
            record.account = Some(account);
            record.code = None;
        });
    }

    /// Signs out.
    pub fn sign_out(&self, id: KeyId) {
        self.change(id, |record| record.account = None);
    }

    /// The code sent to whoever wants to sign in with a key.
    pub fn code(&self, id: KeyId) -> Option<SentCode> {
        self.lock().get(&id).and_then(|record| record.code.clone())
    }

    /// Notes a code that was sent, or that it is no longer good.
    pub fn set_code(&self, id: KeyId, code: Option<SentCode>) {
        self.change(id, |record| record.code = code);
    }

    fn change(&self, id: KeyId, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.lock().get_mut(&id) {
            change(record);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<KeyId, Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

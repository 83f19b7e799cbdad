//! The auth keys made so far, and who signed in with each.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use super::crypto::{AuthKey, KeyId};
use super::handshake::Made;
use super::srp::Challenge;
use crate::world::UserId;

/// Keys kept; the oldest without an account give way first.
const KEYS_KEPT: usize = 10_000;
/// News a slow connection may lag behind.
const NEWS_KEPT: usize = 256;

/// Exported authorizations that wait to be imported; the oldest are forgotten.
const EXPORTS_KEPT: usize = 1000;

/// A login code that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// The phone number it went to, digits only.
    pub phone: String,
    /// What the client has to show with the code.
    pub hash: String,
    /// Unix seconds of the world's clock.
    pub sent: i64,
    /// Wrong codes so far.
    pub misses: u32,
    /// The right code was shown, by somebody who has to sign up.
    pub proven: bool,
}

/// A token that another session of an account may accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginToken {
    /// What the QR code shows.
    pub bytes: [u8; 32],
    /// Unix seconds of the world's clock.
    pub expires: i64,
    /// Whose session accepted it.
    pub accepted: Option<UserId>,
}

/// How far the sign-in under a key has come.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// The code that was sent last.
    pub code: Option<SentCode>,
    /// Who still has to show the second password.
    pub pending: Option<UserId>,
    /// The password challenge given out last.
    pub challenge: Option<Challenge>,
    /// The QR token given out last.
    pub token: Option<LoginToken>,
}

/// Something that a connection with this key has to hear, signed in or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyNews {
    /// Its QR token was accepted.
    TokenAccepted(KeyId),
}

/// How a session came to its end without its client's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// From another session of the account.
    Revoked,
    /// Its key was used from two places at once.
    Duplicated,
}

#[derive(Debug)]
struct Record {
    made: Made,
    number: u64,
    account: Option<UserId>,
    ended: Option<Ended>,
    sign_in: SignIn,
}

/// All keys of one server.
#[derive(Debug)]
pub struct Keys {
    records: Mutex<BTreeMap<KeyId, Record>>,
    exports: Mutex<VecDeque<([u8; 32], UserId)>>,
    news: broadcast::Sender<KeyNews>,
}

impl Default for Keys {
    fn default() -> Self {
        let (records, exports) = (Mutex::default(), Mutex::default());
        Self { records, exports, news: broadcast::channel(NEWS_KEPT).0 }
    }
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
        let id = made.key.id();
        let record = Record { made, number, account: None, ended: None, sign_in: SignIn::default() };
        records.insert(id, record);
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
        if let Some(record) = self.lock().get_mut(&id) {
            record.account = Some(account);
            record.ended = None;
            record.sign_in = SignIn::default();
        }
    }

    /// Ends every session of an account; how many there were.
    pub fn end(&self, account: UserId, how: Ended) -> usize {
        let mut records = self.lock();
        let theirs = records.values_mut().filter(|record| record.account == Some(account));
        theirs
            .map(|record| {
                record.account = None;
                record.ended = Some(how);
            })
            .count()
    }

    /// How the session signed in with a key was ended, if it was.
    pub fn ended(&self, id: KeyId) -> Option<Ended> {
        self.lock().get(&id).and_then(|record| record.ended)
    }

    /// Signs out.
    pub fn sign_out(&self, id: KeyId) {
        if let Some(record) = self.lock().get_mut(&id) {
            record.account = None;
        }
    }

    /// How far the sign-in under a key has come.
    pub fn progress(&self, id: KeyId) -> SignIn {
        self.lock().get(&id).map(|record| record.sign_in.clone()).unwrap_or_default()
    }

    /// Changes how far the sign-in under a key has come.
    pub fn change(&self, id: KeyId, change: impl FnOnce(&mut SignIn)) {
        if let Some(record) = self.lock().get_mut(&id) {
            change(&mut record.sign_in);
        }
    }

    /// The key that a QR token was given out under.
    pub fn key_of_token(&self, bytes: &[u8]) -> Option<(KeyId, LoginToken)> {
        let records = self.lock();
        records.iter().find_map(|(id, record)| {
            let token = record.sign_in.token.as_ref().filter(|token| token.bytes == bytes)?;
            Some((*id, token.clone()))
        })
    }

    /// An account's session accepts the QR token of a key; whoever shows the code is told.
    pub fn accept_token(&self, id: KeyId, account: UserId) {
        self.change(id, |sign_in| {
            if let Some(token) = &mut sign_in.token {
                token.accepted = Some(account);
            }
        });
        self.tell(KeyNews::TokenAccepted(id));
    }

    /// Notes that whoever shows these bytes may sign in as an account, once.
    pub fn export(&self, bytes: [u8; 32], account: UserId) {
        let mut exports = self.exports.lock().unwrap_or_else(PoisonError::into_inner);
        exports.push_back((bytes, account));
        if exports.len() > EXPORTS_KEPT {
            exports.pop_front();
        }
    }

    /// Who exported these bytes; they are good for nothing afterwards.
    pub fn import(&self, bytes: &[u8]) -> Option<UserId> {
        let mut exports = self.exports.lock().unwrap_or_else(PoisonError::into_inner);
        let at = exports.iter().position(|(known, _)| known == bytes)?;
        exports.remove(at).map(|(_, account)| account)
    }

    /// What connections have to hear from now on.
    pub fn news(&self) -> broadcast::Receiver<KeyNews> {
        self.news.subscribe()
    }

    fn tell(&self, news: KeyNews) {
        // No connection to hear it is no error.
        let _ = self.news.send(news);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<KeyId, Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

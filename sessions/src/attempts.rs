//! When an account was last tried to be signed in. Telegram bans who asks too often, so this outlives the program, and
//! the session too.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::record::{decode, encode};
use crate::store::Store;

const TREE: &str = "attempts";

/// The last attempt to sign an account in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInAttempt {
    /// When Telegram was asked.
    pub at: Timestamp,
    /// When it may be asked again, where Telegram said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

impl Store {
    /// The last attempt to sign an account in.
    pub fn last_sign_in(&self, account: &str) -> Result<Option<SignInAttempt>, StoreError> {
        let bytes = self.trees().db.open_tree(TREE)?.get(account)?;
        bytes.map(|bytes| decode(|| format!("the last attempt to sign in {account}"), &bytes)).transpose()
    }

    /// Notes an attempt; on disk when this returns.
    pub fn note_sign_in(&self, account: &str, attempt: SignInAttempt) -> Result<(), StoreError> {
        let tree = self.trees().db.open_tree(TREE)?;
        tree.insert(account, encode(&attempt))?;
        tree.flush()?;
        Ok(())
    }
}

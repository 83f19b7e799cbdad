//! What somebody at the node's shell had an account say: known by this, and never taken for its person's own word.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ChatId, Ear, UserId, VoiceId};

/// One step of it; the key names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "relay", rename_all = "snake_case")]
pub enum Relay {
    /// It was ordered.
    Ordered {
        /// Drawn by whoever ordered it.
        key: String,
        /// The account that says it.
        account: UserId,
        /// Where.
        chat: ChatId,
        /// [`fingerprint`](crate::ids::fingerprint) of the text, as it reads in the chat.
        print: u64,
        /// When.
        at: Timestamp,
    },
    /// It was said, or never will be.
    Ended {
        /// Which.
        key: String,
        /// When.
        at: Timestamp,
        /// Its number in the account's own numbering, where that is known.
        message: Option<VoiceId>,
        /// Why it was not said.
        failed: Option<String>,
    },
    /// An ear of the node heard it.
    Heard {
        /// Which.
        key: String,
        /// Which ear.
        ear: Ear,
        /// Its number there.
        message: i32,
    },
}

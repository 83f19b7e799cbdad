//! The audit: who ordered what, and what came of it. Each line carries the hash of the line before it; nothing is ever
//! taken out. The last line is signed with every transaction that adds one.

mod head;
mod sink;

use commands::ids::{ChatId, Ear, MessageRef, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::StoreError;
use crate::journal::Seq;
use crate::node_key::NodeKey;
use crate::record::{self, torn};
use crate::trees::{Numbers, Trees, Writes};

pub use self::head::SignedHead;
pub use self::sink::{AuditSink, JsonLines};

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub user: UserId,
    /// Their name at the time.
    pub name: String,
    /// What they ordered.
    pub command: String,
    /// About what or whom.
    pub target: Option<String>,
    /// What came of it.
    pub result: String,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The message that gave the order, or that bore the button: what Telegram keeps of it, the line can be held against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
}

/// A message of Telegram's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Where.
    pub chat: ChatId,
    /// Its id, as that ear numbered it.
    pub message: i32,
    /// Whose numbering that is: of a basic group or a private chat, each account has its own.
    pub ear: Ear,
}

impl From<&MessageRef> for Anchor {
    fn from(message: &MessageRef) -> Self {
        Self { chat: message.chat, message: message.id, ear: message.ear }
    }
}

/// A line with its number and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// Its number, from one without gaps.
    pub seq: Seq,
    /// The SHA-256 of the hash before it and its bytes.
    pub hash: [u8; 32],
    /// What it says.
    pub line: AuditLine,
}

/// What is wrong with the audit.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// From this line on it was altered, or lines are missing.
    #[error("the audit is broken from line {0} on")]
    Broken(Seq),
    /// Its last line is not signed by this node: the lines, or the node's key, are another's.
    #[error("the audit's last line is not signed by this node")]
    Unsigned,
    /// What was kept of it is no head.
    #[error("this is no head of an audit: {0}")]
    NotAHead(String),
    /// It cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct Numbered {
    seq: Seq,
    #[serde(flatten)]
    line: AuditLine,
}

const HASH: usize = 32;

/// Adds lines to a transaction. On disk: the hash, then the bytes it is made of.
pub(crate) fn write(writes: &mut Writes, numbers: &mut Numbers, lines: Vec<AuditLine>) {
    for line in lines {
        numbers.audit += 1;
        let seq = Seq(numbers.audit);
        let bytes = record::encode(&Numbered { seq, line });
        numbers.audit_hash = link(&numbers.audit_hash, &bytes);
        let value = [&numbers.audit_hash[..], &bytes].concat();
        writes.audit.insert(&numbers.audit.to_be_bytes(), value);
    }
}

fn link(before: &[u8; HASH], bytes: &[u8]) -> [u8; HASH] {
    Sha256::new().chain_update(before).chain_update(bytes).finalize().into()
}

pub(crate) fn lines(trees: &Trees) -> impl DoubleEndedIterator<Item = Result<Audited, StoreError>> + use<> {
    trees.audit.iter().map(|item| {
        let (key, value) = item?;
        let number = record::number("audit", &key)?;
        let name = || format!("audit {number}");
        let (hash, bytes) = value.split_first_chunk::<HASH>().ok_or_else(|| torn(name, "it is short"))?;
        let Numbered { seq, line } = record::decode(name, bytes)?;
        Ok(Audited { seq, hash: *hash, line })
    })
}

/// The last line, signed. Written with it.
pub(crate) fn sign(writes: &mut Writes, numbers: &Numbers, key: &NodeKey) {
    writes.audit_head(&SignedHead::sign(key, Seq(numbers.audit), &numbers.audit_hash));
}

/// Follows the chain from the first line to the head, past the head that was `kept`, and looks at the signatures.
pub(crate) fn verify(
    trees: &Trees,
    numbers: &Numbers,
    (key, kept): (&NodeKey, Option<&SignedHead>),
) -> Result<(), VerifyError> {
    let wanted = kept.map(|head| signed_by(head, key)).transpose()?;
    let mut hash = [0; HASH];
    let mut last = 0;
    for item in &trees.audit {
        let (at, value) = item.map_err(StoreError::from)?;
        let number = record::number("audit", &at)?;
        let link = value.split_first_chunk::<HASH>().map(|(said, bytes)| (*said, link(&hash, bytes)));
        match link {
            Some((said, true_one)) if said == true_one && number == last + 1 => hash = said,
            _ => return Err(VerifyError::Broken(Seq(last + 1))),
        }
        last = number;
        if wanted.is_some_and(|(seq, kept)| seq.0 == number && kept != hash) {
            return Err(VerifyError::Broken(Seq(number)));
        }
    }
    let kept_is_there = wanted.is_none_or(|(seq, _)| seq.0 <= last);
    if last != numbers.audit || hash != numbers.audit_hash || !kept_is_there {
        return Err(VerifyError::Broken(Seq(last + 1)));
    }
    let signed = trees.audit_head()?.map(|head| signed_by(&head, key)).transpose()?;
    if last == 0 || signed == Some((Seq(last), hash)) { Ok(()) } else { Err(VerifyError::Unsigned) }
}

fn signed_by(head: &SignedHead, key: &NodeKey) -> Result<(Seq, [u8; HASH]), VerifyError> {
    head.hash_of(&key.public()).map(|hash| (head.seq, hash)).ok_or(VerifyError::Unsigned)
}

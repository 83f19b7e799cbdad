//! What survives a restart, on sled: the journal of facts, the outbox, the cursors of the ears, the audit, the
//! Telegram session and the node's key.
//!
//! [`Store::open`] takes the state directory for this process alone; [`Store::commit`] writes what followed from a
//! batch of decisions in one transaction and one flush. Every record on disk carries a version; one that cannot be read
//! is an error that names it, never a guess.

mod account;
mod attempts;
mod audit;
mod batch;
mod cursors;
mod error;
mod hex;
mod hold;
mod journal;
mod node_key;
mod outbox;
mod record;
mod rewrite;
mod seal;
mod sightings;
mod snapshot;
mod store;
pub mod telethon;
#[cfg(test)]
mod tests;
mod trees;

pub use account::{
    AccountSession, Reached, SessionSummary, decode_heard, decode_updates, encode_heard, encode_updates,
    updates_cursor,
};
pub use attempts::SignInAttempt;
pub use audit::{Anchor, AuditLine, AuditSink, Audited, JsonLines, SignedHead, VerifyError};
pub use batch::{Batch, Became, Committed, NewEffect, Retry};
pub use error::{OpenError, StoreError};
pub use hex::hex;
pub use journal::{Cause, Journalled, Seq};
pub use node_key::NodeKey;
pub use outbox::{EffectId, OUTBOX_MOST, OutboxEntry, Progress};
pub use seal::SessionKey;
pub use sightings::SIGHTINGS_MOST;
pub use store::Store;

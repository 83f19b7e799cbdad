//! What a batch of decisions leaves behind, to be written together.

use commands::effect::{Effect, Lane};
use commands::fact::Fact;
use commands::ids::MessageRef;
use jiff::Timestamp;

use crate::audit::AuditLine;
use crate::journal::{Cause, Seq};
use crate::outbox::{EffectId, OutboxEntry};

/// Everything that one transaction writes. Several decisions may share one: they then share its flush.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Facts in the order in which they became true.
    pub facts: Vec<Became>,
    /// Effects for the outbox, in the order they are to go.
    pub effects: Vec<NewEffect>,
    /// Effects that are finished; one that is already gone is no error.
    pub struck: Vec<EffectId>,
    /// Effects to be tried again later; one that is gone, or struck in this batch, stays gone.
    pub retried: Vec<Retry>,
    /// Effects that became others, as they now are; one that is gone, or struck in this batch, stays gone.
    pub replaced: Vec<OutboxEntry>,
    /// Cursors by name, each replaced whole.
    pub cursors: Vec<(String, Vec<u8>)>,
    /// Messages that the voice heard.
    pub sightings: Vec<MessageRef>,
    /// Lines for the audit.
    pub audit: Vec<AuditLine>,
}

/// Facts that became true at one instant, for one reason.
#[derive(Clone, Debug)]
pub struct Became {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// What is now true.
    pub facts: Vec<Fact>,
}

/// An effect on its way into the outbox.
#[derive(Clone, Debug)]
pub struct NewEffect {
    /// What to do.
    pub effect: Effect,
    /// How soon it goes.
    pub lane: Lane,
    /// Drawn by the shell; Telegram drops a repeat that carries the same.
    pub random_id: i64,
    /// When it was decided.
    pub at: Timestamp,
    /// Not to be performed earlier; `at` when it may go at once.
    pub not_before: Timestamp,
}

/// An effect that is to be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Which.
    pub id: EffectId,
    /// Not to be tried earlier.
    pub not_before: Timestamp,
    /// How often it was tried by now.
    pub tries: u32,
}

/// What a commit gave out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The last fact of the journal.
    pub head: Seq,
    /// The new entries of the outbox, in the order of [`Batch::effects`].
    pub entries: Vec<OutboxEntry>,
}

//! The outbox: effects not yet done. The only queue of the node, and durable.

use std::collections::BTreeSet;
use std::fmt;

use commands::effect::{Class, Effect, Lane};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::batch::{Batch, NewEffect};
use crate::error::StoreError;
use crate::record;
use crate::trees::{Numbers, Trees, Writes};

/// The most effects that may wait.
pub const OUTBOX_MOST: usize = 65_536;

/// The number of an effect in one store, in the order they were decided; never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EffectId(pub u64);

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How far an effect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Not begun, or to be tried again.
    Waiting,
    /// Begun: after a crash it may or may not have happened.
    Started,
    /// Begun as a private message, though its agent has a hook: it goes on as one, for by the hook it would not be known
    /// again.
    ByDm {
        /// Whether the hook may have had it before.
        again: bool,
    },
}

impl Progress {
    /// How far it is once it is to be tried again, and may have happened or surely has not.
    #[must_use]
    pub fn put_off(self, may_have_happened: bool) -> Self {
        match self {
            Self::ByDm { .. } => self,
            Self::Waiting | Self::Started if may_have_happened => Self::Started,
            Self::Waiting | Self::Started => Self::Waiting,
        }
    }

    /// Goes as a private message from now on.
    #[must_use]
    pub fn by_dm(self) -> Self {
        match self {
            Self::Waiting => Self::ByDm { again: false },
            Self::Started => Self::ByDm { again: true },
            Self::ByDm { .. } => self,
        }
    }

    /// It did not, surely: as before [`Self::by_dm`].
    #[must_use]
    pub fn not_by_dm(self) -> Self {
        match self {
            Self::ByDm { again: false } => Self::Waiting,
            Self::ByDm { again: true } => Self::Started,
            Self::Waiting | Self::Started => self,
        }
    }

    /// Whether it goes as a private message, whatever other door its agent has.
    pub fn is_by_dm(self) -> bool {
        matches!(self, Self::ByDm { .. })
    }
}

/// An effect that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// Its number; entries are performed in this order where nothing else says otherwise.
    pub id: EffectId,
    /// What to do.
    pub effect: Effect,
    /// How it may be repeated.
    pub class: Class,
    /// How soon it goes.
    pub lane: Lane,
    /// What Telegram tells repeats by.
    pub random_id: i64,
    /// When it was decided.
    pub at: Timestamp,
    /// Not to be performed earlier.
    pub not_before: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// How far it is.
    pub state: Progress,
}

/// Adds new effects to a transaction.
pub(crate) fn write(writes: &mut Writes, numbers: &mut Numbers, effects: Vec<NewEffect>) -> Vec<OutboxEntry> {
    effects
        .into_iter()
        .map(|new| {
            numbers.effect += 1;
            let entry = entry(EffectId(numbers.effect), new);
            put(writes, &entry);
            entry
        })
        .collect()
}

fn entry(id: EffectId, new: NewEffect) -> OutboxEntry {
    OutboxEntry {
        id,
        class: new.effect.class(),
        lane: new.lane,
        effect: new.effect,
        random_id: new.random_id,
        at: new.at,
        not_before: new.not_before,
        tries: 0,
        state: Progress::Waiting,
    }
}

/// Strikes finished effects off and puts retried and replaced ones back; returns how many entries go.
pub(crate) fn settle(trees: &Trees, writes: &mut Writes, batch: &Batch) -> Result<usize, StoreError> {
    let struck: BTreeSet<_> = batch.struck.iter().copied().collect();
    for entry in batch.replaced.iter().filter(|entry| !struck.contains(&entry.id)) {
        if get(trees, entry.id)?.is_some() {
            put(writes, entry);
        }
    }
    for retry in batch.retried.iter().filter(|retry| !struck.contains(&retry.id)) {
        if let Some(mut entry) = get(trees, retry.id)? {
            entry.not_before = retry.not_before;
            entry.tries = retry.tries;
            entry.state = entry.state.put_off(false);
            put(writes, &entry);
        }
    }
    let mut gone = 0;
    for id in struck {
        gone += usize::from(trees.outbox.contains_key(id.0.to_be_bytes())?);
        writes.outbox.remove(&id.0.to_be_bytes());
    }
    Ok(gone)
}

pub(crate) fn put(writes: &mut Writes, entry: &OutboxEntry) {
    writes.outbox.insert(&entry.id.0.to_be_bytes(), record::encode(entry));
}

pub(crate) fn get(trees: &Trees, id: EffectId) -> Result<Option<OutboxEntry>, StoreError> {
    let found = trees.outbox.get(id.0.to_be_bytes())?;
    found.map(|bytes| read(id, &bytes)).transpose()
}

pub(crate) fn all(trees: &Trees) -> impl Iterator<Item = Result<OutboxEntry, StoreError>> + use<> {
    trees.outbox.iter().map(|item| {
        let (key, value) = item?;
        read(EffectId(record::number("outbox", &key)?), &value)
    })
}

fn read(id: EffectId, bytes: &[u8]) -> Result<OutboxEntry, StoreError> {
    record::decode(|| format!("outbox {id}"), bytes)
}

//! Snapshots: the mesh as of one fact, in the place of the journal up to there.
//!
//! They are written, and what they replace is cleared away, in small transactions: until one ends, sled 0.34 keeps every
//! earlier state of the pages that it touches. What counts is changed in one step between the two, so that a crash
//! anywhere leaves one snapshot that is whole; what else lies there is passed over, and cleared away by the next.

use std::collections::BTreeMap;

use commands::fact::Fact;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::journal::{Cause, Journalled, Seq, replay};
use crate::record;
use crate::trees::{Numbers, Trees, Writes};

/// So many records share a transaction.
const AT_ONCE: usize = 256;

/// When and why a fact became true, and under which number.
type Origin = (Seq, Timestamp, Cause);

/// Notes which keys count, in a store of a time when there was only ever one snapshot.
pub(crate) fn adopt(trees: &Trees, numbers: &mut Numbers) -> Result<(), StoreError> {
    if numbers.snapshot == 0 || numbers.snapshot_keys.is_some() {
        return Ok(());
    }
    numbers.snapshot_keys = Some((1, last_key(trees)?));
    let mut writes = Writes::default();
    writes.numbers(numbers);
    trees.write(&writes)
}

/// The last key that is taken; nought where none is.
fn last_key(trees: &Trees) -> Result<u64, StoreError> {
    trees.snapshot.last()?.map_or(Ok(0), |(key, _)| record::number("snapshot", &key))
}

/// Writes `facts` beside what counts, as of `at` through `through`; `numbers` then says that they count instead.
pub(crate) fn write(
    trees: &Trees,
    numbers: &mut Numbers,
    (at, through): (Timestamp, Seq),
    facts: Vec<Fact>,
) -> Result<(), StoreError> {
    let mut origins = origins(trees, numbers, through, &facts)?;
    let before = last_key(trees)?;
    let (mut writes, mut number) = (Writes::default(), before);
    for fact in facts {
        let origin = origins.get_mut(&record::encode(&fact)).and_then(Option::take);
        let (seq, at, cause) = origin.unwrap_or((through, at, Cause::Snapshot));
        number += 1;
        let entry = record::encode(&Journalled { seq, at, cause, fact });
        writes.snapshot.insert(&number.to_be_bytes(), entry);
        if (number - before) % AT_ONCE as u64 == 0 {
            trees.apply(&std::mem::take(&mut writes))?;
        }
    }
    trees.apply(&writes)?;
    numbers.snapshot = through.0;
    numbers.snapshot_keys = Some((before + 1, number));
    Ok(())
}

/// Clears away what no longer counts.
pub(crate) fn sweep(trees: &Trees, numbers: &Numbers) -> Result<(), StoreError> {
    let (first, last) = numbers.snapshot_keys.unwrap_or_default();
    let (older, newer) = (..first.to_be_bytes(), (last + 1).to_be_bytes()..);
    let snapshots = trees.snapshot.range(older).chain(trees.snapshot.range(newer));
    sweep_all(trees, snapshots, |writes| &mut writes.snapshot)?;
    let journal = trees.journal.range(..=numbers.snapshot.to_be_bytes());
    sweep_all(trees, journal, |writes| &mut writes.journal)
}

fn sweep_all(
    trees: &Trees,
    items: impl Iterator<Item = sled::Result<(sled::IVec, sled::IVec)>>,
    batch: impl Fn(&mut Writes) -> &mut sled::Batch,
) -> Result<(), StoreError> {
    let mut writes = Writes::default();
    for (count, item) in (1..).zip(items) {
        batch(&mut writes).remove(item?.0);
        if count % AT_ONCE == 0 {
            trees.apply(&std::mem::take(&mut writes))?;
        }
    }
    trees.apply(&writes)
}

/// The facts that stand as they were journalled keep their numbers, their times and their causes.
fn origins(
    trees: &Trees,
    numbers: &Numbers,
    through: Seq,
    facts: &[Fact],
) -> Result<BTreeMap<Vec<u8>, Option<Origin>>, StoreError> {
    let mut origins: BTreeMap<_, _> = facts.iter().map(|fact| (record::encode(fact), None)).collect();
    for entry in replay(trees, numbers) {
        let Journalled { seq, at, cause, fact } = entry?;
        if seq > through {
            break;
        }
        if let Some(origin) = origins.get_mut(&record::encode(&fact)) {
            *origin = Some((seq, at, cause));
        }
    }
    Ok(origins)
}

//! The trees of the database, and the one way anything is written to several of them: together.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sled::transaction::{ConflictableTransactionError, TransactionError, Transactional as _};
use sled::{Batch, Db, Tree};

use crate::audit::SignedHead;
use crate::error::StoreError;
use crate::record;

pub(crate) const CACHE_BYTES: u64 = 8 * 1024 * 1024;
const HEAD: &[u8] = b"head";
const AUDIT_HEAD: &[u8] = b"audit head";

/// How often, and how long after each other, a lock that an earlier handle leaves behind is looked at.
const LEFTOVER_TRIES: u32 = 100;
const LEFTOVER_PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Trees {
    pub(crate) db: Db,
    pub(crate) journal: Tree,
    pub(crate) snapshot: Tree,
    pub(crate) outbox: Tree,
    pub(crate) cursors: Tree,
    pub(crate) sightings: Tree,
    pub(crate) audit: Tree,
    meta: Tree,
}

/// The last numbers given out. Written with every transaction that moves one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Numbers {
    /// The last journalled fact.
    pub(crate) journal: u64,
    /// The fact through which the snapshot speaks.
    pub(crate) snapshot: u64,
    /// The first and the last key of that snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) snapshot_keys: Option<(u64, u64)>,
    /// The last effect.
    pub(crate) effect: u64,
    /// The last line of the audit.
    pub(crate) audit: u64,
    /// The hash of that line.
    pub(crate) audit_hash: [u8; 32],
}

/// What one transaction changes.
#[derive(Default)]
pub(crate) struct Writes {
    pub(crate) journal: Batch,
    pub(crate) snapshot: Batch,
    pub(crate) outbox: Batch,
    pub(crate) cursors: Batch,
    pub(crate) sightings: Batch,
    pub(crate) audit: Batch,
    meta: Batch,
}

impl Trees {
    pub(crate) fn open(dir: &Path) -> Result<Self, StoreError> {
        await_leftover(&dir.join("db"));
        let db = sled::Config::new().path(dir).cache_capacity(CACHE_BYTES).flush_every_ms(None).open()?;
        Ok(Self {
            journal: db.open_tree("journal")?,
            snapshot: db.open_tree("snapshot")?,
            outbox: db.open_tree("outbox")?,
            cursors: db.open_tree("cursors")?,
            sightings: db.open_tree("sightings")?,
            audit: db.open_tree("audit")?,
            meta: db.open_tree("meta")?,
            db,
        })
    }

    pub(crate) fn numbers(&self) -> Result<Numbers, StoreError> {
        match self.meta.get(HEAD)? {
            Some(bytes) => record::decode(|| "the store's head".to_owned(), &bytes),
            None => Ok(Numbers::default()),
        }
    }

    /// Where the audit stands, signed; nothing before its first line.
    pub(crate) fn audit_head(&self) -> Result<Option<SignedHead>, StoreError> {
        let read = |bytes: sled::IVec| record::decode(|| "the audit's head".to_owned(), &bytes);
        self.meta.get(AUDIT_HEAD)?.map(read).transpose()
    }

    /// All of it or nothing, on disk when this returns, with all that was applied before.
    pub(crate) fn write(&self, writes: &Writes) -> Result<(), StoreError> {
        self.apply(writes)?;
        self.db.flush()?;
        Ok(())
    }

    /// All of it or nothing, on disk once something is written that comes after it.
    pub(crate) fn apply(&self, writes: &Writes) -> Result<(), StoreError> {
        let pairs = self.pairs(writes);
        let trees = pairs.map(|(tree, _)| tree);
        trees[..]
            .transaction(|views| {
                for (view, (_, batch)) in views.iter().zip(pairs) {
                    view.apply_batch(batch)?;
                }
                Ok::<(), ConflictableTransactionError<()>>(())
            })
            .map_err(storage)
    }

    fn pairs<'a>(&'a self, writes: &'a Writes) -> [(&'a Tree, &'a Batch); 7] {
        [
            (&self.journal, &writes.journal),
            (&self.snapshot, &writes.snapshot),
            (&self.outbox, &writes.outbox),
            (&self.cursors, &writes.cursors),
            (&self.sightings, &writes.sightings),
            (&self.audit, &writes.audit),
            (&self.meta, &writes.meta),
        ]
    }
}

impl Writes {
    pub(crate) fn audit_head(&mut self, head: &SignedHead) {
        self.meta.insert(AUDIT_HEAD, record::encode(head));
    }

    pub(crate) fn numbers(&mut self, numbers: &Numbers) {
        self.meta.insert(HEAD, record::encode(numbers));
    }
}

/// The transaction never aborts by itself, so what ends it is the storage.
fn storage(error: TransactionError<()>) -> StoreError {
    match error {
        TransactionError::Storage(error) => StoreError::Sled(error),
        TransactionError::Abort(()) => {
            StoreError::Sled(sled::Error::Unsupported("an aborted transaction".to_owned()))
        }
    }
}

/// sled lets go of its file a moment after its last handle is dropped, when its own threads are done. The directory is
/// ours by now, so a lock on that file can only be such a leftover; sled itself complains of one that stays.
pub(crate) fn await_leftover(db: &Path) {
    let Ok(file) = File::open(db) else { return };
    for _ in 0..LEFTOVER_TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(LEFTOVER_PAUSE),
            _ => return,
        }
    }
}

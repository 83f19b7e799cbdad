//! The store: one directory, one holder, one transaction for all that follows from a decision.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use commands::fact::Fact;
use commands::ids::MessageRef;
use jiff::Timestamp;

use crate::account::AccountSession;
use crate::audit::{self, Audited, SignedHead, VerifyError};
use crate::batch::{Batch, Committed};
use crate::cursors;
use crate::error::{OpenError, StoreError};
use crate::hold::{self, Hold};
use crate::journal::{self, Journalled, Seq};
use crate::node_key::NodeKey;
use crate::outbox::{self, EffectId, OUTBOX_MOST, OutboxEntry, Progress};
use crate::rewrite;
use crate::seal::SessionKey;
use crate::sightings::{self, Counts};
use crate::snapshot;
use crate::trees::{Numbers, Trees, Writes};

/// A cheap handle on what is kept. The directory is released with the last one, and so is every
/// [`AccountSession`] made from it. Its calls block for as long as the disk takes.
#[derive(Clone)]
pub struct Store(Arc<Held>);

struct Held {
    dir: PathBuf,
    node_key: NodeKey,
    head: Mutex<Head>,
    trees: Trees,
    // Last, so that the database is closed before the next holder may come.
    _hold: Hold,
}

/// What the next transaction builds on. Whoever writes holds its lock.
#[derive(Clone)]
struct Head {
    numbers: Numbers,
    waiting: usize,
    sightings: Counts,
}

/// sled takes a snapshot of its pages that a full disk left unfinished for a corrupt one, and it is none: it gets its
/// name once it is whole.
fn drop_unfinished_snapshots(store: &Path) {
    for file in std::fs::read_dir(store).into_iter().flatten().flatten() {
        if file.path().extension().is_some_and(|ending| ending == "generating") {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

impl Store {
    /// Takes the directory, making it (0700) and the node's key at the first start.
    ///
    /// # Errors
    /// [`OpenError::Held`] says which process has it; [`OpenError::TooOpen`] which permissions to take away.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let hold = Hold::take(dir)?;
        let node_key = NodeKey::open(dir)?;
        drop_unfinished_snapshots(&dir.join(rewrite::STORE));
        rewrite::if_wanted(dir)?;
        let trees = Trees::open(&dir.join(rewrite::STORE))?;
        hold::tighten(dir)?;
        let head = Mutex::new(Head::read(&trees)?);
        Ok(Self(Arc::new(Held { dir: dir.to_owned(), node_key, head, trees, _hold: hold })))
    }

    /// The directory it lives in.
    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// The node's key.
    pub fn node_key(&self) -> &NodeKey {
        &self.0.node_key
    }

    /// Writes a batch in one transaction: all of it is on disk when this returns, or none of it counts.
    ///
    /// # Errors
    /// [`StoreError::OutboxFull`] before anything is written; otherwise what the disk said.
    pub fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        let mut head = self.head();
        let mut next = head.clone();
        let mut writes = Writes::default();
        let entries = next.stage(&self.0.trees, &mut writes, batch)?;
        if next.numbers.audit > head.numbers.audit {
            audit::sign(&mut writes, &next.numbers, &self.0.node_key);
        }
        self.0.trees.write(&writes)?;
        *head = next;
        Ok(Committed { head: Seq(head.numbers.journal), entries })
    }

    /// Marks an effect as begun, durably, before it is performed.
    ///
    /// # Errors
    /// [`StoreError::NoSuchEffect`] when it was struck off meanwhile.
    pub fn start(&self, id: EffectId) -> Result<(), StoreError> {
        let _writing = self.head();
        let mut entry = outbox::get(&self.0.trees, id)?.ok_or(StoreError::NoSuchEffect(id))?;
        entry.state = Progress::Started;
        let mut writes = Writes::default();
        outbox::put(&mut writes, &entry);
        self.0.trees.write(&writes)
    }

    /// Every fact in order: the snapshot's, then those after it. Fold them before the first commit.
    pub fn replay(&self) -> impl Iterator<Item = Result<Journalled, StoreError>> + use<> {
        journal::replay(&self.0.trees, &self.head().numbers)
    }

    /// The number of the last fact.
    pub fn last(&self) -> Seq {
        Seq(self.head().numbers.journal)
    }

    /// How many facts were journalled since the last snapshot.
    pub fn since_snapshot(&self) -> u64 {
        let head = self.head();
        head.numbers.journal - head.numbers.snapshot
    }

    /// Puts `facts`, which must be the whole mesh as of `through`, in the place of the journal up to there.
    ///
    /// # Errors
    /// [`StoreError::SnapshotOutside`] when `through` lies before the last snapshot or after the head.
    pub fn snapshot(&self, at: Timestamp, through: Seq, facts: Vec<Fact>) -> Result<(), StoreError> {
        let mut head = self.head();
        let mut next = head.clone();
        next.may_cut(through)?;
        let trees = &self.0.trees;
        snapshot::sweep(trees, &head.numbers)?;
        snapshot::write(trees, &mut next.numbers, (at, through), facts)?;
        let mut writes = Writes::default();
        writes.numbers(&next.numbers);
        trees.write(&writes)?;
        *head = next;
        snapshot::sweep(trees, &head.numbers)
    }

    /// The effects not yet done, in the order they were decided; at most [`OUTBOX_MOST`].
    pub fn outbox(&self) -> impl Iterator<Item = Result<OutboxEntry, StoreError>> + use<> {
        outbox::all(&self.0.trees)
    }

    /// One of them; none when it was struck off.
    pub fn effect(&self, id: EffectId) -> Result<Option<OutboxEntry>, StoreError> {
        outbox::get(&self.0.trees, id)
    }

    /// A cursor by its name.
    pub fn cursor(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        cursors::read(&self.0.trees, name)
    }

    /// The voice's id of a message heard by another ear: the `ordinal`-th (from nought, by id) of those of the same
    /// sender in the same chat and second with the same text.
    pub fn sighted(&self, like: &MessageRef, ordinal: usize) -> Result<Option<i32>, StoreError> {
        sightings::lookup(&self.0.trees, like, ordinal)
    }

    /// The audit from its first line, or from its last backwards.
    pub fn audit(&self) -> impl DoubleEndedIterator<Item = Result<Audited, StoreError>> + use<> {
        audit::lines(&self.0.trees)
    }

    /// Where the audit stands, signed by the node; nothing before its first line.
    pub fn audit_head(&self) -> Result<Option<SignedHead>, StoreError> {
        self.0.trees.audit_head()
    }

    /// Whether the audit is whole, unaltered and the node's; and, with a head that was `kept` elsewhere, whether it is
    /// still the one that the head was of.
    ///
    /// # Errors
    /// [`VerifyError::Broken`] names the first line that is not; [`VerifyError::Unsigned`].
    pub fn verify_audit(&self, kept: Option<&SignedHead>) -> Result<(), VerifyError> {
        let head = self.head();
        audit::verify(&self.0.trees, &head.numbers, (&self.0.node_key, kept))
    }

    /// The Telegram session of an account, made at its first use; its auth keys lie in the clear.
    ///
    /// # Errors
    /// [`StoreError::Sealed`] where they don't.
    pub fn account(&self, name: &str) -> Result<AccountSession, StoreError> {
        self.account_with(name, None)
    }

    /// The same; with a `key`, auth keys are written encrypted from now on.
    ///
    /// # Errors
    /// [`StoreError::Sealed`], [`StoreError::WrongSessionKey`].
    pub fn account_with(&self, name: &str, key: Option<&SessionKey>) -> Result<AccountSession, StoreError> {
        AccountSession::open(self.clone(), name, key).map(|(session, _)| session)
    }

    /// The session of an account as it lies there, none where there is none: whatever is told to it is forgotten with it,
    /// and nothing on disk changes.
    ///
    /// # Errors
    /// [`StoreError::Sealed`], [`StoreError::WrongSessionKey`].
    pub fn account_frozen(
        &self,
        name: &str,
        key: Option<&SessionKey>,
    ) -> Result<Option<AccountSession>, StoreError> {
        AccountSession::frozen(self.clone(), name, key)
    }

    /// Encrypts the auth keys of an account where they lie in the clear, and writes the database anew, so that they
    /// nowhere lie in the clear afterwards. Takes the only handle on the store, and gives another.
    ///
    /// # Errors
    /// As [`Self::open`], and [`StoreError::WrongSessionKey`].
    pub fn sealing(self, name: &str, key: &SessionKey) -> Result<Self, OpenError> {
        let (session, sealed_now) = AccountSession::open(self.clone(), name, Some(key))?;
        drop(session);
        if !sealed_now {
            return Ok(self);
        }
        let dir = self.dir().to_owned();
        rewrite::want(&dir)?;
        drop(self);
        Self::open(&dir)
    }

    pub(crate) fn trees(&self) -> &Trees {
        &self.0.trees
    }

    /// Replaces one cursor by what `change` makes of it, flushed.
    pub(crate) fn change_cursor(
        &self,
        name: &str,
        change: impl FnOnce(Option<Vec<u8>>) -> Result<Vec<u8>, StoreError>,
    ) -> Result<(), StoreError> {
        let _writing = self.head();
        let value = change(self.cursor(name)?)?;
        let mut writes = Writes::default();
        cursors::write(&mut writes, name, &value);
        self.0.trees.write(&writes)
    }

    /// Takes a cursor away, flushed.
    pub(crate) fn remove_cursor(&self, name: &str) -> Result<(), StoreError> {
        let _writing = self.head();
        let mut writes = Writes::default();
        writes.cursors.remove(name);
        self.0.trees.write(&writes)
    }

    fn head(&self) -> MutexGuard<'_, Head> {
        // The head is only ever replaced whole, so a panic elsewhere cannot have left half of one.
        self.0.head.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Head {
    fn read(trees: &Trees) -> Result<Self, StoreError> {
        let mut numbers = trees.numbers()?;
        snapshot::adopt(trees, &mut numbers)?;
        Ok(Self { numbers, waiting: trees.outbox.len(), sightings: sightings::count(trees)? })
    }

    /// Puts a batch into `writes`, and itself where it stands after it.
    fn stage(
        &mut self,
        trees: &Trees,
        writes: &mut Writes,
        batch: Batch,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.waiting -= outbox::settle(trees, writes, &batch)?;
        self.make_room(batch.effects.len())?;
        let entries = outbox::write(writes, &mut self.numbers, batch.effects);
        journal::write(writes, &mut self.numbers, batch.facts);
        audit::write(writes, &mut self.numbers, batch.audit);
        sightings::write(trees, writes, &mut self.sightings, &batch.sightings)?;
        for (name, value) in &batch.cursors {
            cursors::write(writes, name, value);
        }
        writes.numbers(&self.numbers);
        Ok(entries)
    }

    fn make_room(&mut self, new: usize) -> Result<(), StoreError> {
        let waiting = self.waiting;
        self.waiting += new;
        if new > 0 && self.waiting > OUTBOX_MOST {
            return Err(StoreError::OutboxFull { waiting, new });
        }
        Ok(())
    }

    fn may_cut(&self, through: Seq) -> Result<(), StoreError> {
        let Numbers { snapshot, journal, .. } = self.numbers;
        if !(snapshot..=journal).contains(&through.0) {
            return Err(StoreError::SnapshotOutside { through, from: Seq(snapshot), head: Seq(journal) });
        }
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Err(error) = hold::tighten(&self.dir) {
            tracing::warn!(%error, "permissions of the state directory");
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.0.dir).finish()
    }
}

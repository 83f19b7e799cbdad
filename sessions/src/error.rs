//! What can go wrong with what is kept, in sentences that say what to do where something can be done.

use std::io;
use std::path::{Path, PathBuf};

use crate::journal::Seq;
use crate::outbox::EffectId;

/// Why the state directory could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("{} is held by process {pid} on {host}: stop it first, or give this node its own directory", dir.display())]
    Held {
        /// The directory.
        dir: PathBuf,
        /// The holder's process id.
        pid: u32,
        /// The holder's host.
        host: String,
    },
    /// Another process has it and has not written who it is.
    #[error("{} is held by a process that is just starting: try again in a moment", dir.display())]
    HeldUnsaid {
        /// The directory.
        dir: PathBuf,
    },
    /// Others than its owner can read it.
    #[error("{} can be read by others (mode {mode:03o}): run `chmod {} {}`", path.display(), wanted(path), path.display())]
    TooOpen {
        /// The directory or file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The node's key is not 32 bytes.
    #[error("{} is not a node key (it has {length} bytes, a key has 32): restore it from a backup, or move it away and a new one is made; buttons of older messages then stop working", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// How long it is.
        length: usize,
    },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The directory or file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The system gave no randomness for the node's key.
    #[error("no randomness for the node's key: {0}")]
    NoRandomness(getrandom::Error),
    /// What is kept cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why something could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed; nothing of the batch counts as written.
    #[error("the state directory failed: {0}")]
    Sled(#[from] sled::Error),
    /// A record is damaged.
    #[error("{record} is damaged ({why}): restore the state directory from a backup")]
    Torn {
        /// Which record, as in `journal 17`.
        record: String,
        /// What is wrong with it.
        why: String,
    },
    /// A record was written by another version of the mesh.
    #[error("{record} has version {version}, this mesh reads version {known}: start the mesh that wrote it", known = crate::record::VERSION)]
    UnknownVersion {
        /// Which record.
        record: String,
        /// The version it carries.
        version: u32,
    },
    /// An account's auth keys are sealed, and nothing opens them.
    #[error(
        "the session of account {account} is encrypted and no key is configured: name the one it was encrypted with, [account] session_key = {{ file = \"…\" }}, or {{ env = \"…\" }}"
    )]
    Sealed {
        /// The account.
        account: String,
    },
    /// An account's auth keys were sealed with another key.
    #[error(
        "the key that [account] session_key names does not open the session of account {account}: name the one it was encrypted with; if that is lost, `mesh session logout --forget`, then `mesh login`"
    )]
    WrongSessionKey {
        /// The account.
        account: String,
    },
    /// An account that is signed in takes no other session.
    #[error("account {account} is signed in already: `mesh session logout` first")]
    SignedIn {
        /// The account.
        account: String,
    },
    /// There is no such session.
    #[error("account {account} has no session: sign in, `mesh login`, or `mesh session import`")]
    NoSession {
        /// The account.
        account: String,
    },
    /// A data centre that is not Telegram's.
    #[error("data centre {dc} is none of Telegram's: this session can't be used")]
    UnknownDataCentre {
        /// Its number.
        dc: i32,
    },
    /// The system gave no randomness for a nonce.
    #[error("no randomness to encrypt with: {0}")]
    NoRandomness(getrandom::Error),
    /// No such effect waits: it was struck off.
    #[error("effect {0} is not in the outbox")]
    NoSuchEffect(EffectId),
    /// The outbox has no room; nothing was written.
    #[error("the outbox is full: {waiting} effects wait and {new} more do not fit")]
    OutboxFull {
        /// How many wait.
        waiting: usize,
        /// How many were to be added.
        new: usize,
    },
    /// A snapshot must end between the one before it and the journal's head.
    #[error("a snapshot through {through} does not lie between {from} and {head}")]
    SnapshotOutside {
        /// Where it was to end.
        through: Seq,
        /// Where the snapshot before it ends.
        from: Seq,
        /// The journal's head.
        head: Seq,
    },
}

impl OpenError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

fn wanted(path: &Path) -> &'static str {
    if path.is_dir() { "700" } else { "600" }
}

//! The database written anew, so that nothing of what was taken out of it stays behind: sled keeps an overwritten value
//! in its files until it needs the room.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::error::{OpenError, StoreError};
use crate::trees::{CACHE_BYTES, await_leftover};

/// The database.
pub(crate) const STORE: &str = "store";
/// The one that takes its place.
const FRESH: &str = "store.fresh";
/// The one whose place was taken.
const OLD: &str = "store.old";
/// While this file is there, the database is to be written anew.
const WANTED: &str = "store.rewrite";

/// So many bytes of values are copied at a time.
const AT_ONCE: usize = 1024 * 1024;

/// Asks for it, to be done at the next start.
pub(crate) fn want(dir: &Path) -> Result<(), OpenError> {
    let path = dir.join(WANTED);
    let made = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
    made.and_then(|file| file.sync_all()).and_then(|()| sync(dir)).map_err(OpenError::io(&path))
}

/// Does it, where it was asked for. Nobody may have the database open. A crash anywhere leaves one that is whole.
pub(crate) fn if_wanted(dir: &Path) -> Result<(), OpenError> {
    let (store, fresh, old) = (dir.join(STORE), dir.join(FRESH), dir.join(OLD));
    let io = |path: &Path, done: io::Result<()>| done.map_err(OpenError::io(path));
    if old.exists() && !store.exists() {
        // Between the two renamings: the new one was complete, but the old one is known to be.
        io(&old, fs::rename(&old, &store))?;
    }
    io(&old, gone(fs::remove_dir_all(&old)))?;
    io(&fresh, gone(fs::remove_dir_all(&fresh)))?;
    let wanted = dir.join(WANTED);
    if !wanted.exists() {
        return Ok(());
    }
    if store.exists() {
        copy(&store, &fresh)?;
        io(&store, fs::rename(&store, &old).and_then(|()| sync(dir)))?;
        io(&fresh, fs::rename(&fresh, &store).and_then(|()| sync(dir)))?;
        io(&old, fs::remove_dir_all(&old))?;
    }
    io(&wanted, fs::remove_file(&wanted).and_then(|()| sync(dir)))
}

fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    await_leftover(&from.join("db"));
    let open =
        |path: &Path| sled::Config::new().path(path).cache_capacity(CACHE_BYTES).flush_every_ms(None).open();
    let (source, target) = (open(from)?, open(to)?);
    for name in source.tree_names() {
        let tree = target.open_tree(&name)?;
        let (mut batch, mut bytes) = (sled::Batch::default(), 0);
        for item in &source.open_tree(&name)? {
            let (key, value) = item?;
            bytes += key.len() + value.len();
            batch.insert(key, value);
            if bytes >= AT_ONCE {
                tree.apply_batch(std::mem::take(&mut batch))?;
                bytes = 0;
            }
        }
        tree.apply_batch(batch)?;
    }
    target.flush()?;
    drop((source, target));
    await_leftover(&from.join("db"));
    await_leftover(&to.join("db"));
    Ok(())
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

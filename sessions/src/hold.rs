//! The state directory belongs to one process at a time. The lock dies with its holder, so a stale one is simply taken.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::OpenError;

const LOCK: &str = "lock";

/// The held directory: released when dropped.
pub(crate) struct Hold {
    file: File,
}

impl Drop for Hold {
    fn drop(&mut self) {
        // Closing would not do: a child that this process is just starting shares the open file until it runs.
        if let Err(error) = self.file.unlock() {
            tracing::warn!(%error, "release of the state directory");
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Holder {
    pid: u32,
    host: String,
}

impl Hold {
    /// Makes `dir` where it is missing (0700) and takes it.
    pub(crate) fn take(dir: &Path) -> Result<Self, OpenError> {
        private_dir(dir)?;
        let path = dir.join(LOCK);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(OpenError::io(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(dir, &mut file)),
            Err(TryLockError::Error(source)) => return Err(OpenError::io(&path)(source)),
        }
        say_who(&mut file).map_err(OpenError::io(&path))?;
        Ok(Self { file })
    }
}

/// Makes or checks a directory that only its owner may enter. An empty one is tightened, a used one is not touched.
fn private_dir(dir: &Path) -> Result<(), OpenError> {
    let io = || OpenError::io(dir);
    if !dir.exists() {
        return DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(io());
    }
    let mode = fs::metadata(dir).map_err(io())?.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    if fs::read_dir(dir).map_err(io())?.next().is_some() {
        return Err(OpenError::TooOpen { path: dir.to_owned(), mode });
    }
    fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(io())
}

fn held(dir: &Path, file: &mut File) -> OpenError {
    let mut text = String::new();
    let holder = file.read_to_string(&mut text).ok().and_then(|_| serde_json::from_str::<Holder>(&text).ok());
    let dir = dir.to_owned();
    match holder {
        Some(Holder { pid, host }) => OpenError::Held { dir, pid, host },
        None => OpenError::HeldUnsaid { dir },
    }
}

fn say_who(file: &mut File) -> std::io::Result<()> {
    let holder = Holder { pid: std::process::id(), host: host() };
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(serde_json::to_string(&holder)?.as_bytes())
}

fn host() -> String {
    ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .iter()
        .find_map(|path| fs::read_to_string(path).ok())
        .map_or_else(|| "localhost".to_owned(), |name| name.trim().to_owned())
}

/// Takes group and others off every file below `dir`. The directory itself already keeps them out; this keeps a copy
/// of it private too.
pub(crate) fn tighten(dir: &Path) -> Result<(), OpenError> {
    for entry in fs::read_dir(dir).map_err(OpenError::io(dir))? {
        let path = entry.map_err(OpenError::io(dir))?.path();
        let (mode, deeper) = if path.is_dir() { (0o700, true) } else { (0o600, false) };
        fs::set_permissions(&path, Permissions::from_mode(mode)).map_err(OpenError::io(&path))?;
        if deeper {
            tighten(&path)?;
        }
    }
    Ok(())
}

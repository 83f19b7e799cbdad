//! The node's key: 32 random bytes, made at its first start, from which every other key of the node is derived.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::error::OpenError;

const FILE: &str = "node.key";
const UNFINISHED: &str = "node.key.new";

/// The node's secret. It is never printed.
#[derive(Clone)]
pub struct NodeKey([u8; 32]);

impl NodeKey {
    /// The key of the node whose state directory this is.
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(FILE);
        match fs::read(&path) {
            Ok(bytes) => Self::check(&path, &bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make(dir),
            Err(error) => Err(OpenError::io(&path)(error)),
        }
    }

    /// A key for one purpose: HMAC-SHA-256 of `label` under the node's key.
    #[expect(clippy::missing_panics_doc, reason = "it never does")]
    pub fn derive(&self, label: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(label.as_bytes());
        mac.finalize().into_bytes().into()
    }

    fn check(path: &Path, bytes: &[u8]) -> Result<Self, OpenError> {
        let mode = fs::metadata(path).map_err(OpenError::io(path))?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(OpenError::TooOpen { path: path.to_owned(), mode });
        }
        let key = bytes
            .try_into()
            .map_err(|_| OpenError::NotAKey { path: path.to_owned(), length: bytes.len() })?;
        Ok(Self(key))
    }

    /// Written whole under another name first, so that a crash leaves no half of a key.
    fn make(dir: &Path) -> Result<Self, OpenError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(OpenError::NoRandomness)?;
        let (path, unfinished) = (dir.join(FILE), dir.join(UNFINISHED));
        write_private(&unfinished, &key).map_err(OpenError::io(&unfinished))?;
        fs::rename(&unfinished, &path).map_err(OpenError::io(&path))?;
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(OpenError::io(dir))?;
        Ok(Self(key))
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NodeKey(…)")
    }
}

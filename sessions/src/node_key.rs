//! The node's key: 32 random bytes, made at its first start, from which every other key of the node is derived.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use hmac::{Hmac, Mac as _};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::Sha256;

use crate::error::OpenError;

const FILE: &str = "node.key";
const UNFINISHED: &str = "node.key.new";
/// The purpose of the key that the node signs with.
const SIGN: &str = "sign";

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

    /// The node's signature (Ed25519) of these bytes. They say first what they are, so that a signature of one thing is
    /// never one of another.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair().sign(bytes).as_ref());
        signature
    }

    /// What the node's signatures are verified with. Not a secret.
    pub fn public(&self) -> [u8; 32] {
        let mut public = [0; 32];
        public.copy_from_slice(self.pair().public_key().as_ref());
        public
    }

    fn pair(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&self.derive(SIGN)).expect("any 32 bytes are a seed")
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

/// Whether it is that node's signature of these bytes.
pub(crate) fn verify(node: &[u8; 32], bytes: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, node).verify(bytes, signature).is_ok()
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

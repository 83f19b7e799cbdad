//! A file by which a code arrives, over SSH say: made empty for its owner only, waited for, read once, overwritten and
//! deleted.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};

/// The file is looked at this often.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// The longest code, in bytes.
const CODE_MOST: usize = 64;

/// The file.
pub struct CodeFile {
    path: PathBuf,
}

impl CodeFile {
    /// Makes the file, before Telegram is asked for a code.
    ///
    /// # Errors
    /// A file that is there and not empty: its code would be an old one. A directory that can't be written to.
    pub fn make(path: &Path) -> anyhow::Result<Self> {
        Self::create(path)?;
        Ok(Self { path: path.to_owned() })
    }

    fn create(path: &Path) -> anyhow::Result<()> {
        let shown = path.display();
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let found = fs::symlink_metadata(path).with_context(|| format!("--code-file {shown}"))?;
                if !found.is_file() || found.len() > 0 {
                    bail!(
                        "--code-file {shown} is there already: a code in it would be an old one; remove it first"
                    );
                }
                fs::set_permissions(path, Permissions::from_mode(0o600))
                    .with_context(|| format!("--code-file {shown}"))?;
            }
            Err(error) => return Err(error).with_context(|| format!("--code-file {shown} can't be made")),
        }
        Ok(())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until a code stands in it, and takes it. The file is gone then; for another code it is made anew.
    ///
    /// # Errors
    /// What stands there is no code, or the file can't be read.
    pub async fn code(&mut self) -> anyhow::Result<String> {
        if !self.path.exists() {
            Self::create(&self.path)?;
        }
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            look.tick().await;
            match self.look().with_context(|| format!("--code-file {}", self.path.display()))? {
                Found::Nothing => {}
                Found::Code(code) => return Ok(code),
                Found::Shown(mode) => {
                    eprintln!(
                        "{} can be read by others (mode {mode:03o}): its code is not used, and is deleted. Write it \
                         again into the file that is there now.",
                        self.path.display()
                    );
                    Self::create(&self.path)?;
                }
            }
        }
    }

    fn look(&self) -> io::Result<Found> {
        let named = match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            named => named?,
        };
        if !named.is_file() {
            return Err(io::Error::other("it is no plain file"));
        }
        if named.len() == 0 {
            return Ok(Found::Nothing);
        }
        let mut file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        let opened = file.metadata()?;
        if (opened.dev(), opened.ino()) != (named.dev(), named.ino()) {
            return Ok(Found::Nothing);
        }
        let mut bytes = Vec::new();
        let most = u64::try_from(CODE_MOST).unwrap_or(u64::MAX) + 1;
        Read::by_ref(&mut file).take(most).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        if text.is_empty() {
            return Ok(Found::Nothing);
        }
        destroy(file, &self.path, opened.len())?;
        let mode = opened.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Ok(Found::Shown(mode));
        }
        if bytes.len() > CODE_MOST {
            return Err(io::Error::other("what stands in it is longer than a code"));
        }
        Ok(Found::Code(text))
    }
}

enum Found {
    Nothing,
    Code(String),
    /// Others could read it.
    Shown(u32),
}

/// Overwrites a file, then takes it away.
fn destroy(mut file: File, path: &Path, length: u64) -> io::Result<()> {
    file.rewind()?;
    io::copy(&mut io::repeat(0).take(length), &mut file)?;
    file.flush()?;
    file.sync_all()?;
    fs::remove_file(path)
}

impl Drop for CodeFile {
    fn drop(&mut self) {
        // Given up before anything was written into it.
        let is_ours = fs::symlink_metadata(&self.path).is_ok_and(|found| found.is_file() && found.len() == 0);
        if is_ours {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn until(happened: impl Fn() -> bool) {
        let looking = async {
            let mut look = tokio::time::interval(Duration::from_millis(10));
            while !happened() {
                look.tick().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), looking).await.expect("it happens");
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_code_is_taken_once_and_the_file_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("code");
        let mut file = CodeFile::make(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        let (code, ()) = tokio::join!(file.code(), async { fs::write(&path, "10001\n").unwrap() });
        assert_eq!(code.unwrap(), "10001");
        assert!(!path.exists());
        let (code, ()) = tokio::join!(file.code(), async {
            until(|| path.exists()).await;
            fs::write(&path, "10002").unwrap();
        });
        assert_eq!(code.unwrap(), "10002", "asked again, it is made anew");
    }

    #[tokio::test]
    async fn a_code_that_others_could_read_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("code");
        let mut file = CodeFile::make(&path).unwrap();
        fs::write(&path, "10001").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let (code, ()) = tokio::join!(file.code(), async {
            until(|| fs::metadata(&path).is_ok_and(|found| found.len() == 0)).await;
            fs::write(&path, "10002").unwrap();
        });
        assert_eq!(code.unwrap(), "10002");
    }

    #[test]
    fn an_old_code_is_not_taken_and_an_empty_file_is_left_behind_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("code");
        fs::write(&path, "10001").unwrap();
        let error = CodeFile::make(&path).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("an old one"), "{error}");
        assert!(path.exists(), "what is not ours is left alone");
        fs::write(&path, "").unwrap();
        drop(CodeFile::make(&path).unwrap());
        assert!(!path.exists());
        let error = CodeFile::make(&folder.path().join("no/such/folder")).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("can't be made"), "{error}");
    }

    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, target) = (folder.path().join("code"), folder.path().join("target"));
        fs::write(&target, "").unwrap();
        std::os::unix::fs::symlink(&target, &path).unwrap();
        assert!(CodeFile::make(&path).is_err());
        assert!(CodeFile { path }.look().is_err());
    }
}

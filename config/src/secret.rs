//! Secrets: named in the configuration, kept elsewhere, never shown.

use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use toml::de::DeValue;

use crate::reading::{Found, Reading, Spot};

/// The longest secret that is read, in bytes.
const SECRET_MOST: u64 = 64 * 1024;

/// Something nobody is to see: neither `Debug` nor `Display` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one who needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Where a secret is, as the configuration says it.
enum SecretRef {
    /// Beside the configuration, or anywhere.
    File(PathBuf),
    /// In the environment.
    Env(String),
    /// In the configuration itself.
    Plain(String),
}

/// What to think of a value that stands in the configuration itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum InTheClear {
    /// A fault.
    Refused,
    /// Accepted with a warning.
    Warned,
    /// Fine.
    Fine,
}

/// Whether others may read the file a value is in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Privacy {
    /// Its owner only.
    Private,
    /// Everybody, as with a public key.
    Public,
}

const REF_KEYS: &[&str] = &["file", "env"];
const REF_OR_VALUE_KEYS: &[&str] = &["file", "env", "value"];

impl<'a> Reading<'a> {
    /// A secret by reference.
    pub(crate) fn secret(&mut self, found: &Found<'a>, clear: InTheClear) -> Option<Secret> {
        let text = match self.secret_ref(found, clear)? {
            SecretRef::File(path) => self.secret_file(found, &path, Privacy::Private)?,
            SecretRef::Env(name) => self.secret_env(found, &name)?,
            SecretRef::Plain(text) => text,
        };
        let text = text.trim();
        if text.is_empty() {
            self.fault(&found.spot, "is empty", "put the value where the reference points");
            return None;
        }
        Some(Secret::new(text))
    }

    /// A text in a file that others may read.
    pub(crate) fn public_file(&mut self, found: &Found<'a>) -> Option<String> {
        match self.secret_ref(found, InTheClear::Fine)? {
            SecretRef::File(path) => self.secret_file(found, &path, Privacy::Public),
            SecretRef::Env(name) => self.secret_env(found, &name),
            SecretRef::Plain(text) => Some(text),
        }
    }

    fn secret_ref(&mut self, found: &Found<'a>, clear: InTheClear) -> Option<SecretRef> {
        match found.value {
            DeValue::Table(_) => self.secret_table(found, clear),
            DeValue::String(text) => self.in_the_clear(found, text.to_string(), clear),
            _ => {
                self.wrong_type(found, "{ file = \"…\" } or { env = \"…\" }");
                None
            }
        }
    }

    fn secret_table(&mut self, found: &Found<'a>, clear: InTheClear) -> Option<SecretRef> {
        let known = match clear {
            InTheClear::Refused => REF_KEYS,
            InTheClear::Warned | InTheClear::Fine => REF_OR_VALUE_KEYS,
        };
        let faults = self.faults.len();
        let section = self.section(found, known)?;
        if self.faults.len() > faults {
            return None;
        }
        match (section.get("file"), section.get("env"), section.get("value")) {
            (Some(file), None, None) => Some(SecretRef::File(self.text(&file)?.into())),
            (None, Some(env), None) => self.text(&env).map(SecretRef::Env),
            (None, None, Some(value)) => {
                let text = self.text(&value)?;
                self.in_the_clear(found, text, clear)
            }
            _ => {
                let todo = format!("name exactly one of: {}", known.join(", "));
                self.fault(&found.spot, "does not say where the value is", todo);
                None
            }
        }
    }

    fn in_the_clear(&mut self, found: &Found<'a>, text: String, clear: InTheClear) -> Option<SecretRef> {
        let what = "stands in this file in the clear";
        let todo = "put it into a file of its own (chmod 600) and write { file = \"…\" }, or { env = \"…\" }";
        match clear {
            InTheClear::Refused => {
                self.fault(&found.spot, what, todo);
                return None;
            }
            InTheClear::Warned => self.warn(&found.spot, what, todo),
            InTheClear::Fine => {}
        }
        Some(SecretRef::Plain(text))
    }

    fn secret_env(&mut self, found: &Found<'a>, name: &str) -> Option<String> {
        let value = self.env(name);
        if value.is_none() {
            self.fault(
                &found.spot,
                format!("the environment has no variable {name}"),
                "set it before the start, or write { file = \"…\" }",
            );
        }
        value
    }

    fn secret_file(&mut self, found: &Found<'a>, name: &PathBuf, privacy: Privacy) -> Option<String> {
        self.secret_at(&found.spot, name, privacy)
    }

    /// What stands in a file that something at `spot` names.
    pub(crate) fn secret_at(&mut self, spot: &Spot, name: &PathBuf, privacy: Privacy) -> Option<String> {
        let path = self.beside(name);
        let shown = path.display();
        let faulty = |what: String, todo: String| Err((what, todo));
        let read = match fs::metadata(&path) {
            Err(error) => faulty(
                format!("{shown} cannot be read ({error})"),
                "make the file, or correct the name".to_owned(),
            ),
            Ok(meta) if privacy == Privacy::Private && meta.permissions().mode() & 0o077 != 0 => {
                faulty(format!("{shown} can be read by others"), format!("run chmod 600 {shown}"))
            }
            Ok(meta) if meta.len() > SECRET_MOST => faulty(
                format!("{shown} is longer than {SECRET_MOST} bytes"),
                "name the file that holds only this value".to_owned(),
            ),
            Ok(_) => fs::read_to_string(&path).map_err(|error| {
                let what = format!("{shown} cannot be read ({error})");
                (what, "correct the file".to_owned())
            }),
        };
        read.map_err(|(what, todo)| self.fault(spot, what, todo)).ok()
    }

    /// A path as seen from the configuration's own directory.
    pub(crate) fn beside(&self, path: impl AsRef<std::path::Path>) -> PathBuf {
        self.file.parent().map_or_else(|| path.as_ref().to_owned(), |dir| dir.join(&path))
    }
}

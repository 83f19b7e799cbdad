//! Files that messages carry.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::image;
use super::{World, WorldError};

/// The biggest file, in bytes.
pub const FILE_LIMIT: usize = 20 * 1024 * 1024;
/// The biggest photo, in bytes.
pub const PHOTO_LIMIT: usize = 10 * 1024 * 1024;
/// Bytes of files kept in the whole world; the oldest files are forgotten, their messages stay.
pub const FILES_KEPT: usize = 256 * 1024 * 1024;

/// The longest name of a file, in characters; more are dropped.
const NAME_LIMIT: usize = 255;
/// File ids begin here, so that nobody takes them for another kind of id.
const FIRST_FILE: i64 = 5_100_000_000_000_000_000;

/// A file as a message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Unique in the world.
    pub id: i64,
    /// The name its sender gave it.
    pub name: String,
    /// The media type.
    pub mime: String,
    /// In bytes.
    pub size: usize,
    /// Unix seconds.
    pub date: i64,
    /// What it measures, where it was sent to be seen as a photo.
    pub photo: Option<Size>,
}

/// What a photo measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// The bytes of all files, by id.
#[derive(Debug, Default)]
pub(super) struct Files {
    kept: BTreeMap<i64, (Document, Arc<[u8]>)>,
    bytes: usize,
    last: i64,
}

impl Files {
    fn keep(&mut self, document: Document, bytes: Vec<u8>) {
        self.bytes += bytes.len();
        self.kept.insert(document.id, (document, bytes.into()));
        while self.bytes > FILES_KEPT
            && let Some((_, (_, oldest))) = self.kept.pop_first()
        {
            self.bytes -= oldest.len();
        }
    }
}

impl World {
    /// Keeps a file, so that a message can carry it: 1 byte to [`FILE_LIMIT`].
    pub fn keep_file(&self, name: &str, mime: &str, bytes: Vec<u8>) -> Result<Document, WorldError> {
        check(&bytes, FILE_LIMIT)?;
        Ok(self.keep(name, mime, bytes, None))
    }

    /// The same for a photo: a PNG, JPEG, GIF or WebP of at most [`PHOTO_LIMIT`], kept as it is.
    pub fn keep_photo(&self, bytes: Vec<u8>) -> Result<Document, WorldError> {
        check(&bytes, PHOTO_LIMIT)?;
        let image::Picture { mime, ending, width, height } =
            image::read(&bytes).ok_or(WorldError::PhotoInvalid)?;
        Ok(self.keep(&format!("photo.{ending}"), mime, bytes, Some(Size { width, height })))
    }

    fn keep(&self, name: &str, mime: &str, bytes: Vec<u8>, photo: Option<Size>) -> Document {
        let date = self.now();
        let mut state = self.lock();
        state.files.last += 1;
        let document = Document {
            id: FIRST_FILE + state.files.last,
            name: name.chars().take(NAME_LIMIT).collect(),
            mime: mime.to_owned(),
            size: bytes.len(),
            date,
            photo,
        };
        state.files.keep(document.clone(), bytes);
        document
    }

    /// A file and its bytes; `None` for one that is unknown or forgotten.
    pub fn file(&self, id: i64) -> Option<(Document, Arc<[u8]>)> {
        self.lock().files.kept.get(&id).cloned()
    }
}

fn check(bytes: &[u8], limit: usize) -> Result<(), WorldError> {
    match bytes.len() {
        0 => Err(WorldError::FileEmpty),
        size if size > limit => Err(WorldError::FileTooBig { size, limit }),
        _ => Ok(()),
    }
}

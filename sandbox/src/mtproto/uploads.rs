//! Parts of files that clients upload, until a message carries them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::world::{FILE_LIMIT, UserId};

/// The biggest part, in bytes.
pub const PART_LIMIT: usize = 512 * 1024;
/// What the size of a part is a multiple of, unless it is the last.
const PART_STEP: usize = 1024;
/// Bytes that wait at once; the oldest uploads are forgotten.
const WAITING_LIMIT: usize = 64 * 1024 * 1024;

/// Why a part was not taken, or a file is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPart {
    /// Nothing in it.
    Empty,
    /// More than [`PART_LIMIT`].
    TooBig,
    /// Its number is no part's of a file that may be kept.
    Number,
    /// Its size is no multiple of 1 KiB though others follow.
    Size,
    /// This part never came.
    Missing(usize),
    /// What came is not what the client sent.
    Checksum,
}

#[derive(Debug)]
struct Upload {
    number: u64,
    parts: BTreeMap<usize, Vec<u8>>,
}

#[derive(Debug, Default)]
struct Waiting {
    uploads: BTreeMap<(UserId, i64), Upload>,
    bytes: usize,
    last: u64,
}

/// What was uploaded and waits to be sent.
#[derive(Debug, Default)]
pub struct Uploads {
    waiting: Mutex<Waiting>,
}

impl Uploads {
    /// Takes a part of a file, which the client numbers as it likes; a part that comes again replaces the first.
    pub fn keep(&self, account: UserId, file: i64, part: i32, bytes: Vec<u8>) -> Result<(), BadPart> {
        if bytes.is_empty() {
            return Err(BadPart::Empty);
        }
        if bytes.len() > PART_LIMIT {
            return Err(BadPart::TooBig);
        }
        let part = usize::try_from(part).ok().filter(|part| *part < FILE_LIMIT / PART_STEP);
        let part = part.ok_or(BadPart::Number)?;
        self.lock().keep((account, file), part, bytes);
        Ok(())
    }

    /// The whole of a file of so many parts; the upload is forgotten. `md5` in hexadecimal; empty: not told.
    pub fn take(&self, account: UserId, file: i64, parts: i32, md5: &str) -> Result<Vec<u8>, BadPart> {
        let parts = usize::try_from(parts).ok().filter(|parts| *parts > 0).ok_or(BadPart::Number)?;
        let mut waiting = self.lock();
        let upload = waiting.uploads.get(&(account, file)).ok_or(BadPart::Missing(0))?;
        if let Some(missing) = (0..parts).find(|part| !upload.parts.contains_key(part)) {
            return Err(BadPart::Missing(missing));
        }
        let uneven = |(part, bytes): (&usize, &Vec<u8>)| part + 1 < parts && bytes.len() % PART_STEP != 0;
        if upload.parts.iter().any(uneven) {
            return Err(BadPart::Size);
        }
        let upload = waiting.forget((account, file)).unwrap_or_default();
        let whole: Vec<u8> = upload.into_values().take(parts).flatten().collect();
        let is_whole = md5.is_empty() || format!("{:x}", md5::compute(&whole)).eq_ignore_ascii_case(md5);
        if is_whole { Ok(whole) } else { Err(BadPart::Checksum) }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn keep(&mut self, file: (UserId, i64), part: usize, bytes: Vec<u8>) {
        self.last += 1;
        let number = self.last;
        self.bytes += bytes.len();
        let upload = self.uploads.entry(file).or_insert(Upload { number, parts: BTreeMap::new() });
        if let Some(before) = upload.parts.insert(part, bytes) {
            self.bytes -= before.len();
        }
        while self.bytes > WAITING_LIMIT {
            let oldest = self.uploads.iter().min_by_key(|(_, upload)| upload.number).map(|(file, _)| *file);
            let Some(oldest) = oldest else { return };
            self.forget(oldest);
        }
    }

    fn forget(&mut self, file: (UserId, i64)) -> Option<BTreeMap<usize, Vec<u8>>> {
        let parts = self.uploads.remove(&file)?.parts;
        self.bytes -= parts.values().map(Vec::len).sum::<usize>();
        Some(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELY: UserId = UserId(1);

    #[test]
    fn parts_come_in_any_order_and_make_a_file_once() {
        let uploads = Uploads::default();
        uploads.keep(ELY, 7, 1, b"end".to_vec()).unwrap();
        let take = |account| uploads.take(account, 7, 2, "");
        assert_eq!(take(ELY), Err(BadPart::Missing(0)));
        uploads.keep(ELY, 7, 0, vec![1; 1000]).unwrap();
        assert_eq!(take(ELY), Err(BadPart::Size));
        uploads.keep(ELY, 7, 0, vec![1; 1024]).unwrap();
        assert_eq!(take(UserId(2)), Err(BadPart::Missing(0)), "uploads are one's own");
        assert_eq!(take(ELY).unwrap().len(), 1027);
        assert_eq!(take(ELY), Err(BadPart::Missing(0)));
    }

    #[test]
    fn what_came_is_what_was_sent() {
        let uploads = Uploads::default();
        let wrong = "0".repeat(32);
        let take = |md5| {
            uploads.keep(ELY, 7, 0, b"step one".to_vec()).unwrap();
            uploads.take(ELY, 7, 1, md5)
        };
        assert_eq!(take(&wrong), Err(BadPart::Checksum));
        let right = format!("{:X}", md5::compute(b"step one"));
        assert_eq!(take(&right), Ok(b"step one".to_vec()), "in any case");
    }

    #[test]
    fn bad_parts_are_refused_and_old_uploads_forgotten() {
        let uploads = Uploads::default();
        let keep = |part, size| uploads.keep(ELY, 7, part, vec![0; size]);
        assert_eq!(keep(0, 0), Err(BadPart::Empty));
        assert_eq!(keep(0, PART_LIMIT + 1), Err(BadPart::TooBig));
        assert_eq!((keep(-1, 1), keep(i32::MAX, 1)), (Err(BadPart::Number), Err(BadPart::Number)));
        keep(0, 1024).unwrap();
        for file in 0..WAITING_LIMIT / PART_LIMIT {
            uploads.keep(ELY, 100 + i64::try_from(file).unwrap(), 0, vec![0; PART_LIMIT]).unwrap();
        }
        assert_eq!(uploads.take(ELY, 7, 1, ""), Err(BadPart::Missing(0)));
        assert!(uploads.lock().bytes <= WAITING_LIMIT);
    }
}

//! A log file whose name may have the date in it: its end, or what came after a place.

use std::io::SeekFrom;
use std::os::unix::fs::MetadataExt as _;

use jiff::{ToSpan as _, Zoned};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

/// So far back from its end a file is read, in bytes.
const READ_MOST: u64 = 512 * 1024;
/// A private key that is not written to its end is waited for, up to so many bytes.
const KEY_MOST: usize = 16 * 1024;
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// A part of a log.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its lines. Where somebody goes on from its end, the last one is whole.
    pub text: String,
    /// Where it ends.
    pub place: String,
    /// Between the place that was named and this there was more, or may have been.
    pub gap: bool,
}

/// A place in a log: which file, by its number and its name, and a byte of it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place<'a> {
    inode: u64,
    at: u64,
    name: &'a str,
}

impl<'a> Place<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (inode, rest) = text.split_once(' ')?;
        let (at, name) = rest.split_once(' ')?;
        Some(Self { inode: inode.parse().ok()?, at: at.parse().ok()?, name })
    }
}

/// The end of today's file or, where there is none yet, of yesterday's; what came `after` a place, if that names one, also
/// what yesterday's file had left. An empty place is one of somebody who begins to follow.
pub(super) async fn read(pattern: &str, after: Option<&str>, now: &Zoned) -> Result<Piece, String> {
    let name = |day: &Zoned| {
        jiff::fmt::strtime::format(pattern, day)
            .map_err(|error| format!("its log is named {pattern}, which is no pattern: {error}"))
    };
    let today = name(now)?;
    let yesterday = now.checked_sub(1.day()).ok().map(|day| name(&day)).transpose()?;
    let yesterday = yesterday.filter(|name| *name != today);
    let failed = |error: std::io::Error| format!("its log {today} can't be read: {error}");
    let (mut file, opened) = match (File::open(&today).await, &yesterday) {
        (Ok(file), _) => (file, &today),
        (Err(error), Some(yesterday)) => (File::open(yesterday).await.map_err(|_| failed(error))?, yesterday),
        (Err(error), None) => return Err(failed(error)),
    };
    let place = after.and_then(Place::read);
    let whole = after.is_some();
    match place {
        // Its last line may be whole without an end: nothing comes after it.
        Some(place) if place.name != opened => {
            let new = piece(&mut file, opened, None, whole).await.map_err(failed)?;
            let is_yesterdays = yesterday.as_deref() == Some(place.name);
            let Some(mut before) = File::open(place.name).await.ok().filter(|_| is_yesterdays) else {
                return Ok(Piece { gap: true, ..new });
            };
            let left = piece(&mut before, place.name, Some(place), false).await.map_err(failed)?;
            Ok(Piece { text: joined(&left.text, &new.text), gap: left.gap, ..new })
        }
        place => piece(&mut file, opened, place, whole).await.map_err(failed),
    }
}

fn joined(one: &str, other: &str) -> String {
    [one, other].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What a file has after a place, or all; `whole`: its lines alone that have an end.
async fn piece(file: &mut File, name: &str, after: Option<Place<'_>>, whole: bool) -> std::io::Result<Piece> {
    let (length, inode) = file.metadata().await.map(|meta| (meta.len(), meta.ino()))?;
    let same = after.filter(|place| place.inode == inode && place.at <= length);
    let start = same.map_or(0, |place| place.at);
    let from = start.max(length.saturating_sub(READ_MOST));
    file.seek(SeekFrom::Start(from)).await?;
    let mut bytes = Vec::new();
    file.take(READ_MOST).read_to_end(&mut bytes).await?;
    let line_end = |bytes: &[u8]| bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
    // Where something was passed over, the first line is not whole, nor may a key be.
    let head = if from > start { line_end(&bytes).unwrap_or(bytes.len()) } else { 0 };
    let tail = match bytes.iter().rposition(|byte| *byte == b'\n') {
        Some(last) if whole => last + 1,
        None if whole => head,
        _ => bytes.len(),
    };
    let text = String::from_utf8_lossy(&bytes[head..tail.max(head)]);
    let known = if from > start { after_a_cut_key(&text) } else { &text };
    let told = if whole { before_an_open_key(known) } else { known };
    let end = from + (tail.max(head) as u64).saturating_sub((known.len() - told.len()) as u64);
    let gap = after.is_some() && (same.is_none() || from > start);
    Ok(Piece { text: told.trim_end_matches('\n').to_owned(), place: format!("{inode} {end} {name}"), gap })
}

/// Without the end of a private key whose beginning was passed over.
fn after_a_cut_key(text: &str) -> &str {
    match text.find(END) {
        Some(end) if text.find(BEGIN).is_none_or(|begin| begin > end) => {
            text[end..].find('\n').map_or("", |line| &text[end + line + 1..])
        }
        _ => text,
    }
}

/// Up to a private key that is still being written: the rest of it would not be known for one.
fn before_an_open_key(text: &str) -> &str {
    let Some(begin) = text.rfind(BEGIN).filter(|begin| text.len() - begin <= KEY_MOST) else { return text };
    let is_key = text[begin..].lines().next().is_some_and(|line| line.contains("PRIVATE KEY"));
    let line = text[..begin].rfind('\n').map_or(0, |line| line + 1);
    let is_open = is_key && !text[begin..].contains(END) && text[line..].is_ascii();
    if is_open { &text[..line] } else { text }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn at(day: &str) -> Zoned {
        format!("{day}T00:00:10[UTC]").parse().unwrap()
    }

    async fn text(pattern: &str, day: &str) -> Result<String, String> {
        read(pattern, None, &at(day)).await.map(|piece| piece.text)
    }

    fn add(path: &std::path::Path, text: &str) {
        let file = std::fs::File::options().create(true).append(true).open(path);
        file.unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// What comes after a place, whether something is missing, and the next place.
    async fn follow(pattern: &str, day: &str, place: &mut String) -> (String, bool) {
        let piece = read(pattern, Some(place), &at(day)).await.unwrap();
        *place = piece.place;
        (piece.text, piece.gap)
    }

    #[tokio::test]
    async fn the_day_is_in_its_name_and_yesterday_counts_right_after_midnight() {
        let folder = tempfile::tempdir().unwrap();
        let pattern = folder.path().join("agent-%Y-%m-%d.log");
        let pattern = pattern.to_str().unwrap();
        add(&folder.path().join("agent-2026-11-26.log"), "a\nb\nc");
        assert_eq!(text(pattern, "2026-11-26").await.unwrap(), "a\nb\nc");
        assert_eq!(text(pattern, "2026-11-27").await.unwrap(), "a\nb\nc");
        let missing = text(pattern, "2026-11-28").await.unwrap_err();
        assert!(missing.contains("agent-2026-11-28.log can't be read"), "{missing}");
    }

    #[tokio::test]
    async fn of_a_long_file_only_its_end_is_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        add(file.path(), &"0123456789\n".repeat(200_000));
        let read = text(file.path().to_str().unwrap(), "2026-11-26").await.unwrap();
        assert!(read.len() as u64 <= READ_MOST && read.lines().all(|line| line.len() == 10));
    }

    #[tokio::test]
    async fn what_is_new_is_told_once_however_alike_its_lines_are() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("agent.log");
        let (name, mut place) = (log.to_str().unwrap(), String::new());
        add(&log, &format!("{}\n", "x".repeat(200)).repeat(5_000));
        follow(name, "2026-11-26", &mut place).await;
        assert_eq!(follow(name, "2026-11-26", &mut place).await, (String::new(), false));
        for _ in 0..3 {
            add(&log, &format!("{0}\n{0}\n{0}", "x".repeat(200)));
            let (new, gap) = follow(name, "2026-11-26", &mut place).await;
            assert!(!gap && new.lines().all(|line| line.len() == 200), "{new}");
            assert_eq!(new.lines().count(), 2, "half a line is none yet");
            add(&log, "\n");
            assert_eq!(follow(name, "2026-11-26", &mut place).await.0.len(), 200);
        }
        add(&log, &format!("{}\n", "y".repeat(200)).repeat(5_000));
        let (new, gap) = follow(name, "2026-11-26", &mut place).await;
        assert!(gap && new.lines().all(|line| line.len() == 200), "more than is read at once");
        std::fs::write(&log, "anew\n").unwrap();
        assert_eq!(follow(name, "2026-11-26", &mut place).await, ("anew".into(), true));
    }

    #[tokio::test]
    async fn nothing_is_lost_at_midnight() {
        let folder = tempfile::tempdir().unwrap();
        let file = |day: &str| folder.path().join(format!("agent-{day}.log"));
        let pattern = file("%Y-%m-%d");
        let (pattern, mut place) = (pattern.to_str().unwrap(), String::new());
        add(&file("2026-11-26"), "one\n");
        assert_eq!(follow(pattern, "2026-11-26", &mut place).await, ("one".into(), false));
        add(&file("2026-11-26"), "two\n");
        add(&file("2026-11-27"), "three\n");
        assert_eq!(follow(pattern, "2026-11-27", &mut place).await, ("two\nthree".into(), false));
        add(&file("2026-11-27"), "four\n");
        assert_eq!(follow(pattern, "2026-11-27", &mut place).await, ("four".into(), false));
    }

    #[tokio::test]
    async fn a_key_is_told_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("agent.log");
        let (name, mut place) = (log.to_str().unwrap(), String::new());
        let body = "SANDBOX+".repeat(8);
        add(&log, &format!("one\n-----BEGIN PRIVATE KEY-----\n{body}\n"));
        assert_eq!(follow(name, "2026-11-26", &mut place).await, ("one".into(), false));
        add(&log, &format!("{body}\n-----END PRIVATE KEY-----\ntwo\n"));
        let (new, _) = follow(name, "2026-11-26", &mut place).await;
        assert!(new.starts_with("-----BEGIN PRIVATE KEY-----") && new.ends_with("two"), "{new}");
        add(&log, &format!("-----BEGIN PRIVATE KEY-----\n{}", format!("{body}\n").repeat(9_000)));
        add(&log, "-----END PRIVATE KEY-----\nthree\n");
        assert_eq!(follow(name, "2026-11-26", &mut place).await, ("three".into(), true));
    }
}

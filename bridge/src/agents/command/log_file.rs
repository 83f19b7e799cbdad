//! The last lines of a log file whose name may have the date in it.

use std::io::SeekFrom;

use jiff::{ToSpan as _, Zoned};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

/// So far back from its end a file is read, in bytes.
const READ_MOST: u64 = 512 * 1024;

/// The last lines, of today's file or, where there is none yet, of yesterday's.
pub(super) async fn last(pattern: &str, lines: usize, now: &Zoned) -> Result<String, String> {
    let name = |day: &Zoned| {
        jiff::fmt::strtime::format(pattern, day)
            .map_err(|error| format!("its log is named {pattern}, which is no pattern: {error}"))
    };
    let today = name(now)?;
    let yesterday = now.checked_sub(1.day()).ok().map(|day| name(&day)).transpose()?;
    let mut file = match (File::open(&today).await, yesterday.filter(|name| *name != today)) {
        (Ok(file), _) => file,
        (Err(error), Some(yesterday)) => {
            File::open(yesterday).await.map_err(|_| format!("its log {today} can't be read: {error}"))?
        }
        (Err(error), None) => return Err(format!("its log {today} can't be read: {error}")),
    };
    end_of(&mut file, lines).await.map_err(|error| format!("its log {today} can't be read: {error}"))
}

async fn end_of(file: &mut File, lines: usize) -> std::io::Result<String> {
    let length = file.metadata().await?.len();
    let from = length.saturating_sub(READ_MOST);
    file.seek(SeekFrom::Start(from)).await?;
    let mut bytes = Vec::new();
    file.take(READ_MOST).read_to_end(&mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<_> = text.lines().skip(usize::from(from > 0)).collect();
    Ok(all[all.len().saturating_sub(lines)..].join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> Zoned {
        format!("{day}T00:00:10[UTC]").parse().unwrap()
    }

    #[tokio::test]
    async fn the_day_is_in_its_name_and_yesterday_counts_right_after_midnight() {
        let folder = tempfile::tempdir().unwrap();
        let pattern = folder.path().join("agent-%Y-%m-%d.log");
        let pattern = pattern.to_str().unwrap();
        std::fs::write(folder.path().join("agent-2026-11-26.log"), "a\nb\nc\n").unwrap();
        assert_eq!(last(pattern, 2, &at("2026-11-26")).await.unwrap(), "b\nc");
        assert_eq!(last(pattern, 9, &at("2026-11-27")).await.unwrap(), "a\nb\nc");
        let missing = last(pattern, 9, &at("2026-11-28")).await.unwrap_err();
        assert!(missing.contains("agent-2026-11-28.log can't be read"), "{missing}");
    }

    #[tokio::test]
    async fn of_a_long_file_only_its_end_is_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "0123456789\n".repeat(200_000)).unwrap();
        let read = last(file.path().to_str().unwrap(), 100_000, &at("2026-11-26")).await.unwrap();
        assert!(read.len() as u64 <= READ_MOST && read.lines().all(|line| line.len() == 10));
    }
}

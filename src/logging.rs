//! Logging to standard error, in colour only on a terminal, and never a secret.

use std::collections::VecDeque;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError, RwLock};

use anyhow::Context;
use commands::effect::{Effect, Slot};
use commands::ids::AgentId;
use commands::secrets::{self, KnownTokens};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// The tokens of the configuration, once it is read; what is told by its shape is masked before that too.
static KNOWN: RwLock<Option<KnownTokens>> = RwLock::new(None);

/// grammers warns of every connection that ends; that they come back, and what if they don't, is told by ourselves.
const QUIETER: &str = "grammers_mtsender=error";

/// Starts logging what `filter` lets through; of grammers only errors, unless the filter names it.
///
/// # Errors
/// A filter that can't be read.
pub fn start(filter: &str) -> anyhow::Result<()> {
    let wanted = EnvFilter::try_new(filter)
        .with_context(|| format!("--log {filter}: not a filter; try info, or bridge=debug,warn"))?;
    let filter = if filter.contains("grammers") { wanted } else { wanted.add_directive(QUIETER.parse()?) };
    let shown = fmt::layer()
        .with_writer(|| Masked(io::stderr()))
        .with_ansi(io::stderr().is_terminal())
        .with_filter(filter);
    let kept = fmt::layer().with_writer(|| Masked(Kept)).with_ansi(false).with_filter(EnvFilter::new(KEPT));
    tracing_subscriber::registry().with(shown).with(kept).init();
    Ok(())
}

/// What is kept for `/mesh logs`, whatever is shown. grammers tells what people write at `trace` only.
const KEPT: &str = "warn,mesh=info,bot=info,bridge=info,sessions=info";
/// So many lines are kept ...
const KEPT_LINES: usize = 500;
/// ... of so many characters each.
const KEPT_LENGTH: usize = 1_000;

static LINES: Mutex<Lines> = Mutex::new(Lines { kept: VecDeque::new(), count: 0 });

/// What was logged.
struct Lines {
    kept: VecDeque<String>,
    /// So many lines were logged in all.
    count: u64,
}

/// The last lines that were logged, the newest last, without secrets.
pub fn last(lines: usize) -> Vec<String> {
    let Lines { kept, .. } = &*LINES.lock().unwrap_or_else(PoisonError::into_inner);
    kept.iter().skip(kept.len().saturating_sub(lines)).cloned().collect()
}

/// The same, of those that came after the first `place`; then how many there were in all, and whether others came between
/// that are not kept any more. A place beyond the last is one of an earlier run.
pub fn after(place: Option<u64>, most: usize) -> (Vec<String>, u64, bool) {
    let Lines { kept, count } = &*LINES.lock().unwrap_or_else(PoisonError::into_inner);
    let is_of_before = place.is_some_and(|place| place > *count);
    let new = place.map(|place| count.checked_sub(place).unwrap_or(*count));
    let new = new.map(|new| usize::try_from(new).unwrap_or(usize::MAX));
    let told = new.unwrap_or(most).min(most).min(kept.len());
    let lines = kept.iter().skip(kept.len() - told).cloned().collect();
    (lines, *count, is_of_before || new.is_some_and(|new| new > told))
}

/// Keeps the last lines in memory.
struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let Lines { kept, count } = &mut *LINES.lock().unwrap_or_else(PoisonError::into_inner);
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            kept.push_back(line.chars().take(KEPT_LENGTH).collect());
            *count += 1;
        }
        let over = kept.len().saturating_sub(KEPT_LINES);
        kept.drain(..over);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Masks these tokens too, from now on.
pub fn mask(known: KnownTokens) {
    *KNOWN.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
}

/// Masks one more token from now on.
pub fn learn(what: &str, owner: AgentId, token: &str) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known.as_mut() {
        known.learn(what, Some(owner), token);
    }
}

/// A text without the secrets in it.
pub fn masked(text: &str) -> String {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    secrets::masked(text, known.as_ref().unwrap_or(&KnownTokens::default())).into_owned()
}

/// Writes what it is given without the secrets in it. An event is one write.
struct Masked<W>(W);

impl<W: Write> Write for Masked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.write_all(masked(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// An effect that came to nothing, without the words of a text: they are somebody's. An Exec who never wrote to the bot
/// can't be written to by it; that a stranger asked is then not said to them, and nobody has to do anything about it.
pub fn given_up(effect: &Effect, why: &str) {
    let chat = effect.chat().map(|chat| format!(" in chat {chat}")).unwrap_or_default();
    let kind = effect.kind();
    if matches!(effect, Effect::Post { slot: Slot::Request(_), .. }) {
        tracing::info!("{kind}{chat} was given up: {why}");
    } else {
        tracing::warn!("{kind}{chat} was given up: {why}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept() {
        for number in 0..600 {
            Kept.write_all(format!("line {number}\n").as_bytes()).unwrap();
        }
        assert_eq!(last(2), ["line 598", "line 599"]);
        assert_eq!(last(1_000).len(), KEPT_LINES);
        let (lines, place, gap) = after(None, 1);
        assert_eq!((lines, gap), (vec!["line 599".to_owned()], false));
        assert_eq!(after(Some(place), 9), (vec![], place, false));
        assert_eq!(after(Some(place - 2), 9).0, ["line 598", "line 599"]);
        let (lines, _, gap) = after(Some(place - 3), 2);
        assert!(lines == ["line 598", "line 599"] && gap);
        let (lines, _, gap) = after(Some(place + 9), 1);
        assert!(lines == ["line 599"] && gap, "the node was started anew");
    }

    #[test]
    fn no_log_line_shows_a_secret() {
        let mut lines = Vec::new();
        let event = format!("put off effect=Tell {{ text: \"password: {}\" }}\n", "abc".repeat(5));
        Masked(&mut lines).write_all(event.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(lines).unwrap(),
            "put off effect=Tell { text: \"password: ‹secret›\" }\n"
        );
    }
}

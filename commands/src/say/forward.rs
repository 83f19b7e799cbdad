//! The words round what is passed on.

use super::short;

/// So many characters of an announcement are passed on.
const PASSED_ON_MOST: usize = 2_000;

/// To an agent: somebody's announcement, whole unless it is too long.
pub fn forwarded(from: &str, text: &str) -> String {
    let text = text.trim();
    let more = if text.chars().count() > PASSED_ON_MOST { "…" } else { "" };
    let text: String = text.chars().take(PASSED_ON_MOST).collect();
    format!("Forwarded from {from}; nothing was applied:\n{text}{more}")
}

/// To one who announces something to a name that nobody bears.
pub fn nobody(name: &str) -> String {
    format!("Nobody is called \"{}\".", short(name))
}

/// A name of a file, short enough to be remembered.
pub fn cut(file: &str) -> String {
    short(file).into_owned()
}

/// In the audit: to whom it went.
pub fn went_to<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<_> = names.iter().map(AsRef::as_ref).collect();
    if names.is_empty() { "forwarded to nobody".into() } else { format!("forwarded to {}", names.join(", ")) }
}

/// In the audit: it changes nothing.
pub fn noted() -> String {
    "noted; nothing changes".into()
}

/// In the audit: what was said, by its kind and first line.
pub fn first_line(kind: &str, text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    format!("{kind}: {}", short(line))
}

//! Secrets in a text, recognised by a closed list, so that they are never repeated: not on the board, not in the
//! journal, not in a log line. What is no part of the list is not looked for: no guess by how random a word looks.

mod code;
mod known;
mod labelled;
mod mask;
mod named;
mod pem;
mod shapes;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

pub use known::KnownTokens;
pub use mask::{MASK, cover, masked};
pub use named::{NEVER_BY_CHAT, counts_tokens, is_name, is_setting};

use crate::ids::AgentId;

/// No secret is shorter, a login code apart: a text without such a run of characters is done with at once.
const RUN_LEAST: usize = 12;

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it stands, on character boundaries.
    pub bytes: Range<usize>,
    /// What people call it, with its article: `a bot token`.
    pub what: Cow<'static, str>,
    /// The agent it belongs to, where that can be told.
    pub owner: Option<AgentId>,
    /// It can be nothing else: may be deleted without asking.
    pub certain: bool,
}

impl Found {
    fn new(bytes: Range<usize>, what: impl Into<Cow<'static, str>>) -> Self {
        Self { bytes, what: what.into(), owner: None, certain: false }
    }

    fn certain(self) -> Self {
        Self { certain: true, ..self }
    }

    fn of(self, owner: Option<AgentId>) -> Self {
        Self { owner, ..self }
    }
}

/// The secrets of a text, in order, none overlapping. `code_expected`: a sign-in is open, so five or six digits with
/// the word *code* are one.
pub fn find(text: &str, known: &KnownTokens, code_expected: bool) -> Vec<Found> {
    let runs: Vec<_> = runs(text).collect();
    if runs.is_empty() && !code_expected {
        return Vec::new();
    }
    let mut found = of_itself(text, &runs, known);
    let mut see = |each| add(&mut found, each);
    for run in &runs {
        labelled::find(text, run, &mut see);
    }
    if code_expected {
        code::find(text, &mut see);
    }
    found.sort_by_key(|each| each.bytes.start);
    found
}

/// The same, without what is told by the word before it alone: for texts of our own making, in which a task's name
/// may come to stand before a colon.
pub(crate) fn is_in(text: &str, known: &KnownTokens) -> bool {
    let runs: Vec<_> = runs(text).collect();
    !runs.is_empty() && !of_itself(text, &runs, known).is_empty()
}

fn of_itself(text: &str, runs: &[Range<usize>], known: &KnownTokens) -> Vec<Found> {
    let mut found = Vec::new();
    if runs.is_empty() {
        return found;
    }
    let mut see = |each| add(&mut found, each);
    for run in runs {
        known.find(text, run, &mut see);
        shapes::bot_tokens(text, run, &mut see);
    }
    pem::find(text, &mut see);
    for run in runs {
        shapes::vendors(text, run, &mut see);
    }
    found
}

/// What overlaps is one: the first found says what it is.
fn add(found: &mut Vec<Found>, new: Found) {
    let touches = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
    let Some(mut whole) = found.iter().find(|each| touches(&each.bytes, &new.bytes)).cloned() else {
        return found.push(new);
    };
    whole.bytes = whole.bytes.start.min(new.bytes.start)..whole.bytes.end.max(new.bytes.end);
    found.retain(|each| !touches(&each.bytes, &whole.bytes));
    found.push(whole);
}

/// The runs without ASCII blanks that are long enough. Only from its end can be told whether one is: most of a text is
/// never looked at.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let is_blank = |b: &u8| *b <= b' ';
    let mut start = 0;
    std::iter::from_fn(move || {
        loop {
            let least = bytes.get(start..start + RUN_LEAST)?;
            let Some(blank) = least.iter().rposition(is_blank) else { break };
            start += blank + 1;
        }
        let len = bytes[start..].iter().position(is_blank).unwrap_or(bytes.len() - start);
        let run = start..start + len;
        start = run.end + 1;
        Some(run)
    })
}

/// Stands for a secret without being one: `****`, `<TOKEN>`, `[REDACTED]`, `$TOKEN`, `{{token}}`, what was masked.
fn is_placeholder(value: &str) -> bool {
    let mut chars = value.chars();
    let first = chars.next();
    let repeated = chars.all(|c| Some(c) == first);
    let framed = [("<", ">"), ("[", "]"), ("{", "}"), ("(", ")"), ("%", "%"), ("‹", "›"), ("«", "»")];
    let framed = framed.iter().any(|(open, close)| {
        value.starts_with(open)
            && value.trim_end_matches([',', '.', ';', '"', '\'', '`', '*']).ends_with(close)
    });
    let named =
        value.starts_with('$') || value.contains(MASK) || value.contains("...") || value.contains('…');
    let hidden =
        ["***", "xxxx", "XXXX", "•••", "redacted", "REDACTED"].iter().any(|mark| value.contains(mark));
    repeated || framed || named || hidden
}

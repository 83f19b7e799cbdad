//! A text without its secrets.

use std::borrow::Cow;
use std::ops::Range;

use super::{Found, KnownTokens, find};
use crate::grammar::Said;

/// What stands where a secret stood.
pub const MASK: &str = "‹secret›";

/// The message without them: each is one [`MASK`], and what was quoted or code still is. `found` is what
/// [`find`](super::find) gave for its text.
pub fn cover(said: &Said, found: &[Found]) -> Said {
    let text = covered(&said.text, found);
    let quoted = said.quoted.iter().map(|range| moved(range, found)).collect();
    Said { text, quoted }
}

/// A text for a log line: whatever is in the list is masked, a login code apart.
pub fn masked<'a>(text: &'a str, known: &KnownTokens) -> Cow<'a, str> {
    let found = find(text, known, false);
    if found.is_empty() { text.into() } else { covered(text, &found).into() }
}

fn covered(text: &str, found: &[Found]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for each in found {
        out.push_str(&text[from..each.bytes.start]);
        out.push_str(MASK);
        from = each.bytes.end;
    }
    out.push_str(&text[from..]);
    out
}

/// Where a range lies after the masking; one that cuts through a secret takes all of its mask.
fn moved(range: &Range<usize>, found: &[Found]) -> Range<usize> {
    let place = |at: usize, end: bool| {
        let mut shift = 0_isize;
        for each in found.iter().filter(|each| each.bytes.start < at) {
            let (start, len) = (each.bytes.start, each.bytes.len());
            if at < each.bytes.end {
                return start.saturating_add_signed(shift) + if end { MASK.len() } else { 0 };
            }
            shift += MASK.len().cast_signed() - len.cast_signed();
        }
        at.saturating_add_signed(shift)
    };
    place(range.start, false)..place(range.end, true)
}

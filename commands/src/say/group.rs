//! What holds for every text in the group: it fits, it calls no agent, and nobody can take it for grammar.

use std::borrow::Cow;

use crate::grammar::{self, Reading, Said};

/// Telegram's limit of a message, in UTF-16 units.
const MOST_UNITS: usize = 4_096;
/// Room for what is put round a text.
const ROOM: usize = 64;
/// Breaks a mention, and does not show. Readers of the grammar pass over it.
pub const JOINER: char = '\u{2060}';

/// The text as it may stand in the group.
pub fn for_the_group(text: String) -> String {
    let text = fitting(without_mentions(text));
    if is_chatter(&text) {
        return text;
    }
    // A task may be named like anything; behind a word of ours no keyword leads.
    let led = format!("Mesh: {text}");
    if is_chatter(&led) { led } else { format!("{led}\n(This is not an order.)") }
}

fn is_chatter(text: &str) -> bool {
    let said = Said::plain(text);
    [false, true].into_iter().all(|is_reply| grammar::read(&said, is_reply) == Reading::Chatter)
}

/// Whole lines, as many as Telegram takes.
fn fitting(text: String) -> String {
    let units = |text: &str| text.encode_utf16().count();
    // A unit takes a byte at least.
    if text.len() <= MOST_UNITS - ROOM || units(&text) <= MOST_UNITS - ROOM {
        return text;
    }
    let mut left = MOST_UNITS - 2 * ROOM;
    let lines = text.lines().take_while(|line| {
        let taken = units(line) + 1;
        let fits = taken <= left;
        left = left.saturating_sub(taken);
        fits
    });
    lines.chain(["…"]).collect::<Vec<_>>().join("\n")
}

/// The text in which nobody is called; the same where nobody was.
pub fn without_mentions(text: String) -> String {
    let name = |c: char| c.is_alphanumeric() || c == '_';
    let shown: Cow<'_, str> = text.as_str().into();
    let mentions = shown.contains('@')
        && shown.char_indices().any(|(at, c)| c == '@' && shown[at + 1..].starts_with(name));
    if !mentions {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        if c == '@' && chars.peek().copied().is_some_and(name) {
            out.push(JOINER);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_harmless_stays_as_it_is() {
        for text in ["🔒 Sandman has this until 14:40. You are next.", "a @ b", "Usage: `/mesh help`"] {
            assert_eq!(for_the_group(text.into()), text);
        }
    }

    #[test]
    fn nobody_is_called() {
        assert_eq!(for_the_group("🔒 ask @oracle_bot — Ely".into()), "🔒 ask @\u{2060}oracle_bot — Ely");
    }

    #[test]
    fn nothing_is_grammar() {
        for text in ["🔒 DONE: y — Sandman", "🔒 stand down — Ely", "/mesh status", "👍", "EXCLUSIVE CLAIM:"]
        {
            let safe = for_the_group(text.into());
            assert!(is_chatter(&safe) && safe.contains(text), "{safe}");
        }
    }

    #[test]
    fn everything_fits() {
        let text = vec!["🔒 a line of some length"; 400].join("\n");
        let fits = for_the_group(text);
        assert!(fits.encode_utf16().count() <= MOST_UNITS && fits.ends_with("\n…"));
    }
}

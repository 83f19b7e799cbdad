//! What follows `password`, `token` or `key` and a colon or equals sign: twelve characters without a blank.

use std::ops::Range;

use super::{Found, is_placeholder};

/// Characters of a value, at least.
const VALUE_LEAST: usize = 12;

const LABELS: &[(&str, &str)] = &[("password", "a password"), ("token", "a token"), ("key", "a key")];

/// Letters that may stand before a label in one word, beside the hump of `apiKey`.
const GLUED: &[&str] = &["api", "auth", "access", "secret", "private", "bot", "hook"];

/// Words before a label that make it no secret.
const HARMLESS: &[&str] = &["public", "idempotency"];

const QUOTES: &[char] = &['"', '\'', '`', '*', '“', '”', '‘', '’'];

/// Looks at one run without blanks: the value, alone or with its label before it.
pub(super) fn find(text: &str, run: &Range<usize>, see: &mut impl FnMut(Found)) {
    let before = text[..run.start].trim_end_matches([' ', '\t']);
    if before.ends_with(is_separator)
        && let Some(found) = valued(text, before, run.clone())
    {
        see(found);
    }
    let firsts = (run.start..).zip(&text.as_bytes()[run.clone()]);
    for (at, _) in firsts.filter(|(_, first)| starts_separator(**first)) {
        let Some(separator) = text[at..].chars().next().filter(|c| is_separator(*c)) else { continue };
        let value = at + separator.len_utf8()..run.end;
        if let Some(found) = valued(text, &text[..value.start], value) {
            see(found);
        }
    }
}

/// The first byte of a separator, and of no character's middle.
fn starts_separator(byte: u8) -> bool {
    matches!(byte, b':' | b'=' | 0xef)
}

fn is_separator(c: char) -> bool {
    matches!(c, ':' | '=' | '：')
}

/// The value, where `before` ends in a label and a separator.
fn valued(text: &str, before: &str, value: Range<usize>) -> Option<Found> {
    let before = before.trim_end_matches(is_separator).trim_end_matches([' ', '\t']);
    let label = before.trim_end_matches(QUOTES);
    let what = what(label)?;
    let raw = &text[value.clone()];
    let inner = raw.trim_start_matches(QUOTES);
    let (was_quoted, is_quoted) = (before.ends_with(['"', '\'']), raw.starts_with(QUOTES));
    // `"api key": Oracle` quotes a name, `"api key": "…"` is JSON.
    if was_quoted && !is_quoted {
        return None;
    }
    let end = if is_quoted { inner.find(QUOTES) } else { None };
    let inner = inner[..end.unwrap_or(inner.len())].trim_end_matches(is_end);
    let start = value.end - raw.trim_start_matches(QUOTES).len();
    let long = inner.chars().count() >= VALUE_LEAST && !inner.contains(char::is_whitespace);
    (long && !is_placeholder(inner) && !is_place(inner)).then(|| Found::new(start..start + inner.len(), what))
}

/// What may stand behind a value and is no part of it.
fn is_end(c: char) -> bool {
    matches!(c, ',' | '.' | ';' | '!' | '?' | ')') || QUOTES.contains(&c)
}

/// What the word at the end of `before` labels.
fn what(before: &str) -> Option<&'static str> {
    let (head, what) = LABELS.iter().find_map(|(label, what)| Some((strip_word(before, label)?, *what)))?;
    let glued = head.len() - head.trim_end_matches(|c: char| c.is_alphabetic()).len();
    let word = &head[head.len() - glued..];
    let hump = before[head.len()..].starts_with(|c: char| c.is_ascii_uppercase())
        && word.ends_with(|c: char| c.is_lowercase());
    let whole = word.is_empty() || hump || GLUED.iter().any(|known| word.eq_ignore_ascii_case(known));
    let earlier = head.trim_end_matches(|c: char| !c.is_alphanumeric());
    let harmless = HARMLESS.iter().any(|word| strip_word(earlier, word).is_some());
    (whole && !harmless).then_some(what)
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(text.len().checked_sub(word.len())?)?;
    tail.eq_ignore_ascii_case(word).then_some(head)
}

/// Where a secret is, or where to read about it, is none: a path, an address without anything hidden in it.
fn is_place(value: &str) -> bool {
    let plain =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '/' | '.' | '_' | '-' | '~');
    let path = ["/", "~/", "./", "../"].iter().any(|start| value.starts_with(start));
    let address = value.starts_with("https://") || value.starts_with("http://");
    (path && value.chars().all(plain)) || (address && !value.contains(['@', '?', '#', '=']))
}

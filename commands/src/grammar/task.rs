//! The name of a task: shown as first written, compared folded.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::characters::{closing, is_dash, is_invisible, is_noise, is_one_line, is_quote, is_stop};

/// A task: shown as first written, compared folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// As written, without its wrapping.
    pub shown: String,
    /// NFC, case-folded, blanks collapsed, quotes and end punctuation dropped. Never empty.
    pub key: String,
}

impl Task {
    /// A task by its name; none when it is nothing but punctuation.
    pub fn new(raw: &str) -> Option<Self> {
        let shown = unwrapped(raw);
        let key = Self::fold(&shown);
        let says = |c: char| !c.is_ascii_punctuation() && !c.is_whitespace() && !is_dash(c);
        key.contains(says).then_some(Self { shown, key })
    }

    /// How tasks are compared.
    pub fn fold(name: &str) -> String {
        let mut folded = if name.is_ascii() {
            collapsed(name)
        } else {
            let seen = name.chars().filter(|c| !is_invisible(*c));
            collapsed(&seen.nfc().flat_map(fold_char).nfc().collect::<String>())
        };
        folded.make_ascii_lowercase();
        let dropped = |c: char| c.is_whitespace() || is_quote(c);
        folded.truncate(folded.trim_end_matches(|c| dropped(c) || is_stop(c)).len());
        folded.drain(..folded.len() - folded.trim_start_matches(dropped).len());
        folded
    }
}

/// Case folding by way of the upper case, which joins `ß` with `SS` and `ς` with `σ`. The dotless i stays itself.
fn fold_char(c: char) -> impl Iterator<Item = char> {
    let own = (c == 'ı').then_some(c);
    let others = (c != 'ı').then_some(c).into_iter();
    own.into_iter()
        .chain(others.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase))
}

/// A value as written, without blanks, invisible marks, quotes, brackets or bold marks all round it.
pub(super) fn unwrapped(raw: &str) -> String {
    let clean: Cow<'_, str> = if !is_one_line(raw) && raw.contains(is_noise) {
        raw.chars().filter(|c| !is_noise(*c)).collect()
    } else {
        raw.into()
    };
    let mut text = clean.trim();
    while let Some(inner) = without_wrapping(text) {
        text = inner.trim();
    }
    collapsed(text)
}

/// What stands between one pair of marks, if the pair holds all of it.
fn without_wrapping(text: &str) -> Option<&str> {
    let marks = ["**", "__", "*", "_"];
    let between = |open: &str, close: &str| {
        let inner = text.strip_prefix(open)?.strip_suffix(close)?;
        let whole = !inner.contains(open) && !inner.contains(close);
        (whole && !inner.trim().is_empty()).then_some(inner)
    };
    let marked = marks.iter().find_map(|mark| between(mark, mark));
    marked.or_else(|| between("[", "]")).or_else(|| {
        let open = text.chars().next()?;
        let close = text.chars().next_back()?;
        let pair = closing(open)?.contains(&close);
        pair.then(|| between(open.encode_utf8(&mut [0; 4]), close.encode_utf8(&mut [0; 4])))?
    })
}

fn collapsed(text: &str) -> String {
    if is_one_line(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

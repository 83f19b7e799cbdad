//! Who is named in a text, found by a look at each word's first letter and length.

use std::collections::BTreeMap;

use super::roster::{Member, fold_name};
use crate::ids::UserId;

/// More words of a text are not looked at.
const WORDS_MOST: usize = 256;

/// The words by which members are called. What two are called is nobody's name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Names {
    by_word: BTreeMap<String, Option<UserId>>,
    looks: u128,
}

impl Names {
    /// Those of these members: their names and aliases, and the first word of a name of several.
    pub fn of<'a>(members: impl Iterator<Item = (&'a UserId, &'a Member)>) -> Self {
        let mut names = Self::default();
        for (id, member) in members {
            for name in member.called() {
                names.learn(fold_name(name), *id);
                let first = name.split_whitespace().next().unwrap_or_default();
                names.learn(fold_name(first), *id);
            }
        }
        names
    }

    fn learn(&mut self, word: String, id: UserId) {
        self.looks |= look(&word);
        let known = self.by_word.entry(word).or_insert(Some(id));
        *known = known.filter(|known| *known == id);
    }

    /// Those named in the text, in its order.
    pub fn named_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = UserId> + 'a {
        words(text).take(WORDS_MOST).filter(|word| look(word) & self.looks != 0).filter_map(|word| {
            let word = fold_name(word);
            self.by_word.get(&word).copied().flatten()
        })
    }
}

/// Runs of letters, digits, hyphens and low lines, without the latter two at their ends. Looked at byte by byte where
/// the text is ASCII, as most are.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    let next = if text.is_ascii() { first_of_ascii } else { first_of_any };
    std::iter::from_fn(move || {
        let (word, after) = next(rest?);
        rest = after;
        Some(word)
    })
}

/// The first word, and what comes behind what ends it.
fn first_of_any(text: &str) -> (&str, Option<&str>) {
    let within = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let (word, rest) =
        text.split_once(|c| !within(c)).map_or((text, None), |(word, rest)| (word, Some(rest)));
    (word.trim_matches(['_', '-']), rest)
}

fn first_of_ascii(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let joins = |byte: &u8| matches!(byte, b'_' | b'-');
    let end =
        bytes.iter().position(|byte| !byte.is_ascii_alphanumeric() && !joins(byte)).unwrap_or(bytes.len());
    let word = &text[..end];
    let dressed = bytes.first().is_some_and(joins) || bytes[..end].last().is_some_and(joins);
    (if dressed { word.trim_matches(['_', '-']) } else { word }, text.get(end + 1..))
}

/// A bit for how a word begins and how long it is, whatever its case; one for all that are not ASCII, since a folded
/// word may have another length.
fn look(word: &str) -> u128 {
    match word.bytes().next() {
        None => 0,
        Some(first) if word.is_ascii() => {
            1 << ((usize::from(first.to_ascii_lowercase()) * 7 + word.len()) % 127)
        }
        Some(_) => 1 << 127,
    }
}

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
    looks: Looks,
}

/// How those words begin: for each length a bit for each letter, by its last five bits, in which a capital is like its
/// small letter. The last length is that of all longer words.
#[derive(Clone, Debug, Default, PartialEq)]
struct Looks {
    by_length: [u32; 32],
    /// Some are not ASCII: folded they may have another length.
    foreign: bool,
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
        self.looks.add(&word);
        let known = self.by_word.entry(word).or_insert(Some(id));
        *known = known.filter(|known| *known == id);
    }

    /// Those named in the text, in its order.
    pub fn named_in(&self, text: &str) -> Vec<UserId> {
        if text.is_ascii() {
            self.among(words_of_ascii(text.as_bytes()))
        } else {
            self.among(words(text).map(str::as_bytes))
        }
    }

    fn among<'a>(&self, words: impl Iterator<Item = &'a [u8]>) -> Vec<UserId> {
        let words = words.take(WORDS_MOST).filter(|word| self.looks.fit(word));
        let words = words.filter_map(|word| str::from_utf8(word).ok());
        words.filter_map(|word| self.by_word.get(&fold_name(word)).copied().flatten()).collect()
    }
}

impl Looks {
    fn add(&mut self, word: &str) {
        if !word.is_ascii() {
            self.foreign = true;
        } else if let Some((length, letter)) = look(word.as_bytes()) {
            self.by_length[length] |= letter;
        }
    }

    /// Whether a word may be one of them.
    fn fit(&self, word: &[u8]) -> bool {
        let Some((length, letter)) = look(word) else { return false };
        let fits = self.by_length[length] & letter != 0;
        (fits || self.foreign) && if word.is_ascii() { fits } else { self.foreign }
    }
}

/// The place and the bit of a word; none for no word.
fn look(word: &[u8]) -> Option<(usize, u32)> {
    let first = word.first()?;
    Some((word.len().min(31), 1 << (first & 31)))
}

/// The bytes of ASCII that a word is made of.
const IN_WORD: [bool; 256] = in_word();

const fn in_word() -> [bool; 256] {
    let (mut within, mut byte) = ([false; 256], 0_u8);
    while byte < 128 {
        within[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        byte += 1;
    }
    within
}

/// Runs of letters, digits, hyphens and low lines, without the latter two at their ends.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let within = |c: char| c.is_alphanumeric() || is_joint(c);
    text.split(move |c| !within(c)).map(|word| word.trim_matches(is_joint))
}

fn is_joint(c: char) -> bool {
    matches!(c, '_' | '-')
}

/// The same, byte by byte.
fn words_of_ascii(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !IN_WORD[usize::from(*byte)]).map(|mut word| {
        while let [b'_' | b'-', rest @ ..] | [rest @ .., b'_' | b'-'] = word {
            word = rest;
        }
        word
    })
}

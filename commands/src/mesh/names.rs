//! Who is named in a text, found by a look at each word's first letter.

use std::collections::BTreeMap;

use super::roster::{Member, fold_name};
use crate::ids::UserId;

/// More words of a text are not looked at.
const WORDS_MOST: usize = 256;

/// The words by which members are called. What two are called is nobody's name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Names {
    by_word: BTreeMap<String, Option<UserId>>,
    initials: u128,
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
        self.initials |= initial(&word);
        let known = self.by_word.entry(word).or_insert(Some(id));
        *known = known.filter(|known| *known == id);
    }

    /// Those named in the text, in its order.
    pub fn named_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = UserId> + 'a {
        let within = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let words = text.split(move |c| !within(c)).take(WORDS_MOST);
        words.filter(|word| initial(word) & self.initials != 0).filter_map(|word| {
            let word = fold_name(word.trim_matches(['_', '-']));
            self.by_word.get(&word).copied().flatten()
        })
    }
}

/// One bit for each ASCII letter, whatever its case; one for all others.
fn initial(word: &str) -> u128 {
    match word.bytes().next() {
        None => 0,
        Some(byte) if byte.is_ascii() => 1 << byte.to_ascii_lowercase(),
        Some(_) => 1,
    }
}

//! `stand down`, `stand up`, `resume`: orders in plain words.

use std::ops::Range;

use super::characters::{is_dash, is_quote, is_stop};
use super::forms::{Form, Opened};
use super::{Kind, Reading, Said, Utterance};

/// Longer than this it is talk.
const MOST_WORDS: usize = 12;
const MOST_BYTES: usize = 512;

pub(super) const FORM: Form =
    Form { kind: Kind::StandDown, usage: "stand down", opened: Opened::Order(down) };

pub(super) const UP: Form = Form { kind: Kind::StandUp, usage: "stand up", opened: Opened::Order(up) };

/// Whom an order is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The words that may be a name, as written but for `@` and punctuation. The reader knows no roster: what is no
    /// name there, is nobody.
    Named(String),
    /// Everybody.
    All,
    /// Not said: the replied-to agent, else the one that spoke last.
    Unsaid,
}

/// Words with which an order is none, beside those in `n't`. The last are such words without their apostrophe.
const DENYING: &[&str] = &[
    "not", "never", "nobody", "did", "should", "if", "cannot", "dont", "didnt", "doesnt", "cant", "wont",
    "shouldnt", "isnt",
];

/// Words that may stand before a name or trail an order.
const POLITE: &[&str] = &[
    "please", "pls", "now", "thanks", "thx", "thank", "you", "ok", "okay", "hey", "hi", "hello", "alright",
    "yes", "stop",
];

/// Words round an order that are no name.
#[rustfmt::skip]
const FILLING: &[&str] = &[
    "a", "again", "also", "and", "are", "bots", "can", "could", "day", "for", "from", "guys", "has",
    "have", "he", "here", "i", "immediately", "is", "it", "just", "let", "lets", "let's", "may", "me",
    "moment", "must", "my", "need", "needs", "night", "on", "right", "she", "so", "team", "the", "then",
    "they", "this", "to", "today", "tonight", "want", "we", "while", "will", "work", "your",
];

/// Words that end a name behind an order.
const ENDING: &[&str] =
    &["as", "because", "for", "from", "on", "since", "so", "till", "until", "when", "while"];

const EVERYBODY: &[&str] = &["all", "everyone", "everybody"];
const EXCEPTING: &[&str] = &["except", "but", "apart", "besides", "without"];

fn down(said: &Said) -> Option<Reading> {
    let target = order(said, &[&["stand", "down"]])?;
    Some(Reading::Utterance(Utterance::StandDown { target }))
}

fn up(said: &Said) -> Option<Reading> {
    let target = order(said, &[&["stand", "up"], &["resume"]])?;
    Some(Reading::Utterance(Utterance::StandUp { target }))
}

fn order(said: &Said, orders: &[&[&str]]) -> Option<Target> {
    let words = Word::split(said)?;
    let place = orders.iter().find_map(|order| place(&words, order))?;
    let denied = said.text[said.own_words()..].contains(['?', '\u{ff1f}']) || words.iter().any(Word::denies);
    let own = words.get(place.clone())?.iter().all(|word| !word.quoted);
    (own && !denied).then(|| target(words.get(..place.start), words.get(place.end..)))
}

/// The quick look that most chatter fails: short, and the first word of an order is somewhere in it, no part of another.
/// Both have an `s`.
pub(super) fn may_be_order(said: &Said) -> bool {
    let bytes = said.text.as_bytes();
    if bytes.len() > MOST_BYTES || !has_its_letters(bytes) {
        return false;
    }
    let is = |start: Option<usize>, word: &str| {
        let part = start.and_then(|start| bytes.get(start..start + word.len()));
        part.is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    let ends = |start: usize| {
        let plain = |byte: &&u8| byte.is_ascii() && !byte.is_ascii_whitespace();
        bytes[start..].iter().take_while(plain).all(|byte| !byte.is_ascii_alphanumeric())
    };
    let opens = |at: usize| (is(Some(at), "stand") && ends(at + 5)) || is(at.checked_sub(2), "resume");
    memchr::memchr2_iter(b's', b'S', bytes).any(opens)
}

/// Whether `tan` or `sum` stands in it, in whatever case: without a way out of the loop, many bytes are looked at at once.
fn has_its_letters(bytes: &[u8]) -> bool {
    let second = bytes.get(1..).unwrap_or_default();
    let third = bytes.get(2..).unwrap_or_default();
    let seen = bytes.iter().zip(second).zip(third).fold(0, |seen, ((a, b), c)| {
        let (a, b, c) = (a | 0x20, b | 0x20, c | 0x20);
        let tan = u8::from(a == b't') & u8::from(b == b'a') & u8::from(c == b'n');
        let sum = u8::from(a == b's') & u8::from(b == b'u') & u8::from(c == b'm');
        seen | tan | sum
    });
    seen != 0
}

/// Where the order stands: last but for a trailing please, else first but for a name.
fn place(words: &[Word], order: &[&str]) -> Option<Range<usize>> {
    let at = |start: usize| {
        let place = start..start + order.len();
        let there = words.get(place.clone())?;
        let same = there.iter().zip(order).all(|(word, order)| word.is(order));
        same.then_some(place)
    };
    let last = words.iter().rposition(|word| !word.is_polite())? + 1;
    let ending = last.checked_sub(order.len()).and_then(at);
    ending.or_else(|| {
        let starts = words.iter().enumerate().map(|(start, _)| start);
        starts.take_while(|start| is_name(words.get(..*start))).find_map(at)
    })
}

/// Nothing but politeness; one word; or up to three that end in a comma or have capitals.
fn is_name(words: Option<&[Word]>) -> bool {
    let words = words.unwrap_or_default();
    let mut names = words.iter().filter(|word| !word.is_polite());
    let count = names.clone().count();
    let comma = words.last().is_some_and(|word| word.ends_clause);
    let capital = |word: &Word| word.core.starts_with(char::is_uppercase);
    let proper = names.all(|word| !word.is_any(FILLING) && (count == 1 || capital(word)));
    count == 0 || (count <= 3 && (comma || proper))
}

fn target(before: Option<&[Word]>, after: Option<&[Word]>) -> Target {
    let before = called(before.unwrap_or_default());
    let name = if before.is_empty() { ordered(after.unwrap_or_default()) } else { before };
    let says = |list: &[&str]| name.iter().any(|word| word.is_any(list));
    if name.is_empty() {
        Target::Unsaid
    } else if says(EVERYBODY) && !says(EXCEPTING) {
        Target::All
    } else {
        let words: Vec<&str> = name.iter().map(Word::name).collect();
        Target::Named(words.join(" "))
    }
}

/// The name before an order: the last clause there.
fn called<'a, 'b>(words: &'b [Word<'a>]) -> &'b [Word<'a>] {
    let words = without_filling(words);
    let Some((_, earlier)) = words.split_last() else { return words };
    let start = earlier.iter().rposition(|word| word.ends_clause).map_or(0, |end| end + 1);
    without_filling(words.get(start..).unwrap_or_default())
}

/// The name behind an order: the first clause there.
fn ordered<'a, 'b>(words: &'b [Word<'a>]) -> &'b [Word<'a>] {
    let words = without_filling(words);
    let clause = words.iter().position(|word| word.ends_clause).map_or(words.len(), |end| end + 1);
    let ending = words.iter().position(|word| word.is_any(ENDING)).unwrap_or(words.len());
    without_filling(words.get(..clause.min(ending)).unwrap_or_default())
}

fn without_filling<'a, 'b>(mut words: &'b [Word<'a>]) -> &'b [Word<'a>] {
    let fills = |word: &Word| word.is_any(FILLING) || word.is_polite();
    while let Some((_, rest)) = words.split_first().filter(|(first, _)| fills(first)) {
        words = rest;
    }
    while let Some((_, rest)) = words.split_last().filter(|(last, _)| fills(last)) {
        words = rest;
    }
    words
}

/// A word without its punctuation, but with its quotes: what is quoted is no order.
struct Word<'a> {
    core: &'a str,
    quoted: bool,
    ends_clause: bool,
}

impl<'a> Word<'a> {
    /// The sender's own words, if they are few.
    fn split(said: &'a Said) -> Option<Vec<Self>> {
        let mut words: Vec<Self> = Vec::with_capacity(MOST_WORDS);
        let mut at = said.own_words();
        for written in said.text[at..].split(char::is_whitespace) {
            let place = at..at + written.len();
            at = place.end + said.text.get(place.end..)?.chars().next().map_or(0, char::len_utf8);
            let dress = |c: char| !c.is_alphanumeric() && !is_quote(c);
            let core = written.trim_matches(dress);
            if core.contains(char::is_alphanumeric) {
                let ends_clause = written.ends_with(is_stop);
                words.push(Self { core, quoted: said.is_quoted(&place), ends_clause });
            } else if let Some(last) = words.last_mut() {
                last.ends_clause |= written.contains(|c| is_dash(c) || is_stop(c));
            }
            if words.len() > MOST_WORDS {
                return None;
            }
        }
        Some(words)
    }

    fn is(&self, word: &str) -> bool {
        self.core.eq_ignore_ascii_case(word)
    }

    fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// `No! Stand down` wants it, `no stand down` does not.
    fn is_polite(&self) -> bool {
        self.is_any(POLITE) || (self.ends_clause && self.is("no"))
    }

    fn name(&self) -> &'a str {
        self.core.trim_matches(is_quote)
    }

    fn denies(&self) -> bool {
        let core = self.core.to_lowercase().replace('\u{2019}', "'");
        core.ends_with("n't") || DENYING.contains(&core.as_str())
    }
}

//! `Key: value` lines below a lead.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::characters::{is_blank, is_colon, is_invisible, is_noise};
use super::cursor::{Cursor, Dress};
use super::{Eta, Said};

/// The fields of an utterance, by the lower snake case of their key. A value keeps its line ends.
pub type Fields = BTreeMap<String, String>;

/// The keys of the dialects. They end the value before them wherever they stand.
pub const KNOWN: &[&str] = &[
    "action",
    "agent",
    "all_bots",
    "blocker",
    "eta",
    "from",
    "handoff",
    "handoff_notes",
    "handoff_to",
    "ip",
    "location",
    "method",
    "need_from_other_bots",
    "new_owner",
    "next_owner",
    "next_step",
    "open_questions",
    "original_owner",
    "other_bot",
    "other_bots",
    "owner",
    "progress",
    "purpose",
    "reason",
    "result",
    "status",
    "to",
    "type",
    "what_i_did",
];

/// A key of more characters or words than this is prose with a colon in it.
const MOST_KEY: usize = 32;
const MOST_KEY_WORDS: usize = 4;

/// Reads the fields in the lines from this byte on. A value runs on over lines that are no field; lines before the
/// first field belong to none. A key that comes twice keeps both values, one below the other.
pub(super) fn read(said: &Said, from: usize) -> Fields {
    let mut fields = Fields::new();
    let mut current: Option<(String, String)> = None;
    for (start, line) in lines(&said.text, from) {
        if let Some(Label { key, value }) = label(said, start, line) {
            keep(&mut fields, current.replace((key, value.to_owned())));
        } else if let Some((_, value)) = &mut current {
            join(value, tidy(line));
        }
    }
    keep(&mut fields, current);
    for value in fields.values_mut() {
        value.truncate(value.trim_end().len());
    }
    fields
}

fn keep(fields: &mut Fields, field: Option<(String, String)>) {
    let Some((key, value)) = field else { return };
    match fields.entry(key) {
        Entry::Vacant(place) => drop(place.insert(value)),
        Entry::Occupied(mut place) => join(place.get_mut(), &value),
    }
}

/// One below the other.
fn join(whole: &mut String, line: &str) {
    if !whole.is_empty() {
        whole.push('\n');
    }
    whole.push_str(line);
}

/// The estimate among them.
pub(super) fn eta(fields: &Fields) -> Option<Eta> {
    fields.get("eta").and_then(|eta| Eta::read(first_line(eta)))
}

/// The first line of a value.
pub(super) fn first_line(value: &str) -> &str {
    value.lines().next().unwrap_or_default()
}

/// The first line from this byte on that has something on it, unless it is a field.
pub(super) fn first_prose(said: &Said, from: usize) -> Option<&str> {
    let (start, line) = lines(&said.text, from).find(|(_, line)| !tidy(line).is_empty())?;
    label(said, start, line).is_none().then(|| tidy(line))
}

/// Lines with the byte they begin at.
fn lines(text: &str, from: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut start = from;
    let rest = text.get(from..).unwrap_or_default();
    rest.split('\n').map(move |line| {
        let at = start;
        start += line.len() + 1;
        (at, line)
    })
}

fn tidy(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || is_noise(c))
}

struct Label<'a> {
    key: String,
    value: &'a str,
}

/// A line as a field, if it is one. A key that is quoted or code is none.
fn label<'a>(said: &Said, start: usize, line: &'a str) -> Option<Label<'a>> {
    let (listed, at) = bullet(line);
    let mut cursor = Cursor::new(line, at);
    let mut dress = cursor.undress(false)?;
    let from = cursor.at();
    let key = handoff(&mut cursor, &mut dress).or_else(|| keyed(&mut cursor, &mut dress, listed))?;
    if said.is_quoted(&(start + from..start + cursor.at())) {
        return None;
    }
    cursor.close(&mut dress.marks);
    let value = tidy(dress.marks.close_at_end(tidy(cursor.rest())));
    Some(Label { key, value })
}

/// The mark of a list before a key.
fn bullet(line: &str) -> (bool, usize) {
    let text = line.trim_start();
    let rest = text.strip_prefix(['-', '•', '+', '·']);
    let rest = rest.filter(|rest| rest.starts_with(is_blank));
    (rest.is_some(), line.len() - rest.unwrap_or(text).len())
}

/// `HANDOFF to` in capitals does without its colon.
fn handoff(cursor: &mut Cursor, dress: &mut Dress) -> Option<String> {
    let mut ahead = *cursor;
    if !ahead.rest().starts_with("HANDOFF") || ahead.word("HANDOFF TO").is_none() {
        return None;
    }
    ahead.close(&mut dress.marks);
    ahead.skip(is_blank);
    ahead.skip(is_colon);
    *cursor = ahead;
    Some("handoff_to".to_owned())
}

fn keyed(cursor: &mut Cursor, dress: &mut Dress, listed: bool) -> Option<String> {
    let rest = cursor.rest();
    let colon = rest.char_indices().take(MOST_KEY + 8).find(|(_, c)| is_colon(*c))?;
    let written = rest[..colon.0]
        .trim_end_matches(|c: char| c.is_whitespace() || is_invisible(c) || dress.marks.close(c));
    let ahead = Cursor::new(cursor.text(), cursor.at() + colon.0 + colon.1.len_utf8());
    let key = snake(written)?;
    let known = KNOWN.binary_search(&key.as_str()).is_ok();
    let dressed = dress.emoji.is_some();
    if !known && (listed || !may_be_key(written, dressed) || !ends(ahead, *dress)) {
        return None;
    }
    *cursor = ahead;
    Some(key)
}

/// Behind an unknown key's colon stands a blank or nothing, as it does not in `https://`.
fn ends(mut cursor: Cursor, mut dress: Dress) -> bool {
    cursor.close(&mut dress.marks);
    cursor.peek().is_none_or(char::is_whitespace)
}

/// An unknown key is one word, or a few that begin with a capital or an emoji.
fn may_be_key(written: &str, dressed: bool) -> bool {
    let words = written.split_whitespace().count();
    let capital = dressed || written.starts_with(char::is_uppercase);
    (words == 1 || (words <= MOST_KEY_WORDS && capital))
        && written.chars().count() <= MOST_KEY
        && written
            .chars()
            .all(|c| c.is_alphanumeric() || is_blank(c) || matches!(c, '-' | '_' | '/' | '.' | '\''))
}

/// The lower snake case of a key; none unless it begins with a letter.
pub(super) fn snake(written: &str) -> Option<String> {
    written.starts_with(char::is_alphabetic).then_some(())?;
    let mut key = String::with_capacity(written.len());
    for word in written.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        if !key.is_empty() {
            key.push('_');
        }
        key.push_str(word);
    }
    if key.is_ascii() {
        key.make_ascii_lowercase();
        return Some(key);
    }
    Some(key.chars().flat_map(char::to_lowercase).collect())
}

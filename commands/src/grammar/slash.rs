//! `/mesh …`: split into words; what they mean is the table in [`crate::slash`].

use super::characters::{closing, is_dash, is_invisible};
use super::cursor::Cursor;
use super::forms::{Form, Opened};
use super::{Kind, Reading, Said, Utterance};
use crate::slash::Line;

const COMMAND: &str = "/mesh";

pub(super) const FORM: Form =
    Form { kind: Kind::Command, usage: "/mesh command", opened: Opened::Whole(read) };

/// The command is the first thing in the message.
fn read(said: &Said) -> Option<Reading> {
    let mut cursor = Cursor::new(&said.text, 0);
    cursor.skip(|c| c.is_whitespace() || is_invisible(c));
    let (start, end) = (cursor.at(), cursor.at() + COMMAND.len());
    let name = said.text.get(start..end)?;
    if !name.eq_ignore_ascii_case(COMMAND) || said.is_quoted(&(start..end)) {
        return None;
    }
    let line = line(&said.text[end..])?;
    Some(Reading::Utterance(Utterance::Command(line)))
}

/// `@Bot words`, or the words alone; none when the command's name goes on, as in `/meshed`.
fn line(rest: &str) -> Option<Line> {
    let rest = rest.trim_start_matches(is_invisible);
    let (to_bot, rest) = match rest.strip_prefix('@') {
        Some(named) => named.split_at(named.find(char::is_whitespace).unwrap_or(named.len())),
        None => ("", rest),
    };
    let whole = rest.is_empty() || rest.starts_with(char::is_whitespace);
    let to_bot = (!to_bot.is_empty()).then(|| to_bot.to_owned());
    let words = words(rest);
    whole.then_some(Line { to_bot, words })
}

/// Splits into words. Quotes, typographic ones too, hold blanks together; a quote that is not closed is a character
/// like any other. Dashes that a phone made of hyphens become hyphens again.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut cursor = Cursor::new(text, 0);
    loop {
        cursor.skip(|c| c.is_whitespace() || is_invisible(c));
        if cursor.peek().is_none() {
            return words;
        }
        let word = quoted(&mut cursor).unwrap_or_else(|| plain(&mut cursor));
        words.push(word);
    }
}

/// A word in quotes, whose closing mark ends the word.
fn quoted(cursor: &mut Cursor) -> Option<String> {
    let mut ahead = *cursor;
    let closing = closing(ahead.bump()?)?;
    let inner = ahead.rest();
    let end = inner.match_indices(closing).find_map(|(at, mark)| {
        let after = inner[at + mark.len()..].chars().next();
        after.is_none_or(char::is_whitespace).then_some(at)
    })?;
    let from = ahead.at();
    while ahead.at() < from + end {
        ahead.bump();
    }
    ahead.bump();
    *cursor = ahead;
    let shown = |c: &char| !is_invisible(*c);
    Some(inner[..end].chars().filter(shown).collect())
}

fn plain(cursor: &mut Cursor) -> String {
    let rest = cursor.rest();
    let written = rest.split(char::is_whitespace).next().unwrap_or_default();
    cursor.skip(|c| !c.is_whitespace());
    hyphenated(written)
}

/// `—name` and `–name` are options, as is `--name`; a single letter takes one hyphen.
fn hyphenated(word: &str) -> String {
    let shown: String = word.chars().filter(|c| !is_invisible(*c)).collect();
    let long = |c: char| is_dash(c) && matches!(c, '\u{2013}'..='\u{2015}');
    let (lead, rest) = match shown.strip_prefix(long) {
        Some(rest) if rest.chars().nth(1).is_some() => ("--", rest),
        Some(rest) => ("-", rest),
        None => ("", shown.as_str()),
    };
    let plain = rest.chars().map(|c| if is_dash(c) { '-' } else { c });
    lead.chars().chain(plain).collect()
}

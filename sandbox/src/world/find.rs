//! What Telegram finds in a text by itself: commands, mentions, hashtags, cashtags, addresses of the web and of
//! letters, phone numbers. The rules are those of `TDLib`, which Telegram's Bot API server is made of.

use super::links::{email, url};
use super::{Entity, EntityKind};

/// The longest name after a mark, in characters.
const NAME_LIMIT: usize = 32;
/// The longest command, without its slash.
const COMMAND_LIMIT: usize = 64;
/// The longest hashtag, without its mark, in characters.
const HASHTAG_LIMIT: usize = 256;
/// The longest cashtag, without its mark.
const CASHTAG_LIMIT: usize = 8;
/// The shortest username that anybody may have, apart from those of [`SHORT`].
const USERNAME_LEAST: usize = 4;
/// Telegram's own inline bots, whose names are shorter.
const SHORT: [&str; 5] = ["gif", "vid", "pic", "cap", "ya"];
/// Digits of a phone number.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// All that is found, in order; nothing overlaps.
pub(super) fn find(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    let (mut at, mut offset) = (0, 0);
    let mut before = None;
    while let Some(next) = text[at..].chars().next() {
        let begun = begins(&text[at..], before).filter(|(_, length)| *length > 0);
        let used = begun.as_ref().map_or(next.len_utf8(), |(_, length)| *length);
        let part = &text[at..at + used];
        let units = part.chars().map(char::len_utf16).sum();
        if let Some((kind, _)) = begun {
            found.push(Entity { offset, length: units, kind });
        }
        before = part.chars().next_back();
        at += used;
        offset += units;
    }
    found
}

/// What begins just here, after `before`, and its bytes.
fn begins(rest: &str, before: Option<char>) -> Option<(EntityKind, usize)> {
    let is_within = before.is_some_and(is_word);
    match rest.chars().next()? {
        '/' => command(rest, before).map(|length| (EntityKind::BotCommand, length)),
        '@' if !is_within => mention(rest).map(|length| (EntityKind::Mention, length)),
        '#' if !is_within => hashtag(rest).map(|length| (EntityKind::Hashtag, length)),
        '$' if !is_within && before != Some('$') => cashtag(rest).map(|length| (EntityKind::Cashtag, length)),
        '+' if !is_within => phone(rest).map(|length| (EntityKind::Phone, length)),
        c if is_word(c) && !is_within && !before.is_some_and(|c| "@.-/".contains(c)) => email(rest)
            .map(|length| (EntityKind::Email, length))
            .or_else(|| url(rest).map(|length| (EntityKind::Url, length))),
        _ => None,
    }
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The bytes of the leading characters that are wanted.
fn run(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|c| !wanted(c)).unwrap_or(text.len())
}

/// `/name` or `/name@bot`: not after a word, a slash or a bracket of HTML, and not before one.
fn command(rest: &str, before: Option<char>) -> Option<usize> {
    let stands_alone = |c: Option<char>| c.is_none_or(|c| !is_word(c) && !"/<>".contains(c));
    let name = run(&rest[1..], is_name);
    if !stands_alone(before) || !(1..=COMMAND_LIMIT).contains(&name) {
        return None;
    }
    let bare = 1 + name;
    let bot = rest[bare..].strip_prefix('@').map_or(0, |bot| run(bot, is_name));
    let whole = if (3..=NAME_LIMIT).contains(&bot) { bare + 1 + bot } else { bare };
    stands_alone(rest[whole..].chars().next()).then_some(whole)
}

fn mention(rest: &str) -> Option<usize> {
    let name = run(&rest[1..], is_name);
    let is_long_enough = name >= USERNAME_LEAST || SHORT.contains(&&rest[1..=name]);
    let ends = !rest[1 + name..].starts_with(is_word);
    (is_long_enough && name <= NAME_LIMIT && ends).then_some(1 + name)
}

/// At least one letter, and no further mark at its end.
fn hashtag(rest: &str) -> Option<usize> {
    let tag = &rest[1..=run(&rest[1..], |c| is_word(c) || c == '\u{200c}')];
    let fits = (1..=HASHTAG_LIMIT).contains(&tag.chars().count()) && tag.chars().any(char::is_alphabetic);
    (fits && !rest[1 + tag.len()..].starts_with('#')).then_some(1 + tag.len())
}

/// `$USD`: capital letters only.
fn cashtag(rest: &str) -> Option<usize> {
    let tag = run(&rest[1..], |c| c.is_ascii_uppercase());
    let ends = !rest[1 + tag..].starts_with(|c| is_word(c) || c == '$');
    ((1..=CASHTAG_LIMIT).contains(&tag) && ends).then_some(1 + tag)
}

/// In the international form; between the digits may be a blank, a dash, a dot or brackets.
fn phone(rest: &str) -> Option<usize> {
    let (mut digits, mut end, mut gap) = (0, 0, 0);
    for (at, c) in rest.char_indices().skip(1) {
        if c.is_ascii_digit() {
            (digits, end, gap) = (digits + 1, at + 1, 0);
        } else if " -.()".contains(c) && gap < 2 && digits > 0 {
            gap += 1;
        } else {
            break;
        }
    }
    let ends = !rest[end..].starts_with(is_word);
    (PHONE_DIGITS.contains(&digits) && ends).then_some(end)
}

//! Texts as Telegram keeps them: outer blanks dropped, offsets in UTF-16 units, the obvious entities found.

use std::ops::Range;

use super::message::{ENTITIES_LIMIT, TEXT_LIMIT};
use super::{Entity, EntityKind, WorldError};

/// The length in UTF-16 code units.
pub fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// A text ready to be kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clean {
    pub text: String,
    pub entities: Vec<Entity>,
}

/// Drops outer blanks, fits the entities to what is left and adds those that Telegram finds itself.
pub(super) fn clean(text: &str, entities: Vec<Entity>) -> Result<Clean, WorldError> {
    let start = text.len() - text.trim_start().len();
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(WorldError::TextEmpty);
    }
    let length = utf16_len(trimmed);
    if length > TEXT_LIMIT {
        return Err(WorldError::TextTooLong);
    }
    let dropped = utf16_len(&text[..start]);
    let mut kept: Vec<Entity> = entities.into_iter().filter_map(|e| fit(e, dropped, length)).collect();
    let found: Vec<Entity> = find(trimmed).into_iter().filter(|new| is_free(new, &kept)).collect();
    kept.extend(found);
    // Outer before inner, as Telegram sorts them.
    kept.sort_by_key(|entity| (entity.offset, std::cmp::Reverse(entity.length)));
    kept.truncate(ENTITIES_LIMIT);
    Ok(Clean { text: trimmed.to_owned(), entities: kept })
}

/// Moves an entity back by the dropped units and cuts it to the text; `None` if nothing is left of it.
fn fit(entity: Entity, dropped: usize, length: usize) -> Option<Entity> {
    let end = entity.offset.saturating_add(entity.length).saturating_sub(dropped).min(length);
    let offset = entity.offset.saturating_sub(dropped);
    (offset < end).then(|| Entity { offset, length: end - offset, ..entity })
}

/// Found entities give way to code and links, and never stand twice.
fn is_free(new: &Entity, kept: &[Entity]) -> bool {
    let touches =
        |old: &&Entity| new.offset < old.offset + old.length && old.offset < new.offset + new.length;
    !kept.iter().filter(touches).any(|old| is_closed(&old.kind) || old.kind == new.kind)
}

fn is_closed(kind: &EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::Code
            | EntityKind::Pre { .. }
            | EntityKind::TextLink { .. }
            | EntityKind::TextMention { .. }
            | EntityKind::Url
    )
}

/// Commands, mentions, hashtags and links: blank-separated words that begin with their mark.
fn find(text: &str) -> Vec<Entity> {
    words(text).filter_map(|word| word_entity(text, word)).collect()
}

fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.split_whitespace().map(|word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        start..start + word.len()
    })
}

fn word_entity(text: &str, range: Range<usize>) -> Option<Entity> {
    let word = &text[range.clone()];
    let skipped = word.len() - word.trim_start_matches(['(', '"', '\'', '[']).len();
    let word = &word[skipped..];
    let (kind, length) = kind_of(word)?;
    let offset = utf16_len(&text[..range.start + skipped]);
    Some(Entity { offset, length: utf16_len(&word[..length]), kind })
}

/// The kind of a word and how many of its bytes belong to it.
fn kind_of(word: &str) -> Option<(EntityKind, usize)> {
    match word.chars().next()? {
        '/' => command_len(word).map(|length| (EntityKind::BotCommand, length)),
        '@' => named_len(word, 3).map(|length| (EntityKind::Mention, length)),
        '#' => hashtag_len(word).map(|length| (EntityKind::Hashtag, length)),
        _ if word.starts_with("https://") || word.starts_with("http://") => {
            Some((EntityKind::Url, word.trim_end_matches(['.', ',', ')', '!', '?', ';', ':', '"']).len()))
        }
        _ => None,
    }
}

/// `/name` or `/name@bot`: 1 to 64 characters, nothing but punctuation after.
fn command_len(word: &str) -> Option<usize> {
    let name = named_len(word, 1).filter(|length| *length <= 65)?;
    let rest = &word[name..];
    let whole = name + named_len(rest, 3).filter(|_| rest.starts_with('@')).unwrap_or(0);
    (!word[whole..].starts_with('/')).then_some(whole)
}

/// The mark and the name after it, if the name has at least `least` characters.
fn named_len(word: &str, least: usize) -> Option<usize> {
    let name = word.get(1..)?;
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
    (end >= least).then_some(end + 1)
}

fn hashtag_len(word: &str) -> Option<usize> {
    let tag = &word[1..];
    let end = tag.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(tag.len());
    tag[..end].chars().any(char::is_alphabetic).then_some(end + 1)
}

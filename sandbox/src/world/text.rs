//! Texts as Telegram keeps them: outer blanks dropped, offsets in UTF-16 units, the obvious entities found.

use super::find::find;
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
            | EntityKind::Email
    )
}

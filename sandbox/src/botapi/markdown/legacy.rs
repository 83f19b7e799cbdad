//! Telegram's older Markdown: `*bold*`, `_italic_`, code, blocks and links, none within another.

use thiserror::Error;

use super::block;
use crate::botapi::html::link;
use crate::world::{Entity, EntityKind, utf16_len};

/// A mark without its end, by byte offset.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("Can't find end of the entity starting at byte offset {0}")]
pub(in crate::botapi) struct NoEnd(usize);

/// The plain text and its entities.
pub(in crate::botapi) fn parse(source: &str) -> Result<(String, Vec<Entity>), NoEnd> {
    let (mut text, mut entities) = (String::new(), Vec::new());
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        if let Some(escaped) =
            rest.strip_prefix('\\').and_then(|after| after.chars().next()).filter(|next| is_mark(*next))
        {
            text.push(escaped);
            rest = &rest[1 + escaped.len_utf8()..];
        } else if is_mark(next) {
            let (inner, kind, length) = marked(rest).ok_or(NoEnd(source.len() - rest.len()))?;
            let entity = kind.map(|kind| Entity { offset: utf16_len(&text), length: utf16_len(inner), kind });
            entities.extend(entity.filter(|entity| entity.length > 0));
            text.push_str(inner);
            rest = &rest[length..];
        } else {
            text.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    Ok((text, entities))
}

fn is_mark(character: char) -> bool {
    matches!(character, '_' | '*' | '`' | '[')
}

/// What stands in the mark that `rest` begins with, what it is, and the bytes used.
fn marked(rest: &str) -> Option<(&str, Option<EntityKind>, usize)> {
    if rest.starts_with("```") {
        let (language, begin) = block(rest);
        let inner = between(rest, begin, "```")?;
        return Some((inner, Some(EntityKind::Pre { language }), begin + inner.len() + 3));
    }
    let end = match &rest[..1] {
        "[" => "]",
        mark => mark,
    };
    let inner = between(rest, 1, end)?;
    let used = inner.len() + 2;
    let kind = match end {
        "_" => EntityKind::Italic,
        "*" => EntityKind::Bold,
        "`" => EntityKind::Code,
        _ => {
            let address =
                rest[used..].strip_prefix('(').map(|after| after.split(')').next().unwrap_or(after));
            let length = address.map_or(0, |address| address.len() + 2);
            return Some((inner, link(address.unwrap_or(inner)), (used + length).min(rest.len())));
        }
    };
    Some((inner, Some(kind), used))
}

fn between<'a>(text: &'a str, begin: usize, end: &str) -> Option<&'a str> {
    text[begin..].find(end).map(|length| &text[begin..begin + length])
}

//! Telegram's older Markdown: `*bold*`, `_italic_`, code, blocks and links, none within another.

use thiserror::Error;

use super::{Builder, block, link};
use crate::world::{Entity, EntityKind};

/// A mark without its end, by byte offset.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("Can't find end of the entity starting at byte offset {0}")]
pub(in crate::botapi) struct NoEnd(usize);

/// The plain text and its entities.
pub(in crate::botapi) fn parse(source: &str) -> Result<(String, Vec<Entity>), NoEnd> {
    let mut builder = Builder::new(source);
    while let Some(next) = builder.peek() {
        let escaped = builder.rest().strip_prefix('\\').and_then(|after| after.chars().next());
        if let Some(escaped) = escaped.filter(|next| is_mark(*next)) {
            builder.put(escaped, 1 + escaped.len_utf8());
        } else if is_mark(next) {
            mark(&mut builder)?;
        } else {
            builder.put(next, next.len_utf8());
        }
    }
    builder.finish().map_err(|open| NoEnd(open.at))
}

/// Reads a whole mark, with what stands in it.
fn mark(builder: &mut Builder<'_, ()>) -> Result<(), NoEnd> {
    let (inner, kind, length) = marked(builder.rest()).ok_or(NoEnd(builder.at))?;
    builder.begin((), 0);
    inner.chars().for_each(|c| builder.put(c, 0));
    builder.at += length;
    if let Some(open) = builder.open.pop() {
        builder.keep(&open, kind);
    }
    Ok(())
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

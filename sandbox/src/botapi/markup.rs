//! Texts with markup: Telegram's HTML and both its Markdowns, each a reader over one builder of text and entities.

pub(super) mod html;
pub(super) mod legacy;
pub(super) mod markdown;

use crate::world::{Entity, EntityKind, UserId};

/// A mark that waits for its end.
struct Open<M> {
    mark: M,
    /// Byte offset in the source.
    at: usize,
    /// UTF-16 offset in the result.
    offset: usize,
    /// Byte offset in the result.
    start: usize,
}

/// Reads a source from its beginning to its end, and builds the plain text and its entities.
struct Builder<'a, M> {
    source: &'a str,
    /// Byte offset in the source.
    at: usize,
    text: String,
    /// The length of the text in UTF-16 units.
    units: usize,
    open: Vec<Open<M>>,
    entities: Vec<Entity>,
}

impl<'a, M> Builder<'a, M> {
    fn new(source: &'a str) -> Self {
        Self { source, at: 0, text: String::new(), units: 0, open: Vec::new(), entities: Vec::new() }
    }

    /// What is not read yet.
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn follows(&self, mark: &str) -> bool {
        self.rest().starts_with(mark)
    }

    /// Moves on while `wanted` holds and returns what was passed.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Puts a character into the text, for which `used` bytes of the source stand.
    fn put(&mut self, character: char, used: usize) {
        self.at += used;
        self.text.push(character);
        self.units += character.len_utf16();
    }

    /// Opens a mark that takes `length` bytes of the source.
    fn begin(&mut self, mark: M, length: usize) {
        self.open.push(Open { mark, at: self.at, offset: self.units, start: self.text.len() });
        self.at += length;
    }

    /// The innermost mark that is open.
    fn innermost(&self) -> Option<&M> {
        self.open.last().map(|open| &open.mark)
    }

    /// Takes a closed mark's text for an entity; one of nothing, or around nothing, is none.
    fn keep(&mut self, open: &Open<M>, kind: Option<EntityKind>) {
        let length = self.units - open.offset;
        if let Some(kind) = kind.filter(|_| length > 0) {
            self.entities.push(Entity { offset: open.offset, length, kind });
        }
    }

    /// The plain text and its entities, or the innermost mark that was never closed.
    fn finish(mut self) -> Result<(String, Vec<Entity>), Open<M>> {
        match self.open.pop() {
            Some(open) => Err(open),
            None => Ok((self.text, self.entities)),
        }
    }
}

/// A link's entity; `None` for what is no address.
fn link(href: &str) -> Option<EntityKind> {
    if let Some(id) = href.strip_prefix("tg://user?id=") {
        return Some(EntityKind::TextMention { user: UserId(id.parse().ok()?) });
    }
    let is_web = ["http://", "https://", "tg://", "mailto:"].iter().any(|scheme| href.starts_with(scheme));
    let looks_like_host = href.contains('.') && !href.contains(char::is_whitespace);
    let url = if is_web { href.to_owned() } else { format!("http://{href}") };
    (is_web || looks_like_host).then_some(EntityKind::TextLink { url })
}

/// The language of a code block in Markdown, and the length of its mark with that and the line end after it.
fn block(rest: &str) -> (Option<String>, usize) {
    let inner = &rest[3..];
    let end = inner.find(|c: char| c.is_whitespace() || c == '`').unwrap_or(inner.len());
    let is_language = end > 0 && inner[end..].starts_with(char::is_whitespace);
    let (language, used) = if is_language { (Some(inner[..end].to_owned()), end) } else { (None, 0) };
    let line_end = ["\r\n", "\n\r", "\n", "\r"].into_iter().find(|end| inner[used..].starts_with(end));
    (language, 3 + used + line_end.map_or(0, str::len))
}

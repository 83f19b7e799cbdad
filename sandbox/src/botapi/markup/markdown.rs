//! Telegram's `MarkdownV2`: marks become entities, offsets in UTF-16 units, bad markup is told with its byte offset.

use thiserror::Error;

use super::{Builder, Open, block, link};
use crate::world::{Entity, EntityKind};

/// What is wrong with the markup, in Telegram's words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(in crate::botapi) enum MarkdownFault {
    #[error("Character '{0}' is reserved and must be escaped with the preceding '\\'")]
    Reserved(char),
    #[error("Can't find end of a URL at byte offset {0}")]
    NoUrlEnd(usize),
    #[error("Custom emoji entity must contain a tg://emoji URL")]
    NotAnEmoji,
    #[error("Can't find end of a custom emoji URL at byte offset {0}")]
    NoEmojiEnd(usize),
    #[error("Can't find end of {kind} entity at byte offset {at}")]
    NoEnd { kind: &'static str, at: usize },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Code,
    Pre { language: Option<String> },
    Link,
    Emoji,
    Quote,
}

type Parser<'a> = Builder<'a, Mark>;

/// The plain text and its entities.
pub(in crate::botapi) fn parse(source: &str) -> Result<(String, Vec<Entity>), MarkdownFault> {
    let mut parser = Parser::new(source);
    while let Some(next) = parser.peek() {
        parser.step(next)?;
    }
    if parser.in_quote() {
        parser.close_quote()?;
    }
    parser.finish().map_err(|open| open.unclosed())
}

impl Parser<'_> {
    fn step(&mut self, next: char) -> Result<(), MarkdownFault> {
        if let Some(escaped) = self.escaped() {
            self.put(escaped, 1 + escaped.len_utf8());
        } else if !self.is_reserved(next) {
            self.take(next);
        } else if next == '\n' {
            return self.new_line();
        } else if let Some(length) = self.end() {
            return self.close(length);
        } else {
            return self.open(next);
        }
        Ok(())
    }

    /// Any ASCII character after a backslash stands for itself.
    fn escaped(&self) -> Option<char> {
        let next = self.rest().strip_prefix('\\')?.chars().next()?;
        ('\u{1}'..='\u{7e}').contains(&next).then_some(next)
    }

    fn is_reserved(&self, next: char) -> bool {
        match self.innermost() {
            Some(Mark::Code | Mark::Pre { .. }) => next == '`',
            _ => "_*[]()~`>#+-=|{}.!\n".contains(next),
        }
    }

    fn take(&mut self, character: char) {
        self.put(character, character.len_utf8());
    }

    /// The length of the mark that ends the innermost entity here.
    fn end(&self) -> Option<usize> {
        let italic = || self.follows("_") && !self.follows("__");
        let (ends, length) = match self.innermost()? {
            Mark::Bold => (self.follows("*"), 1),
            Mark::Italic => (italic(), 1),
            Mark::Underline => (self.follows("__"), 2),
            Mark::Strikethrough => (self.follows("~"), 1),
            Mark::Spoiler => (self.follows("||"), 2),
            Mark::Code => (self.follows("`"), 1),
            Mark::Pre { .. } => (self.follows("```"), 3),
            Mark::Link | Mark::Emoji => (self.follows("]"), 1),
            Mark::Quote => (false, 0),
        };
        ends.then_some(length)
    }

    fn open(&mut self, next: char) -> Result<(), MarkdownFault> {
        let (mark, length) = match next {
            '_' if self.follows("__") => (Mark::Underline, 2),
            '_' => (Mark::Italic, 1),
            '*' => (Mark::Bold, 1),
            '~' => (Mark::Strikethrough, 1),
            '|' if self.follows("||") => (Mark::Spoiler, 2),
            '[' => (Mark::Link, 1),
            '!' if self.follows("![") => (Mark::Emoji, 2),
            '`' if self.follows("```") => {
                let (language, length) = block(self.rest());
                (Mark::Pre { language }, length)
            }
            '`' => (Mark::Code, 1),
            '>' if self.at_line_start() && !self.in_quote() => (Mark::Quote, 1),
            reserved => return Err(MarkdownFault::Reserved(reserved)),
        };
        self.begin(mark, length);
        Ok(())
    }

    fn at_line_start(&self) -> bool {
        self.text.is_empty() || self.text.ends_with('\n')
    }

    fn in_quote(&self) -> bool {
        self.open.iter().any(|open| open.mark == Mark::Quote)
    }

    /// A quotation goes on while its lines begin with `>`.
    fn new_line(&mut self) -> Result<(), MarkdownFault> {
        if !self.in_quote() {
            self.take('\n');
        } else if self.follows("\n>") {
            self.take('\n');
            self.at += 1;
        } else {
            self.close_quote()?;
            self.take('\n');
        }
        Ok(())
    }

    /// `||` at the very end makes a quotation expandable.
    fn close_quote(&mut self) -> Result<(), MarkdownFault> {
        let is_mark = |open: &mut Open<Mark>| open.mark == Mark::Spoiler && open.offset == self.units;
        let expandable = self.open.pop_if(is_mark).is_some();
        let Some(open) = self.open.pop() else { return Ok(()) };
        if open.mark != Mark::Quote {
            return Err(open.unclosed());
        }
        self.keep(&open, Some(EntityKind::Blockquote { expandable }));
        Ok(())
    }

    fn close(&mut self, length: usize) -> Result<(), MarkdownFault> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        self.at += length;
        let kind = match &open.mark {
            Mark::Bold => Some(EntityKind::Bold),
            Mark::Italic => Some(EntityKind::Italic),
            Mark::Underline => Some(EntityKind::Underline),
            Mark::Strikethrough => Some(EntityKind::Strikethrough),
            Mark::Spoiler => Some(EntityKind::Spoiler),
            Mark::Code => Some(EntityKind::Code),
            Mark::Pre { language } => Some(EntityKind::Pre { language: language.clone() }),
            Mark::Link => link(&self.address(open.start)?),
            Mark::Emoji => self.emoji()?,
            Mark::Quote => None,
        };
        self.keep(&open, kind);
        Ok(())
    }

    /// The `(address)` after a link's text; without one the text is the address.
    fn address(&mut self, start: usize) -> Result<String, MarkdownFault> {
        if !self.follows("(") {
            return Ok(self.text[start..].to_owned());
        }
        self.at += 1;
        self.bracketed(MarkdownFault::NoUrlEnd)
    }

    fn emoji(&mut self) -> Result<Option<EntityKind>, MarkdownFault> {
        if !self.follows("(") {
            return Err(MarkdownFault::NotAnEmoji);
        }
        self.at += 1;
        let address = self.bracketed(MarkdownFault::NoEmojiEnd)?;
        let id = address.strip_prefix("tg://emoji?id=").and_then(|id| id.parse().ok());
        let id = id.ok_or(MarkdownFault::NotAnEmoji)?;
        Ok(Some(EntityKind::CustomEmoji { id }))
    }

    /// What stands up to `)`, which is passed.
    fn bracketed(&mut self, unclosed: impl Fn(usize) -> MarkdownFault) -> Result<String, MarkdownFault> {
        let begin = self.at;
        let mut found = String::new();
        loop {
            let escaped = self.escaped();
            let next = escaped.or_else(|| self.rest().chars().next()).ok_or_else(|| unclosed(begin))?;
            self.at += next.len_utf8() + usize::from(escaped.is_some());
            if next == ')' && escaped.is_none() {
                return Ok(found);
            }
            found.push(next);
        }
    }
}

impl Open<Mark> {
    fn unclosed(&self) -> MarkdownFault {
        let kind = match &self.mark {
            Mark::Bold => "Bold",
            Mark::Italic => "Italic",
            Mark::Underline => "Underline",
            Mark::Strikethrough => "Strikethrough",
            Mark::Spoiler => "Spoiler",
            Mark::Code => "Code",
            Mark::Pre { language: None } => "Pre",
            Mark::Pre { language: Some(_) } => "PreCode",
            Mark::Link => "TextUrl",
            Mark::Emoji => "CustomEmoji",
            Mark::Quote => "BlockQuote",
        };
        MarkdownFault::NoEnd { kind, at: self.at }
    }
}

#[cfg(test)]
mod tests;

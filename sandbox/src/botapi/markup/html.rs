//! Telegram's HTML: tags become entities, offsets in UTF-16 units, bad markup is told with its byte offset.

use thiserror::Error;

use super::{Builder, Open, link};
use crate::world::{Entity, EntityKind};

/// What is wrong with the markup, in Telegram's words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(in crate::botapi) enum HtmlFault {
    #[error("Unclosed start tag at byte offset {0}")]
    UnclosedStart(usize),
    #[error("Unclosed start tag \"{tag}\" at byte offset {at}")]
    UnclosedNamedStart { tag: String, at: usize },
    #[error("Unsupported start tag \"{tag}\" at byte offset {at}")]
    UnsupportedStart { tag: String, at: usize },
    #[error("Empty attribute name in the tag \"{tag}\" at byte offset {at}")]
    EmptyAttribute { tag: String, at: usize },
    #[error("Expected equal sign in declaration of an attribute of the tag \"{tag}\" at byte offset {at}")]
    NoEqualSign { tag: String, at: usize },
    #[error("Unexpected end of name token at byte offset {0}")]
    BadNameToken(usize),
    #[error("Tag \"span\" must have class \"tg-spoiler\" at byte offset {0}")]
    PlainSpan(usize),
    #[error("Unexpected end tag at byte offset {0}")]
    UnexpectedEnd(usize),
    #[error("Unclosed end tag at byte offset {0}")]
    UnclosedEnd(usize),
    #[error("Unmatched end tag at byte offset {at}, expected \"</{expected}>\", found \"</{found}>\"")]
    Unmatched { at: usize, expected: String, found: String },
    #[error("Can't find end tag corresponding to start tag \"{0}\"")]
    NoEndTag(String),
}

/// An element's tag, and the one argument that it knows.
struct Tag {
    name: String,
    argument: Option<String>,
}

type Parser<'a> = Builder<'a, Tag>;

/// The plain text and its entities.
pub(in crate::botapi) fn parse(source: &str) -> Result<(String, Vec<Entity>), HtmlFault> {
    let mut parser = Parser::new(source);
    while let Some(next) = parser.peek() {
        match next {
            '<' if parser.follows("</") => parser.end_tag()?,
            '<' => parser.start_tag()?,
            _ => parser.character(next),
        }
    }
    parser.finish().map_err(|open| HtmlFault::NoEndTag(open.mark.name))
}

impl Parser<'_> {
    fn character(&mut self, plain: char) {
        let (decoded, used) = decode(self.rest()).unwrap_or((plain, plain.len_utf8()));
        self.put(decoded, used);
    }

    fn start_tag(&mut self) -> Result<(), HtmlFault> {
        let begin = self.at;
        self.at += 1;
        let tag = self.take_while(|c| !c.is_ascii_whitespace() && c != '>').to_ascii_lowercase();
        if self.peek().is_none() {
            return Err(HtmlFault::UnclosedStart(begin));
        }
        if !is_supported(&tag) {
            return Err(HtmlFault::UnsupportedStart { tag, at: begin });
        }
        let argument = self.attributes(&tag, begin)?;
        if tag == "span" && argument.is_none() {
            return Err(HtmlFault::PlainSpan(begin));
        }
        self.begin(Tag { name: tag, argument }, 0);
        Ok(())
    }

    /// Reads up to and over the `>`; returns the one argument that the tag knows.
    fn attributes(&mut self, tag: &str, begin: usize) -> Result<Option<String>, HtmlFault> {
        let mut argument = None;
        loop {
            self.take_while(|c| c.is_ascii_whitespace());
            match self.peek() {
                None => return Err(HtmlFault::UnclosedStart(begin)),
                Some('>') => break,
                Some(_) => {
                    let (name, value) = self.attribute(tag, begin)?;
                    argument = argument_of(tag, &name, value).or(argument);
                }
            }
        }
        self.at += 1;
        Ok(argument)
    }

    fn attribute(&mut self, tag: &str, begin: usize) -> Result<(String, String), HtmlFault> {
        let name = self.take_while(|c| !c.is_ascii_whitespace() && c != '=' && c != '>').to_ascii_lowercase();
        if name.is_empty() {
            return Err(HtmlFault::EmptyAttribute { tag: tag.to_owned(), at: begin });
        }
        self.take_while(|c| c.is_ascii_whitespace());
        if self.peek() != Some('=') {
            // The one attribute that stands without a value.
            return if name == "expandable" {
                Ok((name, String::new()))
            } else {
                Err(HtmlFault::NoEqualSign { tag: tag.to_owned(), at: begin })
            };
        }
        self.at += 1;
        self.take_while(|c| c.is_ascii_whitespace());
        let value = self.attribute_value(tag, begin)?;
        Ok((name, value))
    }

    fn attribute_value(&mut self, tag: &str, begin: usize) -> Result<String, HtmlFault> {
        match self.peek() {
            None => Err(HtmlFault::UnclosedNamedStart { tag: tag.to_owned(), at: begin }),
            Some(quote @ ('"' | '\'')) => self.quoted(quote, begin),
            Some(_) => self.name_token(),
        }
    }

    fn quoted(&mut self, quote: char, begin: usize) -> Result<String, HtmlFault> {
        self.at += 1;
        let mut value = String::new();
        loop {
            let Some(next) = self.peek() else { return Err(HtmlFault::UnclosedStart(begin)) };
            if next == quote {
                self.at += 1;
                return Ok(value);
            }
            let (decoded, used) = decode(self.rest()).unwrap_or((next, next.len_utf8()));
            value.push(decoded);
            self.at += used;
        }
    }

    fn name_token(&mut self) -> Result<String, HtmlFault> {
        let begin = self.at;
        let token = self.take_while(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
        match self.peek() {
            Some(c) if c.is_ascii_whitespace() || c == '>' => Ok(token.to_ascii_lowercase()),
            _ => Err(HtmlFault::BadNameToken(begin)),
        }
    }

    fn end_tag(&mut self) -> Result<(), HtmlFault> {
        let begin = self.at;
        let Some(open) = self.open.pop() else { return Err(HtmlFault::UnexpectedEnd(begin)) };
        self.at += 2;
        let found = self.take_while(|c| !c.is_ascii_whitespace() && c != '>').to_ascii_lowercase();
        self.take_while(|c| c.is_ascii_whitespace());
        if self.peek() != Some('>') {
            return Err(HtmlFault::UnclosedEnd(begin));
        }
        self.at += 1;
        if !found.is_empty() && found != open.mark.name {
            return Err(HtmlFault::Unmatched { at: begin, expected: open.mark.name, found });
        }
        self.close(&open);
        Ok(())
    }

    fn close(&mut self, open: &Open<Tag>) {
        let kind = match (open.mark.name.as_str(), &open.mark.argument) {
            ("pre", _) => Some(EntityKind::Pre { language: self.take_inner_language(open) }),
            ("code", Some(language)) => self.code_in(language, open),
            _ => kind_of(&open.mark, &self.text[open.start..]),
        };
        self.keep(open, kind);
    }

    /// A code with a language counts only inside `pre`, which takes it over at once, or around one.
    fn code_in(&mut self, language: &str, open: &Open<Tag>) -> Option<EntityKind> {
        let length = self.units - open.offset;
        if let Some(last) = self.entities.last_mut()
            && last.kind == (EntityKind::Pre { language: None })
            && (last.offset, last.length) == (open.offset, length)
        {
            last.kind = EntityKind::Pre { language: Some(language.to_owned()) };
            return None;
        }
        let is_inside = self.innermost().is_some_and(|tag| tag.name == "pre");
        let language = Some(language.to_owned());
        Some(if is_inside { EntityKind::Pre { language } } else { EntityKind::Code })
    }

    /// `<pre><code class="language-…">`: the code's language is the block's, and the code's own entity goes. A code in
    /// only a part of the block is a code.
    fn take_inner_language(&mut self, open: &Open<Tag>) -> Option<String> {
        let length = self.units - open.offset;
        let last = self.entities.last_mut().filter(|last| last.offset >= open.offset)?;
        let EntityKind::Pre { language: Some(language) } = &last.kind else { return None };
        if (last.offset, last.length) == (open.offset, length) {
            let language = language.clone();
            self.entities.pop();
            return Some(language);
        }
        last.kind = EntityKind::Code;
        None
    }
}

fn is_supported(tag: &str) -> bool {
    const TAGS: [&str; 17] = [
        "a",
        "b",
        "strong",
        "i",
        "em",
        "s",
        "strike",
        "del",
        "u",
        "ins",
        "tg-spoiler",
        "tg-emoji",
        "span",
        "pre",
        "code",
        "blockquote",
        "tg-time",
    ];
    TAGS.contains(&tag)
}

fn argument_of(tag: &str, name: &str, value: String) -> Option<String> {
    match (tag, name) {
        ("a", "href") | ("tg-emoji", "emoji-id") | ("blockquote", "expandable") => Some(value),
        ("code", "class") => value.strip_prefix("language-").map(str::to_owned),
        ("span", "class") => (value == "tg-spoiler").then_some(value),
        _ => None,
    }
}

/// What an element is; `None` where it is nothing but its text.
fn kind_of(tag: &Tag, inner: &str) -> Option<EntityKind> {
    Some(match tag.name.as_str() {
        "b" | "strong" => EntityKind::Bold,
        "i" | "em" => EntityKind::Italic,
        "s" | "strike" | "del" => EntityKind::Strikethrough,
        "u" | "ins" => EntityKind::Underline,
        "tg-spoiler" | "span" => EntityKind::Spoiler,
        "blockquote" => EntityKind::Blockquote { expandable: tag.argument.is_some() },
        "tg-emoji" => EntityKind::CustomEmoji { id: tag.argument.as_deref()?.parse().ok()? },
        "a" => link(tag.argument.as_deref().filter(|href| !href.is_empty()).unwrap_or(inner))?,
        "code" => EntityKind::Code,
        _ => return None,
    })
}

/// `&lt;`, `&gt;`, `&amp;`, `&quot;` and numbers, the semicolon optional; the character and the bytes used.
fn decode(text: &str) -> Option<(char, usize)> {
    let name = text.strip_prefix('&')?;
    let (decoded, used) = match name.strip_prefix('#') {
        Some(number) => decode_number(number).map(|(decoded, used)| (decoded, used + 2))?,
        None => decode_name(name).map(|(decoded, used)| (decoded, used + 1))?,
    };
    let semicolon = usize::from(text[used..].starts_with(';'));
    Some((decoded, used + semicolon))
}

fn decode_name(name: &str) -> Option<(char, usize)> {
    let length = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
    let decoded = match &name[..length] {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        _ => return None,
    };
    Some((decoded, length))
}

fn decode_number(number: &str) -> Option<(char, usize)> {
    let (digits, radix, prefix) = match number.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16, 1),
        None => (number, 10, 0),
    };
    let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let code = u32::from_str_radix(&digits[..length], radix).ok().filter(|code| *code != 0)?;
    Some((char::from_u32(code)?, prefix + length))
}

#[cfg(test)]
mod tests;

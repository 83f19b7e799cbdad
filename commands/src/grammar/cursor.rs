//! A place in a text that moves forward over what is dress.

use super::characters::{is_blank, is_invisible};
use super::emoji::{self, Seen};

/// More dress than this before a word is no dress.
const MOST_DRESS: usize = 64;

/// Bold and italic marks that were opened and not yet closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    stars: u8,
    lows: u8,
}

impl Marks {
    fn count(&mut self, c: char) -> Option<&mut u8> {
        match c {
            '*' => Some(&mut self.stars),
            '_' => Some(&mut self.lows),
            _ => None,
        }
    }

    fn open(&mut self, c: char) -> bool {
        let Some(count) = self.count(c) else {
            return false;
        };
        *count = count.saturating_add(1);
        true
    }

    /// Takes a mark as closing one that is open; says whether it did.
    pub fn close(&mut self, c: char) -> bool {
        let open = self.count(c).filter(|count| **count > 0);
        open.map(|count| *count -= 1).is_some()
    }

    /// The text without the marks at its end that close what is open.
    pub fn close_at_end<'a>(&mut self, text: &'a str) -> &'a str {
        text.trim_end().trim_end_matches(|c| self.close(c))
    }
}

/// What stood before a word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dress {
    /// The last emoji.
    pub emoji: Option<Seen>,
    /// What is still open.
    pub marks: Marks,
}

/// A place in a text. Always on a character boundary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At this byte, or at the end if no character begins there.
    pub fn new(text: &'a str, at: usize) -> Self {
        let at = if text.is_char_boundary(at) { at } else { text.len() };
        Self { text, at }
    }

    /// All of the text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The byte it stands at.
    pub fn at(&self) -> usize {
        self.at
    }

    /// What lies ahead.
    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The character ahead.
    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Moves over the character ahead.
    pub fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Moves over everything of a kind; says whether there was any.
    pub fn skip(&mut self, mut kind: impl FnMut(char) -> bool) -> bool {
        let from = self.at;
        while self.peek().is_some_and(&mut kind) {
            self.bump();
        }
        self.at > from
    }

    /// Moves over blanks, invisible marks, bold and heading marks and emoji. `newlines`: over line ends too.
    /// None when there is no end to them.
    pub fn undress(&mut self, newlines: bool) -> Option<Dress> {
        let mut dress = Dress::default();
        for _ in 0..MOST_DRESS {
            let Some(c) = self.peek() else {
                return Some(dress);
            };
            if c.is_ascii_alphanumeric() {
                return Some(dress);
            }
            let empty = is_blank(c) || is_invisible(c) || c == '#' || (newlines && c == '\n');
            if empty || dress.marks.open(c) {
                self.bump();
            } else if let Some(seen) = emoji::at_start(self.rest()) {
                dress.emoji = dress.emoji.filter(|e| e.denies()).or(Some(seen));
                self.at += seen.len;
            } else {
                return Some(dress);
            }
        }
        None
    }

    /// Moves over a word of ASCII capitals, whatever its case; its blanks stand for any blanks, and invisible marks
    /// in it are passed. Says whether it was written in capitals; none if it isn't there.
    pub fn word(&mut self, word: &str) -> Option<bool> {
        // Most words are told apart by their second letter.
        if let (Some(seen), Some(letter)) = (self.rest().as_bytes().get(1), word.as_bytes().get(1))
            && seen.is_ascii()
            && *letter != b' '
            && !seen.eq_ignore_ascii_case(letter)
        {
            return None;
        }
        if let Some(seen) = self.plain(word.len()).filter(|seen| seen.eq_ignore_ascii_case(word)) {
            self.at += word.len();
            return Some(seen == word);
        }
        let mut ahead = *self;
        let mut capitals = true;
        for letter in word.chars() {
            if !ahead.rest().bytes().next()?.is_ascii() {
                ahead.skip(is_invisible);
            }
            if letter == ' ' {
                ahead.skip(|c| is_blank(c) || is_invisible(c)).then_some(())?;
                continue;
            }
            let c = ahead.bump().filter(|c| c.eq_ignore_ascii_case(&letter))?;
            capitals &= c == letter;
        }
        if ahead.peek().is_some_and(char::is_alphanumeric) {
            return None;
        }
        *self = ahead;
        Some(capitals)
    }

    /// So many bytes ahead, if they end where a word of ASCII does.
    fn plain(&self, len: usize) -> Option<&'a str> {
        let (seen, rest) = self.rest().split_at_checked(len)?;
        let next = rest.as_bytes().first();
        next.is_none_or(|next| next.is_ascii() && !next.is_ascii_alphanumeric()).then_some(seen)
    }

    /// Moves over marks that close what is open, and blanks and invisible marks before them.
    pub fn close(&mut self, marks: &mut Marks) {
        let mut ahead = *self;
        ahead.skip(|c| is_blank(c) || is_invisible(c));
        if ahead.skip(|c| marks.close(c)) {
            *self = ahead;
        }
    }
}

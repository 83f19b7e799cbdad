//! The opening of an utterance: emoji, keyword, colon, and what is told behind it.

use super::characters::{is_blank, is_colon, is_dash, is_invisible, is_noise, is_picture, is_stop};
use super::cursor::{Cursor, Dress};
use super::emoji::{self, Seen};
use super::fields::{self, Fields};
use super::{Almost, Kind, Reading, Said, Task, Utterance};

/// Where the sender's words begin, once their dress is taken off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening<'a> {
    pub said: &'a Said,
    pub is_reply: bool,
    cursor: Cursor<'a>,
    dress: Dress,
}

/// A message that begins with a keyword.
#[derive(Debug)]
pub(super) struct Lead<'a> {
    pub said: &'a Said,
    pub is_reply: bool,
    /// As the table writes it.
    pub keyword: &'static str,
    /// Its own emoji leads.
    pub emphatic: bool,
    /// Written in capitals.
    pub shouted: bool,
    /// What stands behind it on its line.
    pub tail: Tail<'a>,
    /// The byte where the lines below begin.
    below: usize,
}

/// What stands behind a keyword on its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail<'a> {
    /// Nothing, not even a colon.
    Bare,
    /// A colon, and nothing.
    Empty,
    /// A colon and this.
    Told(&'a str),
    /// A dash instead of the colon, and this; only where the keyword is in capitals or has its emoji.
    Dashed(&'a str),
    /// This, without a colon.
    Loose(&'a str),
}

impl<'a> Opening<'a> {
    pub fn of(said: &'a Said, is_reply: bool) -> Option<Self> {
        let mut cursor = Cursor::new(&said.text, said.own_words());
        let dress = cursor.undress(true)?;
        Some(Self { said, is_reply, cursor, dress })
    }

    /// The first letter of the first word.
    pub fn letter(&self) -> Option<u8> {
        self.cursor.rest().bytes().next()
    }

    /// The lead, if it is this keyword.
    pub fn lead(&self, keyword: &'static str, emoji: &[char]) -> Option<Lead<'a>> {
        let mut cursor = self.cursor;
        let shouted = cursor.word(keyword)?;
        let seen = self.dress.emoji;
        let emphatic = seen.is_some_and(|seen| emoji.contains(&seen.emoji));
        let denied = !emphatic && seen.is_some_and(Seen::denies);
        let quoted = self.said.is_quoted(&(self.cursor.at()..cursor.at()));
        if denied || quoted {
            return None;
        }
        let (tail, below) = tail(cursor, self.dress, emphatic || shouted);
        Some(Lead { said: self.said, is_reply: self.is_reply, keyword, emphatic, shouted, tail, below })
    }
}

fn tail(mut cursor: Cursor<'_>, dress: Dress, sure: bool) -> (Tail<'_>, usize) {
    let mut marks = dress.marks;
    cursor.close(&mut marks);
    let separator = separator(&mut cursor);
    cursor.close(&mut marks);
    let line = cursor.rest().split('\n').next().unwrap_or_default();
    let below = cursor.at() + line.len();
    let value = trimmed(marks.close_at_end(trimmed(line)));
    let dashed = separator.is_some_and(is_dash);
    let tail = match separator {
        None if is_bare(value) => Tail::Bare,
        None => Tail::Loose(value),
        Some(_) if dashed && !sure => Tail::Loose(value),
        Some(_) if value.is_empty() => Tail::Empty,
        Some(_) if dashed => Tail::Dashed(value),
        Some(_) => Tail::Told(value),
    };
    (tail, below)
}

/// The colon or dash behind a keyword. A hyphen counts only before a blank.
fn separator(cursor: &mut Cursor) -> Option<char> {
    let mut ahead = *cursor;
    ahead.skip(|c| is_blank(c) || is_invisible(c) || is_picture(c));
    if let Some(dash) = emoji::spoilt_dash(ahead.rest()) {
        *cursor = Cursor::new(cursor.text(), ahead.at() + dash.len);
        return Some(dash.emoji);
    }
    let sign = ahead.bump().filter(|c| is_colon(*c) || is_dash(*c))?;
    let joined = sign == '-' && ahead.peek().is_some_and(|c| !c.is_whitespace());
    if joined {
        return None;
    }
    *cursor = ahead;
    Some(sign)
}

/// Nothing but full stops, exclamation marks and pictures.
fn is_bare(value: &str) -> bool {
    value.chars().all(|c| {
        let stop = is_stop(c) && !matches!(c, '?' | '\u{ff1f}' | ':');
        stop || is_picture(c) || is_invisible(c) || is_blank(c)
    })
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_noise(c))
}

impl<'a> Lead<'a> {
    /// Meant as grammar beyond doubt: in capitals, or with its emoji.
    pub fn is_sure(&self) -> bool {
        self.emphatic || self.shouted
    }

    /// Nothing stands in the lines below.
    pub fn is_alone(&self) -> bool {
        self.body().trim().is_empty()
    }

    /// For words that people use as well: not sure, and more than its own line, or a question.
    pub fn is_talk(&self) -> bool {
        !self.is_sure() && (!self.is_alone() || self.asks())
    }

    fn asks(&self) -> bool {
        matches!(self.tail, Tail::Told(text) if text.ends_with(['?', '\u{ff1f}']))
    }

    /// The lines below.
    pub fn body(&self) -> &'a str {
        &self.said.text[self.below..]
    }

    /// The first of them with something on it, unless it is a field.
    pub fn first_line_below(&self) -> Option<&'a str> {
        fields::first_prose(self.said, self.below)
    }

    /// The fields in the lines below.
    pub fn fields(&self) -> Fields {
        fields::read(self.said, self.below)
    }

    /// The task behind the colon, or on the next line where nothing but the colon stands on the first.
    pub fn task(&self) -> Option<Task> {
        match self.tail {
            Tail::Told(value) | Tail::Dashed(value) => Task::new(value),
            Tail::Empty => self.first_line_below().and_then(Task::new),
            Tail::Bare | Tail::Loose(_) => None,
        }
    }

    /// What it means with its task, or what is missing. Where neither capitals nor the emoji say that grammar is
    /// meant, only the colon does.
    pub fn with_task(&self, kind: Kind, make: impl FnOnce(Task) -> Utterance) -> Reading {
        match self.tail {
            Tail::Told(_) | Tail::Dashed(_) | Tail::Empty if self.is_sure() || !self.asks() => {
                let task = self.task();
                task.map_or_else(|| self.needs_task(kind), |task| Reading::Utterance(make(task)))
            }
            _ if !self.is_sure() => Reading::Chatter,
            Tail::Loose(_) => self.needs_colon(kind),
            _ => self.needs_task(kind),
        }
    }

    /// The same for a word that people use as well.
    pub fn word(&self, kind: Kind, make: impl FnOnce(Task) -> Utterance) -> Reading {
        if self.is_talk() { Reading::Chatter } else { self.with_task(kind, make) }
    }

    /// Recognised, with this missing.
    pub fn almost(&self, looks_like: Kind, missing: impl Into<String>) -> Reading {
        Reading::Almost(Almost { looks_like, missing: missing.into(), emphatic: self.emphatic })
    }

    /// Recognised, without what belongs behind the colon.
    pub fn needs(&self, looks_like: Kind, what: &str) -> Reading {
        self.almost(looks_like, format!("{} needs {what} after the colon.", self.keyword))
    }

    /// Recognised, without the colon and perhaps without what belongs behind it; else talk.
    pub fn lacks(&self, looks_like: Kind, what: &str) -> Reading {
        if !self.is_sure() {
            return Reading::Chatter;
        }
        self.almost(looks_like, format!("{} needs a colon and {what}.", self.keyword))
    }

    /// Recognised, without a task.
    pub fn needs_task(&self, looks_like: Kind) -> Reading {
        self.needs(looks_like, "a task")
    }

    /// Recognised, with a task but without the colon.
    pub fn needs_colon(&self, looks_like: Kind) -> Reading {
        self.almost(looks_like, format!("{} needs a colon before the task.", self.keyword))
    }
}

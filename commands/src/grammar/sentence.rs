//! What agents say in a sentence: `I already started task. status`.

use super::Task;
use super::characters::{closing, is_colon, is_dash, is_quote, is_stop};
use super::task::unwrapped;

/// Words before the verb: whose work it is, and since when.
const SUBJECT: &[&str] = &[
    "i",
    "we",
    "i'm",
    "i've",
    "we're",
    "we've",
    "am",
    "are",
    "was",
    "were",
    "have",
    "had",
    "already",
    "just",
    "still",
    "currently",
    "not",
    "never",
    "wasn't",
    "weren't",
    "haven't",
];
const VERB: &[&str] = &["started", "begun", "began", "working", "doing", "wip"];
/// Between the verb and the task, as often as they come.
const JOINING: &[&str] = &["on", "with", "working", "work"];
/// Tasks by another word for them.
const MEANING_IT: &[&str] = &["this", "it", "that", "this task", "that task", "the task", "this one"];

/// The task that a sentence is about, and what else it says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sentence {
    /// The task; none where it is only meant.
    pub task: Option<Task>,
    /// The rest, without its wrapping.
    pub rest: Option<String>,
}

impl Sentence {
    /// Reads one line: either somebody's work in words, or the task itself and then the rest.
    pub fn read(line: &str) -> Self {
        match work(line) {
            Work::Unsaid => Self::split(line),
            Work::On(task) => Self::split(task),
            Work::Told(rest) => Self { task: None, rest: kept(rest) },
        }
    }

    /// The task up to the end of the sentence, its bracket or its quote.
    pub fn split(line: &str) -> Self {
        let line = line.trim();
        let end = wrapped(line).unwrap_or_else(|| sentence_end(line));
        let (task, rest) = line.split_at(end);
        let task = task.trim_end_matches(is_stop);
        let meant = MEANING_IT.iter().any(|word| task.eq_ignore_ascii_case(word));
        Self { task: Task::new(task).filter(|_| !meant), rest: kept(rest) }
    }

    /// What is told on its line and in the lines below.
    pub fn with_body(self, body: &str) -> (Option<Task>, Option<String>) {
        let body = Some(body.trim()).filter(|body| !body.is_empty());
        let told = self.rest.into_iter().chain(body.map(str::to_owned)).collect::<Vec<_>>().join("\n");
        (self.task, Some(told).filter(|told| !told.is_empty()))
    }
}

enum Work<'a> {
    /// Nobody is named.
    Unsaid,
    /// Somebody's, and this follows the verb.
    On(&'a str),
    /// Somebody's, without a verb we know or without anything behind it in that sentence.
    Told(&'a str),
}

fn work(line: &str) -> Work<'_> {
    let after_subject = skipped(line, SUBJECT);
    if after_subject.len() == line.trim_start().len() {
        return Work::Unsaid;
    }
    let Some((verb, rest)) = word(after_subject).filter(|(verb, _)| is_one(verb, VERB)) else {
        return Work::Told(line);
    };
    let named = verb.ends_with(is_colon) && !is_one(verb, &["wip"]);
    let ended = (verb.ends_with(is_stop) && !named) || rest.trim_start().is_empty();
    match (ended, rest.trim_start()) {
        (true, "") => Work::Told(line),
        (true, rest) => Work::Told(rest),
        (false, rest) => Work::On(skipped(rest, JOINING)),
    }
}

/// The text behind all words of a list that it begins with.
fn skipped<'a>(text: &'a str, words: &[&str]) -> &'a str {
    let mut text = text.trim_start();
    while let Some((_, rest)) = word(text).filter(|(word, _)| words.iter().any(|w| is_word(word, w))) {
        text = rest.trim_start();
    }
    text
}

fn word(text: &str) -> Option<(&str, &str)> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Without the end of its sentence.
fn is_one(written: &str, words: &[&str]) -> bool {
    let written = written.trim_end_matches(is_stop);
    words.iter().any(|word| is_word(written, word))
}

fn is_word(written: &str, word: &str) -> bool {
    let apostrophe = |c: char| if c == '\u{2019}' { '\'' } else { c.to_ascii_lowercase() };
    written.chars().map(apostrophe).eq(word.chars())
}

/// Where the bracket or the quote that a text begins with is closed.
fn wrapped(text: &str) -> Option<usize> {
    let open = text.chars().next()?;
    let inner = &text[open.len_utf8()..];
    let closers = if open == '[' { Some(&[']'][..]) } else { closing(open).filter(|_| is_quote(open)) };
    let (at, close) = inner.char_indices().find(|(_, c)| closers.is_some_and(|close| close.contains(c)))?;
    Some(open.len_utf8() + at + close.len_utf8())
}

/// A full stop ends a sentence before a blank only: `v1.2` and `main.rs` have one inside. A dash ends the task where
/// somebody's work follows it.
fn sentence_end(text: &str) -> usize {
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let stops = matches!(c, '.' | '!' | ';' | '\u{2026}') && rest.starts_with(char::is_whitespace);
        let turns = is_dash(c) && before.is_whitespace() && !matches!(work(rest), Work::Unsaid);
        if stops || turns {
            return at;
        }
        before = c;
    }
    text.len()
}

fn kept(text: &str) -> Option<String> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || is_stop(c) || is_dash(c));
    Some(unwrapped(text)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Sentence;

    fn read(line: &str) -> (String, String) {
        let Sentence { task, rest } = Sentence::read(line);
        (task.map_or_else(String::new, |task| task.shown), rest.unwrap_or_default())
    }

    #[test]
    fn the_task_and_the_rest() {
        for (line, task, rest) in [
            ("I already started api keys. Half done.", "api keys", "Half done."),
            ("I already started [api keys]. [50 %]", "api keys", "50 %"),
            ("I’ve already started working on deploy v1.2 of main.rs", "deploy v1.2 of main.rs", ""),
            ("i was not working on \"api keys. all\". Proceed.", "api keys. all", "Proceed."),
            ("api keys — I already started, see branch x", "api keys", "I already started, see branch x"),
            ("deploy — step 2", "deploy — step 2", ""),
            ("I already started this. Half done", "", "Half done"),
            ("I have WIP. Branch x", "", "Branch x"),
            ("I already started: api keys. Half", "api keys", "Half"),
            ("I have WIP: branch x", "", "branch x"),
            ("I have WIP", "", "I have WIP"),
            ("I have WIP on api keys. Branch x", "api keys", "Branch x"),
            ("I am at it", "", "I am at it"),
            ("working memory", "working memory", ""),
            ("", "", ""),
        ] {
            assert_eq!(read(line), (task.to_owned(), rest.to_owned()), "{line}");
        }
    }
}

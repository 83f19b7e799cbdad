//! `⚠️ CONFLICT`, the answer to somebody else's claim, and `🚨 COLLISION`, which says the same later.

use super::forms::{Form, Opened};
use super::lead::{Lead, Tail};
use super::sentence::Sentence;
use super::{Kind, Reading, Utterance};

pub(super) const FORM: Form = Form {
    kind: Kind::Conflict,
    usage: "⚠️ CONFLICT — I already started task. status",
    opened: Opened::Lead { emoji: &['⚠'], keywords: &["CONFLICT"], read },
};

pub(super) const COLLISION: Form = Form {
    kind: Kind::Collision,
    usage: "🚨 COLLISION on task",
    opened: Opened::Lead { emoji: &['🚨'], keywords: &["COLLISION"], read: collision },
};

/// More words than this, neither in capitals nor with the emoji, are talk.
const MOST_WORDS_UNSURE: usize = 4;

fn read(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Bare | Tail::Empty if lead.is_alone() || lead.is_sure() => told(lead, ""),
        Tail::Told(text) | Tail::Dashed(text) if lead.is_sure() || !text.ends_with('?') => told(lead, text),
        Tail::Bare | Tail::Empty | Tail::Told(_) | Tail::Dashed(_) => Reading::Chatter,
        Tail::Loose(text) => loose(lead, text),
    }
}

fn told(lead: &Lead, text: &str) -> Reading {
    let (task, status) = Sentence::read(text).with_body(lead.body());
    Reading::Utterance(Utterance::Conflict { task, status })
}

/// Without colon or dash it is read where it says whose work it is, or `on` what; a conflict of interest says neither.
fn loose(lead: &Lead, text: &str) -> Reading {
    if let Some(task) = on(text).filter(|_| lead.is_sure()) {
        return told(lead, task);
    }
    let text = text.trim_start_matches([',', '.', '!', ' ']);
    match Sentence::read(text).task {
        Some(_) if says_i(text) => told(lead, text),
        _ if lead.shouted => lead.needs_colon(Kind::Conflict),
        _ => Reading::Chatter,
    }
}

fn says_i(text: &str) -> bool {
    let rest = text.strip_prefix(['I', 'i']);
    rest.is_some_and(|rest| rest.starts_with([' ', '\'', '\u{2019}']))
}

fn collision(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Told(text) | Tail::Dashed(text) => collided(lead, on(text).unwrap_or(text)),
        Tail::Loose(text) => match on(text) {
            Some(task) if lead.is_sure() || (lead.is_alone() && is_short(task)) => collided(lead, task),
            _ if lead.emphatic => lead.needs_colon(Kind::Collision),
            _ => Reading::Chatter,
        },
        Tail::Bare | Tail::Empty => lead.with_task(Kind::Collision, |task| Utterance::Collision { task }),
    }
}

fn collided(lead: &Lead, text: &str) -> Reading {
    match Sentence::split(text).task {
        Some(task) => Reading::Utterance(Utterance::Collision { task }),
        None => lead.almost(Kind::Collision, "COLLISION needs a task: write `COLLISION on task`."),
    }
}

/// What follows `on`.
fn on(text: &str) -> Option<&str> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    word.eq_ignore_ascii_case("on").then(|| rest.trim_start())
}

fn is_short(task: &str) -> bool {
    let words = task.split_whitespace().count();
    (1..=MOST_WORDS_UNSURE).contains(&words) && !task.contains([',', '?', '!'])
}

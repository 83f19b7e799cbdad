//! What the buttons do, in words: `QUEUE: task`, `EXTEND: task 30m`, `RELEASE: task`.

use super::fields;
use super::forms::{Form, Opened};
use super::lead::{Lead, Tail};
use super::task::unwrapped;
use super::{Eta, Kind, Reading, Task, Utterance};

pub(super) const QUEUE: Form = Form {
    kind: Kind::Queue,
    usage: "QUEUE: task",
    opened: Opened::Lead { emoji: &[], keywords: &["QUEUE"], read: queue },
};

pub(super) const EXTEND: Form = Form {
    kind: Kind::Extend,
    usage: "EXTEND: task 30m",
    opened: Opened::Lead { emoji: &['⏱'], keywords: &["EXTEND"], read: extend },
};

pub(super) const RELEASE: Form = Form {
    kind: Kind::Release,
    usage: "RELEASE: task",
    opened: Opened::Lead { emoji: &['🔓'], keywords: &["RELEASE"], read: release },
};

/// A time takes no more words than this: `in about 1 hour and 30 min from now`.
const MOST_TIME_WORDS: usize = 9;

fn queue(lead: &Lead) -> Reading {
    lead.word(Kind::Queue, |task| Utterance::Queue { task })
}

/// Bare it is in capitals or a reply: people shout it when they ship.
fn release(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Bare if lead.is_alone() && (lead.is_sure() || lead.is_reply) => {
            Reading::Utterance(Utterance::Release { task: None })
        }
        Tail::Bare => Reading::Chatter,
        Tail::Loose(_) if !lead.emphatic => Reading::Chatter,
        _ => lead.word(Kind::Release, |task| Utterance::Release { task: Some(task) }),
    }
}

fn extend(lead: &Lead) -> Reading {
    let (Tail::Told(text) | Tail::Dashed(text)) = lead.tail else {
        return lead.word(Kind::Extend, |task| Utterance::Extend { task, by: None });
    };
    if lead.is_talk() {
        return Reading::Chatter;
    }
    let (task, by) = task_and_time(text);
    let by = by.or_else(|| fields::eta(&lead.fields()));
    match Task::new(task).filter(|_| !is_time(task)) {
        Some(task) => Reading::Utterance(Utterance::Extend { task, by }),
        None => lead.needs_task(Kind::Extend),
    }
}

/// The time is the longest end of the text that reads as one; at least one word is the task's.
fn task_and_time(text: &str) -> (&str, Option<Eta>) {
    let text = text.trim();
    let words = || text.match_indices(char::is_whitespace).map(|(at, _)| at);
    let skipped = words().count().saturating_sub(MOST_TIME_WORDS);
    let found = words().skip(skipped).find_map(|at| {
        let (task, time) = text.split_at(at);
        Eta::read(time).filter(Eta::is_time).map(|time| (task, time))
    });
    found.map_or((text, None), |(task, time)| (task.trim_end_matches(JOINS), Some(time)))
}

/// Between a task and its time.
const JOINS: [char; 7] = [' ', ',', ':', '-', '–', '—', '+'];

fn is_time(text: &str) -> bool {
    Eta::read(&unwrapped(text)).is_some_and(|eta| eta.is_time())
}

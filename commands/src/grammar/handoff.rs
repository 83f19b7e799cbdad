//! `HANDOFF to name: task`, and its two answers: `ACK: task` and `REFUSE: task reason`.

use super::characters::{is_blank, is_colon, is_dash, is_stop};
use super::fields::{self, first_line};
use super::forms::{Form, Opened};
use super::lead::{Lead, Tail};
use super::sentence::Sentence;
use super::task::unwrapped;
use super::{Kind, Reading, Task, Utterance};

pub(super) const FORM: Form = Form {
    kind: Kind::Handoff,
    usage: "🔄 HANDOFF to name: task",
    opened: Opened::Lead { emoji: &['🔄'], keywords: &["HANDOFF"], read },
};

pub(super) const ACK: Form = Form {
    kind: Kind::HandoffAck,
    usage: "✅ ACK: task",
    opened: Opened::Lead { emoji: &['✅'], keywords: &["ACK"], read: ack },
};

pub(super) const REFUSE: Form = Form {
    kind: Kind::Refuse,
    usage: "REFUSE: task reason",
    opened: Opened::Lead { emoji: REFUSING, keywords: &["REFUSE"], read: refuse },
};

pub(super) const NO: Form = Form {
    kind: Kind::Refuse,
    usage: "NO reason",
    opened: Opened::Lead { emoji: REFUSING, keywords: &["NO"], read: no },
};

/// Before a keyword that does, these do not deny it.
const REFUSING: &[char] = &['❌', '✖', '🚫', '⛔', '👎'];

/// More words than this are no name: in capitals or with the emoji, and otherwise.
const MOST_NAME_WORDS: usize = 4;
const MOST_NAME_WORDS_UNSURE: usize = 2;

fn read(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Told(text) | Tail::Dashed(text) | Tail::Loose(text) => match behind_to(text) {
            Some(rest) => addressed(lead, rest),
            None if lead.emphatic || (lead.shouted && !matches!(lead.tail, Tail::Loose(_))) => {
                needs_name(lead)
            }
            None => Reading::Chatter,
        },
        Tail::Bare if !lead.is_alone() && !lead.emphatic => Reading::Chatter,
        Tail::Bare | Tail::Empty => needs_name(lead),
    }
}

/// `name: task`, `: name: task`, or a name alone. Where it is not sure that grammar is meant, names are short.
fn addressed(lead: &Lead, rest: &str) -> Reading {
    let rest = rest.trim_start_matches(|c: char| is_colon(c) || is_blank(c));
    let (name, told) = name_and_task(rest);
    let name = unwrapped(name.trim_matches(|c: char| is_mark(c) || is_blank(c) || is_stop(c)));
    let words = name.split_whitespace().count();
    let most = match told {
        _ if lead.is_sure() => MOST_NAME_WORDS,
        Some(_) => MOST_NAME_WORDS_UNSURE,
        None => usize::from(lead.is_alone() && name.starts_with(|c: char| c == '@' || c.is_uppercase())),
    };
    match words {
        0 => needs_name(lead),
        _ if words > most && lead.is_sure() => {
            lead.almost(Kind::Handoff, "HANDOFF needs a colon between the name and the task.")
        }
        _ if words > most => Reading::Chatter,
        _ => {
            let fields = lead.fields();
            let below = fields.get("task").map(|task| first_line(task));
            let task = told.and_then(Task::new).or_else(|| Task::new(below?));
            Reading::Utterance(Utterance::Handoff { to: name, task, fields })
        }
    }
}

/// Up to the first colon, or a dash between blanks.
fn name_and_task(text: &str) -> (&str, Option<&str>) {
    let dashed = |at: usize, c: char| {
        let spaced = text[at + c.len_utf8()..].starts_with(char::is_whitespace);
        is_dash(c) && spaced && text[..at].ends_with(char::is_whitespace)
    };
    let Some((at, c)) = text.char_indices().find(|(at, c)| is_colon(*c) || dashed(*at, *c)) else {
        return (text, None);
    };
    (&text[..at], Some(without_half_marks(text[at + c.len_utf8()..].trim())))
}

/// Bold marks that belong to the name, or whose end was taken for the lead's.
fn without_half_marks(text: &str) -> &str {
    let half = |mark: &str| text.strip_prefix(mark).filter(|rest| !rest.contains(mark));
    ["**", "__", "*", "_"].into_iter().find_map(half).unwrap_or(text)
}

fn is_mark(c: char) -> bool {
    matches!(c, '*' | '_')
}

fn behind_to(text: &str) -> Option<&str> {
    let (word, rest) = text.split_at_checked(2)?;
    let whole = !rest.starts_with(char::is_alphanumeric);
    (whole && word.eq_ignore_ascii_case("to")).then_some(rest)
}

fn needs_name(lead: &Lead) -> Reading {
    lead.almost(Kind::Handoff, "HANDOFF needs a name and a task: write `HANDOFF to name: task`.")
}

fn ack(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Bare if lead.is_alone() || lead.emphatic => accepted(lead, None),
        Tail::Bare => Reading::Chatter,
        Tail::Empty if lead.is_reply => accepted(lead, None),
        Tail::Empty => named(lead),
        Tail::Told(text) | Tail::Dashed(text) | Tail::Loose(text) => match taking_over(text) {
            Some(task) => accepted(lead, Sentence::split(task).task),
            None => answered(lead),
        },
    }
}

fn accepted(lead: &Lead, task: Option<Task>) -> Reading {
    let eta = fields::eta(&lead.fields());
    Reading::Utterance(Utterance::HandoffAck { task, eta })
}

fn named(lead: &Lead) -> Reading {
    lead.task().map_or_else(|| lead.needs_task(Kind::HandoffAck), |task| accepted(lead, Some(task)))
}

/// Behind a dash, a reply may say anything: the message it answers names the task.
fn answered(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Dashed(_) if lead.is_reply => accepted(lead, None),
        Tail::Told(_) | Tail::Dashed(_) => named(lead),
        _ if lead.emphatic => lead.needs_colon(Kind::HandoffAck),
        _ => Reading::Chatter,
    }
}

/// What follows `Taking over`.
fn taking_over(text: &str) -> Option<&str> {
    const WORDS: &str = "taking over";
    let text = text.trim_start_matches([',', ' ']);
    let (head, rest) = text.split_at_checked(WORDS.len())?;
    let whole = !rest.starts_with(char::is_alphanumeric);
    (whole && head.eq_ignore_ascii_case(WORDS)).then(|| rest.trim_start_matches([':', ' ']))
}

fn refuse(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Told(_) | Tail::Dashed(_) | Tail::Empty | Tail::Bare => refusal(lead),
        Tail::Loose(_) if lead.shouted || lead.is_reply => refusal(lead),
        Tail::Loose(_) => Reading::Chatter,
    }
}

/// `NO` in capitals, or alone: "No, I think …" is talk, and "NO PROBLEM" is a yes.
fn no(lead: &Lead) -> Reading {
    const FRIENDLY: &[&str] = &["problem", "worries"];
    let alone = lead.tail == Tail::Bare && lead.body().trim().is_empty();
    let friendly = matches!(lead.tail, Tail::Loose(text)
        if FRIENDLY.iter().any(|word| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))));
    if lead.is_reply && !friendly && (lead.shouted || alone) { refusal(lead) } else { Reading::Chatter }
}

fn refusal(lead: &Lead) -> Reading {
    let (Tail::Told(first) | Tail::Dashed(first) | Tail::Loose(first)) = lead.tail else {
        let rest = said(lead.body());
        return Reading::Utterance(Utterance::Refuse { rest });
    };
    let rest = said(&format!("{first}{}", lead.body()));
    Reading::Utterance(Utterance::Refuse { rest })
}

fn said(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches([',', '.', '!', ' ']);
    (!text.is_empty()).then(|| text.to_owned())
}

//! `HANDOFF`, and its two answers: `ACK: task` and `REFUSE: task reason`.

use super::forms::{Form, Opened};
use super::lead::{Lead, Tail};
use super::{Kind, Reading, Task, Utterance};

pub(super) const FORM: Form = Form {
    kind: Kind::Handoff,
    usage: "🔄 HANDOFF",
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
    opened: Opened::Lead { emoji: &[], keywords: &["REFUSE"], read: refuse },
};

pub(super) const NO: Form = Form {
    kind: Kind::Refuse,
    usage: "NO reason",
    opened: Opened::Lead { emoji: &[], keywords: &["NO"], read: no },
};

/// In a handoff, `DONE` names the task and `HANDOFF to` the next owner; alone it names neither.
fn read(lead: &Lead) -> Reading {
    let alone = lead.tail == Tail::Bare && lead.body().trim().is_empty();
    let addressed = lead.shouted && matches!(lead.tail, Tail::Loose(text) if text.starts_with("to"));
    if alone || addressed || lead.emphatic || lead.tail == Tail::Empty {
        let missing = "HANDOFF needs its task: write `DONE: task` and below it `HANDOFF to: name`.";
        return lead.almost(Kind::Handoff, missing);
    }
    Reading::Chatter
}

fn ack(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Bare if lead.body().trim().is_empty() || lead.emphatic => accepted(None),
        Tail::Bare => Reading::Chatter,
        Tail::Empty if lead.is_reply => accepted(None),
        Tail::Empty => named(lead),
        Tail::Told(text) | Tail::Dashed(text) | Tail::Loose(text) => match taking_over(text) {
            Some(task) => accepted(Task::new(task)),
            None => answered(lead),
        },
    }
}

fn accepted(task: Option<Task>) -> Reading {
    Reading::Utterance(Utterance::HandoffAck { task, eta: None })
}

fn named(lead: &Lead) -> Reading {
    lead.task().map_or_else(|| lead.needs_task(Kind::HandoffAck), |task| accepted(Some(task)))
}

/// Behind a dash, a reply may say anything: the message it answers names the task.
fn answered(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Dashed(_) if lead.is_reply => accepted(None),
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

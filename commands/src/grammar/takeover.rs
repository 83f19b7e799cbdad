//! `📢 TAKEOVER NOTICE: task` to a silent owner, and his two answers.

use super::fields::first_line;
use super::forms::{Form, Opened};
use super::lead::{Lead, Tail};
use super::sentence::Sentence;
use super::task::unwrapped;
use super::{Fields, Kind, Reading, Utterance};

pub(super) const NOTICE: Form = Form {
    kind: Kind::TakeoverNotice,
    usage: "📢 TAKEOVER NOTICE: task",
    opened: Opened::Lead { emoji: &['📢'], keywords: &["TAKEOVER NOTICE"], read: notice },
};

pub(super) const ACK: Form = Form {
    kind: Kind::TakeoverAck,
    usage: "✅ TAKEOVER ACK — I was not working on task. Proceed.",
    opened: Opened::Lead { emoji: &['✅'], keywords: &["TAKEOVER ACK"], read: ack },
};

pub(super) const CONFLICT: Form = Form {
    kind: Kind::TakeoverConflict,
    usage: "⚠️ TAKEOVER CONFLICT — I have WIP. status",
    opened: Opened::Lead { emoji: &['⚠'], keywords: &["TAKEOVER CONFLICT"], read: conflict },
};

/// What agents say to let a takeover go on.
const PROCEED: &[&str] = &["proceed", "go ahead", "ok", "okay", "yes", "fine"];

fn notice(lead: &Lead) -> Reading {
    lead.with_task(Kind::TakeoverNotice, |task| {
        let mut fields = lead.fields();
        fields.values_mut().for_each(without_call);
        Utterance::TakeoverNotice { task, new_owner: new_owner(&fields), fields }
    })
}

/// `@owner — Confirm …` below the fields belongs to none of them.
fn without_call(value: &mut String) {
    let call = value.match_indices('\n').find(|(at, _)| value[at + 1..].starts_with('@'));
    if let Some((at, _)) = call {
        value.truncate(value[..at].trim_end().len());
    }
}

fn new_owner(fields: &Fields) -> Option<String> {
    let name = unwrapped(first_line(fields.get("new_owner")?).trim_end_matches(['.', ',', '!']));
    Some(name).filter(|name| !name.is_empty())
}

fn ack(lead: &Lead) -> Reading {
    let Some(sentence) = answered(lead) else { return Reading::Chatter };
    let proceed = |key: &str| PROCEED.contains(&key);
    let task = sentence.task.filter(|task| !proceed(&task.key));
    Reading::Utterance(Utterance::TakeoverAck { task })
}

fn conflict(lead: &Lead) -> Reading {
    let Some(sentence) = answered(lead) else { return Reading::Chatter };
    let (task, status) = sentence.with_body(lead.body());
    Reading::Utterance(Utterance::TakeoverConflict { task, status })
}

/// What the owner says; none where he only talks about takeovers.
fn answered(lead: &Lead) -> Option<Sentence> {
    match lead.tail {
        Tail::Told(text) | Tail::Dashed(text) => Some(Sentence::read(text)),
        Tail::Bare | Tail::Empty => (lead.is_sure() || lead.is_alone()).then(Sentence::default),
        Tail::Loose(text) => lead.is_sure().then(|| Sentence::read(text)),
    }
}

//! `📡 CONFIG UPDATE: what`, `📤 CODE PUSH: file` and `✅ CODE RECEIVED: file`: told, never applied.

use super::forms::{Form, Opened};
use super::lead::{Lead, Tail};
use super::task::unwrapped;
use super::{Kind, Reading, Utterance};

pub(super) const FORM: Form = Form {
    kind: Kind::ConfigUpdate,
    usage: "📡 CONFIG UPDATE: what",
    opened: Opened::Lead { emoji: &['📡'], keywords: &["CONFIG UPDATE"], read },
};

pub(super) const PUSH: Form = Form {
    kind: Kind::CodePush,
    usage: "📤 CODE PUSH: file",
    opened: Opened::Lead { emoji: &['📤'], keywords: &["CODE PUSH"], read: push },
};

pub(super) const RECEIVED: Form = Form {
    kind: Kind::CodeReceived,
    usage: "✅ CODE RECEIVED: file",
    opened: Opened::Lead { emoji: &['✅'], keywords: &["CODE RECEIVED"], read: received },
};

fn read(lead: &Lead) -> Reading {
    let about = match lead.tail {
        Tail::Told(text) | Tail::Dashed(text) => Some(unwrapped(text)),
        Tail::Empty => lead.first_line_below().map(unwrapped),
        Tail::Bare if lead.is_sure() && !lead.is_alone() => None,
        Tail::Bare | Tail::Loose(_) => return lead.lacks(Kind::ConfigUpdate, "what it is about"),
    };
    let (about, fields) = (about.filter(|about| !about.is_empty()), lead.fields());
    if about.is_none() && fields.is_empty() {
        return lead.needs(Kind::ConfigUpdate, "what it is about");
    }
    Reading::Utterance(Utterance::ConfigUpdate { about, fields })
}

fn push(lead: &Lead) -> Reading {
    named(lead, Kind::CodePush, |file| Utterance::CodePush { file, fields: lead.fields() })
}

fn received(lead: &Lead) -> Reading {
    named(lead, Kind::CodeReceived, |file| Utterance::CodeReceived { file, fields: lead.fields() })
}

fn named(lead: &Lead, kind: Kind, make: impl FnOnce(String) -> Utterance) -> Reading {
    match lead.tail {
        Tail::Told(_) | Tail::Dashed(_) | Tail::Empty => match lead.task() {
            Some(file) => Reading::Utterance(make(file.shown)),
            None => lead.needs(kind, "a file name"),
        },
        Tail::Bare | Tail::Loose(_) => lead.lacks(kind, "a file name"),
    }
}

//! `🔒 EXCLUSIVE CLAIM: task`

use super::fields::first_line;
use super::forms::{Form, Opened};
use super::lead::{Lead, Tail};
use super::{Eta, Kind, Reading, Utterance};

pub(super) const FORM: Form = Form {
    kind: Kind::ExclusiveClaim,
    usage: "🔒 EXCLUSIVE CLAIM: task",
    opened: Opened::Lead { emoji: &['🔒'], keywords: &["EXCLUSIVE CLAIM"], read },
};

fn read(lead: &Lead) -> Reading {
    let sure = lead.emphatic || lead.shouted;
    match lead.tail {
        Tail::Told(_) | Tail::Dashed(_) | Tail::Empty => claim(lead),
        Tail::Bare => lead.needs_task(Kind::ExclusiveClaim),
        Tail::Loose(_) if sure => lead.needs_colon(Kind::ExclusiveClaim),
        Tail::Loose(_) => Reading::Chatter,
    }
}

fn claim(lead: &Lead) -> Reading {
    let Some(task) = lead.task() else {
        return lead.needs_task(Kind::ExclusiveClaim);
    };
    let fields = lead.fields();
    let eta = fields.get("eta").and_then(|eta| Eta::read(first_line(eta)));
    Reading::Utterance(Utterance::ExclusiveClaim { task, eta, fields })
}

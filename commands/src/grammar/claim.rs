//! `🔒 EXCLUSIVE CLAIM: task`, and `🎯 CLAIMING: task`, which shares it.

use super::fields;
use super::forms::{Form, Opened};
use super::lead::{Lead, Tail};
use super::{Kind, Reading, Utterance};

pub(super) const FORM: Form = Form {
    kind: Kind::ExclusiveClaim,
    usage: "🔒 EXCLUSIVE CLAIM: task",
    opened: Opened::Lead { emoji: &['🔒'], keywords: &["EXCLUSIVE CLAIM"], read },
};

pub(super) const SHARED: Form = Form {
    kind: Kind::Claim,
    usage: "🎯 CLAIMING: task",
    opened: Opened::Lead { emoji: &['🎯'], keywords: &["CLAIMING"], read: shared },
};

fn read(lead: &Lead) -> Reading {
    if lead.tail == Tail::Bare {
        return lead.needs_task(Kind::ExclusiveClaim);
    }
    lead.with_task(Kind::ExclusiveClaim, |task| {
        let fields = lead.fields();
        let eta = fields::eta(&fields);
        Utterance::ExclusiveClaim { task, eta, fields }
    })
}

fn shared(lead: &Lead) -> Reading {
    lead.with_task(Kind::Claim, |task| {
        let fields = lead.fields();
        let eta = fields::eta(&fields);
        Utterance::Claim { task, eta, fields }
    })
}

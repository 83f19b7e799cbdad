//! A task stands still: `⏸️ TASK PAUSED: task`, `🔴 TASK BLOCKED: task`, and the words `PAUSE` and `RESUME`.

use super::forms::{Form, Opened};
use super::lead::{Lead, Tail};
use super::{Kind, Reading, Utterance};

pub(super) const PAUSED: Form = Form {
    kind: Kind::Paused,
    usage: "⏸️ TASK PAUSED: task",
    opened: Opened::Lead { emoji: &['⏸'], keywords: &["TASK PAUSED"], read: paused },
};

pub(super) const BLOCKED: Form = Form {
    kind: Kind::Blocked,
    usage: "🔴 TASK BLOCKED: task",
    opened: Opened::Lead { emoji: &['🔴'], keywords: &["TASK BLOCKED"], read: blocked },
};

pub(super) const PAUSE: Form = Form {
    kind: Kind::Pause,
    usage: "PAUSE: task",
    opened: Opened::Lead { emoji: &['⏸'], keywords: &["PAUSE"], read: pause },
};

/// Before the plain `resume` of [`super::stand_down`], which it is unless in capitals.
pub(super) const RESUME: Form = Form {
    kind: Kind::Resume,
    usage: "RESUME: task",
    opened: Opened::Lead { emoji: &['▶'], keywords: &["RESUME"], read: resume },
};

fn paused(lead: &Lead) -> Reading {
    lead.with_task(Kind::Paused, |task| Utterance::Paused { task, fields: lead.fields() })
}

fn blocked(lead: &Lead) -> Reading {
    lead.with_task(Kind::Blocked, |task| Utterance::Blocked { task, fields: lead.fields() })
}

fn pause(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Bare if lead.is_alone() => Reading::Utterance(Utterance::Pause { task: None }),
        Tail::Bare | Tail::Loose(_) => Reading::Chatter,
        _ => lead.word(Kind::Pause, |task| Utterance::Pause { task: Some(task) }),
    }
}

/// A dash is no colon here: `RESUME — Oracle` calls somebody.
fn resume(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Bare if lead.is_alone() && lead.shouted => Reading::Utterance(Utterance::Resume { task: None }),
        Tail::Bare | Tail::Loose(_) | Tail::Dashed(_) => Reading::Chatter,
        _ => lead.word(Kind::Resume, |task| Utterance::Resume { task: Some(task) }),
    }
}

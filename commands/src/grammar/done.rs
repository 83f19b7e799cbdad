//! `✅ DONE: task`, with its result and who takes over.

use super::fields::{Fields, first_line};
use super::forms::{Form, Opened};
use super::lead::{Lead, Tail};
use super::task::unwrapped;
use super::{Kind, Reading, Task, Utterance};

pub(super) const FORM: Form = Form {
    kind: Kind::Done,
    usage: "✅ DONE: task",
    opened: Opened::Lead { emoji: &['✅'], keywords: &["DONE", "TASK COMPLETE"], read },
};

/// What a filled-in form says where nobody takes over.
const NOBODY: &[&str] = &["none", "nobody", "no one", "n/a", "na", "nil", "-", "–", "—"];

fn read(lead: &Lead) -> Reading {
    match lead.tail {
        Tail::Told(_) | Tail::Dashed(_) | Tail::Empty => match lead.task() {
            Some(task) => done(lead, Some(task)),
            None => lead.needs_task(Kind::Done),
        },
        Tail::Bare => bare(lead),
        Tail::Loose(_) if lead.emphatic => lead.needs_colon(Kind::Done),
        Tail::Loose(_) => Reading::Chatter,
    }
}

/// Without a task it is the whole message, or has its fields below it; with its emoji, anything.
fn bare(lead: &Lead) -> Reading {
    let alone = lead.body().trim().is_empty();
    let fields = lead.fields();
    let filled = fields.contains_key("result") || handoff(&fields).is_some();
    if alone || filled || lead.emphatic { done(lead, None) } else { Reading::Chatter }
}

fn done(lead: &Lead, task: Option<Task>) -> Reading {
    let fields = lead.fields();
    let handoff_to = match handoff(&fields) {
        Some(name) if name.is_empty() => {
            return lead.almost(Kind::Done, "HANDOFF to needs a name after the colon.");
        }
        Some(name) => Some(name).filter(|name| !is_nobody(name)),
        None => None,
    };
    let result = fields.get("result").filter(|result| !result.is_empty()).cloned();
    Reading::Utterance(Utterance::Done { task, result, handoff_to, fields })
}

/// Who takes over, as written, up to a colon.
fn handoff(fields: &Fields) -> Option<String> {
    let value = fields.get("handoff_to").or_else(|| fields.get("handoff"))?;
    let name = first_line(value).split([':', '：']).next()?;
    let name = name.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | '!'));
    Some(unwrapped(name))
}

fn is_nobody(name: &str) -> bool {
    NOBODY.contains(&name.to_lowercase().as_str())
}

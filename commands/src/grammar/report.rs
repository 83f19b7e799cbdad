//! What `mesh parse` prints: one JSON object for a message.

use serde_json::{Value, json};

use super::{Reading, Target, Utterance};

/// The JSON of the command line's contract. What was not said is `null`.
pub fn report(reading: &Reading) -> Value {
    let kind = reading.kind().name();
    match reading {
        Reading::Utterance(utterance) => {
            let mut report = said(utterance);
            if let Some(object) = report.as_object_mut() {
                object.shift_insert(0, "kind".to_owned(), kind.into());
            }
            report
        }
        Reading::Almost(almost) => {
            json!({"kind": kind, "looks_like": almost.looks_like.name(), "missing": almost.missing})
        }
        Reading::Chatter => json!({"kind": kind}),
    }
}

fn said(utterance: &Utterance) -> Value {
    match utterance {
        Utterance::ExclusiveClaim { task, eta, fields } | Utterance::Claim { task, eta, fields } => json!({
            "task": task.shown,
            "eta": eta.as_ref().map(|eta| &eta.text),
            "eta_minutes": eta.as_ref().and_then(super::Eta::minutes),
            "fields": fields,
        }),
        Utterance::Done { task, result, handoff_to, fields } => json!({
            "task": task.as_ref().map(|task| &task.shown),
            "result": result,
            "handoff_to": handoff_to,
            "fields": fields,
        }),
        Utterance::Handoff { to, task, fields } => {
            json!({"task": shown(task.as_ref()), "handoff_to": to, "fields": fields})
        }
        Utterance::HandoffAck { task, eta } => json!({
            "task": shown(task.as_ref()),
            "eta": eta.as_ref().map(|eta| &eta.text),
            "eta_minutes": eta.as_ref().and_then(super::Eta::minutes),
        }),
        Utterance::Conflict { task, status } | Utterance::TakeoverConflict { task, status } => {
            json!({"task": shown(task.as_ref()), "status": status})
        }
        Utterance::Collision { task } | Utterance::Queue { task } => json!({"task": task.shown}),
        Utterance::TakeoverNotice { task, new_owner, fields } => {
            json!({"task": task.shown, "new_owner": new_owner, "fields": fields})
        }
        Utterance::TakeoverAck { task }
        | Utterance::Release { task }
        | Utterance::Pause { task }
        | Utterance::Resume { task } => json!({"task": shown(task.as_ref())}),
        Utterance::Extend { task, by } => json!({
            "task": task.shown,
            "eta": by.as_ref().map(|eta| &eta.text),
            "eta_minutes": by.as_ref().and_then(super::Eta::minutes),
        }),
        Utterance::Paused { task, fields } | Utterance::Blocked { task, fields } => {
            json!({"task": task.shown, "fields": fields})
        }
        Utterance::ConfigUpdate { about, fields } => json!({"about": about, "fields": fields}),
        Utterance::CodePush { file, fields } | Utterance::CodeReceived { file, fields } => {
            json!({"file": file, "fields": fields})
        }
        Utterance::Deploy { content } => json!({"content": content}),
        Utterance::Override { which } => json!({"override": which}),
        Utterance::Refuse { rest } => json!({"rest": rest}),
        Utterance::Acknowledgement => json!({}),
        Utterance::StandDown { target } | Utterance::StandUp { target } => json!({"target": whom(target)}),
        Utterance::Command(line) => json!({"words": line.words, "to_bot": line.to_bot}),
    }
}

fn shown(task: Option<&super::Task>) -> Option<&str> {
    task.map(|task| task.shown.as_str())
}

fn whom(target: &Target) -> Option<&str> {
    match target {
        Target::Named(name) => Some(name),
        Target::All => Some("all"),
        Target::Unsaid => None,
    }
}

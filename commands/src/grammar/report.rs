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
        Utterance::ExclusiveClaim { task, eta, fields } => json!({
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
        Utterance::HandoffAck { task } => json!({"task": task.as_ref().map(|task| &task.shown)}),
        Utterance::Refuse { rest } => json!({"rest": rest}),
        Utterance::Acknowledgement => json!({}),
        Utterance::StandDown { target } | Utterance::StandUp { target } => json!({"target": whom(target)}),
        Utterance::Command(line) => json!({"words": line.words, "to_bot": line.to_bot}),
    }
}

fn whom(target: &Target) -> Option<&str> {
    match target {
        Target::Named(name) => Some(name),
        Target::All => Some("all"),
        Target::Unsaid => None,
    }
}

//! The machine twins: a message that is one JSON object, with a `type` of four.

use serde_json::{Map, Value};

use super::characters::is_invisible;
use super::fields::snake;
use super::forms::{FORMS, Form, Opened};
use super::task::unwrapped;
use super::{Almost, Eta, Fields, Kind, Reading, Said, Task, Utterance};

/// The members of a twin.
pub(super) type Object = Map<String, Value>;

pub(super) const CLAIM: Form = Form {
    kind: Kind::ExclusiveClaim,
    usage: r#"{"type":"claim","resource":"task:api keys","scope":"write","ttl_minutes":30}"#,
    opened: Opened::Twin { name: "claim", read: claim },
};

pub(super) const RELEASE: Form = Form {
    kind: Kind::Release,
    usage: r#"{"type":"release","resource":"task:api keys"}"#,
    opened: Opened::Twin { name: "release", read: release },
};

pub(super) const HANDOFF: Form = Form {
    kind: Kind::Handoff,
    usage: r#"{"type":"handoff","from":"Sandman","to":"Oracle","task_id":"api keys"}"#,
    opened: Opened::Twin { name: "handoff", read: handoff },
};

pub(super) const ACK: Form = Form {
    kind: Kind::HandoffAck,
    usage: r#"{"type":"handoff_ack","task_id":"api keys","accepted":true,"eta_minutes":20}"#,
    opened: Opened::Twin { name: "handoff_ack", read: ack },
};

/// Where a twin names its task, the first that does.
const TASK_KEYS: &[&str] = &["resource", "task_id", "task"];

/// The message as a twin: none unless all of it is one JSON object, in the sender's own words.
pub(super) fn object(said: &Said) -> Option<Object> {
    let empty = |c: char| c.is_whitespace() || is_invisible(c);
    let text = said.text.trim_start_matches(empty);
    if !text.starts_with('{') || !said.quoted.is_empty() {
        return None;
    }
    let text = text.trim_end_matches(empty);
    text.ends_with('}').then(|| serde_json::from_str(text).ok())?
}

/// Where a twin says who speaks.
const SPEAKER_KEYS: &[&str] = &["agent", "from"];

/// Who speaks, as a twin itself says: a text as it is written, all else as JSON. Nobody where the message is no twin, or
/// says nothing of it.
pub fn speakers(said: &Said) -> Vec<String> {
    let twin = object(said).filter(|object| !said.too_long() && read(object) != Reading::Chatter);
    let says = |key: &str| snake(key).is_some_and(|key| SPEAKER_KEYS.contains(&key.as_str()));
    let named = twin.iter().flatten().filter(|(key, value)| says(key) && !value.is_null());
    let named = named.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    named.filter(|name| !name.trim().is_empty()).collect()
}

/// Reads a twin by its type; other objects are chatter.
pub(super) fn read(object: &Object) -> Reading {
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default().trim();
    let fits = |form: &Form| match form.opened {
        Opened::Twin { name, read } if name.eq_ignore_ascii_case(kind) => Some(read(object)),
        _ => None,
    };
    FORMS.iter().find_map(fits).unwrap_or(Reading::Chatter)
}

/// Reads share, everything else excludes.
fn claim(object: &Object) -> Reading {
    let shared = object.get("scope").and_then(Value::as_str).is_some_and(|scope| scope.trim() == "read");
    let kind = if shared { Kind::Claim } else { Kind::ExclusiveClaim };
    let Some(task) = task(object) else { return lacks_task(kind, "claim") };
    let (eta, fields) = (minutes(object, "ttl_minutes"), fields(object));
    Reading::Utterance(match kind {
        Kind::Claim => Utterance::Claim { task, eta, fields },
        _ => Utterance::ExclusiveClaim { task, eta, fields },
    })
}

fn release(object: &Object) -> Reading {
    let Some(task) = task(object) else { return lacks_task(Kind::Release, "release") };
    Reading::Utterance(Utterance::Release { task: Some(task) })
}

fn handoff(object: &Object) -> Reading {
    let Some(task) = task(object) else { return lacks_task(Kind::Handoff, "handoff") };
    let to = object.get("to").and_then(Value::as_str).map(unwrapped).filter(|to| !to.is_empty());
    let Some(to) = to else { return lacks(Kind::Handoff, "A handoff needs a name in `to`.") };
    Reading::Utterance(Utterance::Handoff { to, task: Some(task), fields: fields(object) })
}

fn ack(object: &Object) -> Reading {
    let Some(task) = task(object) else { return lacks_task(Kind::HandoffAck, "handoff_ack") };
    match object.get("accepted").and_then(truth) {
        Some(true) => {
            let eta = minutes(object, "eta_minutes");
            Reading::Utterance(Utterance::HandoffAck { task: Some(task), eta })
        }
        Some(false) => {
            let notes = object.get("notes").and_then(Value::as_str).unwrap_or_default();
            let rest = format!("{} {notes}", task.shown).trim_end().to_owned();
            Reading::Utterance(Utterance::Refuse { rest: Some(rest) })
        }
        None => lacks(Kind::HandoffAck, "A handoff_ack needs `accepted`, true or false."),
    }
}

/// Its name without the `task:` that marks it as one.
fn task(object: &Object) -> Option<Task> {
    let name = TASK_KEYS.iter().find_map(|key| object.get(*key)?.as_str())?.trim();
    let marked = name.get(..5).is_some_and(|mark| mark.eq_ignore_ascii_case("task:"));
    Task::new(if marked { &name[5..] } else { name })
}

/// Minutes as a number, or an estimate in words.
fn minutes(object: &Object, key: &str) -> Option<Eta> {
    match object.get(key)? {
        Value::Number(number) => Eta::read(&format!("{number}m")),
        Value::String(text) if text.trim().parse::<f64>().is_ok() => Eta::read(&format!("{}m", text.trim())),
        Value::String(text) => Eta::read(text),
        _ => None,
    }
}

fn truth(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.trim().to_ascii_lowercase().parse().ok())
}

/// Its texts and numbers.
fn fields(object: &Object) -> Fields {
    let kept = object.iter().filter_map(|(key, value)| match value {
        Value::String(text) => Some((snake(key)?, text.trim().to_owned())),
        Value::Number(number) => Some((snake(key)?, number.to_string())),
        _ => None,
    });
    kept.collect()
}

fn lacks_task(looks_like: Kind, name: &str) -> Reading {
    let key = if matches!(looks_like, Kind::Handoff | Kind::HandoffAck) { "task_id" } else { "resource" };
    lacks(looks_like, &format!("A {name} needs its task in `{key}`."))
}

fn lacks(looks_like: Kind, missing: &str) -> Reading {
    Reading::Almost(Almost { looks_like, missing: missing.to_owned(), emphatic: false })
}

//! What the mesh did, one line each.

use commands::effect::{Button, Effect, Slot};
use commands::ids::Who;
use commands::mesh::Mesh;
use jiff::Timestamp;

/// One effect as one line.
pub fn effect(mesh: &Mesh, at: Timestamp, effect: &Effect) -> String {
    let what = match effect {
        Effect::React { to, with } => format!("react #{} {}", to.id, with.emoji()),
        Effect::Post { slot, text, reply_to, buttons, sound, .. } => {
            let place = reply_to.map(|to| format!(" to #{}", to.id)).unwrap_or_default();
            let sound = if *sound { " (sound)" } else { "" };
            format!("post {}{place}{sound}: {}{}", slot_name(slot), one_line(text), labels(buttons))
        }
        Effect::Edit { slot, text, buttons, .. } => {
            format!("edit {}: {}{}", slot_name(slot), one_line(text), labels(buttons))
        }
        Effect::Pin { message, .. } => format!("pin mesh message {message}"),
        Effect::Disarm { message, .. } => format!("disarm mesh message {message}"),
        Effect::AnswerTap { text, .. } => {
            format!("answer tap: {}", one_line(text.as_deref().unwrap_or_default()))
        }
        Effect::Dm { to, text, .. } => format!("dm {to}: {}", one_line(text)),
        Effect::Tell { agent, text, urgent, .. } => {
            let how = if *urgent { "tell" } else { "notice" };
            format!("{how} {}: {}", mesh.name(Who::Agent(*agent)), one_line(text))
        }
    };
    format!("{at} {what}")
}

fn slot_name(slot: &Slot) -> &'static str {
    match slot {
        Slot::Board => "board",
        Slot::Status => "status",
        Slot::Reply(_) => "reply",
        Slot::Question(_) | Slot::Unconfirmed(_) => "question",
    }
}

fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ⏎ ")
}

fn labels(rows: &[Vec<Button>]) -> String {
    let labels: Vec<_> = rows.iter().flatten().map(|button| button.label.as_str()).collect();
    if labels.is_empty() { String::new() } else { format!(" [{}]", labels.join("] [")) }
}

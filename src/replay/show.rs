//! What the mesh did, one line each.

use std::io::Write;

use commands::answer::Answer;
use commands::effect::{Button, Effect, Slot};
use commands::ids::Who;
use commands::mesh::Mesh;
use jiff::Timestamp;

use super::player::{Audience, Moment};

/// Writes every effect as one line.
pub struct Lines<W>(pub W);

impl<W: Write> Audience for Lines<W> {
    fn see(&mut self, moment: &Moment<'_>) -> anyhow::Result<()> {
        let Moment { mesh, at, decision, .. } = *moment;
        if let Some((to, given)) = &decision.answer {
            writeln!(self.0, "{}", answer(mesh, at, *to, given))?;
        }
        for effect in &decision.effects {
            writeln!(self.0, "{}", self::effect(mesh, at, effect))?;
        }
        Ok(())
    }
}

/// What kind of effect it is, in a word.
pub fn kind(effect: &Effect) -> &'static str {
    match effect {
        Effect::React { .. } => "react",
        Effect::Post { .. } => "post",
        Effect::Edit { .. } => "edit",
        Effect::Pin { .. } => "pin",
        Effect::Disarm { .. } => "disarm",
        Effect::Delete { .. } => "delete",
        Effect::AnswerTap { .. } => "answer",
        Effect::Dm { .. } => "dm",
        Effect::Speak { .. } => "speak",
        Effect::Press { .. } => "press",
        Effect::Tell { .. } => "tell",
        Effect::Look { .. } => "look",
        Effect::File { .. } => "file",
        Effect::Drive { .. } => "drive",
        Effect::Restart { .. } => "restart",
    }
}

/// Whether a post rings; nothing for what is no post.
pub fn rings(effect: &Effect) -> Option<bool> {
    match effect {
        Effect::Post { sound, .. } => Some(*sound),
        _ => None,
    }
}

/// One effect as one line.
pub fn effect(mesh: &Mesh, at: Timestamp, effect: &Effect) -> String {
    let what = match effect {
        Effect::React { to, with } => format!("react #{} {}", to.id, with.emoji()),
        Effect::Post { slot, chat, text, reply_to, buttons, sound } => {
            let private = if chat.is_private() { " in private" } else { "" };
            let place = reply_to.map(|to| format!(" to #{}", to.id)).unwrap_or_default();
            let sound = if *sound { " (sound)" } else { "" };
            format!("post {}{private}{place}{sound}: {}{}", slot_name(slot), one_line(text), labels(buttons))
        }
        Effect::Edit { slot, text, buttons, .. } => {
            format!("edit {}: {}{}", slot_name(slot), one_line(text), labels(buttons))
        }
        Effect::Pin { message, .. } => format!("pin mesh message {message}"),
        Effect::Disarm { message, .. } => format!("disarm mesh message {message}"),
        Effect::Delete { message } => format!("delete #{}", message.id),
        Effect::AnswerTap { text, .. } => {
            format!("answer tap: {}", one_line(text.as_deref().unwrap_or_default()))
        }
        Effect::Speak { chat, text, .. } => format!("speak in {chat}: {}", one_line(text)),
        Effect::Press { chat, message, label, .. } => format!("press [{label}] of #{message} in {chat}"),
        Effect::Dm { to, text, .. } => format!("dm {to}: {}", one_line(text)),
        Effect::Tell { agent, text, urgent, .. } => {
            let how = if *urgent { "tell" } else { "notice" };
            format!("{how} {}: {}", mesh.name(Who::Agent(*agent)), one_line(text))
        }
        Effect::Look { what, asker } => {
            let what = serde_json::to_string(what).unwrap_or_default();
            format!("look for #{}: {what}", asker.message.id)
        }
        Effect::File { name, text, .. } => format!("file {name}: {} bytes", text.len()),
        Effect::Drive { agent, deed, .. } => format!("drive {}: {deed:?}", mesh.name(Who::Agent(*agent))),
        Effect::Restart { number, .. } => format!("restart {number}"),
    };
    // Names of an export may hold what steers a terminal.
    format!("{at} {}", what.replace(char::is_control, ""))
}

/// What a call or a hook was answered.
pub fn answer(mesh: &Mesh, at: Timestamp, to: Who, answer: &Answer) -> String {
    let (to, how) = (mesh.name(to), if answer.ok { "" } else { " (no)" });
    format!("{at} answer {to}{how}: {}", one_line(&answer.text))
}

fn slot_name(slot: &Slot) -> &'static str {
    match slot {
        Slot::Board => "board",
        Slot::Status => "status",
        Slot::Reply(_) => "reply",
        Slot::Question(_) | Slot::Unconfirmed(_) | Slot::Contest(_) => "question",
        Slot::Overdue(_) => "late",
        Slot::Down(_) => "health",
        Slot::Back => "back",
        Slot::Secret(_) => "secret",
        Slot::Ask(_) => "ask",
        Slot::Request(_) => "request",
        Slot::Alert(_) => "alert",
        Slot::Stop(_) => "stop",
        Slot::Sent { .. } => "sent",
        Slot::Shown { .. } => "shown",
        Slot::Hooked(_) => "hook",
        Slot::Undelivered(_) => "undelivered",
    }
}

fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ⏎ ")
}

fn labels(rows: &[Vec<Button>]) -> String {
    let labels: Vec<_> = rows.iter().flatten().map(|button| button.label.as_str()).collect();
    if labels.is_empty() { String::new() } else { format!(" [{}]", labels.join("] [")) }
}

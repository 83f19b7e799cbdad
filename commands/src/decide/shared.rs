//! `🎯 CLAIMING`: a note on the board that somebody is at it, too. No fence, no lease, no window.

use super::heard::Speaker;
use super::{Turn, claim, meant, others, verdict};
use crate::effect::{Effect, Reaction, Slot};
use crate::fact::Fact;
use crate::grammar::Task;
use crate::ids::Who;
use crate::input::Heard;
use crate::mesh::Note;
use crate::say;

pub(super) fn claiming(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, task: &Task) {
    match meant::named(turn, task) {
        Some(held) if held.holder() == Some(from.who) => turn.react(heard.message, Reaction::Recorded),
        Some(held) if held.contest().is_some() => verdict::refuse_note(turn, heard, from.who, &held),
        Some(held) => claim::refuse_note(turn, heard, from, &held),
        None => note(turn, heard, from.who, task),
    }
}

fn note(turn: &mut Turn<'_>, heard: &Heard, who: Who, task: &Task) {
    let at_it = names(turn, &others(turn, &task.key, who));
    let (at, by) = (turn.now(), heard.message);
    turn.fact(Fact::SharedNoted { task: task.shown.clone(), who, at, by });
    turn.react(by, Reaction::Recorded);
    turn.tell_who(who, say::noted(&task.shown, &at_it), true);
    let told = say::noted_by(&task.shown, &turn.name(who));
    others::tell(turn, &told, &[who]);
}

/// Those who noted that they are at a task, but for one.
pub(super) fn others(turn: &Turn<'_>, key: &str, but: Who) -> Vec<Note> {
    turn.mesh().shared.on(key).filter(|note| note.who != but).cloned().collect()
}

pub(super) fn names(turn: &Turn<'_>, notes: &[Note]) -> Vec<String> {
    notes.iter().map(|note| turn.name(note.who)).collect()
}

/// An exclusive claim over what others noted: people are told where they said so; agents with the PAUSE.
pub(super) fn claimed_over(turn: &mut Turn<'_>, owner: Who, notes: &[Note]) {
    let text = say::claimed_over(&turn.name(owner));
    for note in notes.iter().filter(|note| matches!(note.who, Who::Person(_))) {
        let (slot, chat, reply_to) = (Slot::Reply(note.by), note.by.chat, Some(note.by));
        let (text, buttons) = (text.clone(), Vec::new());
        turn.effect(Effect::Post { slot, chat, text, reply_to, buttons, sound: false });
    }
}

/// Ends the sender's note of a task, if there is one.
pub(super) fn end(turn: &mut Turn<'_>, key: &str, who: Who) -> bool {
    let Some(task) = turn.mesh().shared.get(key, who).map(|note| note.task.clone()) else { return false };
    turn.fact(Fact::SharedEnded { task, who });
    true
}

/// The only task that somebody noted.
pub(super) fn only(turn: &Turn<'_>, who: Who) -> Option<Task> {
    let mut notes = turn.mesh().shared.of(who);
    let (_, note) = notes.next()?;
    notes.next().is_none().then(|| Task::new(&note.task))?
}

//! `RELEASE`: as DONE without a result; a rival withdraws by it, a shared claim ends by it.

use super::done::{self, Ended};
use super::heard::{self, Speaker};
use super::{Turn, meant, others, shared, verdict};
use crate::effect::Reaction;
use crate::fact::Role;
use crate::grammar::{Kind, Task};
use crate::input::Heard;
use crate::say;

pub(super) fn release(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, task: Option<&Task>) {
    let who = from.who;
    if let Some(held) = meant::by_owner(turn, heard, who, task) {
        let rival = held.contest().is_some_and(|contest| contest.has(who));
        return match held.holder() {
            _ if rival => verdict::withdraw(turn, heard, who, &held),
            holder if holder == Some(who) || from.role == Some(Role::Exec) => {
                done::finish(turn, heard, who, &held.task, Ended::Released, Some(&held));
            }
            _ if end_note(turn, heard, from, Task::new(&held.task).as_ref()) => {}
            _ => heard::not_yours(turn, heard, from, &held),
        };
    }
    let noted = task.cloned().or_else(|| shared::only(turn, who));
    if !end_note(turn, heard, from, noted.as_ref()) {
        let missing = task.map_or("RELEASE needs a task after the colon.".to_owned(), |task| {
            say::nobody_holds(&task.shown)
        });
        heard::almost(turn, heard, who, Kind::Release, missing);
    }
}

fn end_note(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, task: Option<&Task>) -> bool {
    let ended = task.filter(|task| shared::end(turn, &task.key, from.who));
    if let Some(task) = ended {
        turn.react(heard.message, Reaction::Recorded);
        turn.tell_who(from.who, say::note_ended(&task.shown), true);
        let told = say::released(&task.shown, &turn.name(from.who));
        others::tell(turn, &told, &[from.who]);
    }
    ended.is_some()
}

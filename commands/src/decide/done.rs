//! `✅ DONE`, with or without a handoff.

use super::{Turn, claim, handoff, heard};
use crate::effect::Reaction;
use crate::fact::{Fact, Role};
use crate::grammar::{Kind, Task};
use crate::ids::Who;
use crate::input::Heard;
use crate::mesh::Claim;
use crate::say;

pub(super) fn done(
    turn: &mut Turn<'_>,
    heard: &Heard,
    who: Who,
    role: Option<Role>,
    task: Option<Task>,
    result: Option<String>,
    handoff_to: Option<String>,
) {
    let Some(task) = task.or_else(|| only_claim(turn, who)) else {
        return heard::almost(turn, heard, who, Kind::Done, "DONE needs a task after the colon.".into());
    };
    let held = turn.mesh().claims.open(&task.key).cloned();
    match (held, handoff_to) {
        (Some(held), Some(to)) if held.owner == who => handoff::offer(turn, heard, who, &held, &to, result),
        (Some(held), None) if held.owner == who || role == Some(Role::Exec) => {
            finish(turn, heard, who, &held.task.clone(), result, Some(&held));
        }
        (Some(held), _) => not_yours(turn, heard, who, &held),
        (None, Some(_)) => {
            let missing = format!("Nobody holds \"{}\": claim it before you hand it off.", task.shown);
            heard::almost(turn, heard, who, Kind::Done, missing);
        }
        (None, None) => finish(turn, heard, who, &task.shown, result, None),
    }
}

/// A bare DONE means the sender's only claim.
fn only_claim(turn: &Turn<'_>, who: Who) -> Option<Task> {
    match turn.mesh().claims.of(who).as_slice() {
        [(_, claim)] => Task::new(&claim.task),
        _ => None,
    }
}

fn finish(
    turn: &mut Turn<'_>,
    heard: &Heard,
    by: Who,
    task: &str,
    result: Option<String>,
    held: Option<&Claim>,
) {
    let (at, message) = (turn.now(), heard.message);
    turn.fact(Fact::Done { task: task.to_owned(), by, at, result, message });
    turn.react(message, Reaction::Recorded);
    if let Some(held) = held {
        let done = say::question_done(task, &turn.name(by), at, &turn.rules().zone);
        handoff::withdraw(turn, held, done);
        claim::tell_next(turn, held);
        if held.owner != by {
            let text = say::done_by(task, &turn.name(by));
            turn.tell_who(held.owner, text, true);
        }
    }
}

fn not_yours(turn: &mut Turn<'_>, heard: &Heard, who: Who, held: &Claim) {
    let text = say::not_yours(&turn.name(held.owner), held.fence);
    heard::refuse(turn, heard, text.clone(), &held.task);
    turn.tell_who(who, text, true);
}

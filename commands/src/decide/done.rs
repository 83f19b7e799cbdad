//! `✅ DONE`, with or without a handoff.

use super::heard::{self, Speaker};
use super::{Turn, assign, claim, handoff, others, shared, verdict};
use crate::effect::{Reaction, Slot};
use crate::fact::{Fact, Role};
use crate::grammar::{Kind, Task};
use crate::ids::Who;
use crate::input::Heard;
use crate::mesh::Claim;
use crate::say;

pub(super) fn done(
    turn: &mut Turn<'_>,
    heard: &Heard,
    from: Speaker,
    task: Option<Task>,
    result: Option<String>,
    handoff_to: Option<String>,
) {
    let who = from.who;
    let Some(task) = task.or_else(|| only_task(turn, who)) else {
        return heard::almost(turn, heard, who, Kind::Done, "DONE needs a task after the colon.".into());
    };
    let held = turn.mesh().claims.open(&task.key).cloned();
    match (held, handoff_to) {
        (Some(held), Some(to)) if held.holder() == Some(who) => {
            handoff::offer(turn, heard, who, &held, &to, result);
        }
        (Some(held), None) if held.holder() == Some(who) || from.role == Some(Role::Exec) => {
            finish(turn, heard, who, &held.task, Ended::Done(result), Some(&held));
        }
        (Some(held), _) if held.contest().is_some() => verdict::refuse_note(turn, heard, who, &held),
        (Some(held), _) => heard::not_yours(turn, heard, from, &held),
        (None, Some(_)) => {
            let missing = format!("Nobody holds \"{}\": claim it before you hand it off.", task.shown);
            heard::almost(turn, heard, who, Kind::Done, missing);
        }
        (None, None) if is_done_by_another(turn, &task, who) => turn.react(heard.message, Reaction::Recorded),
        (None, None) => finish(turn, heard, who, &task.shown, Ended::Done(result), None),
    }
}

/// What was finished under a fence is not finished again by somebody who had none.
fn is_done_by_another(turn: &Turn<'_>, task: &Task, who: Who) -> bool {
    let before = turn.mesh().claims.done(&task.key);
    before.is_some_and(|before| before.fence.is_some() && before.owner != who)
}

/// A bare DONE means the sender's only claim; of one who holds nothing, the only shared one.
fn only_task(turn: &Turn<'_>, who: Who) -> Option<Task> {
    match turn.mesh().claims.of(who).as_slice() {
        [] => shared::only(turn, who),
        [(_, claim)] => Task::new(&claim.task),
        _ => None,
    }
}

/// How a task ends.
pub(super) enum Ended {
    /// With what came of it, where that was said.
    Done(Option<String>),
    /// Let go.
    Released,
}

/// Nobody has it any more: the next in line is told, whoever else had it, and all others.
pub(super) fn finish(
    turn: &mut Turn<'_>,
    heard: &Heard,
    by: Who,
    task: &str,
    ended: Ended,
    held: Option<&Claim>,
) {
    let (at, message) = (turn.now(), heard.message);
    let name = turn.name(by);
    let (result, told) = match ended {
        Ended::Done(result) => {
            let told = say::done_for_others(task, &name, result.as_deref());
            (result, told)
        }
        Ended::Released => (None, say::released(task, &name)),
    };
    turn.fact(Fact::Done { task: task.to_owned(), by, at, result, message });
    turn.react(message, Reaction::Recorded);
    shared::end(turn, &Task::fold(task), by);
    let mut knowing = vec![by];
    if let Some(held) = held {
        if held.offer().is_some() {
            let done = say::question_done(task, &name, at, &turn.rules().zone);
            handoff::withdraw(turn, held, done);
        }
        knowing.extend(claim::tell_next(turn, held));
        close_cards(turn, held, by);
        for owner in assign::starters(held).into_iter().filter(|owner| *owner != by) {
            turn.tell_who(owner, say::done_by(task, &name), true);
            knowing.push(owner);
        }
    }
    others::tell(turn, &told, &knowing);
}

fn close_cards(turn: &mut Turn<'_>, held: &Claim, by: Who) {
    let (chat, task) = (turn.rules().group, held.task.clone());
    let (name, at, zone) = (turn.name(by), turn.now(), turn.rules().zone.clone());
    let contest = Slot::Contest(task.clone());
    if held.contest().is_some() {
        turn.close(chat, contest, say::contest_done(&task, &name, at, &zone));
    } else {
        turn.clear(chat, contest);
    }
    let overdue = Slot::Overdue(task);
    if turn.mesh().voice.get(chat, &overdue).is_some() {
        let text = say::late_settled(&held.task, &say::finished_by(&name, at, &zone));
        turn.close(chat, overdue, text);
    }
}

//! `TASK PAUSED`, `TASK BLOCKED`, `PAUSE`, `RESUME`: the owner keeps the task, and its lease does not run.

use super::heard::{self, Speaker};
use super::{Turn, meant, others};
use crate::effect::Reaction;
use crate::fact::{Fact, Role};
use crate::grammar::{Fields, Kind, Target, Task};
use crate::ids::Who;
use crate::input::Heard;
use crate::mesh::{Claim, Hold};
use crate::say;

/// Its owner says that it does not go on with a task: for reasons of its own, or because it waits for something.
pub(super) fn report(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, task: &Task, waits: Option<&Fields>) {
    let kind = if waits.is_some() { Kind::Blocked } else { Kind::Paused };
    let Some(held) = meant::named(turn, task) else {
        return heard::almost(turn, heard, from.who, kind, say::nobody_holds(&task.shown));
    };
    if held.holder() != Some(from.who) {
        return heard::not_yours(turn, heard, from, &held);
    }
    let what = waits.and_then(|fields| fields.get("blocker").or_else(|| fields.get("reason")));
    let why = what.map(|what| say::short(what).into_owned());
    pause(turn, heard, &held, Hold { by: from.who, blocked: waits.is_some(), blocker: why });
}

/// `PAUSE` of the owner, or of an Exec about a task that he names or replies to.
pub(super) fn pause_word(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, task: Option<&Task>) {
    match meant(turn, heard, from, task) {
        Some(held) => pause(turn, heard, &held, Hold { by: from.who, blocked: false, blocker: None }),
        None => nothing_meant(turn, heard, from, task, Kind::Pause),
    }
}

/// `RESUME`, likewise. Returns whether it was about a task.
pub(super) fn resume_word(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, task: Option<&Task>) -> bool {
    match meant(turn, heard, from, task) {
        Some(held) => resume(turn, heard, from, &held),
        None if task.is_none() && from.role == Some(Role::Exec) => return false,
        None => nothing_meant(turn, heard, from, task, Kind::Resume),
    }
    true
}

/// `resume` as a reply to what is paused means that task, and not the agent; where the agent is quiet, the agent.
pub(super) fn resumes(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, target: &Target) -> bool {
    if *target != Target::Unsaid || from.role != Some(Role::Exec) {
        return false;
    }
    let paused = meant::replied(turn, heard).filter(|held| held.hold.is_some());
    let quiet =
        |who: Who| matches!(who, Who::Agent(agent) if turn.mesh().floor.stood_down.contains_key(&agent));
    let Some(held) = paused.filter(|held| !quiet(held.owner)) else { return false };
    resume(turn, heard, from, &held);
    true
}

/// The task of the owner, or, for an Exec, the one named or replied to.
fn meant(turn: &Turn<'_>, heard: &Heard, from: Speaker, task: Option<&Task>) -> Option<Claim> {
    let held = meant::by_owner(turn, heard, from.who, task)?;
    let owner = held.holder()?;
    (owner == from.who || from.role == Some(Role::Exec)).then_some(held)
}

/// Among people it is a word like any other.
fn nothing_meant(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, task: Option<&Task>, kind: Kind) {
    let named = task.and_then(|task| meant::named(turn, task));
    match (named, task, from.who) {
        (Some(held), _, _) => heard::not_yours(turn, heard, from, &held),
        (None, None, Who::Person(_)) => {}
        (None, task, who) => {
            let missing = task.map_or("Which task? Name it after a colon.".to_owned(), |task| {
                say::nobody_holds(&task.shown)
            });
            heard::almost(turn, heard, who, kind, missing);
        }
    }
}

fn pause(turn: &mut Turn<'_>, heard: &Heard, held: &Claim, new: Hold) {
    let (task, at) = (held.task.clone(), turn.now());
    let Hold { by, blocked, blocker: why } = new;
    let order = by != held.owner;
    if held.hold.as_ref().is_some_and(|before| before.by != by && by == held.owner) {
        return refuse(turn, heard, held);
    }
    turn.fact(Fact::Paused { task: task.clone(), at, by, blocked, blocker: why });
    turn.react(heard.message, if order { Reaction::CarriedOut } else { Reaction::Recorded });
    let name = order.then(|| turn.name(by));
    turn.tell_who(held.owner, say::paused(&task, name.as_deref(), blocked), true);
    if held.hold.as_ref().is_none_or(|before| before.blocked != blocked) {
        let told = say::stands_still(&task, &turn.name(held.owner), blocked);
        others::tell(turn, &told, &[held.owner]);
    }
}

/// What an Exec paused, an Exec resumes.
pub(super) fn resume(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, held: &Claim) {
    let Some(before) = &held.hold else { return turn.react(heard.message, Reaction::Recorded) };
    let order = held.owner != from.who;
    if !order && before.by != from.who {
        return refuse(turn, heard, held);
    }
    run_on(turn, held);
    turn.react(heard.message, if order { Reaction::CarriedOut } else { Reaction::Recorded });
    let until = turn.mesh().claims.open(&Task::fold(&held.task)).and_then(Claim::runs_out);
    let name = order.then(|| turn.name(from.who));
    let text = say::resumed(&held.task, name.as_deref(), until, &turn.rules().zone);
    turn.tell_who(held.owner, text, true);
    others::pause(turn, held.owner, &held.task, until, &[held.owner]);
}

/// Its lease runs again, unless its owner was told to stand down.
pub(super) fn run_on(turn: &mut Turn<'_>, held: &Claim) {
    let at = turn.now();
    turn.fact(Fact::Resumed { task: held.task.clone(), at });
}

/// The owner would end what an Exec began.
pub(super) fn refuse(turn: &mut Turn<'_>, heard: &Heard, held: &Claim) {
    let Some(before) = &held.hold else { return };
    let text = say::paused_by(&turn.name(before.by));
    heard::refuse(turn, heard, text.clone(), &held.task);
    turn.tell_who(held.owner, text, true);
}

//! `CONFLICT`, `COLLISION`: two started the same. In its window a claim is contested at once; nobody owns the task then.

use super::heard::{self, Speaker};
use super::{Turn, handoff, meant, others};
use crate::effect::{Button, ButtonAction, Effect, Reaction, Slot};
use crate::fact::{Fact, Rival};
use crate::grammar::{Kind, Task};
use crate::ids::Who;
use crate::input::Heard;
use crate::mesh::{Claim, Got};
use crate::say;

/// A word of an agent; people have buttons and words for it.
pub(super) fn conflict(
    turn: &mut Turn<'_>,
    heard: &Heard,
    from: Speaker,
    task: Option<&Task>,
    status: Option<&str>,
) {
    let Who::Agent(_) = from.who else { return };
    let held = match task {
        Some(task) => meant::named(turn, task),
        None => meant::replied(turn, heard).or_else(|| only_in_window(turn, from.who)),
    };
    let Some(held) = held else {
        let missing = task.map_or(NO_CLAIM.to_owned(), |task| say::nobody_holds(&task.shown));
        return heard::almost(turn, heard, from.who, Kind::Conflict, missing);
    };
    if held.holder().is_none() || held.owner == from.who || in_window(turn, &held) {
        return dispute(turn, heard, from.who, &held, Kind::Conflict);
    }
    let text = say::started_too(&turn.name(from.who), &held.task, status);
    turn.tell_who(held.owner, text, true);
    turn.react(heard.message, Reaction::Recorded);
}

const NO_CLAIM: &str = "CONFLICT needs the task after a colon: no claim, or more than one, is in its window.";

/// The same at any time.
pub(super) fn collision(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, task: &Task) {
    let Who::Agent(_) = from.who else { return };
    match meant::named(turn, task) {
        Some(held) => dispute(turn, heard, from.who, &held, Kind::Collision),
        None => heard::almost(turn, heard, from.who, Kind::Collision, say::nobody_holds(&task.shown)),
    }
}

/// Only what was simply claimed has a window, and only for a minute.
fn in_window(turn: &Turn<'_>, held: &Claim) -> bool {
    let age = turn.now().duration_since(held.since);
    held.holder().is_some() && held.got == Got::Claimed && age <= turn.rules().conflict_window
}

fn only_in_window(turn: &Turn<'_>, sayer: Who) -> Option<Claim> {
    let claims = turn.mesh().claims.all_open().map(|(_, claim)| claim);
    let mut found = claims.filter(|claim| claim.owner != sayer && in_window(turn, claim));
    let first = found.next()?;
    found.next().is_none().then(|| first.clone())
}

/// The sayer started it, too.
fn dispute(turn: &mut Turn<'_>, heard: &Heard, sayer: Who, held: &Claim, kind: Kind) {
    let new = Rival { who: sayer, by: heard.message };
    match held.contest() {
        Some(contest) if contest.has(sayer) => turn.react(heard.message, Reaction::Waiting),
        Some(contest) => {
            let (rivals, at) = ([contest.rivals.as_slice(), &[new]].concat(), contest.at);
            turn.fact(Fact::Contested { task: held.task.clone(), rivals: rivals.clone(), at });
            turn.react(heard.message, Reaction::Waiting);
            let text = say::contest_stop(&held.task, &names(turn, &rivals), None);
            turn.tell_who(sayer, text, true);
            redraw(turn, &held.task, &rivals, held);
        }
        None if held.owner == sayer => {
            heard::almost(turn, heard, sayer, kind, say::yours_already(&held.task));
        }
        None => contest(turn, held, new),
    }
}

/// The fence dies; both are told to stop, and Execs are asked, with sound.
fn contest(turn: &mut Turn<'_>, held: &Claim, new: Rival) {
    let (at, task) = (turn.now(), held.task.clone());
    let closed = say::question_closed(&task, &turn.name(held.owner), at, &turn.rules().zone);
    handoff::withdraw(turn, held, closed);
    let rivals = vec![Rival { who: held.owner, by: held.by }, new];
    turn.fact(Fact::Contested { task: task.clone(), rivals: rivals.clone(), at });
    let names = names(turn, &rivals);
    for rival in &rivals {
        turn.react(rival.by, Reaction::Waiting);
        let dead = held.fence.filter(|_| rival.who == held.owner);
        turn.tell_who(rival.who, say::contest_stop(&task, &names, dead), true);
    }
    others::tell(turn, &say::contest_stop(&task, &names, None), &[held.owner, new.who]);
    let chat = turn.rules().group;
    turn.drop_card(chat, Slot::Overdue(task.clone()));
    turn.drop_card(chat, Slot::Contest(task.clone()));
    let (text, buttons) = question(turn, &task, &rivals, held);
    let slot = Slot::Contest(task);
    turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons, sound: true });
}

/// The names of those who started it.
pub(super) fn names(turn: &Turn<'_>, rivals: &[Rival]) -> Vec<String> {
    rivals.iter().map(|rival| turn.name(rival.who)).collect()
}

fn question(turn: &Turn<'_>, task: &str, rivals: &[Rival], held: &Claim) -> (String, Vec<Vec<Button>>) {
    let started: Vec<_> = rivals.iter().map(|rival| (turn.name(rival.who), rival.by.at)).collect();
    let fence = held.mark().0;
    let button = |rival: &Rival| {
        let action = ButtonAction::Verdict { who: rival.who.user(), fence };
        Button { label: turn.name(rival.who), action }
    };
    let buttons: Vec<_> = rivals.iter().map(button).collect();
    let rows = buttons.chunks(ROW_MOST).map(<[Button]>::to_vec).collect();
    (say::contest(task, &started, &turn.rules().zone), rows)
}

/// Buttons in a row.
const ROW_MOST: usize = 4;

/// The question as it stands, when there are more or fewer rivals.
pub(super) fn redraw(turn: &mut Turn<'_>, task: &str, rivals: &[Rival], held: &Claim) {
    let (chat, slot) = (turn.rules().group, Slot::Contest(task.to_owned()));
    let (text, buttons) = question(turn, task, rivals, held);
    if let Some(message) = turn.mesh().voice.id(chat, &slot) {
        turn.effect(Effect::Edit { slot, chat, message, text, buttons });
    }
}

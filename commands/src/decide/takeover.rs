//! `TAKEOVER NOTICE` and its answers: an owner that is silent for too long loses its task to whoever asks.

use jiff::Timestamp;

use super::heard::{self, Speaker};
use super::{Turn, assign, claim, meant, verdict};
use crate::effect::Reaction;
use crate::fact::{Fact, How, Role};
use crate::grammar::{Kind, Task};
use crate::ids::Who;
use crate::input::Heard;
use crate::mesh::{Claim, Member, Mesh, Notice};
use crate::rules::Rules;
use crate::say;

pub(super) fn notice(
    turn: &mut Turn<'_>,
    heard: &Heard,
    from: Speaker,
    task: &Task,
    new_owner: Option<&str>,
) {
    let Some(held) = meant::named(turn, task) else {
        let missing = format!("{} Claim it.", say::nobody_holds(&task.shown));
        return heard::almost(turn, heard, from.who, Kind::TakeoverNotice, missing);
    };
    match from.who {
        Who::Person(exec) if from.role == Some(Role::Exec) => {
            let named = new_owner.and_then(|name| turn.mesh().roll.by_name(name)).map(Member::who);
            let to = named.unwrap_or(from.who);
            if held.holder() == Some(to) {
                let missing = say::has_it_already(&turn.name(to), &held.task);
                return heard::almost(turn, heard, from.who, Kind::TakeoverNotice, missing);
            }
            assign::give(turn, &held, to, How::Word(exec), heard.message);
            turn.react(heard.message, Reaction::CarriedOut);
        }
        Who::Person(_) => heard::refuse_role(turn, heard, from.role, Role::Exec),
        Who::Agent(_) if held.contest().is_some() => verdict::refuse_note(turn, heard, from.who, &held),
        Who::Agent(_) if held.owner == from.who => {
            let missing = say::yours_already(&held.task);
            heard::almost(turn, heard, from.who, Kind::TakeoverNotice, missing);
        }
        Who::Agent(_) => ask(turn, heard, from.who, &held),
    }
}

/// An agent asks: granted if the owner was silent for long enough, else told from when.
fn ask(turn: &mut Turn<'_>, heard: &Heard, who: Who, held: &Claim) {
    let owner = turn.name(held.owner);
    let Some(from) = allowed_from(turn.mesh(), turn.rules(), held) else {
        turn.react(heard.message, Reaction::Refused);
        let text = say::not_to_take(&owner, &held.task, why_not(turn, held));
        return turn.tell_who(who, text, true);
    };
    if from <= turn.now() {
        if !claim::is_uncertain(turn, heard, who) {
            assign::give(turn, held, who, How::Takeover, heard.message);
            turn.react(heard.message, Reaction::Recorded);
        }
        return;
    }
    let before = held.notice.map(|notice| notice.who);
    let (task, at, by) = (held.task.clone(), turn.now(), heard.message);
    turn.fact(Fact::TakeoverAsked { task: task.clone(), who, at, by });
    turn.react(by, Reaction::Refused);
    let text = say::too_early(&owner, &task, from, &turn.rules().zone);
    turn.tell_who(who, text, true);
    if before != Some(who) {
        let text = say::notice(&turn.name(who), &task, from, &turn.rules().zone);
        turn.tell_who(held.owner, text, true);
    }
}

/// From when on an agent may take it over: after so much silence of its owner, and so long after it was asked. None
/// where it may not at all: it is a person's, or its lease does not run.
pub(super) fn allowed_from(mesh: &Mesh, rules: &Rules, held: &Claim) -> Option<Timestamp> {
    let until = held.runs_out()?;
    let Some(Who::Agent(agent)) = held.holder() else { return None };
    let alive = mesh.alive.get(&agent).copied().unwrap_or(held.since);
    let silent = alive.saturating_add(rules.takeover_silence).unwrap_or(alive);
    let asked = held.warned.ended.unwrap_or(until);
    Some(silent.max(asked.saturating_add(rules.takeover_ping).unwrap_or(asked)))
}

fn why_not(turn: &Turn<'_>, held: &Claim) -> &'static str {
    match held.holder() {
        Some(Who::Agent(agent)) if turn.mesh().floor.throttled.contains_key(&agent) => "who is throttled",
        Some(Who::Person(_)) => "a person's",
        _ if held.is_blocked() => "who is blocked",
        _ if held.is_paused() => "who paused it",
        _ => "who was told to stand down",
    }
}

/// `TAKEOVER ACK`: the owner lets it go; who asked has it at once.
pub(super) fn acknowledge(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, task: Option<&Task>) {
    let found = noticed(turn, heard, from.who, task);
    let Some((held, notice)) = found.and_then(|held| held.notice.map(|notice| (held, notice))) else {
        let missing = "No notice about a task of yours is open.".to_owned();
        return heard::almost(turn, heard, from.who, Kind::TakeoverAck, missing);
    };
    if !claim::is_uncertain(turn, heard, notice.who) {
        assign::give(turn, &held, notice.who, How::Takeover, notice.by);
        turn.react(notice.by, Reaction::Accepted);
        turn.react(heard.message, Reaction::Recorded);
    }
}

/// `TAKEOVER CONFLICT`: the owner is at it; the notice is void.
pub(super) fn conflict(
    turn: &mut Turn<'_>,
    heard: &Heard,
    from: Speaker,
    task: Option<&Task>,
    status: Option<&str>,
) {
    speak_up(turn, heard, from.who);
    let late = || meant::only(turn, from.who).filter(|held| held.overdue(turn.now()));
    let Some(held) = noticed(turn, heard, from.who, task).or_else(late) else {
        let missing = "No notice about a task of yours is open.".to_owned();
        return heard::almost(turn, heard, from.who, Kind::TakeoverConflict, missing);
    };
    turn.react(heard.message, Reaction::Recorded);
    if let Some(Notice { who, .. }) = held.notice {
        turn.fact(Fact::TakeoverVoid { task: held.task.clone() });
        let text = say::kept(&turn.name(held.owner), &held.task, status);
        turn.tell_who(who, text, true);
    }
}

/// Whatever is recorded at most once a minute: this is a sign of life.
fn speak_up(turn: &mut Turn<'_>, heard: &Heard, who: Who) {
    let Who::Agent(agent) = who else { return };
    let before = turn.mesh().alive.get(&agent).copied();
    if before.is_none_or(|before| before < heard.message.at) {
        turn.fact(Fact::Alive { agent, at: heard.message.at });
    }
}

/// The task that is named, or whose notice is replied to; else the only one of the owner's with a notice.
fn noticed(turn: &Turn<'_>, heard: &Heard, owner: Who, task: Option<&Task>) -> Option<Claim> {
    let mine = |held: &Claim| held.holder() == Some(owner);
    if let Some(task) = task {
        return meant::named(turn, task).filter(mine);
    }
    meant::replied(turn, heard).filter(mine).or_else(|| {
        let claims = turn.mesh().claims.of(owner).into_iter();
        let mut asked = claims.map(|(_, claim)| claim).filter(|claim| claim.notice.is_some());
        let first = asked.next()?;
        asked.next().is_none().then(|| first.clone())
    })
}

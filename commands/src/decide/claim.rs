//! `🔒 EXCLUSIVE CLAIM`: granted at once if free, renewed for its holder, else refused and noted as next.

use jiff::{SignedDuration, Timestamp};

use super::heard::{self, Speaker};
use super::refusals::SAID_AGAIN_AFTER;
use super::{Turn, handoff, hold, others, queue, shared, similar, verdict};
use crate::effect::{Button, ButtonAction, Effect, Reaction, Slot};
use crate::fact::{Fact, Role};
use crate::grammar::{Eta, EtaReading, Fields, Task};
use crate::ids::{Fence, MessageRef, Who};
use crate::input::{Door, Heard};
use crate::mesh::Claim;
use crate::rules::Rules;
use crate::say;

pub(super) fn claim(
    turn: &mut Turn<'_>,
    heard: &Heard,
    from: Speaker,
    task: &Task,
    eta: Option<&Eta>,
    fields: &Fields,
) {
    let who = from.who;
    let until = lease(turn.rules(), who, heard.message.at, eta);
    match turn.mesh().claims.open(&task.key).cloned() {
        None => grant(turn, heard, who, task, until, fields.get("type")),
        Some(held) if held.contest().is_some() => verdict::refuse_claim(turn, heard, who, &held),
        Some(held) if held.owner == who => {
            // Said again without an ETA, it takes no time away.
            let until = if eta.is_none() { held.runs_out().max(until) } else { until };
            renew(turn, heard, who, &held, until);
        }
        Some(held) if held.offer().is_some_and(|offer| offer.to == who) => {
            handoff::accept(turn, &held, who, heard.message, until);
        }
        Some(held) => refuse(turn, heard, from, &held),
    }
}

/// Lease = ETA + max(15 min, half of it), 30 min without one, at most 4 h; people have none.
pub(super) fn lease(rules: &Rules, who: Who, said: Timestamp, eta: Option<&Eta>) -> Option<Timestamp> {
    let Who::Agent(_) = who else { return None };
    let estimate = eta.and_then(|eta| match eta.reading {
        EtaReading::Minutes(minutes) => Some(SignedDuration::from_mins(minutes.into())),
        EtaReading::Clock(_) => eta.due(said, &rules.zone).map(|due| due.duration_since(said)),
        EtaReading::Open => None,
    });
    let lease = estimate
        .filter(SignedDuration::is_positive)
        .map_or(rules.lease, |eta| eta.saturating_add(rules.lease_slack.max(eta / 2)))
        .min(rules.lease_most);
    said.checked_add(lease).ok()
}

/// After a gap in what was heard, nothing new is granted; whoever it would have been is told.
pub(super) fn is_uncertain(turn: &mut Turn<'_>, heard: &Heard, who: Who) -> bool {
    let missed = turn.mesh().missed.contains_key(&turn.rules().group);
    if missed {
        turn.react(heard.message, Reaction::Waiting);
        match who {
            Who::Agent(agent) => turn.tell(agent, say::uncertain(), true),
            Who::Person(_) => heard::reply(turn, heard, say::uncertain()),
        }
    }
    missed
}

fn grant(
    turn: &mut Turn<'_>,
    heard: &Heard,
    who: Who,
    task: &Task,
    until: Option<Timestamp>,
    about: Option<&String>,
) {
    if is_uncertain(turn, heard, who) {
        return;
    }
    // The claimant is told, and all others; room that grows bit by bit is moved each time.
    let agents = turn.mesh().roll.agents().count();
    turn.decision.effects.reserve(agents + 2);
    let fence = turn.next_fence();
    let (at, by, about) = (turn.now(), heard.message, about.map(|about| say::short(about).into_owned()));
    turn.fact(Fact::Claimed { task: task.shown.clone(), owner: who, fence, at, until, by, about });
    turn.react(by, Reaction::Recorded);
    shared::end(turn, &task.key, who);
    let noted = shared::others(turn, &task.key, who);
    let granted = say::granted(&task.shown, fence, until, &turn.rules().zone);
    let also = shared::names(turn, &noted);
    similar::tell(turn, heard, who, task, &granted, &also);
    tell_others_to_pause(turn, who, task, until);
    shared::claimed_over(turn, who, &noted);
}

/// The others learn it at their next heartbeat; those who are at it, too, at once.
pub(super) fn tell_others_to_pause(turn: &mut Turn<'_>, owner: Who, task: &Task, until: Option<Timestamp>) {
    let text = say::pause(&task.shown, &turn.name(owner), until, &turn.rules().zone);
    let others: Vec<_> = turn.mesh().roll.agents().map(|agent| agent.id).collect();
    let noted: Vec<_> = turn.mesh().shared.on(&task.key).map(|note| note.who).collect();
    for agent in others.into_iter().map(Who::Agent).filter(|agent| *agent != owner) {
        turn.tell_who(agent, text.clone(), noted.contains(&agent));
    }
}

pub(super) fn renew(turn: &mut Turn<'_>, heard: &Heard, who: Who, held: &Claim, until: Option<Timestamp>) {
    if held.hold.as_ref().is_some_and(|hold| hold.by != who) {
        return hold::refuse(turn, heard, held);
    }
    let owner = turn.name(held.owner);
    handoff::withdraw(turn, held, say::question_closed(&held.task, &owner, turn.now(), &turn.rules().zone));
    if held.hold.is_some() {
        hold::run_on(turn, held);
    }
    let at = Some(turn.now());
    turn.fact(Fact::Renewed { task: held.task.clone(), until, at });
    turn.react(heard.message, Reaction::Recorded);
    let fence = held.fence.unwrap_or(Fence(0));
    let granted = say::granted(&held.task, fence, until, &turn.rules().zone);
    turn.tell_who(who, granted, true);
    others::moved(turn, held);
}

/// 👎 and who has it until when. The same refusal again within ten minutes is the 👎 only; who waits keeps his place.
fn refuse(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, held: &Claim) {
    let (who, by) = (from.who, heard.message);
    turn.react(by, Reaction::Refused);
    let before = held.next.iter().find(|waiting| waiting.who == who);
    if before.is_some_and(|before| by.at.duration_since(before.by.at) < SAID_AGAIN_AFTER) {
        return;
    }
    let place = queue::enter(turn, heard, who, held);
    tell_held(turn, who, held, Some(place));
    if let Who::Person(_) = who {
        reply_held(turn, heard, from, held, place);
    }
}

/// A shared claim of what somebody holds: 👎 and who has it; who does not want it alone waits in no line.
pub(super) fn refuse_note(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, held: &Claim) {
    turn.react(heard.message, Reaction::Refused);
    tell_held(turn, from.who, held, None);
    if let Who::Person(_) = from.who {
        let text = say::has_this(&turn.name(held.owner), ends(turn, held), None, &turn.rules().zone);
        heard::reply(turn, heard, text);
    }
}

fn tell_held(turn: &mut Turn<'_>, who: Who, held: &Claim, place: Option<usize>) {
    let fence = held.fence.unwrap_or(Fence(0));
    let text = say::held(&turn.name(held.owner), ends(turn, held), fence, place, &turn.rules().zone);
    turn.tell_who(who, text, true);
}

/// To a person: who has it until when, and his place in line.
pub(super) fn reply_held(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, held: &Claim, place: usize) {
    let text = say::has_this(&turn.name(held.owner), ends(turn, held), Some(place), &turn.rules().zone);
    reply_refusal(turn, heard, from.who, from.role, held, text);
}

fn ends(turn: &Turn<'_>, held: &Claim) -> Option<Timestamp> {
    held.runs_out().filter(|until| *until > turn.now())
}

/// The answer to an earlier claim is of no more use.
pub(super) fn forget_reply(turn: &mut Turn<'_>, by: &MessageRef) {
    let (chat, slot) = (by.chat, Slot::Reply(*by));
    if let Some(message) = turn.mesh().voice.id(chat, &slot) {
        turn.effect(Effect::Disarm { chat, message });
    }
    turn.clear(chat, slot);
}

fn reply_refusal(
    turn: &mut Turn<'_>,
    heard: &Heard,
    who: Who,
    role: Option<Role>,
    held: &Claim,
    text: String,
) {
    let mut effect = heard::answer(heard, text);
    if let (Effect::Post { buttons, .. }, Who::Person(person), Some(fence)) = (&mut effect, who, held.fence)
        && role == Some(Role::Exec)
        && heard.door != Door::Dm
    {
        let fence = fence.0;
        let button = |label: &str, action| Button { label: label.to_owned(), action };
        buttons.push(vec![
            button("Take it", ButtonAction::Take { who: person, fence }),
            button("Wait", ButtonAction::Wait { who: person, fence }),
        ]);
    }
    turn.effect(effect);
}

/// Whoever was refused learns that the task is free; nobody gets it by itself. The agent that is next, if it is one.
pub(super) fn tell_next(turn: &mut Turn<'_>, finished: &Claim) -> Option<Who> {
    let at = turn.now();
    for (place, waiting) in finished.next.iter().enumerate() {
        match waiting.who {
            Who::Agent(agent) if place == 0 => turn.tell(agent, say::free_again(&finished.task), true),
            Who::Agent(_) => {}
            Who::Person(_) => {
                let slot = Slot::Reply(waiting.by);
                let chat = waiting.by.chat;
                let text = say::free_since(at, &turn.rules().zone);
                turn.close(chat, slot, text);
            }
        }
    }
    finished.next.first().map(|waiting| waiting.who)
}

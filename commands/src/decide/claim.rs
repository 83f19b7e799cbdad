//! `🔒 EXCLUSIVE CLAIM`: granted at once if free, renewed for its holder, else refused and noted as next.

use jiff::{SignedDuration, Timestamp};

use super::refusals::SAID_AGAIN_AFTER;
use super::{Turn, handoff, heard, similar};
use crate::effect::{Button, ButtonAction, Effect, Reaction, Slot};
use crate::fact::{Fact, Role};
use crate::grammar::{Eta, EtaReading, Task};
use crate::ids::{Fence, MessageRef, Who};
use crate::input::{Door, Heard};
use crate::mesh::Claim;
use crate::rules::Rules;
use crate::say;

pub(super) fn claim(
    turn: &mut Turn<'_>,
    heard: &Heard,
    who: Who,
    role: Option<Role>,
    task: &Task,
    eta: Option<&Eta>,
) {
    let until = lease(turn.rules(), who, heard.message.at, eta);
    match turn.mesh().claims.open(&task.key).cloned() {
        None => grant(turn, heard, who, task, until),
        Some(held) if held.owner == who => renew(turn, heard, who, &held, until),
        Some(held) if held.offer().is_some_and(|offer| offer.to == who) => {
            handoff::accept(turn, &held, who, heard.message, until);
        }
        Some(held) => refuse(turn, heard, who, role, &held),
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

fn grant(turn: &mut Turn<'_>, heard: &Heard, who: Who, task: &Task, until: Option<Timestamp>) {
    if turn.mesh().missed.contains_key(&turn.rules().group) {
        turn.react(heard.message, Reaction::Waiting);
        match who {
            Who::Agent(agent) => turn.tell(agent, say::uncertain(), true),
            Who::Person(_) => heard::reply(turn, heard, say::uncertain()),
        }
        return;
    }
    let fence = turn.next_fence();
    let (at, by) = (turn.now(), heard.message);
    turn.fact(Fact::Claimed { task: task.shown.clone(), owner: who, fence, at, until, by });
    turn.react(by, Reaction::Recorded);
    let granted = say::granted(&task.shown, fence, until, &turn.rules().zone);
    similar::tell(turn, heard, who, task, &granted);
    tell_others_to_pause(turn, who, &task.shown, until);
}

/// The others learn it at their next heartbeat.
fn tell_others_to_pause(turn: &mut Turn<'_>, owner: Who, task: &str, until: Option<Timestamp>) {
    let text = say::pause(task, &turn.name(owner), until, &turn.rules().zone);
    let others: Vec<_> = turn.mesh().roll.agents().map(|agent| agent.id).collect();
    for agent in others.into_iter().filter(|agent| Who::Agent(*agent) != owner) {
        turn.tell(agent, text.clone(), false);
    }
}

pub(super) fn renew(turn: &mut Turn<'_>, heard: &Heard, who: Who, held: &Claim, until: Option<Timestamp>) {
    let owner = turn.name(held.owner);
    handoff::withdraw(turn, held, say::question_closed(&held.task, &owner, turn.now(), &turn.rules().zone));
    turn.fact(Fact::Renewed { task: held.task.clone(), until });
    turn.react(heard.message, Reaction::Recorded);
    let fence = held.fence.unwrap_or(Fence(0));
    let granted = say::granted(&held.task, fence, until, &turn.rules().zone);
    turn.tell_who(who, granted, true);
}

/// 👎 and who has it until when. The same refusal again within ten minutes is the 👎 only; who waits keeps his place.
fn refuse(turn: &mut Turn<'_>, heard: &Heard, who: Who, role: Option<Role>, held: &Claim) {
    let (task, by) = (held.task.clone(), heard.message);
    turn.react(by, Reaction::Refused);
    let place = held.next.iter().position(|waiting| waiting.who == who);
    if let Some(before) = place.and_then(|place| held.next.get(place)) {
        if by.at.duration_since(before.by.at) < SAID_AGAIN_AFTER {
            return;
        }
        forget_reply(turn, &before.by);
    }
    turn.fact(Fact::Queued { task, who, by });
    let owner = turn.name(held.owner);
    let place = place.unwrap_or(held.next.len()) + 1;
    let until = held.runs_out().filter(|until| *until > turn.now());
    let zone = turn.rules().zone.clone();
    match who {
        Who::Agent(agent) => {
            let fence = held.fence.unwrap_or(Fence(0));
            turn.tell(agent, say::held(&owner, until, fence, place, &zone), true);
        }
        Who::Person(_) => {
            reply_refusal(turn, heard, who, role, held, say::has_this(&owner, until, place, &zone));
        }
    }
}

/// The answer to an earlier claim is of no more use.
fn forget_reply(turn: &mut Turn<'_>, by: &MessageRef) {
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

/// An Exec's word: the task changes hands under a new fence. Its old owner is told to pause.
pub(super) fn assign(turn: &mut Turn<'_>, held: &Claim, to: Who, by: MessageRef, by_name: &str) -> String {
    let (at, fence) = (turn.now(), turn.next_fence());
    let until = lease(turn.rules(), to, at, None);
    let task = held.task.clone();
    let closed = say::question_closed(&task, &turn.name(to), at, &turn.rules().zone);
    handoff::withdraw(turn, held, closed);
    turn.fact(Fact::Claimed { task: task.clone(), owner: to, fence, at, until, by });
    let (new, old) = (turn.name(to), turn.name(held.owner));
    let pause = say::pause(&task, &new, until, &turn.rules().zone);
    turn.tell_who(held.owner, pause, true);
    let granted = say::granted(&task, fence, until, &turn.rules().zone);
    turn.tell_who(to, granted, true);
    say::assigned(&new, by_name, at, &turn.rules().zone, &old)
}

/// Whoever was refused learns that the task is free; nobody gets it by itself.
pub(super) fn tell_next(turn: &mut Turn<'_>, finished: &Claim) {
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
}

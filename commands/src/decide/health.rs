//! Agents that can't be reached, and the mesh's own absence.

use jiff::Timestamp;

use super::{Turn, command};
use crate::effect::{Button, ButtonAction, Effect, Slot};
use crate::fact::{Fact, Ordered, Role};
use crate::ids::{AgentId, PersonId, Who};
use crate::input::Tap;
use crate::mesh::Down;
use crate::say;
use crate::say::health as words;

/// What came of asking an agent whether it is there.
pub(super) fn verdict(turn: &mut Turn<'_>, agent: AgentId, up: bool) {
    match (turn.mesh().health.down.get(&agent).copied(), up) {
        (None, false) => down(turn, agent),
        (Some(was), true) => again(turn, agent, was),
        _ => {}
    }
}

/// With a sound for an agent that should always be there; for others the board is enough.
fn down(turn: &mut Turn<'_>, agent: AgentId) {
    let Some(always_on) = turn.mesh().roll.agent(agent).map(|agent| agent.always_on) else { return };
    let (at, heard) = (turn.now(), turn.mesh().alive.get(&agent).copied());
    let seen = heard.max(turn.mesh().health.reached(agent));
    turn.fact(Fact::Unreachable { agent, at, seen });
    if !always_on || turn.mesh().health.is_silenced(agent, at) {
        return;
    }
    let text = words::unreachable(&turn.name(Who::Agent(agent)), seen, &turn.rules().zone);
    let silence = Button { label: "Silence 1 h".into(), action: ButtonAction::Silence { agent } };
    let (slot, chat, buttons) = (Slot::Down(agent), turn.rules().group, vec![vec![silence]]);
    turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons, sound: true });
}

fn again(turn: &mut Turn<'_>, agent: AgentId, was: Down) {
    let at = turn.now();
    turn.fact(Fact::Reachable { agent, at });
    let gone = at.duration_since(was.seen.unwrap_or(was.at));
    let text = words::reachable(&turn.name(Who::Agent(agent)), at, gone, &turn.rules().zone);
    turn.close(turn.rules().group, Slot::Down(agent), text);
}

/// Its gateway makes it wait. The same end again is no news.
pub(super) fn throttled(turn: &mut Turn<'_>, agent: AgentId, until: Option<Timestamp>) {
    if turn.mesh().roll.agent(agent).is_none() {
        return;
    }
    let (at, known) = (turn.now(), turn.mesh().floor.throttled.get(&agent).map(|known| known.until));
    match until.filter(|until| *until > at) {
        Some(until) if known != Some(until) => turn.fact(Fact::Throttled { agent, until, at }),
        None if known.is_some() => turn.fact(Fact::Unthrottled { agent, at }),
        _ => {}
    }
}

/// Another program polls the bot's token: the board says so, for nobody's command is heard.
pub(super) fn taken(turn: &mut Turn<'_>, taken: bool) {
    let at = turn.now();
    match (turn.mesh().orders.taken, taken) {
        (None, true) => turn.fact(Fact::Ordered(Ordered::Taken { at })),
        (Some(_), false) => turn.fact(Fact::Ordered(Ordered::HeardAgain)),
        _ => {}
    }
}

/// Nothing more of that agent for an hour; the card stays, to show when it is back.
pub(super) fn silence(turn: &mut Turn<'_>, tap: &Tap, role: Role, agent: AgentId) -> Result<String, String> {
    if role < Role::Operator {
        return Err(say::requires(Role::Operator, Some(role)));
    }
    let was = turn.mesh().health.down.get(&agent).copied().ok_or_else(say::stale)?;
    let (by, now) = (PersonId(tap.from.0), turn.now());
    if turn.mesh().health.is_silenced(agent, now) {
        return Err(say::stale());
    }
    let until = now.saturating_add(turn.rules().silence).unwrap_or(now);
    turn.fact(Fact::Silenced { agent, until, by });
    let zone = &turn.rules().zone;
    let card = words::unreachable(&turn.name(Who::Agent(agent)), was.seen, zone);
    let text = words::silenced(&card, until, &turn.name(Who::Person(by)), zone);
    let (slot, chat, message) = (Slot::Down(agent), tap.chat, tap.message);
    turn.effect(Effect::Edit { slot, chat, message, text, buttons: Vec::new() });
    Ok(say::settled())
}

/// The mesh has heard what was said while it was away: said once, silently, if it was long or something was missed.
pub(super) fn back(turn: &mut Turn<'_>) {
    let Some(away) = turn.mesh().health.away else { return };
    let (at, chat) = (turn.now(), turn.rules().group);
    let gone = at.duration_since(away.since);
    turn.fact(Fact::Back { at });
    let missed = turn.mesh().missed.contains_key(&chat);
    if gone < turn.rules().back_after && !missed {
        return;
    }
    command::say_it_is_back(turn, words::back(gone, away.applied, missed));
}

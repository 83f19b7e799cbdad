//! What an agent's hook refuses for good, and what finds no door to an agent: kept, and said to Execs once, until
//! something comes in there again.

use super::Turn;
use crate::effect::{Effect, Slot};
use crate::fact::{Fact, Letter, Role};
use crate::ids::{AgentId, ChatId, Who};
use crate::mesh::Member;
use crate::say;
use crate::say::delivery as words;

/// A message to an agent was given up.
pub(super) fn given_up(turn: &mut Turn<'_>, agent: AgentId, text: &str, why: String) {
    if turn.mesh().roll.agent(agent).is_none() {
        return;
    }
    let (at, first) = (turn.now(), !turn.mesh().letters.is_unreached(agent));
    let told = words::given_up(&turn.name(Who::Agent(agent)), &why);
    let text = say::short(text).into_owned();
    turn.fact(Fact::Letter(Letter::Dead { agent, at, why, text }));
    if !first || turn.rules().bot_username.is_none() {
        return;
    }
    for chat in execs(turn) {
        let (slot, text, buttons) = (Slot::Undelivered(agent), told.clone(), Vec::new());
        turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons, sound: false });
    }
}

/// A message reached an agent.
pub(super) fn reached(turn: &mut Turn<'_>, agent: AgentId) {
    if turn.mesh().letters.is_unreached(agent) {
        turn.fact(Fact::Letter(Letter::Reached { agent }));
    }
}

/// The private chats of the Execs.
fn execs(turn: &Turn<'_>) -> Vec<ChatId> {
    let chat = |member: &Member| match member {
        Member::Person(person) if person.role == Some(Role::Exec) => Some(ChatId(person.id.0)),
        _ => None,
    };
    turn.mesh().roll.members().filter_map(chat).collect()
}

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
    let (at, first) = (turn.now(), !is_known(turn, agent));
    let told = words::given_up(&turn.name(Who::Agent(agent)), &why);
    let text = say::short(text).into_owned();
    turn.fact(Fact::Letter(Letter::Dead { agent, at, why, text }));
    if first {
        tell_execs(turn, agent, &told);
    }
}

/// An agent's hook lets nothing in, and what is urgent passes it by; or it takes something again.
pub(super) fn shut(turn: &mut Turn<'_>, agent: AgentId, why: Option<String>) {
    if turn.mesh().roll.agent(agent).is_none() {
        return;
    }
    let (at, first) = (turn.now(), !is_known(turn, agent));
    match (why, turn.mesh().letters.shut(agent).is_some()) {
        (Some(why), false) => {
            let told = words::shut(&turn.name(Who::Agent(agent)), &why);
            turn.fact(Fact::Letter(Letter::Shut { agent, at, why }));
            if first {
                tell_execs(turn, agent, &told);
            }
        }
        (None, true) => turn.fact(Fact::Letter(Letter::Open { agent })),
        _ => {}
    }
}

/// Whether Execs were told already that something does not arrive by that agent's hook.
fn is_known(turn: &Turn<'_>, agent: AgentId) -> bool {
    let letters = &turn.mesh().letters;
    letters.is_unreached(agent) || letters.shut(agent).is_some()
}

fn tell_execs(turn: &mut Turn<'_>, agent: AgentId, told: &str) {
    if turn.rules().bot_username.is_none() {
        return;
    }
    for chat in execs(turn) {
        let (slot, text, buttons) = (Slot::Undelivered(agent), told.to_owned(), Vec::new());
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

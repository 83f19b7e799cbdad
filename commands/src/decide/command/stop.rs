//! `/mesh stop` and `/mesh start`: what the mesh says and does is held, what it hears is not.

use super::{Done, Given, Turn};
use crate::effect::{Effect, Slot};
use crate::fact::{Fact, Ordered};
use crate::ids::{PersonId, Who};
use crate::input::{Door, Heard};
use crate::say;

pub(super) fn stop(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let (by, at) = (PersonId(given.heard.sender.id.0), turn.now());
    let before = turn.mesh().orders.stopped;
    if before.is_none() {
        turn.fact(Fact::Ordered(Ordered::Stopped { by, at }));
    }
    let (by, at) = before.unwrap_or((by, at));
    let name = turn.name(Who::Person(by));
    let text = say::stopped(&name, at, &turn.rules().zone);
    answer(turn, given.heard, text);
    Done::well("stopped")
}

pub(super) fn start(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let Some((by, at)) = turn.mesh().orders.stopped else {
        answer(turn, given.heard, say::not_stopped());
        return Done::refused("not stopped");
    };
    turn.fact(Fact::Ordered(Ordered::Started));
    let name = turn.name(Who::Person(by));
    let text = say::started(&name, at, &turn.rules().zone);
    answer(turn, given.heard, text);
    Done::well("started")
}

/// It goes at once, also while everything is held.
fn answer(turn: &mut Turn<'_>, heard: &Heard, text: String) {
    match heard.door {
        Door::Call => return super::say_back(turn, heard, text),
        Door::Dm => {
            let (to, reply_to) = (heard.sender.id, Some(heard.message));
            return turn.effect(Effect::Dm { to, text, reply_to, at_once: true });
        }
        _ => {}
    }
    let (slot, chat, reply_to) = (Slot::Stop(heard.message), heard.message.chat, Some(heard.message));
    turn.effect(Effect::Post { slot, chat, text, reply_to, buttons: Vec::new(), sound: false });
}

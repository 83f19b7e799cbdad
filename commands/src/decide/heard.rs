//! A message: who may say what, and through which door.

use jiff::SignedDuration;

use super::{Turn, claim, command, done, handoff, stand_down};
use crate::effect::{Effect, Reaction, Slot};
use crate::fact::{Fact, Once, Role};
use crate::grammar::{self, Almost, Kind, Reading, Utterance};
use crate::ids::{ChatId, Who};
use crate::input::{Door, Heard, SenderKind};
use crate::mesh::Member;
use crate::say;

/// A sign of life is recorded at most so often.
const ALIVE_EVERY: SignedDuration = SignedDuration::from_mins(1);

pub(super) fn hear(turn: &mut Turn<'_>, heard: &Heard) {
    if turn.rules().own.contains(&heard.sender.id) || turn.mesh().seen.contains(&heard.message) {
        return;
    }
    let member = known(turn, heard);
    if heard.door != Door::Bot {
        sign_of_life(turn, member.as_ref());
    }
    if heard.forwarded {
        return;
    }
    let is_reply = heard.reply_to.is_some();
    match (grammar::read(&heard.said, is_reply), member) {
        (Reading::Utterance(Utterance::Command(line)), member) => {
            command::route(turn, heard, member.as_ref(), &line);
        }
        (reading, Some(member)) if hears_grammar(heard.door) => {
            listen(turn, heard, member.who(), member.role(), reading);
        }
        (_, member) if matches!(heard.door, Door::BotDm) => {
            command::route_bare(turn, heard, member.as_ref());
        }
        (_, None) if heard.door == Door::Dm => greet_stranger(turn, heard),
        _ => {}
    }
}

fn known(turn: &Turn<'_>, heard: &Heard) -> Option<Member> {
    match heard.sender.kind {
        SenderKind::Impersonal => None,
        SenderKind::Person | SenderKind::Bot => turn.mesh().roll.get(heard.sender.id).cloned(),
    }
}

fn hears_grammar(door: Door) -> bool {
    matches!(door, Door::Ear | Door::Only | Door::Dm)
}

fn sign_of_life(turn: &mut Turn<'_>, member: Option<&Member>) {
    let Some(Who::Agent(agent)) = member.map(Member::who) else { return };
    let at = turn.now();
    let fresh = turn.mesh().alive.get(&agent).is_some_and(|last| at.duration_since(*last) < ALIVE_EVERY);
    if !fresh || turn.mesh().floor.last_spoke != Some(agent) {
        turn.fact(Fact::Alive { agent, at });
    }
}

fn listen(turn: &mut Turn<'_>, heard: &Heard, who: Who, role: Option<Role>, reading: Reading) {
    let utterance = match reading {
        Reading::Chatter => return chat_in_dm(turn, heard),
        Reading::Almost(almost) => return ask(turn, heard, who, role, &almost),
        Reading::Utterance(utterance) => utterance,
    };
    if role < Some(Role::Operator) && is_bare(&utterance) {
        return;
    }
    turn.fact(Fact::Noted { message: heard.message });
    if role < Some(Role::Operator) {
        return refuse_role(turn, heard, role, Role::Operator);
    }
    if is_quiet(turn, who) && !matches!(utterance, Utterance::Acknowledgement | Utterance::Done { .. }) {
        turn.react(heard.message, Reaction::HeldBack);
        return;
    }
    match utterance {
        Utterance::ExclusiveClaim { task, eta, .. } => {
            claim::claim(turn, heard, who, role, &task, eta.as_ref());
        }
        Utterance::Done { task, result, handoff_to, .. } => {
            done::done(turn, heard, who, role, task, result, handoff_to);
        }
        Utterance::HandoffAck { task } => handoff::acknowledge(turn, heard, who, task.as_ref()),
        Utterance::Refuse { rest } => handoff::refuse(turn, heard, who, rest.as_deref()),
        Utterance::Acknowledgement => stand_down::thumbs_up(turn, heard, who),
        Utterance::StandDown { target } => stand_down::order(turn, heard, who, role, &target, true),
        Utterance::StandUp { target } => stand_down::order(turn, heard, who, role, &target, false),
        Utterance::Command(_) => {}
    }
}

/// A single word that people also say to each other.
fn is_bare(utterance: &Utterance) -> bool {
    matches!(
        utterance,
        Utterance::Done { task: None, .. }
            | Utterance::HandoffAck { task: None }
            | Utterance::Refuse { rest: None }
            | Utterance::Acknowledgement
    )
}

fn is_quiet(turn: &Turn<'_>, who: Who) -> bool {
    matches!(who, Who::Agent(agent) if turn.mesh().floor.stood_down.contains_key(&agent))
}

/// Almost grammar: 🤔, and a word to whoever meant it.
fn ask(turn: &mut Turn<'_>, heard: &Heard, who: Who, role: Option<Role>, almost: &Almost) {
    if role >= Some(Role::Operator) {
        turn.fact(Fact::Noted { message: heard.message });
        not_read(turn, heard, who, almost);
    }
}

/// Says what was missing: 🤔 in the chat, the sentence to the agent, a question to a person who led with the emoji.
pub(super) fn not_read(turn: &mut Turn<'_>, heard: &Heard, who: Who, almost: &Almost) {
    turn.react(heard.message, Reaction::NotUnderstood);
    match who {
        Who::Agent(agent) => turn.tell(agent, say::not_read(&almost.missing), true),
        Who::Person(_) if almost.emphatic && almost.looks_like == Kind::ExclusiveClaim => {
            reply(turn, heard, say::which_task());
        }
        Who::Person(_) => {}
    }
}

/// An almost that only the state of the mesh could tell.
pub(super) fn almost(turn: &mut Turn<'_>, heard: &Heard, who: Who, looks_like: Kind, missing: String) {
    not_read(turn, heard, who, &Almost { looks_like, missing, emphatic: false });
}

pub(super) fn refuse_role(turn: &mut Turn<'_>, heard: &Heard, role: Option<Role>, needed: Role) {
    turn.react(heard.message, Reaction::Refused);
    if heard.sender.kind == SenderKind::Person {
        reply(turn, heard, say::requires(needed, role));
    }
}

/// Answers one message, silently, where it was said.
pub(super) fn reply(turn: &mut Turn<'_>, heard: &Heard, text: String) {
    turn.effect(answer(heard, text));
}

pub(super) fn answer(heard: &Heard, text: String) -> Effect {
    if heard.door == Door::Dm {
        return Effect::Dm { to: heard.sender.id, text, reply_to: Some(heard.message) };
    }
    Effect::Post {
        slot: Slot::Reply(heard.message),
        chat: heard.message.chat,
        text,
        reply_to: Some(heard.message),
        buttons: Vec::new(),
        sound: false,
    }
}

/// A private chat with the account answers what it did not understand, so that nobody waits for nothing.
fn chat_in_dm(turn: &mut Turn<'_>, heard: &Heard) {
    if heard.door == Door::Dm && heard.sender.kind == SenderKind::Person {
        let member = turn.mesh().roll.get(heard.sender.id).cloned();
        command::route_bare(turn, heard, member.as_ref());
    }
}

fn greet_stranger(turn: &mut Turn<'_>, heard: &Heard) {
    let (user, at) = (heard.sender.id, turn.now());
    let private = ChatId(user.0) == heard.message.chat && heard.sender.kind == SenderKind::Person;
    if private && !turn.mesh().was_told(user, Once::Stranger, at) {
        turn.fact(Fact::Told { user, what: Once::Stranger, at });
        reply(turn, heard, say::stranger());
    }
}

//! What came of an effect: posted messages become facts, so that they can be edited.

use super::{Turn, command, relay, secret, stand_down, undelivered};
use crate::effect::{Effect, Reaction, Slot};
use crate::fact::Fact;
use crate::grammar::Task;
use crate::ids::{ChatId, VoiceId};
use crate::input::{EffectResult, Outcome};
use crate::mesh::Claim;
use crate::say::delivery as words;

pub(super) fn learn(turn: &mut Turn<'_>, outcome: Outcome) {
    match (outcome.effect, outcome.result) {
        (Effect::Post { slot: Slot::Secret(of), chat, text, .. }, EffectResult::Done(message)) => {
            posted(turn, Slot::Secret(of), chat, message);
            secret::posted_card(turn, &of, &text);
        }
        (Effect::Post { slot: Slot::Back, chat, text, .. }, EffectResult::Done(message)) => {
            posted(turn, Slot::Back, chat, message);
            command::back_stands(turn, &text);
        }
        (Effect::Post { slot: Slot::Sent { to, what }, .. }, EffectResult::Done(_)) => {
            command::sent(turn, to, &what, true);
        }
        (Effect::Post { slot: Slot::Sent { to, what }, .. }, EffectResult::Failed(_)) => {
            command::sent(turn, to, &what, false);
        }
        (Effect::Post { slot: Slot::Shown { under, to }, .. }, EffectResult::Failed(_)) => {
            command::not_shown(turn, under, to);
        }
        (Effect::Post { slot, chat, .. }, EffectResult::Done(message)) => posted(turn, slot, chat, message),
        (Effect::Speak { key, .. }, result) => relay::ended(turn, key, result),
        (Effect::Look { what, asker }, result) => command::found(turn, &what, asker, result),
        (Effect::Restart { number, chat }, result) => command::restarted(turn, number, chat, result),
        (Effect::Drive { agent, deed, awaited }, result) => {
            command::driven(turn, (agent, deed), &awaited, result);
        }
        (Effect::Delete { message }, result) => secret::deleted(turn, &message, result),
        (Effect::Edit { slot, chat, .. }, EffectResult::Gone) => gone(turn, slot, chat),
        (Effect::Tell { agent, order: Some(order), .. }, EffectResult::Done(_)) => {
            undelivered::reached(turn, agent);
            turn.react(order, Reaction::CarriedOut);
            stand_down::delivered(turn, agent, order);
        }
        (Effect::Tell { agent, .. }, EffectResult::Done(_)) => undelivered::reached(turn, agent),
        // A notice lapses: who has no door reads the group.
        (effect, EffectResult::NoDoor(agent)) if effect.is_run() => {
            let text = effect.text().unwrap_or_default();
            undelivered::given_up(turn, agent, text, words::no_door());
        }
        (Effect::Tell { agent, text, .. }, EffectResult::Failed(why)) => {
            undelivered::given_up(turn, agent, &text, why);
        }
        _ => {}
    }
}

/// The mesh pins nothing but its board: if the board's number is not known, this is it.
pub(super) fn pinned(turn: &mut Turn<'_>, chat: ChatId, message: VoiceId) {
    let (slot, at) = (Slot::Board, turn.now());
    if turn.mesh().voice.get(chat, &slot).is_some_and(|standing| standing.posted.is_none()) {
        turn.fact(Fact::Posted { slot, chat, message: Some(message), at });
    }
}

/// Only messages that will be edited again are kept in mind.
fn posted(turn: &mut Turn<'_>, slot: Slot, chat: ChatId, message: Option<VoiceId>) {
    if turn.mesh().moved.is(chat) {
        return; // Nothing there can be changed any more.
    }
    if let Some(message) = message.filter(|_| was_settled(turn, &slot)) {
        return turn.effect(Effect::Disarm { chat, message });
    }
    let matters = match &slot {
        Slot::Stop(_)
        | Slot::Sent { .. }
        | Slot::Shown { .. }
        | Slot::Alert(_)
        | Slot::Hooked(_)
        | Slot::Undelivered(_) => false,
        Slot::Ask(number) => turn.mesh().orders.ask(*number).is_some(),
        Slot::Request(user) => turn.mesh().orders.request(*user).is_some(),
        Slot::Reply(to) => turn.mesh().claims.is_refused(to),
        Slot::Secret(of) => turn.mesh().leaks.iter().any(|leak| leak.posted.message == *of),
        _ => true,
    };
    // Of two cards that were under way at once, the first is the older one.
    if let Some(older) = turn.mesh().voice.id(chat, &slot).filter(|_| slot == Slot::Status) {
        turn.effect(Effect::Disarm { chat, message: older });
    }
    let known = message.is_none() && turn.mesh().voice.id(chat, &slot).is_some();
    if matters && !known {
        let at = turn.now();
        let board = slot == Slot::Board;
        turn.fact(Fact::Posted { slot, chat, message, at });
        if let Some(message) = message.filter(|_| board) {
            turn.effect(Effect::Pin { chat, message });
        }
    }
}

/// Whether a question was answered while its post was under way.
fn was_settled(turn: &Turn<'_>, slot: &Slot) -> bool {
    let mesh = turn.mesh();
    match slot {
        Slot::Question(task) => mesh.claims.open(&Task::fold(task)).and_then(Claim::offer).is_none(),
        Slot::Contest(task) => mesh.claims.open(&Task::fold(task)).and_then(Claim::contest).is_none(),
        Slot::Overdue(task) => !mesh.claims.open(&Task::fold(task)).is_some_and(|claim| claim.warned.free),
        Slot::Down(agent) => !mesh.health.down.contains_key(agent),
        Slot::Unconfirmed(agent) => {
            let order = mesh.floor.stood_down.get(agent);
            order.is_none_or(|order| order.confirmed.is_some()) || mesh.floor.paused.contains_key(agent)
        }
        _ => false,
    }
}

/// Somebody deleted it: the next time it is posted anew.
fn gone(turn: &mut Turn<'_>, slot: Slot, chat: ChatId) {
    turn.clear(chat, slot);
}

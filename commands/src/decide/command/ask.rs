//! Questions asked back, and their buttons: single-use, bound to whoever gave the command, good for five minutes.

use super::super::Audited;
use super::{Turn, driven, people};
use crate::effect::{Button, ButtonAction, Effect, Slot};
use crate::fact::{Ask, Fact, Order, Ordered, Role};
use crate::ids::{ChatId, MessageRef, PersonId, UserId, VoiceId, Who};
use crate::input::{EffectResult, Tap};
use crate::mesh::orders::ASK_FOR;
use crate::say;

/// Asks back, as a reply to what was ordered.
pub(super) fn ask(turn: &mut Turn<'_>, who: UserId, message: MessageRef, about: &Order, text: String) {
    let (chat, number) = (message.chat, put(turn, who, message.chat, about));
    let (yes, no) = say::choices(about, &whose(turn, about));
    let button = |label: String, action| Button { label, action };
    let buttons = vec![vec![
        button(yes, ButtonAction::Yes { ask: number }),
        button(no, ButtonAction::No { ask: number }),
    ]];
    // The message with a button is the mesh's own, and what is said about it stands alone.
    let reply_to = Some(message).filter(|message| message.from == who && !is_own(turn, message));
    let slot = Slot::Ask(number);
    turn.effect(Effect::Post { slot, chat, text, reply_to, buttons, sound: false });
}

/// The name of what an order is about: an agent, or the node.
pub(in super::super) fn whose(turn: &Turn<'_>, order: &Order) -> String {
    match order {
        Order::Drive { agent, .. } | Order::Driving { agent, .. } => turn.name(Who::Agent(*agent)),
        _ => turn.rules().node.clone(),
    }
}

fn is_own(turn: &Turn<'_>, message: &MessageRef) -> bool {
    turn.mesh().voice.slot_of(message.chat, VoiceId(message.id)).is_some()
        && message.ear == crate::ids::Ear::Bot
}

fn put(turn: &mut Turn<'_>, who: UserId, chat: ChatId, about: &Order) -> u64 {
    let (number, at, about) = (turn.mesh().orders.next_ask(), turn.now(), about.clone());
    turn.fact(Fact::Ordered(Ordered::Asked { number, ask: Ask { who, chat, at, about } }));
    number
}

fn settle(turn: &mut Turn<'_>, number: u64) {
    turn.fact(Fact::Ordered(Ordered::Settled { number }));
}

/// The one who was asked, in time, with the role it needs by now.
fn answered(turn: &mut Turn<'_>, tap: &Tap, number: u64) -> Result<Ask, String> {
    let ask = turn.mesh().orders.ask(number).cloned().ok_or_else(say::stale)?;
    if matches!(ask.about, Order::Restarting | Order::Driving { .. }) || ask.chat != tap.chat {
        return Err(say::stale());
    }
    if ask.who != tap.from {
        return Err(say::not_your_button());
    }
    if turn.now().duration_since(ask.at) > ASK_FOR {
        settle(turn, number);
        close(turn, tap, number, say::expired());
        return Err(say::expired());
    }
    Ok(ask)
}

/// Done with its message; nothing more comes of it.
fn close(turn: &mut Turn<'_>, tap: &Tap, number: u64, text: String) {
    let (slot, chat, message) = (Slot::Ask(number), tap.chat, tap.message);
    turn.effect(Effect::Edit { slot: slot.clone(), chat, message, text, buttons: Vec::new() });
    turn.clear(chat, slot);
}

pub(in super::super) fn yes(
    turn: &mut Turn<'_>,
    tap: &Tap,
    role: Role,
    number: u64,
) -> Result<String, String> {
    let ask = answered(turn, tap, number)?;
    let needed = if matches!(ask.about, Order::Revoke { .. }) { Role::Exec } else { Role::Operator };
    if role < needed {
        return Err(say::requires(needed, Some(role)));
    }
    settle(turn, number);
    let by = PersonId(tap.from.0);
    let (name, now, zone) = (turn.name(Who::Person(by)), turn.now(), turn.rules().zone.clone());
    match ask.about {
        Order::Restart => restart(turn, tap.from, tap.chat, None, Some(tap.message)),
        Order::Revoke { user, role, left } => match people::revoke_now(turn, user, role, left) {
            Ok(text) => close(turn, tap, number, say::by(&text, &name, now, &zone)),
            Err(why) => {
                close(turn, tap, number, why.clone());
                return Err(why);
            }
        },
        Order::Set { key, value } => {
            turn.fact(Fact::Ordered(Ordered::Set { key: key.clone(), value, by }));
            let now_is = say::set(&key, turn.rules());
            close(turn, tap, number, say::by(&now_is, &name, now, &zone));
        }
        Order::Drive { agent, deed } => {
            let begun = driven::confirmed(turn, (tap.from, tap.chat), tap.message, (agent, deed));
            if let Err(why) = begun {
                close(turn, tap, number, why.clone());
                return Err(why);
            }
        }
        Order::Restarting | Order::Driving { .. } => return Err(say::stale()),
    }
    Ok(say::settled())
}

pub(in super::super) fn no(turn: &mut Turn<'_>, tap: &Tap, number: u64) -> Result<String, String> {
    let ask = answered(turn, tap, number)?;
    settle(turn, number);
    let (name, now, zone) =
        (turn.name(Who::Person(PersonId(tap.from.0))), turn.now(), turn.rules().zone.clone());
    let left_alone = say::left_alone(&ask.about, &whose(turn, &ask.about));
    close(turn, tap, number, say::by(&left_alone, &name, now, &zone));
    Ok(say::settled())
}

/// Starts the node anew, and says so first.
pub(super) fn restart(
    turn: &mut Turn<'_>,
    who: UserId,
    chat: ChatId,
    reply_to: Option<MessageRef>,
    message: Option<VoiceId>,
) {
    let text = say::restarting(&turn.rules().node);
    let number = begins(turn, (who, chat), (reply_to, message), &Order::Restarting, text);
    turn.effect(Effect::Restart { number, chat });
}

/// Says that it begins, in the message with the button if there is one; the same message shows what came of it. Its
/// number.
pub(super) fn begins(
    turn: &mut Turn<'_>,
    (who, chat): (UserId, ChatId),
    (reply_to, message): (Option<MessageRef>, Option<VoiceId>),
    about: &Order,
    text: String,
) -> u64 {
    let number = put(turn, who, chat, about);
    let (slot, at, buttons) = (Slot::Ask(number), turn.now(), Vec::new());
    match message {
        Some(id) => {
            let asked = turn.mesh().voice.slot_of(chat, id).cloned();
            if let Some(asked) = asked {
                turn.clear(chat, asked);
            }
            turn.fact(Fact::Posted { slot: slot.clone(), chat, message, at });
            turn.effect(Effect::Edit { slot, chat, message: id, text, buttons });
        }
        None => turn.effect(Effect::Post { slot, chat, text, reply_to, buttons, sound: false }),
    }
    number
}

/// What became of it: in the message that said it begins, else in a new one.
pub(super) fn ends(turn: &mut Turn<'_>, number: u64, chat: ChatId, text: String) {
    settle(turn, number);
    let slot = Slot::Ask(number);
    if turn.mesh().voice.id(chat, &slot).is_some() {
        return turn.close(chat, slot, text);
    }
    turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons: Vec::new(), sound: false });
}

/// What became of the node's restart.
pub(in super::super) fn outcome(turn: &mut Turn<'_>, number: u64, chat: ChatId, result: EffectResult) {
    let Some(ask) = turn.mesh().orders.ask(number).cloned() else { return };
    let (node, at, zone) = (turn.rules().node.clone(), turn.now(), turn.rules().zone.clone());
    let (text, result) = match result {
        EffectResult::Done(_) => (say::restarted(&node, at, &zone), Ok("restarted".to_owned())),
        EffectResult::Failed(why) => (say::not_restarted(&node, &why), Err(why)),
        _ => (say::restart_unknown(&node, at, &zone), Err("outcome unknown".to_owned())),
    };
    let name = turn.mesh().roll.get(ask.who).map(|member| turn.name(member.who())).unwrap_or_default();
    let (user, command, target) = (ask.who, "outcome of restart".to_owned(), Some(node));
    turn.decision.audit.push(Audited { user, name, command, target, result, anchor: None });
    ends(turn, number, chat, text);
}

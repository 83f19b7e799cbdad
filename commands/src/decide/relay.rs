//! What somebody at the node's shell has an account say: anything but what would count, and never taken for its
//! person's own word.

use super::{Mind, Turn};
use crate::effect::Effect;
use crate::fact::{Fact, Relay};
use crate::grammar::{self, Reading, Said};
use crate::ids::fingerprint;
use crate::input::{CALL_KEY_MOST, EffectResult, Heard, Order};
use crate::rules::Mode;
use crate::{say, secrets};

/// Telegram's limit, in UTF-16 units.
const TEXT_MOST: usize = 4_096;

/// Whether an account may be ordered to say this; else why not.
pub(super) fn may(mind: &Mind, order: &Order) -> Result<(), String> {
    let text = order.text.trim();
    let known = mind.mesh.relays.get(&order.key, mind.now);
    if known.is_some_and(|known| (known.account, known.print) != (order.account, print(order))) {
        Err(say::answers::another_call())
    } else if order.key.len() > CALL_KEY_MOST {
        Err(say::answers::key_too_long(CALL_KEY_MOST))
    } else if mind.rules.mode != Mode::Enforce {
        Err(say::relay::mode())
    } else if text.is_empty() {
        Err(say::relay::empty())
    } else if text.encode_utf16().count() > TEXT_MOST {
        Err(say::relay::too_long(TEXT_MOST))
    } else if secrets::is_in(text, &mind.rules.known_tokens) {
        Err(say::relay::secret())
    } else if !order.chat.is_private() && counts(text, order.reply_to.is_some()) {
        Err(say::relay::counts())
    } else {
        Ok(())
    }
}

/// Whether the words do something when they are said in the group.
fn counts(text: &str, is_reply: bool) -> bool {
    matches!(grammar::read(&Said::plain(text), is_reply), Reading::Utterance(_))
}

/// As it reads in the chat: Telegram trims it.
fn print(order: &Order) -> u64 {
    fingerprint(order.text.trim())
}

/// Orders it, once for a key.
pub(super) fn order(turn: &mut Turn<'_>, order: Order) {
    let at = turn.now();
    if may(turn.mind, &order).is_err() || turn.mesh().relays.get(&order.key, at).is_some() {
        return;
    }
    let print = print(&order);
    let Order { key, account, chat, text, reply_to } = order;
    turn.fact(Fact::Relayed(Relay::Ordered { key: key.clone(), account, chat, print, at }));
    turn.effect(Effect::Speak { key, account, chat, text: text.trim().to_owned(), reply_to });
}

/// What came of it.
pub(super) fn ended(turn: &mut Turn<'_>, key: String, result: EffectResult) {
    let (message, failed) = match result {
        EffectResult::Done(message) => (message, None),
        EffectResult::Failed(why) => (None, Some(why)),
        other => (None, Some(format!("{other:?}"))),
    };
    let at = turn.now();
    turn.fact(Fact::Relayed(Relay::Ended { key, at, message, failed }));
}

/// Whether a message is one that an account of ours was ordered to say, and not its person's own word.
pub(super) fn is_ours(turn: &mut Turn<'_>, heard: &Heard) -> bool {
    let message = &heard.message;
    let Some(key) = turn.mesh().relays.of(message).map(|known| known.key.clone()) else { return false };
    turn.fact(Fact::Relayed(Relay::Heard { key, ear: message.ear, message: message.id }));
    true
}

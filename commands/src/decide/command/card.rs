//! The status card: one live one a chat, with its buttons.

use super::Turn;
use crate::effect::{Asker, Button, ButtonAction, Effect, Look, Slot, Way};
use crate::ids::{ChatId, VoiceId};
use crate::input::{Heard, Tap};
use crate::say;

/// Refreshed within a minute, else posted anew, and the older one loses its buttons.
pub(super) fn card(turn: &mut Turn<'_>, heard: &Heard, text: String) {
    let (chat, now) = (heard.message.chat, turn.now());
    let buttons = buttons(turn);
    let standing = turn.mesh().voice.get(chat, &Slot::Status).and_then(|standing| standing.posted);
    let slot = Slot::Status;
    if let Some((message, at)) = standing {
        if now.duration_since(at) < turn.rules().card_every {
            return turn.effect(Effect::Edit { slot, chat, message, text, buttons });
        }
        turn.effect(Effect::Disarm { chat, message });
        turn.clear(chat, Slot::Status);
    }
    let reply_to = Some(heard.message);
    turn.effect(Effect::Post { slot, chat, text, reply_to, buttons, sound: false });
}

fn buttons(turn: &Turn<'_>) -> Vec<Vec<Button>> {
    let button = |label: String, action| Button { label, action };
    let node = &turn.rules().node;
    vec![
        vec![
            button(format!("🔄 Restart {node}"), ButtonAction::RestartNode),
            button("📋 View Logs".into(), ButtonAction::NodeLogs),
        ],
        vec![
            button("⚙️ Config".into(), ButtonAction::NodeConfig),
            button("📊 Metrics".into(), ButtonAction::Metrics),
        ],
        vec![
            button("🔄 Refresh".into(), ButtonAction::Refresh),
            button("🔒 Claims".into(), ButtonAction::Claims),
        ],
    ]
}

/// The card of a chat, drawn anew in place.
pub(in super::super) fn refresh_card(turn: &mut Turn<'_>, chat: ChatId, message: VoiceId) {
    let text = say::status(turn.mesh(), turn.rules(), turn.now());
    let (slot, buttons) = (Slot::Status, buttons(turn));
    turn.effect(Effect::Edit { slot, chat, message, text, buttons });
}

/// What a button of the card sends to the one who taps, in private.
pub(in super::super) fn private_word(turn: &mut Turn<'_>, tap: &Tap, what: ButtonAction) -> String {
    let message = super::super::tap::cause(turn, tap);
    let asker = Asker { user: tap.from, message, way: Way::Private };
    match what {
        ButtonAction::NodeLogs => {
            turn.effect(Effect::Look { what: Look::Logs { lines: 20 }, asker });
            say::sent_to_you("Logs")
        }
        ButtonAction::NodeConfig => {
            let text = super::machine::settings(turn);
            super::machine::send(turn, asker, text);
            say::sent_to_you("Config")
        }
        _ => {
            turn.effect(Effect::Look { what: Look::Metrics, asker });
            say::sent_to_you("Metrics")
        }
    }
}

//! The board: one pinned message, drawn when what it says has changed, at most every ten seconds.

use jiff::{SignedDuration, Timestamp};

use super::Turn;
use crate::effect::{Effect, Slot};
use crate::fact::Fact;
use crate::ids::fingerprint;
use crate::mesh::{Mesh, Standing};
use crate::rules::Rules;
use crate::say;

/// A board whose id is not known (its post is under way, failed, or its answer was lost) is posted anew after this,
/// if it then has something else to say.
const POSTED_ANEW_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// Draws the board if it is due.
pub(super) fn redraw(turn: &mut Turn<'_>) {
    if due(turn.mesh(), turn.rules(), turn.now()).is_some_and(|due| due <= turn.now()) {
        draw(turn);
    }
}

/// When the board is to be drawn, if it does not show what is true.
pub(super) fn due(mesh: &Mesh, rules: &Rules, now: Timestamp) -> Option<Timestamp> {
    let standing = mesh.voice.get(rules.group, &Slot::Board);
    let print = substance(mesh, rules, now);
    match standing {
        None if mesh.claims.iter().next().is_none() && mesh.floor.stood_down.is_empty() => None,
        None => Some(now),
        Some(Standing { drawn: Some((drawn, at)), posted }) if *drawn != print => {
            let wait = if posted.is_some() { rules.board_every } else { POSTED_ANEW_AFTER };
            Some(at.saturating_add(wait).unwrap_or(*at))
        }
        Some(_) => None,
    }
}

/// What the board says apart from how long ago: only a change of this is worth an edit.
fn substance(mesh: &Mesh, rules: &Rules, now: Timestamp) -> u64 {
    fingerprint(&say::board::lines(mesh, rules, now, false))
}

fn draw(turn: &mut Turn<'_>) {
    let (chat, at, slot) = (turn.rules().group, turn.now(), Slot::Board);
    let text = say::board::lines(turn.mesh(), turn.rules(), at, true);
    let print = substance(turn.mesh(), turn.rules(), at);
    let buttons = Vec::new();
    let effect = match turn.mesh().voice.id(chat, &slot) {
        Some(message) => Effect::Edit { slot: slot.clone(), chat, message, text, buttons },
        None => Effect::Post { slot: slot.clone(), chat, text, reply_to: None, buttons, sound: false },
    };
    turn.fact(Fact::Drawn { slot, chat, print, at });
    turn.effect(effect);
}

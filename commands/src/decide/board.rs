//! The board: one pinned message, drawn when what it says has changed, at most every ten seconds.

use jiff::{SignedDuration, Timestamp};

use super::{Mind, Turn};
use crate::effect::{Effect, Slot};
use crate::fact::{Fact, Ordered};
use crate::mesh::{Mesh, Standing};
use crate::say;
use crate::say::board::Board;

/// A board whose id is not known (its post is under way, failed, or its answer was lost) is posted anew after this,
/// if it then has something else to say.
const POSTED_ANEW_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// Draws the board if it is due, and does not show what is true.
pub(super) fn redraw(turn: &mut Turn<'_>) {
    if turn.mind.board_due.is_none_or(|due| due > turn.now()) {
        return;
    }
    turn.mind.board_is_stale(false);
    let shown = turn.mesh().voice.get(turn.rules().group, &Slot::Board).and_then(|board| board.drawn);
    let board = say::board::draw(turn.mesh(), turn.rules(), turn.now());
    if shown.is_none_or(|(drawn, _)| drawn != board.print) {
        show(turn, board);
    }
}

/// When the board is to be looked at again, if it may not show what is true.
pub(super) fn due(mind: &Mind) -> Option<Timestamp> {
    if !mind.board_stale {
        return None;
    }
    let (mesh, rules) = (&mind.mesh, &mind.rules);
    match mesh.voice.get(rules.group, &Slot::Board) {
        None if is_empty(mesh) => None,
        None => Some(mind.now),
        Some(Standing { drawn: Some((_, at)), posted }) => {
            let wait = if posted.is_some() { rules.board_every } else { POSTED_ANEW_AFTER };
            Some(at.saturating_add(wait).unwrap_or(*at))
        }
        Some(_) => None,
    }
}

/// Before anything was claimed or ordered, there is no board.
fn is_empty(mesh: &Mesh) -> bool {
    mesh.claims.iter().next().is_none()
        && mesh.floor.stood_down.is_empty()
        && mesh.health.down.is_empty()
        && mesh.questions.iter().next().is_none()
        && mesh.shared.is_empty()
        && mesh.orders.taken.is_none()
}

/// Whether a fact that is about to come true may change what the board shows.
pub(super) fn shows(fact: &Fact, mind: &Mind) -> bool {
    match fact {
        Fact::Noted { .. }
        | Fact::Unread { .. }
        | Fact::Told { .. }
        | Fact::Posted { .. }
        | Fact::Drawn { .. }
        | Fact::Pushed { .. }
        | Fact::QuestionPassedOn { .. }
        | Fact::Leaked(_)
        | Fact::LeakRuled { .. }
        | Fact::LeakDeletion { .. }
        | Fact::LeakDue { .. } => false,
        Fact::Ordered(ordered) => matches!(ordered, Ordered::Taken { .. } | Ordered::HeardAgain),
        Fact::Alive { agent, .. } => !say::board::is_online(&mind.mesh, &mind.rules, *agent, mind.now),
        _ => true,
    }
}

fn show(turn: &mut Turn<'_>, Board { text, print }: Board) {
    let (chat, at, slot) = (turn.rules().group, turn.now(), Slot::Board);
    let buttons = Vec::new();
    let effect = match turn.mesh().voice.id(chat, &slot) {
        Some(message) => Effect::Edit { slot: slot.clone(), chat, message, text, buttons },
        None => Effect::Post { slot: slot.clone(), chat, text, reply_to: None, buttons, sound: false },
    };
    turn.fact(Fact::Drawn { slot, chat, print, at });
    turn.effect(effect);
}

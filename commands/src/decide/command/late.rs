//! Commands that were given while nobody listened: answered, not carried out.

use super::Turn;
use crate::input::{Door, Heard};

/// Whether a command came so late that whoever gave it may have changed his mind.
pub(super) fn is_late(turn: &Turn<'_>, heard: &Heard) -> bool {
    let late = heard.heard_at.duration_since(heard.message.at);
    heard.door != Door::Call && late > turn.rules().missed_after
}

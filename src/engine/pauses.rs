//! What Telegram wants to be left alone for a while is told, and not only kept.

use std::time::Duration;

use jiff::Timestamp;
use sessions::EffectId;

use super::Engine;
use crate::status::second;

/// Shorter pauses, our own among them, are nobody's concern.
const TOLD_FROM: Duration = Duration::from_secs(2);

impl Engine {
    /// An effect under way is put off until then.
    pub(super) fn note_pause(&mut self, id: EffectId, wait: Option<Duration>, until: Timestamp) {
        if wait.is_none_or(|wait| wait < TOLD_FROM) {
            return;
        }
        if let Some(pause) = self.dispatch.paused(id, (self.clock)(), until) {
            let (what, chat, until) = (pause.what, pause.chat, second(pause.until));
            tracing::warn!("Telegram asks for a pause: {what} in chat {chat} wait until {until}");
        }
    }
}

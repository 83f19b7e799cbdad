//! What the ears heard, decided one after the other; where they stand is written with what follows from it.

use bridge::telegram::Batch;

use super::Engine;
use super::work::Work;
use crate::fail_point::{self, Step};

/// The cursor that tells how far the group was heard, and by whom: it outlives the session of whoever heard it.
pub const HEARD_CURSOR: &str = "group/heard";

impl Engine {
    pub(super) fn hear_account(&mut self, heard: Batch, cursor: &str, work: &mut Work) {
        if !heard.inputs.is_empty() {
            fail_point::reach(Step::HeardByAccount);
        }
        for input in heard.inputs {
            self.note_heard(&input);
            self.decide(self.dated(input), work);
        }
        let reached = heard.reached.map(|reached| sessions::Reached {
            chat: reached.chat.0,
            message: reached.message,
            date: reached.date,
        });
        let point = sessions::encode_updates(&heard.cursor, reached);
        work.batch.cursors.push((cursor.to_owned(), point));
        if let Some(reached) = reached {
            let heard = sessions::encode_heard(heard.user.0, reached);
            work.batch.cursors.push((HEARD_CURSOR.to_owned(), heard));
        }
    }

    pub(super) fn hear_bot(&mut self, mut heard: bot::Batch, work: &mut Work) {
        for notice in &heard.notices {
            tracing::warn!(?notice, "the bot's place in its group changed");
        }
        let inputs = std::mem::take(&mut heard.inputs);
        if !inputs.is_empty() {
            fail_point::reach(Step::HeardByBot);
        }
        for input in inputs {
            self.note_heard(&input);
            self.decide(self.dated(input), work);
        }
        work.note_bot(heard, (self.clock)());
    }
}

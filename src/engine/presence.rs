//! When the node last heard everything: after a while in which it did not, the core is told, and told again once it has
//! caught up.

use std::time::Duration;

use commands::input::{Input, What};
use jiff::{SignedDuration, Timestamp};
use sessions::Store;

use super::Engine;
use super::work::Work;

/// The name of the cursor under which that is kept: seconds since 1970, eight bytes.
const CURSOR: &str = "presence";
/// It is written this often at most.
const EVERY: SignedDuration = SignedDuration::from_mins(1);
/// A connection that is lost for less is no absence.
const LOST_FOR: SignedDuration = SignedDuration::from_mins(2);

/// When a node with this store last heard everything.
pub fn last(store: &Store) -> Option<Timestamp> {
    let bytes = store.cursor(CURSOR).ok()??;
    Timestamp::from_second(i64::from_be_bytes(bytes.try_into().ok()?)).ok()
}

impl Engine {
    /// Tells the core since when nothing was heard.
    pub(super) fn was_away(&mut self, work: &mut Work) {
        let away = self.mind.mesh().health.away.is_some();
        if let Some(since) = self.present.filter(|_| !away) {
            // The core's time stands still until what was said is heard.
            let at = self.mind.now();
            self.decide_one(Input { at, what: What::Away { since } }, work);
        }
    }

    /// Takes note that everything was heard by now, or that the thread is lost for long.
    pub(super) fn note_presence(&mut self, caught_up: bool, work: &mut Work) {
        let now = (self.clock)();
        let since = |then: Timestamp| now.duration_since(then);
        if !caught_up {
            if self.present.is_some_and(|then| since(then) > EVERY + LOST_FOR) {
                self.was_away(work);
            }
            return;
        }
        if self.mind.mesh().health.away.is_some() {
            self.decide(Input { at: now, what: What::Back }, work);
        }
        self.present = Some(now);
        if self.present_kept.is_none_or(|then| since(then) >= EVERY) {
            self.present_kept = Some(now);
            work.batch.cursors.extend(self.presence());
        }
    }

    /// The cursor of it, as it is now.
    pub(super) fn presence(&self) -> Option<(String, Vec<u8>)> {
        self.present.map(|at| (CURSOR.to_owned(), at.as_second().to_be_bytes().to_vec()))
    }

    /// When that is to be noted again.
    pub(super) fn next_presence(&self) -> Option<Duration> {
        let due = self.present_kept?.saturating_add(EVERY).ok()?;
        Some(Duration::try_from(due.duration_since((self.clock)())).unwrap_or_default())
    }
}

//! The node's own restart, as this process and the next one see it; and the file that has to follow the roles.

use commands::input::{Input, What};
use sessions::{Batch, EffectId};

use super::Engine;
use super::ears::Ears;
use super::work::Work;

/// The name of the cursor with the number of the order for which the node last ended in order.
const CLEAN_END: &str = "restart/clean";

impl Engine {
    /// Whether the process before this one ended as that order wanted it to.
    pub(super) fn ended_cleanly_for(&self, order: EffectId) -> anyhow::Result<bool> {
        Ok(self.store.cursor(CLEAN_END)?.is_some_and(|bytes| bytes == order.0.to_be_bytes()))
    }

    /// The last thing a node does: until when it heard everything, and for which order it ends.
    pub(super) fn note_clean_end(&self) -> anyhow::Result<()> {
        let order = self.restarting.map(|order| (CLEAN_END.to_owned(), order.0.to_be_bytes().to_vec()));
        let cursors: Vec<_> = self.presence().into_iter().chain(order).collect();
        if cursors.is_empty() {
            return Ok(());
        }
        tokio::task::block_in_place(|| self.store.commit(Batch { cursors, ..Batch::default() }))?;
        Ok(())
    }

    /// What is heard is heard now.
    pub(super) fn dated(&self, mut input: Input) -> Input {
        if let What::Heard(heard) = &mut input.what {
            heard.heard_at = (self.clock)();
        }
        input
    }

    /// The roles are journalled; the file follows.
    pub(super) fn write_permissions(&mut self) -> anyhow::Result<()> {
        let Some(file) = &mut self.permissions else { return Ok(()) };
        tokio::task::block_in_place(|| file.write(&self.store, self.mind.mesh()))
    }

    /// Whether commands are heard at all is said on the board.
    pub(super) fn note_bot(&mut self, ears: &Ears, work: &mut Work) {
        let health = ears.bot_health.as_ref().map(|health| health.borrow().clone());
        let taken = match health {
            Some(bot::Health::AnotherPoller { .. }) => true,
            Some(bot::Health::Listening { .. }) => false,
            _ => return,
        };
        if taken != self.mind.mesh().orders.taken.is_some() {
            let at = (self.clock)().max(self.mind.now());
            let at = if ears.caught_up() { at } else { self.mind.now() };
            self.decide(Input { at, what: What::Taken(taken) }, work);
        }
    }
}

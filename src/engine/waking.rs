//! When the loop has to turn though nothing has come.

use std::time::Duration;

use jiff::Timestamp;

use super::{EAR_FIRST_FOR, Engine};

impl Engine {
    /// How long the loop may wait for something to come.
    pub(super) fn wake_at(
        &self,
        due: Option<Timestamp>,
        caught_up: bool,
        hears_bot: bool,
    ) -> Option<Duration> {
        let now = (self.clock)();
        let deadline = self.mind.next_deadline().filter(|_| caught_up);
        let wake = due.into_iter().chain(deadline).min();
        let wake = wake.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default());
        let asking = self.awaits_thumb().then(|| self.reactions_every());
        let bots_turn = (!hears_bot).then(|| EAR_FIRST_FOR.saturating_sub(self.started.elapsed()));
        let presence = self.next_presence().filter(|_| caught_up);
        wake.into_iter().chain(asking).chain(bots_turn).chain(presence).min()
    }
}

/// For ever where nothing is due.
pub(super) async fn sleep_until(wake: Option<Duration>) {
    match wake {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

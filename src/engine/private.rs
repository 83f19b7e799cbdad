//! What an agent is told in private. Where it has a hook, too, that is written down before it is begun: from then on it goes
//! by no other door, at which it would not be known again, unless it surely did not arrive.

use std::time::Duration;

use commands::effect::Effect;
use commands::ids::AgentId;
use commands::input::EffectResult;
use sessions::{Batch, OutboxEntry};

use super::Engine;
use super::tells::{closed, kept};
use super::work::Work;
use crate::dispatch::Door;
use crate::fail_point::{self, Step};
use crate::perform::Finished;

/// Where Telegram refuses a private message for good, that agent is written none for so long.
const REFUSED_FOR: Duration = Duration::from_hours(1);
/// ... and for so long where nobody is signed in who could.
const NO_ACCOUNT_FOR: Duration = Duration::from_mins(1);

impl Engine {
    /// A word that goes in private though its agent has a hook goes so from now on, on disk, too.
    pub(super) fn begin_in_private(&mut self, entry: &mut OutboxEntry) -> anyhow::Result<()> {
        let Effect::Tell { agent, .. } = entry.effect else { return Ok(()) };
        if self.dispatch.is_by_hook(entry.id) {
            return Ok(());
        }
        let (now, first, doors) = ((self.clock)(), !entry.state.is_by_dm(), self.dispatch.doors());
        doors.begin_in_private(agent, first);
        if !first || !doors.has(agent, Door::Hook) {
            return Ok(());
        }
        // What the hook has had of tries and waits is none of this door's.
        (entry.state, entry.tries, entry.not_before) = (entry.state.by_dm(), 0, now);
        let batch = Batch { replaced: vec![entry.clone()], ..Batch::default() };
        tokio::task::block_in_place(|| self.store.commit(batch))?;
        fail_point::reach(Step::Begun);
        Ok(())
    }

    /// What came of it. Refused for good, or surely not done at its first attempt, it is for the hook to bring, if there is
    /// one.
    pub(super) fn was_told_in_private(
        &mut self,
        agent: AgentId,
        entry: &mut OutboxEntry,
        how: Finished,
        work: &mut Work,
    ) -> Finished {
        let (now, doors) = ((self.clock)(), self.dispatch.doors());
        let first = doors.end_in_private(agent);
        let closed_for = match &how {
            Finished::Ended(EffectResult::Done(_)) => {
                doors.ran(agent, now);
                self.keep_runs(agent, work);
                return how;
            }
            Finished::Ended(_) => Some(REFUSED_FOR),
            Finished::Again(Some(wait)) if first => Some(*wait),
            Finished::NoAccount if first => Some(NO_ACCOUNT_FOR),
            _ => None,
        };
        let by_hook = entry.state.is_by_dm() && doors.has(agent, Door::Hook);
        let Some(closed_for) = closed_for.filter(|_| by_hook) else {
            if let Finished::Ended(_) = how {
                doors.gave_up(agent);
            }
            return how;
        };
        let until = now.saturating_add(closed_for).unwrap_or(now);
        doors.close_dm(agent, until);
        work.batch.cursors.push((closed(agent), kept(Some(until))));
        tracing::warn!(%agent, ?closed_for, "no private message: {how:?}");
        if let Finished::Again(asked) = how {
            self.note_pause(entry.id, asked, until);
        }
        (entry.state, entry.tries, entry.not_before) = (entry.state.not_by_dm(), 0, now);
        Finished::ByHook
    }
}

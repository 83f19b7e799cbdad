//! The mesh keeps a pause: it is a fact. Here the gateways follow: each that can be is suspended as long as its agent is
//! paused, and let go afterwards, over restarts of either.

use std::collections::BTreeMap;
use std::time::Duration;

use bridge::agents::{Fault, Wanted};
use commands::ids::AgentId;
use commands::rules::Followed;
use jiff::Timestamp;
use sessions::{Batch, Store};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Drivers;

/// Which agents are paused, and since when.
pub type Pauses = BTreeMap<AgentId, Timestamp>;

/// The word that it is paused reaches an agent first: a suspended gateway takes none.
const WORD_FIRST: Duration = Duration::from_secs(2);
/// What did not work is tried again after this, doubling ...
const AGAIN: Duration = Duration::from_secs(2);
/// ... up to this.
const AGAIN_MOST: Duration = Duration::from_mins(1);

/// One gateway that follows.
struct Follower {
    drivers: Drivers,
    store: Store,
    agent: AgentId,
    /// The pause that its gateway was told of and that has not ended there, as far as is known.
    told: Option<Timestamp>,
    failures: u32,
    /// The pause whose word was given its time.
    warned: Option<Timestamp>,
}

/// Has each gateway follow, until `stop`.
pub fn keep_paused(
    drivers: &Drivers,
    store: &Store,
    paused: &watch::Receiver<Pauses>,
    stop: &CancellationToken,
) {
    for agent in drivers.ids() {
        let (paused, stop) = (paused.clone(), stop.clone());
        let told = told_before(store, agent);
        let mut follower = Follower {
            drivers: drivers.clone(),
            store: store.clone(),
            agent,
            told,
            failures: 0,
            warned: None,
        };
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = follower.follow(paused) => {}
            }
        });
    }
}

fn cursor(agent: AgentId) -> String {
    format!("suspended/{agent}")
}

fn told_before(store: &Store, agent: AgentId) -> Option<Timestamp> {
    let kept = store.cursor(&cursor(agent)).ok().flatten()?;
    Timestamp::from_millisecond(i64::from_be_bytes(kept.try_into().ok()?)).ok()
}

impl Follower {
    async fn follow(&mut self, mut paused: watch::Receiver<Pauses>) {
        loop {
            let wanted = of(self.agent, &paused.borrow_and_update());
            let again = self.settle(wanted).await;
            let wait = async {
                match again {
                    Some(again) => tokio::time::sleep(again).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = changes(self.agent, wanted, &mut paused) => if changed.is_none() { return },
                () = wait => {}
            }
        }
    }

    /// One step towards what is wanted; when the next is due.
    async fn settle(&mut self, wanted: Option<Timestamp>) -> Option<Duration> {
        if self.told.is_none() && wanted.is_some() && self.warned != wanted {
            self.warned = wanted;
            return Some(WORD_FIRST);
        }
        self.warned = self.warned.filter(|_| wanted.is_some());
        match (self.told, wanted) {
            (Some(told), wanted) if wanted != Some(told) => self.let_go(told, wanted.is_some()).await,
            (_, Some(since)) => self.suspend(since).await,
            (_, None) => {
                self.drivers.follows(self.agent, None);
                None
            }
        }
    }

    async fn suspend(&mut self, since: Timestamp) -> Option<Duration> {
        self.remember(Some(since));
        match self.drivers.drive(self.agent, Wanted::Pause { since }).await {
            Ok(told) => {
                self.failures = 0;
                self.drivers.follows(self.agent, Some(Followed::Suspended));
                told.renew_within_s.map(Duration::from_secs)
            }
            Err(Fault::Unable(why)) => {
                self.remember(None);
                self.drivers.follows(self.agent, Some(Followed::CannotBe(why)));
                None
            }
            Err(fault) => {
                self.drivers.follows(self.agent, Some(Followed::NotYet(fault.to_string())));
                Some(self.again("suspended", &fault))
            }
        }
    }

    async fn let_go(&mut self, since: Timestamp, again: bool) -> Option<Duration> {
        match self.drivers.drive(self.agent, Wanted::Resume { since }).await {
            Ok(_) | Err(Fault::Unable(_)) => {
                self.failures = 0;
                self.remember(None);
                self.drivers.follows(self.agent, None);
                again.then_some(Duration::ZERO)
            }
            Err(fault) => {
                self.drivers.follows(self.agent, Some(Followed::NotLetGo(fault.to_string())));
                Some(self.again("let go on", &fault))
            }
        }
    }

    fn again(&mut self, what: &str, fault: &Fault) -> Duration {
        let wait = AGAIN.saturating_mul(1 << self.failures.min(5)).min(AGAIN_MOST);
        self.failures = self.failures.saturating_add(1);
        tracing::warn!(agent = %self.agent, ?wait, "its gateway was not {what}: {fault}");
        wait
    }

    /// Written before the gateway is told, so that one that was suspended is never forgotten.
    fn remember(&mut self, told: Option<Timestamp>) {
        if self.told == told {
            return;
        }
        self.told = told;
        let value = told.map(|at| at.as_millisecond().to_be_bytes().to_vec()).unwrap_or_default();
        let batch = Batch { cursors: vec![(cursor(self.agent), value)], ..Batch::default() };
        if let Err(error) = tokio::task::block_in_place(|| self.store.commit(batch)) {
            tracing::error!(%error, "that a gateway is suspended could not be written");
        }
    }
}

/// Since when an agent is paused.
fn of(agent: AgentId, paused: &Pauses) -> Option<Timestamp> {
    paused.get(&agent).copied().map(to_the_millisecond)
}

/// Waits until another pause of this agent is wanted, or none any more; what others are paused for ends no wait of its
/// own. None where no more will come.
async fn changes(
    agent: AgentId,
    wanted: Option<Timestamp>,
    paused: &mut watch::Receiver<Pauses>,
) -> Option<()> {
    paused.wait_for(|now| of(agent, now) != wanted).await.ok().map(|_| ())
}

/// As it is written.
fn to_the_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// A gateway gets the word that its agent is paused before it is suspended, whoever else is paused meanwhile.
    #[test]
    fn the_pause_of_another_ends_no_wait() {
        let (one, other) = (AgentId(1), AgentId(2));
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let (sender, mut paused) = watch::channel(Pauses::from([(one, at(10))]));
        let wanted = of(one, &paused.borrow_and_update());
        let mut wait = pin!(changes(one, wanted, &mut paused));
        let mut context = Context::from_waker(Waker::noop());
        let mut poll = || wait.as_mut().poll(&mut context);
        assert_eq!(poll(), Poll::Pending);
        sender.send_modify(|paused| _ = paused.insert(other, at(11)));
        assert_eq!(poll(), Poll::Pending, "another is paused");
        sender.send_modify(|paused| _ = paused.remove(&other));
        assert_eq!(poll(), Poll::Pending, "another goes on");
        sender.send_modify(|paused| _ = paused.insert(one, at(12)));
        assert_eq!(poll(), Poll::Ready(Some(())), "it is paused anew");
    }
}

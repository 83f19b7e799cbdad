//! What a supervisor is told: systemd's notifications (`Type=notify`, `WatchdogSec=`). Without one nothing is sent.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::control::{Asker, Query};
use crate::standing::Standing;

/// A supervisor that can't be told loses nothing but the word.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the supervisor can't be told");
    }
}

/// The node runs.
pub fn ready() {
    tell(&[NotifyState::Ready, NotifyState::Status("Running.")]);
}

/// The node ends, in order.
pub fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("Stopping.")]);
}

/// Tells on that the node is alive until `stop`, and each change of an account.
pub fn keep_told(asker: Asker, accounts: Vec<watch::Receiver<Standing>>, stop: &CancellationToken) {
    if let Some(patience) = sd_notify::watchdog_enabled() {
        let turns = move || {
            let asker = asker.clone();
            async move { asker.ask(Query::Beat).await.is_ok() }
        };
        let fed = || tell(&[NotifyState::Watchdog]);
        tokio::spawn(stop.clone().run_until_cancelled_owned(feed(patience / 2, turns, fed)));
    }
    for account in accounts {
        tokio::spawn(stop.clone().run_until_cancelled_owned(tell_standing(account)));
    }
}

/// Feeds the watchdog after each question that the engine's own loop answered, and never otherwise.
async fn feed<F: Future<Output = bool>>(every: Duration, turns: impl Fn() -> F, fed: impl Fn()) {
    let mut due = tokio::time::interval(every);
    due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        if turns().await {
            fed();
        } else {
            tracing::error!("the node's loop does not turn; the watchdog is not fed");
        }
    }
}

async fn tell_standing(mut account: watch::Receiver<Standing>) {
    loop {
        let says = account.borrow_and_update().health.to_string();
        tell(&[NotifyState::Status(&format!("Account: {says}"))]);
        if account.changed().await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn the_watchdog_starves_while_the_loop_stands_still() {
        let (asked, fed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (asks, feeds) = (asked.clone(), fed.clone());
        let (enough, seen) = tokio::sync::watch::channel(());
        let mut seen = seen;
        // It turns three times, then no more; the tenth question is the last.
        let turns = move || {
            let turn = asks.fetch_add(1, Ordering::SeqCst);
            if turn == 9 {
                enough.send_replace(());
            }
            async move { turn < 3 }
        };
        let feeding = feed(Duration::from_millis(1), turns, move || {
            feeds.fetch_add(1, Ordering::SeqCst);
        });
        tokio::select! {
            () = feeding => panic!("it goes on"),
            told = seen.changed() => told.expect("it is told"),
        }
        assert!(asked.load(Ordering::SeqCst) >= 10);
        assert_eq!(fed.load(Ordering::SeqCst), 3);
    }
}

//! The world's time: the system's, or one that tests move.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// Where the world reads the time.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// One that stands still until it is moved.
    Manual(Arc<Standing>),
}

/// A clock that stands still, in Unix milliseconds.
#[derive(Debug)]
pub struct Standing(watch::Sender<i64>);

impl Clock {
    /// A clock that stands at `unix_seconds` until moved.
    pub fn manual(unix_seconds: i64) -> Self {
        Self::Manual(Arc::new(Standing(watch::Sender::new(unix_seconds.saturating_mul(1000)))))
    }

    /// Moves a manual clock on, and ends the waits that are over then; the system's does not listen.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(clock) = self {
            clock.0.send_modify(|millis| *millis = millis.saturating_add(whole_millis(by)));
        }
    }

    /// Unix seconds.
    pub fn seconds(&self) -> i64 {
        self.millis().div_euclid(1000)
    }

    /// Unix milliseconds.
    pub fn millis(&self) -> i64 {
        match self {
            Self::Manual(clock) => *clock.0.borrow(),
            Self::System => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, whole_millis),
        }
    }

    /// Waits so long by this clock: where it stands still, until it is moved far enough.
    pub async fn sleep(&self, wait: Duration) {
        match self {
            Self::System => tokio::time::sleep(wait).await,
            Self::Manual(_) => self.sleep_until(self.millis().saturating_add(whole_millis(wait))).await,
        }
    }

    /// Waits until this clock shows so many Unix milliseconds.
    pub async fn sleep_until(&self, millis: i64) {
        match self {
            Self::System => {
                let left = u64::try_from(millis.saturating_sub(self.millis())).unwrap_or(0);
                tokio::time::sleep(Duration::from_millis(left)).await;
            }
            Self::Manual(clock) => {
                // The sender is in our own hand, so it is never closed.
                let _ = clock.0.subscribe().wait_for(|now| *now >= millis).await;
            }
        }
    }
}

fn whole_millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

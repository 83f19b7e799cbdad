//! The connection: grammers' pool of senders with its runner, made anew whenever it breaks.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use grammers_client::Client;
use grammers_mtsender::{ConnectionParams, RetryContext, RetryPolicy, SenderPool};
use grammers_session::updates::UpdatesLike;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle};

use super::datacenter::Pinned;

/// Updates that wait for the ear. When it is full grammers drops some, and the ear fetches them as a difference.
const UPDATES_WAITING: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");
/// How long the pool may take to say goodbye.
const GOODBYE: Duration = Duration::from_millis(300);

/// Nothing is ever repeated or slept through below the scheduler: it knows the lanes, and what may be repeated.
struct NeverRepeat;

impl RetryPolicy for NeverRepeat {
    fn should_retry(&self, _: &RetryContext) -> ControlFlow<(), Duration> {
        ControlFlow::Break(())
    }
}

/// One pool, its runner and its updates.
pub(super) struct Line {
    pub(super) client: Client,
    pub(super) updates: mpsc::Receiver<UpdatesLike>,
    runner: JoinHandle<()>,
}

impl Line {
    /// Starts a pool; it connects with the first request.
    pub(super) fn open(session: &Arc<Pinned>, api_id: i32) -> Self {
        let params = ConnectionParams {
            device_model: "mesh".to_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            use_ipv6: session.is_ipv6(),
            retry_policy: Box::new(NeverRepeat),
            updates_channel_capacity: UPDATES_WAITING,
            ..ConnectionParams::default()
        };
        let pool = SenderPool::with_configuration(Arc::clone(session), api_id, params);
        Self {
            client: Client::new(pool.handle),
            updates: pool.updates,
            runner: tokio::spawn(pool.runner.run()),
        }
    }

    /// Ends the pool and its connections.
    pub(super) async fn close(mut self) {
        self.client.disconnect();
        if tokio::time::timeout(GOODBYE, &mut self.runner).await.is_err() {
            self.runner.abort();
        }
    }
}

impl Line {
    /// Whether its pool is gone, and why: grammers panics over some messages that no server should send.
    pub(super) async fn broken(&mut self) -> Option<String> {
        if !self.runner.is_finished() {
            return None;
        }
        Some(match (&mut self.runner).await {
            Ok(()) => "the client's pool ended".to_owned(),
            Err(error) if error.is_panic() => format!("the client's pool panicked: {}", said(error)),
            Err(_) => "the client's pool was ended".to_owned(),
        })
    }
}

/// What a panic said.
fn said(error: JoinError) -> String {
    let payload = error.into_panic();
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a word".to_owned())
}

impl Drop for Line {
    fn drop(&mut self) {
        self.runner.abort();
    }
}

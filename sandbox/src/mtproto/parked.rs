//! Sessions whose connection is gone, until their client comes back.
//!
//! A client often notices first that a connection is dead. When it comes back to a session that another connection
//! still has, that one gives it up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, broadcast};
use tokio::time::timeout;

use super::connection::Feed;
use super::crypto::KeyId;
use super::envelope::Session;

/// Sessions kept; those parked longest are forgotten, and their clients begin anew.
const SESSIONS_KEPT: usize = 500;
/// How long a connection may take to give up its session; after that the client begins anew.
const GIVE_UP_WITHIN: Duration = Duration::from_secs(1);
/// Calls to give up a session that a slow connection may lag behind.
const CALLS_KEPT: usize = 64;

/// A session's name: clients choose it, under their key.
pub type SessionName = (KeyId, i64);

/// A call to give up a session.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Which.
    pub name: SessionName,
    /// Whoever has it by an earlier claim is meant.
    pub claim: u64,
}

/// A session, and where it stands in its account's log.
pub struct Kept {
    /// The session.
    pub session: Session,
    /// `None` while nobody is signed in.
    pub feed: Option<Feed>,
}

#[derive(Default)]
struct Sessions {
    kept: BTreeMap<SessionName, (u64, Kept)>,
    /// Those that a connection has.
    live: BTreeSet<SessionName>,
    last: u64,
}

impl Sessions {
    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

/// All sessions of one server that no connection has.
pub struct Parked {
    sessions: Mutex<Sessions>,
    calls: broadcast::Sender<Call>,
    given_up: Notify,
}

impl Default for Parked {
    fn default() -> Self {
        let sessions = Mutex::default();
        Self { sessions, calls: broadcast::channel(CALLS_KEPT).0, given_up: Notify::new() }
    }
}

impl std::fmt::Debug for Parked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parked").field("sessions", &self.lock().kept.len()).finish()
    }
}

impl Parked {
    /// Keeps a session until its client comes back.
    pub fn keep(&self, key: KeyId, mut kept: Kept) {
        kept.session.slim();
        let name = (key, kept.session.id());
        let mut sessions = self.lock();
        let number = sessions.number();
        sessions.live.remove(&name);
        sessions.kept.insert(name, (number, kept));
        if sessions.kept.len() > SESSIONS_KEPT {
            let oldest = sessions.kept.iter().min_by_key(|(_, (number, _))| *number).map(|(name, _)| *name);
            oldest.map(|name| sessions.kept.remove(&name));
        }
        drop(sessions);
        self.given_up.notify_waiters();
    }

    /// The session that a client comes back to, taken from the connection that has it, if need be. In any case the
    /// caller has it from now on, until [`Parked::keep`], by the claim that is told.
    pub async fn claim(&self, name: SessionName) -> (u64, Option<Kept>) {
        let claim = self.lock().number();
        let given_up = async {
            while self.lock().live.contains(&name) {
                let notified = self.given_up.notified();
                // Nobody to hear it is no error.
                let _ = self.calls.send(Call { name, claim });
                if !self.lock().live.contains(&name) {
                    return;
                }
                notified.await;
            }
        };
        // A connection that does not give up in time loses the session when it ends.
        let _ = timeout(GIVE_UP_WITHIN, given_up).await;
        let mut sessions = self.lock();
        sessions.live.insert(name);
        (claim, sessions.kept.remove(&name).map(|(_, kept)| kept))
    }

    /// Forgets a session that no connection has; whether there was one.
    pub fn destroy(&self, name: SessionName) -> bool {
        self.lock().kept.remove(&name).is_some()
    }

    /// The sessions that connections are called to give up, from now on.
    pub fn calls(&self) -> broadcast::Receiver<Call> {
        self.calls.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

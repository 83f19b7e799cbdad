//! A session in memory that also knows its own user, which grammers' own does not.

use std::sync::Mutex;

use bridge::telegram::Reached;
use grammers_session::storages::MemorySession;
use grammers_session::types::{DcOption, PeerId, PeerInfo, UpdateState, UpdatesState};
use grammers_session::{BoxFuture, Session};

type Fault = <MemorySession as Session>::Error;

/// [`MemorySession`] with its own user.
#[derive(Default)]
pub struct Memory {
    inner: MemorySession,
    own: Mutex<Option<PeerInfo>>,
    reached: Mutex<Option<Reached>>,
}

impl Memory {
    /// Does what the engine does with a batch's cursor.
    pub async fn store(&self, cursor: UpdatesState, reached: Option<Reached>) {
        *self.reached.lock().unwrap() = reached;
        self.set_update_state(UpdateState::All(cursor)).await.unwrap();
    }
}

impl Memory {
    /// How far the group was heard.
    pub fn reached(&self) -> Option<Reached> {
        *self.reached.lock().unwrap()
    }
}

impl Session for Memory {
    type Error = Fault;

    fn home_dc_id(&self) -> Result<i32, Fault> {
        self.inner.home_dc_id()
    }

    fn set_home_dc_id(&self, dc_id: i32) -> BoxFuture<'_, Result<(), Fault>> {
        self.inner.set_home_dc_id(dc_id)
    }

    fn dc_option(&self, dc_id: i32) -> Result<Option<DcOption>, Fault> {
        self.inner.dc_option(dc_id)
    }

    fn set_dc_option(&self, option: &DcOption) -> BoxFuture<'_, Result<(), Fault>> {
        self.inner.set_dc_option(option)
    }

    fn peer(&self, peer: PeerId) -> BoxFuture<'_, Result<Option<PeerInfo>, Fault>> {
        if peer == PeerId::self_user() {
            let own = self.own.lock().unwrap().clone();
            return Box::pin(async move { Ok(own) });
        }
        self.inner.peer(peer)
    }

    fn cache_peer(&self, peer: PeerInfo) -> BoxFuture<'_, Result<(), Fault>> {
        if matches!(peer, PeerInfo::User { is_self: Some(true), .. }) {
            *self.own.lock().unwrap() = Some(peer.clone());
        }
        self.inner.cache_peer(peer)
    }

    fn updates_state(&self) -> BoxFuture<'_, Result<UpdatesState, Fault>> {
        self.inner.updates_state()
    }

    fn set_update_state(&self, update: UpdateState) -> BoxFuture<'_, Result<(), Fault>> {
        self.inner.set_update_state(update)
    }
}

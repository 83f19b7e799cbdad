//! What the account's handles and its ear share.

use std::sync::{Arc, PoisonError, RwLock};

use commands::ids::{ChatId, UserId};
use grammers_session::Session;
use grammers_session::types::{PeerId, PeerInfo, PeerKind, PeerRef};
use grammers_tl_types::enums::InputPeer;
use tokio::sync::{Mutex, watch};
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

use super::account::Params;
use super::call::{CallError, Caller};
use super::datacenter::Pinned;
use super::health::Health;
use super::history;
use super::own::Own;
use super::peers::Peers;
use super::waits::Surroundings;

/// The chat list is asked for at most this often to find a chat that is not known.
const CHATS_EVERY: Duration = Duration::from_mins(1);

/// The group, which can become another while it is heard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) group: ChatId,
    /// The basic group that it was.
    pub(super) former: Option<ChatId>,
}

/// One account of this process.
pub(super) struct Shared {
    pub(super) params: Params,
    pub(super) around: Surroundings,
    pub(super) place: RwLock<Place>,
    pub(super) me: UserId,
    pub(super) session: Arc<Pinned>,
    pub(super) caller: Caller,
    pub(super) own: Own,
    /// How the connection is.
    pub(super) health: watch::Receiver<Health>,
    /// Asks everything to end.
    pub(super) stop: CancellationToken,
    /// Everything has ended.
    pub(super) done: CancellationToken,
    pub(super) chats_asked: Mutex<Option<Instant>>,
}

impl Shared {
    pub(super) fn place(&self) -> Place {
        *self.place.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A chat as Telegram wants it addressed.
    pub(super) async fn input_peer(&self, chat: ChatId) -> Result<InputPeer, CallError> {
        let id =
            PeerId::from_bot_api_dialog_id(chat.0).ok_or_else(|| CallError::refused("PEER_ID_INVALID"))?;
        if id.kind() == PeerKind::Chat {
            return Ok(id.to_ambient_ref().into());
        }
        if let Some(known) = self.known(id).await? {
            return Ok(known.into());
        }
        self.look_up_chats().await?;
        Ok(self.known(id).await?.unwrap_or_else(|| id.to_ambient_ref()).into())
    }

    async fn known(&self, id: PeerId) -> Result<Option<PeerRef>, CallError> {
        self.session.peer_ref(id).await.map_err(|error| CallError::NoAnswer(format!("the session: {error}")))
    }

    async fn look_up_chats(&self) -> Result<(), CallError> {
        let mut asked = self.chats_asked.lock().await;
        if asked.is_some_and(|at| at.elapsed() < CHATS_EVERY) {
            return Ok(());
        }
        let list = history::newest_chats(&self.caller).await?;
        self.remember(Peers::new().learn(&list.users, &list.chats)).await;
        self.look_up_members().await;
        *asked = Some(Instant::now());
        Ok(())
    }

    /// Who is in the group but never spoke. Where Telegram does not tell (a hidden member list), they stay unknown.
    async fn look_up_members(&self) {
        let Some(id) = PeerId::from_bot_api_dialog_id(self.place().group.0) else { return };
        let group = match self.known(id).await {
            Ok(Some(known)) => known.into(),
            _ => id.to_ambient_ref().into(),
        };
        match history::members(&self.caller, group).await {
            Ok(users) => self.remember(Peers::new().learn(&users, &[])).await,
            Err(error) => tracing::debug!(%error, "the group's members are not told"),
        }
    }

    /// Keeps what lets us address peers. A failure costs a look-up later, nothing else.
    pub(super) async fn remember(&self, news: Vec<PeerInfo>) {
        for peer in news {
            if let Err(error) = self.session.cache_peer(peer).await {
                tracing::warn!(%error, "a peer could not be stored in the session");
            }
        }
    }
}

//! A basic group becomes a supergroup: another id, other message ids, a counter of its own.

use std::sync::PoisonError;

use commands::ids::ChatId;
use commands::input::{Input, What};
use grammers_session::types::{ChannelKind, PeerAuth, PeerId, PeerInfo};
use grammers_tl_types::enums::messages::Chats;
use grammers_tl_types::enums::{Chat, InputChannel};
use grammers_tl_types::{functions, types};

use super::listen::Ear;
use super::peers::{chat_id, supergroup};
use super::shared::{Place, Shared};
use super::translate::instant;

/// The supergroup that a basic group became, where a chat's description says so; with what lets us address it.
fn new_home(chat: &Chat) -> Option<(ChatId, ChatId, PeerInfo)> {
    let Chat::Chat(chat) = chat else { return None };
    let Some(InputChannel::Channel(to)) = &chat.migrated_to else { return None };
    let (auth, kind) = (Some(PeerAuth::from_hash(to.access_hash)), Some(ChannelKind::Megagroup));
    PeerId::channel(to.channel_id)?;
    let peer = PeerInfo::Channel { id: to.channel_id, auth, kind };
    Some((chat_id(&types::PeerChat { chat_id: chat.id }.into()), supergroup(to.channel_id), peer))
}

impl Ear {
    /// Whatever tells of the group tells also what became of it.
    pub(super) fn notice_migration(&mut self, chats: &[Chat]) -> Option<PeerInfo> {
        let group = self.scope.group;
        let (_, to, peer) = chats.iter().filter_map(new_home).find(|(from, ..)| *from == group)?;
        self.moving = Some(to);
        Some(peer)
    }

    /// Goes on in the supergroup: from its first message on where the group was heard before, else since whenever hearing
    /// began.
    pub(super) fn follow(&mut self, date: i32) -> Option<Input> {
        let (from, to) = (self.scope.group, self.moving.take()?);
        tracing::warn!(%from, %to, "the group became a supergroup");
        (self.scope.group, self.scope.former) = (to, Some(from));
        *self.shared.place.write().unwrap_or_else(PoisonError::into_inner) =
            Place { group: to, former: Some(from) };
        let date = if date > 0 { date } else { self.boxes.session_state().date };
        self.behind = Some(self.reached);
        self.reached = self.reached.moved_to(to);
        self.reload();
        Some(Input { at: instant(date), what: What::Migrated { from, to } })
    }
}

impl Shared {
    /// The supergroup that a basic group became, if Telegram says that it did.
    pub(super) async fn moved_to(&self, chat: ChatId) -> Option<ChatId> {
        if chat.is_private() || chat.shares_message_ids() {
            return None;
        }
        let request = functions::messages::GetChats { id: vec![-chat.0] };
        let answer = self.caller.call(&request).await.ok()?;
        let (Chats::Chats(types::messages::Chats { chats })
        | Chats::Slice(types::messages::ChatsSlice { chats, .. })) = answer;
        chats.iter().filter_map(new_home).find(|(from, ..)| *from == chat).map(|(_, to, _)| to)
    }
}

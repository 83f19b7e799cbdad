//! Whether the account is in the group at all: an ear outside of it hears nothing, and nothing tells it so.

use grammers_tl_types::enums::Chat;
use grammers_tl_types::types;

use super::call::CallError;
use super::history;
use super::listen::Ear;
use super::peers::{channel_of, chat_id, supergroup};
use super::reached::Reached;
use commands::ids::ChatId;

/// What is said where Telegram has no word for it.
const NOT_A_MEMBER: &str = "not a member";

/// A chat, and whether its description says that the account is outside of it; none where it says neither.
fn place_in(chat: &Chat) -> Option<(ChatId, bool)> {
    match chat {
        Chat::Chat(chat) if chat.migrated_to.is_none() => Some((basic(chat.id), chat.left)),
        Chat::Forbidden(chat) => Some((basic(chat.id), true)),
        Chat::Channel(channel) if !channel.min => Some((supergroup(channel.id), channel.left)),
        Chat::ChannelForbidden(channel) => Some((supergroup(channel.id), true)),
        _ => None,
    }
}

fn basic(id: i64) -> ChatId {
    chat_id(&types::PeerChat { chat_id: id }.into())
}

impl Ear {
    /// Whatever tells of the group tells also whether the account is in it.
    pub(super) fn notice_membership(&mut self, chats: &[Chat]) {
        let group = self.scope.group;
        let told = chats.iter().filter_map(place_in).rfind(|(chat, _)| *chat == group);
        let Some((_, outside)) = told.filter(|_| self.scope.listens) else { return };
        if outside {
            self.is_outside(NOT_A_MEMBER);
        } else {
            self.outside = None;
        }
    }

    /// The account is not in the group, in Telegram's words.
    pub(super) fn is_outside(&mut self, reason: &str) {
        if self.outside.is_none() {
            self.outside = Some(reason.to_owned());
        }
    }

    /// Looks at the chats once: for names, for hashes, and for where a supergroup's counter stands.
    pub(super) async fn meet(&mut self) -> Result<(), CallError> {
        let list = self.in_time(history::newest_chats(&self.shared.caller)).await?;
        self.learn(&list.users, &list.chats).await;
        if !self.scope.listens {
            return Ok(());
        }
        let Some(group) = list.dialogs.iter().find(|dialog| chat_id(&dialog.peer) == self.scope.group) else {
            return self.look_for_group().await;
        };
        match (self.uncounted(), group.pts) {
            (Some(channel), Some(pts)) => self.begin_to_count(channel, pts, group.top_message).await,
            _ => Ok(()),
        }
    }

    /// The group, where it is a supergroup whose counter is not known.
    fn uncounted(&self) -> Option<i64> {
        let known = self.boxes.session_state().channels;
        channel_of(self.scope.group).filter(|group| !known.iter().any(|channel| channel.id == *group))
    }

    /// A supergroup is heard from here on; one that was heard before, from where that ended.
    async fn begin_to_count(&mut self, channel: i64, pts: i32, newest: i32) -> Result<(), CallError> {
        self.boxes.try_set_channel_state(channel, pts);
        match self.reached.message {
            Some(heard) if heard < newest => {
                let mut found = super::hearing::Found::default();
                let gap = self.missed_in_group(&mut found).await?;
                self.deliver(found, gap).await
            }
            Some(_) => Ok(()),
            None => {
                self.reached = Reached { message: Some(newest), ..self.reached };
                Ok(())
            }
        }
    }

    /// A group that is not among the newest chats may be a quiet one.
    async fn look_for_group(&mut self) -> Result<(), CallError> {
        let look = async {
            let peer = self.shared.input_peer(self.scope.group).await?;
            history::page(&self.shared.caller, peer, 0, 1).await
        };
        match self.in_time(look).await {
            Ok(page) => {
                self.learn(&page.users, &page.chats).await;
                Ok(())
            }
            Err(CallError::Refused { name, .. }) => {
                self.is_outside(&name);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

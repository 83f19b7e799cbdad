//! Whether the account is in the group at all: an ear outside of it hears nothing, and nothing tells it so.

use grammers_tl_types::enums::Chat;
use grammers_tl_types::types::{self, MessageService};

use super::call::CallError;
use super::history;
use super::listen::Ear;
use super::peers::{chat_id, supergroup};
use super::reading::comes;
use commands::ids::ChatId;

/// What is said where Telegram has no word for it.
const NOT_A_MEMBER: &str = "not a member";

/// Whether the account is in the group, as far as it was told.
#[derive(Default)]
pub(super) struct Membership {
    /// Why it hears nothing of the group: it is not in it.
    pub(super) outside: Option<String>,
    /// It was told in two ways, and has to be asked.
    doubtful: bool,
}

/// Whether Telegram lets nobody from outside look at a supergroup.
pub(super) fn is_shut(refusal: &str) -> bool {
    matches!(refusal, "CHANNEL_PRIVATE" | "CHANNEL_INVALID")
}

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
        let told = chats.iter().filter_map(place_in).filter(|(chat, _)| *chat == group);
        let told: Vec<bool> = told.map(|(_, outside)| outside).collect();
        let Some(outside) = told.last().filter(|_| self.scope.listens) else { return };
        if *outside {
            self.is_outside(NOT_A_MEMBER);
        } else {
            // What was described before it went may arrive after that: it has to be asked.
            self.membership.doubtful |= self.membership.outside.is_some() || told.contains(&true);
        }
    }

    /// Asks whether the account is in the group, where that was told in two ways.
    pub(super) async fn ask_whether_inside(&mut self) -> Result<(), CallError> {
        if !self.membership.doubtful {
            return Ok(());
        }
        let asked = async {
            let peer = self.shared.input_peer(self.scope.group).await?;
            history::described(&self.shared.caller, peer).await
        };
        let chats = match self.in_time(asked).await {
            Err(CallError::Refused { name, .. }) => {
                self.is_outside(&name);
                Vec::new()
            }
            chats => chats?,
        };
        self.membership.doubtful = false;
        let group = self.scope.group;
        match chats.iter().filter_map(place_in).find(|(chat, _)| *chat == group) {
            Some((_, true)) => self.is_outside(NOT_A_MEMBER),
            // It heard nothing while it was outside, and the next message would hide that.
            Some((_, false)) => self.lacks |= self.membership.outside.take().is_some(),
            None => {}
        }
        Ok(())
    }

    /// A group that tells of the account's coming may have been without it.
    pub(super) fn notice_coming(&mut self, service: &[MessageService]) {
        let (group, me) = (self.scope.group, self.scope.me);
        let came = |one: &&MessageService| chat_id(&one.peer_id) == group && comes(one, me);
        let came = service.iter().filter(came).any(|one| self.reached.misses(one.id, one.date));
        self.lacks |= came && self.scope.listens;
    }

    /// The account is not in the group, in Telegram's words.
    pub(super) fn is_outside(&mut self, reason: &str) {
        if self.membership.outside.is_none() {
            self.membership.outside = Some(reason.to_owned());
        }
    }

    /// Looks at the chats once: for names, for hashes, and for whether the group is among them.
    pub(super) async fn meet(&mut self) -> Result<(), CallError> {
        let list = self.in_time(history::newest_chats(&self.shared.caller)).await?;
        self.learn(&list.users, &list.chats).await;
        self.ask_whether_inside().await?;
        if !self.scope.listens {
            return Ok(());
        }
        let shown = list.dialogs.iter().any(|dialog| chat_id(&dialog.peer) == self.scope.group);
        if shown { Ok(()) } else { self.look_for_group().await }
    }

    /// Reads from the history what no counter tells; before that, a supergroup without one gets its counter.
    pub(super) async fn make_up(&mut self) -> Result<(), CallError> {
        self.count().await?;
        if !self.lacks || self.membership.outside.is_some() {
            return Ok(());
        }
        self.fall_behind();
        Box::pin(self.deliver(super::hearing::Found::default(), None)).await
    }

    /// A supergroup whose counter is not known is counted from here on; what was said in it before is read, as far as it
    /// was not heard.
    async fn count(&mut self) -> Result<(), CallError> {
        let Some(channel) = self.scope.channel().filter(|_| self.membership.outside.is_none()) else {
            return Ok(());
        };
        if self.boxes.session_state().channels.iter().any(|known| known.id == channel) {
            return Ok(());
        }
        let Some((pts, newest)) = self.counter().await? else { return Ok(()) };
        self.boxes.try_set_channel_state(channel, pts);
        self.lacks |= self.reached.message.is_none_or(|heard| heard < newest);
        Ok(())
    }

    /// Where the supergroup's counter stands, and its newest message; none where the account is outside.
    pub(super) async fn counter(&mut self) -> Result<Option<(i32, i32)>, CallError> {
        let asked = async {
            let peer = self.shared.input_peer(self.scope.group).await?;
            history::counter(&self.shared.caller, peer).await
        };
        match self.in_time(asked).await {
            Ok(Some(counter)) => return Ok(Some(counter)),
            Ok(None) => self.is_outside(NOT_A_MEMBER),
            Err(CallError::Refused { name, .. }) if is_shut(&name) => self.is_outside(&name),
            Err(error) => return Err(error),
        }
        Ok(None)
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

//! What somebody is doing in a chat just now.

use super::state::State;
use super::{ChatKey, Peer, UpdateKind, UserId, World, WorldError};

/// What somebody is doing in a chat just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "Telegram's own words")]
pub enum ChatAction {
    Typing,
    UploadPhoto,
    RecordVideo,
    UploadVideo,
    RecordVoice,
    UploadVoice,
    UploadDocument,
    ChooseSticker,
    FindLocation,
    RecordVideoNote,
    UploadVideoNote,
    /// Nothing any more.
    Cancel,
}

impl World {
    /// Tells the other accounts in the chat what `by` is doing. Nobody keeps it, and bots never hear of it.
    pub fn act(&self, by: UserId, peer: Peer, action: ChatAction) -> Result<(), WorldError> {
        let now = self.now();
        let mut state = self.lock();
        let chat = state.open_chat_for(by, peer)?;
        if let Peer::User(other) = peer
            && state.is_bot(by)
            && state.blocked.contains(&(other, by))
        {
            return Err(WorldError::Blocked);
        }
        state.tell_action(by, chat, action, now);
        Ok(())
    }
}

impl State {
    fn tell_action(&mut self, by: UserId, chat: ChatKey, action: ChatAction, now: i64) {
        for member in self.members(chat) {
            if member == by || self.is_bot(member) {
                continue;
            }
            let pts = self.pts_of(member, chat.channel());
            if let Some(mailbox) = self.mailboxes.get_mut(&member) {
                let kind = UpdateKind::Typing { peer: chat.peer_for(member), by, action };
                mailbox.log_update(chat.channel(), pts, 0, now, kind.into());
            }
        }
    }
}

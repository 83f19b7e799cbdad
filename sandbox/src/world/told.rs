//! What an account was told of late, and telling that a supergroup changed.

use super::state::State;
use super::{ChatKey, Peer, Update, UpdateKind, UserId, World};

impl World {
    /// Everything logged for an account after a cursor, whatever faults wait.
    pub fn updates_since(&self, account: UserId, cursor: u64) -> Vec<Update> {
        self.lock().updates_since(account, cursor)
    }

    /// Tells every account in a supergroup that something about it changed; of other chats nothing is told.
    pub fn tell_changed(&self, peer: Peer) {
        let now = self.now();
        if let Peer::Channel(id) = peer {
            self.lock().tell_channel(ChatKey::Channel(id), now);
        }
    }
}

impl State {
    pub fn updates_since(&self, account: UserId, cursor: u64) -> Vec<Update> {
        let Some(mailbox) = self.mailboxes.get(&account) else { return Vec::new() };
        mailbox.log.iter().filter(|update| update.cursor > cursor).cloned().collect()
    }

    /// Tells every account in a supergroup that it changed; of other chats nothing is told.
    pub fn tell_channel(&mut self, chat: ChatKey, now: i64) {
        for member in self.members(chat) {
            self.tell_channel_to(member, chat, now);
        }
    }

    /// Tells one account that a supergroup changed.
    pub fn tell_channel_to(&mut self, user: UserId, chat: ChatKey, now: i64) {
        let ChatKey::Channel(channel) = chat else { return };
        if self.is_bot(user) {
            return;
        }
        if let Some(mailbox) = self.mailboxes.get_mut(&user) {
            let pts = mailbox.pts;
            mailbox.log_update(None, pts, 0, now, UpdateKind::Channel { channel });
        }
    }
}

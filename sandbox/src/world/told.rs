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
        mailbox
            .log
            .iter()
            .filter(|logged| logged.cursor > cursor)
            .map(|logged| logged.told(account))
            .collect()
    }

    /// Tells every account in a basic group who is in it now; of other chats nothing is told.
    pub fn tell_members(&mut self, chat: ChatKey, now: i64) {
        self.tell_group(chat, now, |state, viewer| state.chat_view(viewer, chat).map(UpdateKind::Members));
    }

    /// Tells every account in a basic group of a member's new rank; of other chats nothing is told.
    pub fn tell_rank(&mut self, chat: ChatKey, user: UserId, admin: bool, now: i64) {
        self.tell_group(chat, now, |state, _| {
            let (ChatKey::Group(group), version) = (chat, state.chats.get(&chat)?.version) else {
                return None;
            };
            Some(UpdateKind::Rank { group, user, admin, version })
        });
    }

    /// A basic group changed: its version rises, and each account in it is told.
    fn tell_group(
        &mut self,
        chat: ChatKey,
        now: i64,
        kind_for: impl Fn(&Self, UserId) -> Option<UpdateKind>,
    ) {
        let group = self.chats.get_mut(&chat).filter(|_| matches!(chat, ChatKey::Group(_)));
        let Some(group) = group else { return };
        group.version += 1;
        for member in self.members(chat) {
            let Some(kind) = kind_for(self, member).filter(|_| !self.is_bot(member)) else { continue };
            if let Some(mailbox) = self.mailboxes.get_mut(&member) {
                let pts = mailbox.pts;
                mailbox.log_update(None, pts, 0, now, kind.into());
            }
        }
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
            mailbox.log_update(None, pts, 0, now, UpdateKind::Channel { channel }.into());
        }
    }
}

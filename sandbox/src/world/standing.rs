//! Who stands how to a chat, and what bots are told when that changes.

use super::message::Body;
use super::state::State;
use super::{BotUpdateKind, ChatKey, MessageKey, Peer, Rank, Seen, UserId, World, WorldError};

/// How somebody stands to a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In it.
    In(Rank),
    /// Went, or never came.
    Left,
    /// Was sent away; for a bot in a private chat: is blocked.
    Kicked,
}

/// A change of how somebody stands to a chat, as a bot is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberChange {
    /// The chat.
    pub peer: Peer,
    /// Who changed it.
    pub by: UserId,
    /// Unix seconds.
    pub date: i64,
    /// Whose standing.
    pub user: UserId,
    /// Whether it is the hearer's own.
    pub own: bool,
    /// Before.
    pub old: Standing,
    /// Now.
    pub new: Standing,
}

impl World {
    /// Gives a member another rank; others are passed over.
    pub fn set_rank(&self, group: Peer, user: UserId, rank: Rank) {
        let now = self.now();
        let mut state = self.lock();
        let chat = ChatKey::of(user, group);
        let own = state.chats.get_mut(&chat).and_then(|chat| chat.members.get_mut(&user));
        let Some(old) = own.map(|own| std::mem::replace(own, rank)) else { return };
        let by = state.creator(chat).unwrap_or(user);
        state.tell_standing(chat, by, user, (Standing::In(old), Standing::In(rank)), now);
        if old != rank {
            state.tell_rank(chat, user, rank >= Rank::Admin, now);
        }
    }

    /// Whether somebody may be brought into a group: [`WorldError::BotGroupsBlocked`] of a bot that forbids it.
    pub fn may_be_added(&self, user: UserId) -> Result<(), WorldError> {
        self.lock().may_be_added(user)
    }

    /// A member brings somebody in; the group is told.
    pub fn add_member(&self, by: UserId, group: Peer, user: UserId) -> Result<(), WorldError> {
        let now = self.now();
        let mut state = self.lock();
        let key = state.add_member(by, group, user, now)?;
        self.show(Seen::posted(&state, key));
        Ok(())
    }

    /// A member goes (or is sent away by an administrator); the group is told.
    pub fn remove_member(&self, by: UserId, group: Peer, user: UserId) -> Result<(), WorldError> {
        let now = self.now();
        let mut state = self.lock();
        let key = state.remove_member(by, group, user, now)?;
        self.show(Seen::posted(&state, key));
        Ok(())
    }

    /// How `user` stands to a chat that `viewer` is in.
    pub fn standing(&self, viewer: UserId, peer: Peer, user: UserId) -> Result<Standing, WorldError> {
        let mut state = self.lock();
        let chat = state.chat_for(viewer, peer)?;
        Ok(state.standing(chat, user))
    }
}

impl State {
    fn creator(&self, chat: ChatKey) -> Option<UserId> {
        let members = &self.chats.get(&chat)?.members;
        members.iter().find(|(_, rank)| **rank == Rank::Creator).map(|(user, _)| *user)
    }

    fn standing(&self, chat: ChatKey, user: UserId) -> Standing {
        let Some(chat) = self.chats.get(&chat) else { return Standing::Left };
        match chat.members.get(&user) {
            Some(rank) => Standing::In(*rank),
            None => chat.gone.get(&user).copied().unwrap_or(Standing::Left),
        }
    }

    fn add_member(
        &mut self,
        by: UserId,
        group: Peer,
        user: UserId,
        now: i64,
    ) -> Result<MessageKey, WorldError> {
        let chat = self.group_for(by, group)?;
        if !self.users.contains_key(&user) {
            return Err(WorldError::ChatNotFound);
        }
        self.may_be_added(user)?;
        let old = self.standing(chat, user);
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.members.entry(user).or_insert(Rank::Member);
            chat.gone.remove(&user);
        }
        let new = self.standing(chat, user);
        self.tell_standing(chat, by, user, (old, new), now);
        self.tell_channel_to(user, chat, now);
        self.tell_members(chat, now);
        Ok(self.announce(chat, by, Body::Joined { users: vec![user] }, now))
    }

    fn remove_member(
        &mut self,
        by: UserId,
        group: Peer,
        user: UserId,
        now: i64,
    ) -> Result<MessageKey, WorldError> {
        let chat = self.group_for(by, group)?;
        let may = by == user || self.chats.get(&chat).is_some_and(|chat| chat.is_admin(by));
        if !may {
            return Err(WorldError::NotAdmin);
        }
        let old = self.standing(chat, user);
        let new = if by == user { Standing::Left } else { Standing::Kicked };
        // In a basic group whoever goes is told of it as a message, too; in a supergroup they see nothing more of it.
        let told = (!chat.shares_ids()).then(|| self.announce(chat, by, Body::Left { user }, now));
        self.tell_standing(chat, by, user, (old, new), now);
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.members.remove(&user);
            chat.gone.insert(user, new);
        }
        let key = told.unwrap_or_else(|| self.announce(chat, by, Body::Left { user }, now));
        self.tell_channel_to(user, chat, now);
        self.tell_members(chat, now);
        Ok(key)
    }

    /// A bot may forbid, at `BotFather`, that it is added to groups.
    pub fn may_be_added(&self, user: UserId) -> Result<(), WorldError> {
        let bot = self.users.get(&user).and_then(|user| user.bot());
        if bot.is_none_or(|bot| bot.can_join_groups) { Ok(()) } else { Err(WorldError::BotGroupsBlocked) }
    }

    fn group_for(&mut self, by: UserId, group: Peer) -> Result<ChatKey, WorldError> {
        let chat = self.open_chat_for(by, group)?;
        if chat.is_group() { Ok(chat) } else { Err(WorldError::ChatNotFound) }
    }

    /// Tells the one concerned, if it is a bot, and the bots that are administrators.
    fn tell_standing(
        &mut self,
        chat: ChatKey,
        by: UserId,
        user: UserId,
        change: (Standing, Standing),
        now: i64,
    ) {
        if change.0 == change.1 {
            return;
        }
        self.tell_one(user, chat, by, user, change, now);
        for member in self.members(chat) {
            let trusted = self.chats.get(&chat).is_some_and(|chat| chat.is_admin(member));
            if trusted && member != user {
                self.tell_one(member, chat, by, user, change, now);
            }
        }
    }

    pub fn tell_one(
        &mut self,
        hearer: UserId,
        chat: ChatKey,
        by: UserId,
        user: UserId,
        (old, new): (Standing, Standing),
        date: i64,
    ) {
        if self.is_bot(hearer) {
            let (peer, own) = (chat.peer_for(hearer), hearer == user);
            let change = MemberChange { peer, by, date, user, own, old, new };
            self.tell_bot(hearer, BotUpdateKind::MemberChanged(change));
        }
    }
}

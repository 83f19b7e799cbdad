//! Chats and who is in them.

use std::collections::BTreeMap;

use super::state::State;
use super::{ChatKey, MessageKey, Peer, Standing, UserId, World, WorldError};

/// No viewer in particular.
const NOBODY: UserId = UserId(0);

/// Whose message ids a chat has, and what it can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatKind {
    /// Two users (or one: saved messages).
    Private,
    /// A basic group.
    Group,
    /// A supergroup.
    Supergroup,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Speaks.
    Member,
    /// May pin, delete others' messages, and hears reactions as a bot.
    Admin,
    /// Made the chat.
    Creator,
}

/// A member of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// As what.
    pub rank: Rank,
}

/// A chat as one viewer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatView {
    /// The viewer's name of it.
    pub peer: Peer,
    /// What it is.
    pub kind: ChatKind,
    /// Its title; the other user's name in a private chat.
    pub title: String,
    /// Unix seconds.
    pub date: i64,
    /// By user id.
    pub members: Vec<Member>,
    /// The message pinned last, by the viewer's id.
    pub pinned: Option<i32>,
    /// The channel's pts (0 elsewhere).
    pub pts: i32,
    /// Rises with each change of the members of a basic group.
    pub version: i32,
    /// The supergroup this basic group became, by bare id; then it can only be read.
    pub migrated_to: Option<i64>,
    /// The basic group this supergroup was, by bare id.
    pub migrated_from: Option<i64>,
}

impl ChatView {
    /// The rank of a member; `None` for others.
    pub fn rank(&self, user: UserId) -> Option<Rank> {
        self.members.iter().find(|member| member.user == user).map(|member| member.rank)
    }
}

/// A chat as the world keeps it.
#[derive(Clone, Debug)]
pub(super) struct Chat {
    pub kind: ChatKind,
    pub title: String,
    pub date: i64,
    pub members: BTreeMap<UserId, Rank>,
    /// In the order posted.
    pub messages: Vec<MessageKey>,
    /// In the order pinned; the last is shown.
    pub pinned: Vec<MessageKey>,
    /// The last bot that wrote here, for bare commands under privacy mode.
    pub last_bot: Option<UserId>,
    /// Those who were in it: left or sent away.
    pub gone: BTreeMap<UserId, Standing>,
    /// Supergroups only.
    pub shared: SharedIds,
    pub version: i32,
    pub migrated_to: Option<i64>,
    pub migrated_from: Option<i64>,
}

/// The ids and pts that all viewers of a supergroup share.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedIds {
    pub last_id: i32,
    pub pts: i32,
    pub by_id: BTreeMap<i32, MessageKey>,
}

impl Chat {
    pub fn new(kind: ChatKind, title: &str, date: i64, members: BTreeMap<UserId, Rank>) -> Self {
        Self {
            kind,
            title: title.to_owned(),
            date,
            members,
            messages: Vec::new(),
            pinned: Vec::new(),
            last_bot: None,
            gone: BTreeMap::new(),
            shared: SharedIds { pts: 1, ..SharedIds::default() },
            version: 1,
            migrated_to: None,
            migrated_from: None,
        }
    }

    pub fn is_admin(&self, user: UserId) -> bool {
        self.members.get(&user).is_some_and(|rank| *rank >= Rank::Admin)
    }
}

impl State {
    /// The chat that `viewer` calls `peer`, if the viewer is in it.
    /// The private chat with anybody who exists is always there.
    pub fn chat_for(&mut self, viewer: UserId, peer: Peer) -> Result<ChatKey, WorldError> {
        let key = ChatKey::of(viewer, peer);
        if let Peer::User(other) = peer {
            if !self.users.contains_key(&other) {
                return Err(WorldError::ChatNotFound);
            }
            self.ensure_private(viewer, other);
        }
        let chat = self.chats.get(&key).ok_or(WorldError::ChatNotFound)?;
        if chat.members.contains_key(&viewer) {
            return Ok(key);
        }
        Err(match chat.gone.get(&viewer) {
            Some(Standing::Kicked) => WorldError::Kicked,
            Some(_) => WorldError::NotMember,
            None => WorldError::ChatNotFound,
        })
    }

    /// [`State::chat_for`], for those who want to change something in it.
    pub fn open_chat_for(&mut self, viewer: UserId, peer: Peer) -> Result<ChatKey, WorldError> {
        let key = self.chat_for(viewer, peer)?;
        match self.chats.get(&key).and_then(|chat| chat.migrated_to) {
            Some(channel) => Err(WorldError::Migrated { channel }),
            None => Ok(key),
        }
    }

    fn ensure_private(&mut self, a: UserId, b: UserId) {
        let members = BTreeMap::from([(a, Rank::Member), (b, Rank::Member)]);
        self.chats
            .entry(ChatKey::private(a, b))
            .or_insert_with(|| Chat::new(ChatKind::Private, "", 0, members));
    }

    pub fn chat_view(&self, viewer: UserId, key: ChatKey) -> Option<ChatView> {
        let chat = self.chats.get(&key)?;
        let peer = key.peer_for(viewer);
        Some(ChatView {
            peer,
            kind: chat.kind,
            title: self.title_for(viewer, key),
            date: chat.date,
            members: chat.members.iter().map(|(user, rank)| Member { user: *user, rank: *rank }).collect(),
            pinned: chat.pinned.last().and_then(|key| self.id_for(viewer, *key)),
            pts: if key.shares_ids() { chat.shared.pts } else { 0 },
            version: chat.version,
            migrated_to: chat.migrated_to,
            migrated_from: chat.migrated_from,
        })
    }

    /// The title `viewer` reads over the chat.
    pub fn title_for(&self, viewer: UserId, key: ChatKey) -> String {
        match key.peer_for(viewer) {
            Peer::User(other) => self.name_of(other),
            Peer::Group(_) | Peer::Channel(_) => {
                self.chats.get(&key).map(|chat| chat.title.clone()).unwrap_or_default()
            }
        }
    }
}

impl World {
    /// A chat as a member sees it.
    pub fn chat(&self, viewer: UserId, peer: Peer) -> Result<ChatView, WorldError> {
        let mut state = self.lock();
        let key = state.chat_for(viewer, peer)?;
        state.chat_view(viewer, key).ok_or(WorldError::ChatNotFound)
    }

    /// Every group and supergroup, seen from nowhere in particular (`pinned` is absent); without those that became
    /// supergroups.
    pub fn groups(&self) -> Vec<ChatView> {
        let state = self.lock();
        let groups = state.chats.iter().filter(|(key, chat)| key.is_group() && chat.migrated_to.is_none());
        groups.filter_map(|(key, _)| state.chat_view(NOBODY, *key)).collect()
    }

    /// A group or supergroup, whoever is in it, seen from nowhere in particular.
    pub fn group(&self, group: Peer) -> Option<ChatView> {
        let key = ChatKey::of(NOBODY, group);
        self.lock().chat_view(NOBODY, key).filter(|_| key.is_group())
    }
}

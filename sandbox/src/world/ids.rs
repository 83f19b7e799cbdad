//! Names of users, chats and messages, each with the scope in which it is unique.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The lowest Bot API id of a basic group is the negated bare id; supergroups begin below this.
const CHANNEL_BASE: i64 = -1_000_000_000_000;

/// A person or a bot; unique in the world, the same number over both doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub i64);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A message, unique in the world and the same for every viewer; never seen on a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageKey(pub u64);

/// A chat as one viewer names it. Ids are bare (as in MTProto).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// The private chat with this user.
    User(UserId),
    /// A basic group.
    Group(i64),
    /// A supergroup.
    Channel(i64),
}

impl Peer {
    /// The Bot API's `chat_id`: positive for users, negative for groups, -100… for supergroups.
    pub fn to_bot_api(self) -> i64 {
        match self {
            Self::User(user) => user.0,
            Self::Group(id) => -id,
            Self::Channel(id) => CHANNEL_BASE - id,
        }
    }

    /// The reverse of [`Peer::to_bot_api`]; 0 is nobody's.
    pub fn from_bot_api(id: i64) -> Option<Self> {
        match id {
            0 => None,
            1.. => Some(Self::User(UserId(id))),
            id if id < CHANNEL_BASE => Some(Self::Channel(CHANNEL_BASE - id)),
            id => Some(Self::Group(-id)),
        }
    }
}

/// A chat as the world names it, the same for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChatKey {
    /// Between two users, the lower id first (twice the same: saved messages).
    Private(UserId, UserId),
    /// A basic group, by bare id.
    Group(i64),
    /// A supergroup, by bare id.
    Channel(i64),
}

impl ChatKey {
    /// The private chat of two users.
    pub fn private(a: UserId, b: UserId) -> Self {
        Self::Private(a.min(b), a.max(b))
    }

    /// The chat that `viewer` calls `peer`.
    pub fn of(viewer: UserId, peer: Peer) -> Self {
        match peer {
            Peer::User(other) => Self::private(viewer, other),
            Peer::Group(id) => Self::Group(id),
            Peer::Channel(id) => Self::Channel(id),
        }
    }

    /// What `viewer` calls this chat.
    pub fn peer_for(self, viewer: UserId) -> Peer {
        match self {
            Self::Private(a, b) if a == viewer => Peer::User(b),
            Self::Private(a, _) => Peer::User(a),
            Self::Group(id) => Peer::Group(id),
            Self::Channel(id) => Peer::Channel(id),
        }
    }

    /// Whether its message ids are shared by all viewers.
    pub fn shares_ids(self) -> bool {
        matches!(self, Self::Channel(_))
    }

    /// Whether it is a basic group or a supergroup.
    pub fn is_group(self) -> bool {
        !matches!(self, Self::Private(..))
    }

    /// The bare id of a supergroup.
    pub fn channel(self) -> Option<i64> {
        match self {
            Self::Channel(id) => Some(id),
            _ => None,
        }
    }
}

//! A type for each identifier; its doc says within what it is unique.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// A Telegram user id, of a person, a bot or an account. Unique in Telegram.
    UserId(i64)
}
id! {
    /// A person of the mesh, by Telegram user id (or `sender_chat` id). Has a role, never a trust tier.
    PersonId(i64)
}
id! {
    /// An agent of the mesh, by the Telegram user id of its bot.
    AgentId(i64)
}
id! {
    /// A chat as the Bot API writes it: private chats positive (the user's id), basic groups negative,
    /// supergroups `-100…`. Unique in Telegram.
    ChatId(i64)
}
id! {
    /// A fencing token: term · 2³² + counter. Unique in the mesh; each change of owner takes the next.
    Fence(u64)
}
id! {
    /// A message id in the numbering of the voice that posted it (the mesh's bot, or its dedicated account).
    VoiceId(i32)
}

impl ChatId {
    /// Supergroups and channels number their messages for everybody alike; elsewhere each account has its own numbers.
    pub fn shares_message_ids(self) -> bool {
        self.0 <= -1_000_000_000_000
    }

    /// Whether this is a private chat.
    pub fn is_private(self) -> bool {
        self.0 > 0
    }
}

impl Fence {
    /// The first fence of a term is `first(term).next()`.
    pub fn first(term: u32) -> Self {
        Self(u64::from(term) << 32)
    }

    /// The next fence of the same term.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The counter within the term: what people are shown.
    pub fn counter(self) -> u32 {
        u32::try_from(self.0 & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }

    /// The term of the sequencer that drew it.
    pub fn term(self) -> u32 {
        u32::try_from(self.0 >> 32).unwrap_or(u32::MAX)
    }
}

/// Who heard a message: message ids of basic groups and private chats are told apart by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ear {
    /// A user account of the node, by its user id.
    Account(i64),
    /// The mesh's own bot.
    Bot,
    /// An agent's webhook.
    Hook,
    /// A recorded log that is being replayed.
    Log,
}

/// A message as its ear numbered it, with what lets another account find its own number for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// Who heard it.
    pub ear: Ear,
    /// Where.
    pub chat: ChatId,
    /// The id in the ear's numbering.
    pub id: i32,
    /// Who sent it.
    pub from: UserId,
    /// Telegram's date, to the second.
    pub at: Timestamp,
    /// [`fingerprint`] of the text as sent.
    pub print: u64,
}

/// A fingerprint of a text (FNV-1a, 64 bits): stable over releases, not meant to resist an adversary.
pub fn fingerprint(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Somebody who can own a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// An agent, by its bot's user id.
    Agent(AgentId),
    /// A person.
    Person(PersonId),
}

impl Who {
    /// The Telegram user behind it.
    pub fn user(self) -> UserId {
        match self {
            Self::Agent(id) => UserId(id.0),
            Self::Person(id) => UserId(id.0),
        }
    }
}

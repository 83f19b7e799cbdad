//! The journal: what became true, in order, with when and why. A snapshot stands for its beginning.

use std::fmt;

use commands::fact::Fact;
use commands::ids::{ChatId, Ear, MessageRef, UserId, VoiceId};
use commands::input::{Input, What};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::batch::Became;
use crate::error::StoreError;
use crate::record;
use crate::trees::{Numbers, Trees, Writes};

/// The number of a fact in one store's journal, counted from one without gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a fact became true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Cause {
    /// Somebody said so.
    Message {
        /// Who heard it.
        ear: Ear,
        /// Where.
        chat: ChatId,
        /// The id in the ear's numbering.
        id: i32,
        /// Who said it.
        from: UserId,
    },
    /// Somebody asked by a call or a hook.
    Call {
        /// Who.
        from: UserId,
        /// Which call, among its caller's.
        key: String,
    },
    /// Somebody pressed a button.
    Tap {
        /// The chat of the message with the button.
        chat: ChatId,
        /// That message.
        message: VoiceId,
        /// Who pressed.
        from: UserId,
    },
    /// Somebody reacted to a message.
    Reaction {
        /// Who noticed.
        ear: Ear,
        /// The chat of the message.
        chat: ChatId,
        /// The message, in the ear's numbering.
        message: i32,
        /// Who reacted.
        from: UserId,
    },
    /// The configuration says so.
    Roster,
    /// A person edited the file of permissions.
    Permissions,
    /// `mesh init` made a one-time link.
    Invitation,
    /// Time went by.
    Clock,
    /// An effect came to its end.
    Outcome,
    /// Something may have been missed.
    Gap {
        /// Where.
        chat: ChatId,
    },
    /// A snapshot says so; what caused it was journalled before.
    Snapshot,
}

impl Cause {
    /// The cause that an input is.
    pub fn of(input: &Input) -> Self {
        match &input.what {
            What::Roster(_) => Self::Roster,
            What::People(_) => Self::Permissions,
            What::Heard(heard) => Self::message(&heard.message),
            What::Called(call) => Self::Call { from: call.who.user(), key: call.key.clone() },
            What::Tapped(tap) => Self::Tap { chat: tap.chat, message: tap.message, from: tap.from },
            What::Reacted(reacted) => Self::Reaction {
                ear: reacted.ear,
                chat: reacted.chat,
                message: reacted.message,
                from: reacted.from,
            },
            What::Gap(chat)
            | What::Refetched(chat)
            | What::Unheard { chat, .. }
            | What::Migrated { from: chat, .. } => Self::Gap { chat: *chat },
            What::Relay(order) => Self::Call { from: order.account, key: order.key.clone() },
            What::Drive(order) => {
                Self::Call { from: commands::ids::UserId(order.agent.0), key: order.key.clone() }
            }
            What::Outcome(_) | What::Pinned { .. } | What::Throttled { .. } | What::HookShut { .. } => {
                Self::Outcome
            }
            What::Tick | What::Taken(_) | What::Health { .. } | What::Away { .. } | What::Back => Self::Clock,
        }
    }

    /// A message as a cause.
    pub fn message(message: &MessageRef) -> Self {
        Self::Message { ear: message.ear, chat: message.chat, id: message.id, from: message.from }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message { ear, chat, id, from } => {
                write!(f, "message {id} by {from} in {chat}, heard by {}", Said(*ear))
            }
            Self::Call { from, key } => write!(f, "call {key} by {from}"),
            Self::Tap { chat, message, from } => write!(f, "tap by {from} on message {message} in {chat}"),
            Self::Reaction { ear, chat, message, from } => {
                write!(f, "reaction by {from} to message {message} in {chat}, seen by {}", Said(*ear))
            }
            Self::Roster => f.write_str("the configuration"),
            Self::Permissions => f.write_str("permissions.json"),
            Self::Invitation => f.write_str("mesh init"),
            Self::Clock => f.write_str("the clock"),
            Self::Outcome => f.write_str("the outcome of an effect"),
            Self::Gap { chat } => write!(f, "a gap in {chat}"),
            Self::Snapshot => f.write_str("a snapshot"),
        }
    }
}

struct Said(Ear);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Ear::Account(id) => write!(f, "account {id}"),
            Ear::Bot => f.write_str("the bot"),
            Ear::Hook => f.write_str("a hook"),
            Ear::Log => f.write_str("a log"),
        }
    }
}

/// One fact of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journalled {
    /// Its number. In a snapshot: the number under which it was first journalled, or else the snapshot's.
    pub seq: Seq,
    /// When it became true.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// What.
    pub fact: Fact,
}

/// Adds facts to a transaction.
pub(crate) fn write(writes: &mut Writes, numbers: &mut Numbers, became: Vec<Became>) {
    for Became { at, cause, facts } in became {
        for fact in facts {
            numbers.journal += 1;
            let entry = Journalled { seq: Seq(numbers.journal), at, cause: cause.clone(), fact };
            writes.journal.insert(&numbers.journal.to_be_bytes(), record::encode(&entry));
        }
    }
}

/// The snapshot's facts, then those journalled after it.
pub(crate) fn replay(
    trees: &Trees,
    numbers: &Numbers,
) -> impl Iterator<Item = Result<Journalled, StoreError>> + use<> {
    let (first, last) = numbers.snapshot_keys.unwrap_or_default();
    let counts = move |(key, _): &(sled::IVec, sled::IVec)| **key <= last.to_be_bytes()[..];
    let snapshot = trees.snapshot.range(first.to_be_bytes()..);
    let snapshot = snapshot.take_while(move |item| item.as_ref().map_or(true, counts));
    let journal = trees.journal.range((numbers.snapshot + 1).to_be_bytes()..);
    snapshot.map(|item| read("snapshot", item)).chain(journal.map(|item| read("journal", item)))
}

fn read(tree: &'static str, item: sled::Result<(sled::IVec, sled::IVec)>) -> Result<Journalled, StoreError> {
    let (key, value) = item?;
    let number = record::number(tree, &key)?;
    record::decode(|| format!("{tree} {number}"), &value)
}

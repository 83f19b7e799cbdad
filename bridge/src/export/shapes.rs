//! The shapes of an export as they stand in the file. Keys that say nothing to the mesh are passed over.

use std::fmt;

use commands::ids::UserId;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, Unexpected, Visitor};

use super::text::Text;

/// A message, whatever its type.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Raw {
    pub id: Option<i64>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Wall-clock time where the export was made.
    pub date: Option<String>,
    pub date_unixtime: Option<Number>,
    /// Absent in the exports of channels, null for deleted accounts.
    pub from: Option<String>,
    pub from_id: Option<Peer>,
    pub text: Text,
    pub reply_to_message_id: Option<i64>,
    pub edited: Present,
    pub edited_unixtime: Option<Number>,
    /// Null where the origin is hidden.
    pub forwarded_from: Present,
    pub reactions: Vec<Reaction>,
}

/// One reaction, and the last of those who gave it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Reaction {
    pub emoji: Option<String>,
    pub recent: Vec<Recent>,
}

/// Somebody who reacted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Recent {
    pub from_id: Option<Peer>,
    pub date: Option<String>,
}

impl Raw {
    /// The person or bot that sent it.
    pub fn user(&self) -> Option<UserId> {
        match self.from_id {
            Some(Peer::User(id)) => Some(UserId(id)),
            _ => None,
        }
    }
}

/// A number, which newer exports write as a string.
#[derive(Clone, Copy, Debug)]
pub struct Number(pub i64);

/// `user123`, `channel123`, `chat123`; in exports before 2021 a bare number, which is a user's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Peer {
    User(i64),
    /// A channel or a group, as the Bot API numbers them.
    Chat(i64),
}

/// Whether a key is there, be it null.
#[derive(Clone, Copy, Debug, Default)]
pub struct Present(pub bool);

impl Peer {
    /// The number by which the mesh knows it.
    pub fn id(self) -> UserId {
        match self {
            Self::User(id) | Self::Chat(id) => UserId(id),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let number = |prefix| text.strip_prefix(prefix)?.parse::<i64>().ok().filter(|id| *id > 0);
        let channel = |id: i64| id.checked_add(1_000_000_000_000).map(|id| Self::Chat(-id));
        number("user")
            .map(Self::User)
            .or_else(|| number("chat").map(|id| Self::Chat(-id)))
            .or_else(|| channel(number("channel")?))
    }
}

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| text.parse().ok();
        deserializer.deserialize_any(Either { expected: "a number", number: Some, parse }).map(Self)
    }
}

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a sender such as \"user123\", \"channel123\" or \"chat123\"";
        let number = |id| (id > 0).then_some(Self::User(id));
        deserializer.deserialize_any(Either { expected, number, parse: Self::parse })
    }
}

/// Something that is written as a number or as a string.
struct Either<N, P> {
    expected: &'static str,
    number: N,
    parse: P,
}

impl<T, N, P> Visitor<'_> for Either<N, P>
where
    N: Fn(i64) -> Option<T>,
    P: Fn(&str) -> Option<T>,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        (self.number)(value).ok_or_else(|| E::invalid_value(Unexpected::Signed(value), &self))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        let number = i64::try_from(value).ok().and_then(&self.number);
        number.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        (self.parse)(value).ok_or_else(|| E::invalid_value(Unexpected::Str(value), &self))
    }
}

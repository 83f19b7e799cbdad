//! Through the file as a stream: the one chat of it, or its chats one after the other.

use std::fmt;
use std::io::{BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::escapes::Escapes;
use super::shapes::Raw;

/// A chat, as the head of it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chat {
    /// Its number, without the sign and prefix that the Bot API gives it.
    pub id: i64,
    /// Its name; none for saved messages and deleted accounts.
    pub name: Option<String>,
    /// `private_group`, `public_supergroup`, `personal_chat` …
    pub kind: String,
}

impl Chat {
    /// Whether several people talk in it.
    pub fn is_group(&self) -> bool {
        self.kind.ends_with("group")
    }
}

/// Why a file was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// What is wrong, with the message and the line.
    #[error("{0}")]
    Json(serde_json::Error),
    /// It is JSON, and no export.
    #[error("neither messages nor chats are in it: is it the result.json of an export by Telegram Desktop?")]
    NoExport,
    /// The file ends in the middle.
    #[error("the file ends in the middle of something ({0}): was the export finished?")]
    Cut(serde_json::Error),
    /// Whoever was given the messages wanted no more.
    #[error("stopped")]
    Stopped,
}

/// What is done with chats and messages.
pub trait Visit {
    /// A chat begins: whether its messages are wanted.
    fn chat(&mut self, chat: &Chat) -> bool;

    /// One of its messages; `Ok(false)` ends the walk.
    fn message(&mut self, raw: Raw) -> Result<bool, String>;
}

/// Walks through the whole file.
pub fn walk(file: impl Read, visit: &mut dyn Visit) -> Result<(), ReadError> {
    let mut state = State { visit, found: false, stopped: false };
    let mut reader = serde_json::Deserializer::from_reader(BufReader::new(Escapes::new(file)));
    let ended =
        ChatSeed { state: &mut state, whole: true }.deserialize(&mut reader).and_then(|()| reader.end());
    match ended {
        _ if state.stopped => Err(ReadError::Stopped),
        // An end within a message has become an error of that message.
        Err(error) if error.is_eof() || error.to_string().contains("EOF while parsing") => {
            Err(ReadError::Cut(error))
        }
        Err(error) => Err(ReadError::Json(error)),
        Ok(()) if !state.found => Err(ReadError::NoExport),
        Ok(()) => Ok(()),
    }
}

struct State<'a> {
    visit: &'a mut dyn Visit,
    found: bool,
    stopped: bool,
}

/// A chat; the whole file is one, or has them in `chats` and `left_chats`.
struct ChatSeed<'s, 'a> {
    state: &'s mut State<'a>,
    whole: bool,
}

impl<'de> DeserializeSeed<'de> for ChatSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ChatSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.whole { "an export: an object" } else { "a chat: an object" })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut chat = Chat::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "name" => chat.name = map.next_value()?,
                "type" => chat.kind = map.next_value::<Option<String>>()?.unwrap_or_default(),
                "id" => chat.id = map.next_value()?,
                "messages" => {
                    self.state.found = true;
                    let wanted = self.state.visit.chat(&chat);
                    map.next_value_seed(MessagesSeed { state: self.state, chat: &chat, wanted })?;
                }
                "chats" | "left_chats" if self.whole => {
                    self.state.found = true;
                    map.next_value_seed(ListSeed { state: self.state, within: true })?;
                }
                _ => map.next_value::<IgnoredAny>().map(|_| ())?,
            }
        }
        Ok(())
    }
}

/// `{"about":…,"list":[…]}`, then the list itself.
struct ListSeed<'s, 'a> {
    state: &'s mut State<'a>,
    within: bool,
}

impl<'de> DeserializeSeed<'de> for ListSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.within { deserializer.deserialize_map(self) } else { deserializer.deserialize_seq(self) }
    }
}

impl<'de> Visitor<'de> for ListSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.within { "an object with a list of chats" } else { "a list of chats" })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "list" {
                map.next_value_seed(ListSeed { state: self.state, within: false })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut chats: A) -> Result<(), A::Error> {
        while chats.next_element_seed(ChatSeed { state: self.state, whole: false })?.is_some() {}
        Ok(())
    }
}

/// The messages of a chat.
struct MessagesSeed<'s, 'a> {
    state: &'s mut State<'a>,
    chat: &'s Chat,
    wanted: bool,
}

impl<'de> DeserializeSeed<'de> for MessagesSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for MessagesSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut messages: A) -> Result<(), A::Error> {
        if !self.wanted {
            while messages.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        let name = self.chat.name.as_deref().unwrap_or("the chat");
        for number in 1_u64.. {
            let wrong = |what: &dyn fmt::Display| {
                A::Error::custom(format_args!("message {number} of {name}: {what}"))
            };
            let Some(raw) = messages.next_element::<Raw>().map_err(|error| wrong(&error))? else { break };
            let id = raw.id;
            let named = |what: String| match id {
                Some(id) => format!("{what} (id {id})"),
                None => what,
            };
            if !self.state.visit.message(raw).map_err(|what| wrong(&named(what)))? {
                self.state.stopped = true;
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

//! What Telegram Desktop exports of a chat, or of a whole account, as JSON (`result.json`).
//!
//! Read as a stream: whatever the length of the file, one message at a time is held. Nothing past this module sees the
//! format. The export holds the last text of an edited message only, and no deleted ones.

mod escapes;
mod message;
mod shapes;
#[cfg(test)]
mod tests;
mod text;
mod walk;

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;

use commands::ids::UserId;

pub use message::{Message, Thumb};
pub use walk::{Chat, ReadError};

use self::shapes::Raw;
use self::walk::{Visit, walk};

/// So many senders of all chats are listed; others are strangers.
pub const SENDERS_MOST: usize = 65_536;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survey {
    /// Its chats, in the order of the file.
    pub chats: Vec<Surveyed>,
}

/// One chat, and who spoke in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Surveyed {
    /// The chat.
    pub chat: Chat,
    /// How many messages it has, those of the service included.
    pub messages: u64,
    /// Who spoke, with the name they bore last; the nameless are deleted accounts.
    pub senders: BTreeMap<UserId, Option<String>>,
}

/// What was passed over in a chat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Somebody joined, pinned, called: nobody said anything.
    pub service: u64,
    /// Messages of a type that is not known.
    pub unknown: u64,
    /// Messages without a sender, as channels have them.
    pub nobodys: u64,
}

/// Goes through a file once, for its chats and who spoke in them.
///
/// # Errors
/// The file can't be read, is not JSON, or not an export.
pub fn survey(file: impl Read) -> Result<Survey, ReadError> {
    let mut surveyor = Surveyor::default();
    walk(file, &mut surveyor)?;
    Ok(Survey { chats: surveyor.chats })
}

/// Gives each message of the chat at that place in the file's [`Survey`], in the order of the file.
///
/// # Errors
/// As [`survey`]; a message that lacks what its type has, with its number; that `each` wanted no more.
pub fn read(
    file: impl Read,
    chat: usize,
    each: &mut dyn FnMut(Message) -> ControlFlow<()>,
) -> Result<Skipped, ReadError> {
    let mut reader = Reader { wanted: chat, at: 0, each, skipped: Skipped::default() };
    walk(file, &mut reader)?;
    Ok(reader.skipped)
}

#[derive(Default)]
struct Surveyor {
    chats: Vec<Surveyed>,
    senders: usize,
}

impl Visit for Surveyor {
    fn chat(&mut self, chat: &Chat) -> bool {
        self.chats.push(Surveyed { chat: chat.clone(), messages: 0, senders: BTreeMap::new() });
        true
    }

    fn message(&mut self, raw: Raw) -> Result<bool, String> {
        let Some(chat) = self.chats.last_mut() else { return Ok(true) };
        chat.messages += 1;
        let Some(sender) = raw.user() else { return Ok(true) };
        if let Some(name) = chat.senders.get_mut(&sender) {
            *name = raw.from.or(name.take());
        } else if self.senders < SENDERS_MOST {
            self.senders += 1;
            chat.senders.insert(sender, raw.from);
        }
        Ok(true)
    }
}

struct Reader<'a> {
    wanted: usize,
    at: usize,
    each: &'a mut dyn FnMut(Message) -> ControlFlow<()>,
    skipped: Skipped,
}

impl Visit for Reader<'_> {
    fn chat(&mut self, _: &Chat) -> bool {
        self.at += 1;
        self.at == self.wanted + 1
    }

    fn message(&mut self, raw: Raw) -> Result<bool, String> {
        match raw.kind.as_deref() {
            Some("message") if raw.from_id.is_none() => self.skipped.nobodys += 1,
            Some("message") => return Ok((self.each)(Message::new(raw)?).is_continue()),
            Some("service") => self.skipped.service += 1,
            Some(_) => self.skipped.unknown += 1,
            None => return Err("missing field `type`".into()),
        }
        Ok(true)
    }
}

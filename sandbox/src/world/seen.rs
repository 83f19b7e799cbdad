//! The world seen from outside, for tests and for drawing it: names, not viewers' ids.

use serde::Serialize;
use tokio::sync::broadcast;

use super::chat::Chat;
use super::message::{Body, Message};
use super::state::State;
use super::{ChatKey, Keyboard, MessageKey, UserId, World};

/// Events kept for a slow observer; one that falls behind further is told how many it lost.
pub const SEEN_KEPT: usize = 4096;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Unix seconds.
    pub at: i64,
    /// Where.
    pub chat: ChatKey,
    /// The chat's title; of a private chat both names.
    pub title: String,
    /// Who did it.
    pub by: UserId,
    /// Their name.
    pub name: String,
    /// The message it is about.
    pub message: MessageKey,
    /// What it was.
    pub what: SeenWhat,
}

/// What happened to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenWhat {
    /// It was posted.
    Posted(SeenMessage),
    /// It was edited, and is now so.
    Edited(SeenMessage),
    /// Somebody's reaction changed.
    Reacted {
        /// The emoji now; `None`: taken away.
        emoji: Option<String>,
    },
    /// It was pinned.
    Pinned,
    /// It was unpinned.
    Unpinned,
    /// It was deleted.
    Deleted,
    /// A button under it was tapped.
    Tapped {
        /// The label, where a button has this data.
        button: Option<String>,
        /// The data, as far as it is text.
        data: String,
    },
    /// The bot answered a tap.
    Answered {
        /// The notice.
        text: Option<String>,
        /// As a window.
        alert: bool,
    },
}

/// A message as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks, as a messenger shows them")]
pub struct SeenMessage {
    /// The world's own name of it.
    pub key: MessageKey,
    /// Unix seconds.
    pub date: i64,
    /// The author.
    pub by: UserId,
    /// The author's name.
    pub name: String,
    /// The text; for service messages a sentence in brackets.
    pub text: String,
    /// The message answered.
    pub reply_to: Option<MessageKey>,
    /// The labels of the buttons.
    pub buttons: Vec<Vec<String>>,
    /// Who reacted with what, in the order set.
    pub reactions: Vec<(String, String)>,
    /// Without a notification.
    pub silent: bool,
    /// Pinned now.
    pub pinned: bool,
    /// The name of the file it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Edited at least once.
    pub edited: bool,
    /// "Created", "joined", "pinned", ...
    pub service: bool,
}

impl World {
    /// Everything that happens from now on.
    pub fn watch(&self) -> broadcast::Receiver<Seen> {
        self.inner.seen.subscribe()
    }

    /// A chat as it stands, the oldest message first.
    pub fn transcript(&self, chat: ChatKey) -> Vec<SeenMessage> {
        let state = self.lock();
        let keys = state.chats.get(&chat).map(|chat| chat.messages.as_slice()).unwrap_or_default();
        keys.iter().filter_map(|key| state.messages.get(key)).map(|m| SeenMessage::of(&state, m)).collect()
    }

    /// The private chats in which something was said.
    pub fn private_chats(&self) -> Vec<ChatKey> {
        let state = self.lock();
        let spoken = |(key, chat): &(&ChatKey, &Chat)| !key.is_group() && !chat.messages.is_empty();
        state.chats.iter().filter(spoken).map(|(key, _)| *key).collect()
    }

    /// One message as it stands.
    pub fn seen_message(&self, key: MessageKey) -> Option<SeenMessage> {
        let state = self.lock();
        state.messages.get(&key).map(|message| SeenMessage::of(&state, message))
    }

    /// Shows an event to whoever watches. Called under the lock, so that events keep their order.
    pub(super) fn show(&self, seen: Option<Seen>) {
        if let Some(seen) = seen {
            // Nobody watching is no error.
            let _ = self.inner.seen.send(seen);
        }
    }
}

impl Seen {
    pub(super) fn of(state: &State, key: MessageKey, by: UserId, at: i64, what: SeenWhat) -> Option<Self> {
        let chat = state.messages.get(&key)?.chat;
        let (title, name) = (state.full_title(chat), state.name_of(by));
        Some(Self { at, chat, title, by, name, message: key, what })
    }

    pub(super) fn posted(state: &State, key: MessageKey) -> Option<Self> {
        let message = state.messages.get(&key)?;
        let what = SeenWhat::Posted(SeenMessage::of(state, message));
        Self::of(state, key, message.from, message.date, what)
    }

    pub(super) fn edited(state: &State, key: MessageKey) -> Option<Self> {
        let message = state.messages.get(&key)?;
        let what = SeenWhat::Edited(SeenMessage::of(state, message));
        Self::of(state, key, message.from, message.edited.unwrap_or(message.date), what)
    }
}

impl SeenMessage {
    fn of(state: &State, message: &Message) -> Self {
        Self {
            key: message.key,
            date: message.date,
            by: message.from,
            name: state.name_of(message.from),
            text: state.words(&message.body),
            reply_to: message.reply_to,
            buttons: message.keyboard.as_ref().map(labels).unwrap_or_default(),
            reactions: message.reactions.iter().map(|r| (state.name_of(r.by), r.emoji.clone())).collect(),
            silent: message.silent,
            pinned: message.pinned,
            file: message.document.as_ref().map(|document| document.name.clone()),
            edited: message.edited.is_some(),
            service: message.is_service(),
        }
    }
}

fn labels(keyboard: &Keyboard) -> Vec<Vec<String>> {
    keyboard.rows.iter().map(|row| row.iter().map(|button| button.text.clone()).collect()).collect()
}

impl State {
    fn words(&self, body: &Body) -> String {
        match body {
            Body::Text { text, .. } => text.clone(),
            Body::Created { title, .. } => format!("[created {title}]"),
            Body::Joined { users } => {
                let names: Vec<String> = users.iter().map(|user| self.name_of(*user)).collect();
                format!("[{} joined]", names.join(", "))
            }
            Body::Left { user } => format!("[{} left]", self.name_of(*user)),
            Body::Pinned => "[pinned a message]".to_owned(),
            Body::MigratedTo { .. } => "[became a supergroup]".to_owned(),
            Body::MigratedFrom { .. } => "[was a basic group]".to_owned(),
        }
    }

    fn full_title(&self, chat: ChatKey) -> String {
        match chat {
            ChatKey::Private(a, b) => format!("{} and {}", self.name_of(a), self.name_of(b)),
            _ => self.chats.get(&chat).map(|chat| chat.title.clone()).unwrap_or_default(),
        }
    }
}

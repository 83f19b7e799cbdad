//! A message as one viewer sees it: with the viewer's own ids.

use super::message::Body;
use super::state::State;
use super::{ChatKey, Document, Entity, Extras, Keyboard, MessageKey, Peer, Reaction, UserId};

/// A message as one viewer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageView {
    /// The world's own name of it, never seen on a wire.
    pub key: MessageKey,
    /// The viewer's id of it (shared by all in a supergroup).
    pub id: i32,
    /// The chat, as the viewer names it.
    pub peer: Peer,
    /// Its author.
    pub from: UserId,
    /// Whether the viewer wrote it.
    pub outgoing: bool,
    /// Unix seconds.
    pub date: i64,
    /// Unix seconds of the last edit.
    pub edit_date: Option<i64>,
    /// What it says, or what happened.
    pub content: Content,
    /// The message answered, by the viewer's id; absent where the viewer never had it.
    pub reply_to: Option<i32>,
    /// The message answered or pinned itself, as it was at the same moment; only bots are told of it so.
    pub replied: Option<Box<MessageView>>,
    /// Buttons under it.
    pub keyboard: Option<Keyboard>,
    /// All reactions, in the order they were set.
    pub reactions: Vec<Reaction>,
    /// Sent without a notification.
    pub silent: bool,
    /// Pinned now.
    pub pinned: bool,
    /// The file it carries; the text is its caption.
    pub document: Option<Document>,
    /// What else it carries.
    pub extras: Extras,
}

/// What a message says, or what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Words.
    Text {
        /// The text.
        text: String,
        /// Its formatting, by offset.
        entities: Vec<Entity>,
    },
    /// Something that happened in the chat.
    Service(Service),
}

/// Something that happened in a chat, told as a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Service {
    /// The chat was made.
    Created {
        /// Its title.
        title: String,
        /// Its first members, the maker among them.
        members: Vec<UserId>,
    },
    /// Users came.
    Joined {
        /// Who.
        users: Vec<UserId>,
    },
    /// A user went.
    Left {
        /// Who.
        user: UserId,
    },
    /// A message was pinned.
    Pinned {
        /// The viewer's id of it; absent where the viewer never had it.
        message: Option<i32>,
    },
    /// The basic group became a supergroup.
    MigratedTo {
        /// The supergroup's bare id.
        channel: i64,
    },
    /// The supergroup was a basic group.
    MigratedFrom {
        /// Its title.
        title: String,
        /// The basic group's bare id.
        group: i64,
    },
}

impl MessageView {
    /// The text; empty for service messages.
    pub fn text(&self) -> &str {
        match &self.content {
            Content::Text { text, .. } => text,
            Content::Service(_) => "",
        }
    }
}

impl Body {
    /// What it is to a viewer who calls the message answered or pinned so.
    pub(super) fn content(&self, pinned: Option<i32>) -> Content {
        match self.clone() {
            Self::Text { text, entities } => Content::Text { text, entities },
            Self::Created { title, members } => Content::Service(Service::Created { title, members }),
            Self::Joined { users } => Content::Service(Service::Joined { users }),
            Self::Left { user } => Content::Service(Service::Left { user }),
            Self::MigratedTo { channel } => Content::Service(Service::MigratedTo { channel }),
            Self::MigratedFrom { title, group } => Content::Service(Service::MigratedFrom { title, group }),
            Self::Pinned => Content::Service(Service::Pinned { message: pinned }),
        }
    }
}

impl State {
    /// The message as `viewer` sees it; `None` where the viewer does not have it.
    pub fn view(&self, viewer: UserId, key: MessageKey) -> Option<MessageView> {
        self.snapshot(viewer, key).map(|snapshot| snapshot.view(viewer))
    }

    /// `viewer`'s id of a message.
    pub fn id_for(&self, viewer: UserId, key: MessageKey) -> Option<i32> {
        let message = self.messages.get(&key)?;
        match message.chat {
            ChatKey::Channel(_) => message.shared_id,
            _ => self.mailboxes.get(&viewer)?.id_of(key),
        }
    }
}

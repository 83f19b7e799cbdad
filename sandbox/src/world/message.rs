//! What is said, as the world keeps it.

use super::{ChatKey, Document, Extras, MessageKey, UserId};

/// The longest text, in UTF-16 code units, after entity parsing.
pub const TEXT_LIMIT: usize = 4096;
/// The longest caption of a file, in UTF-16 code units.
pub const CAPTION_LIMIT: usize = 1024;
/// The most entities of one message; more are dropped, as Telegram does.
pub const ENTITIES_LIMIT: usize = 100;
/// The longest callback data, in bytes.
pub const DATA_LIMIT: usize = 64;
/// The longest text that a button copies, in characters.
pub const COPY_LIMIT: usize = 256;
/// The most buttons under one message.
pub const BUTTONS_LIMIT: usize = 100;
/// Messages kept in the whole world; the oldest are forgotten.
pub const MESSAGES_KEPT: usize = 50_000;

/// Formatting of a part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// In UTF-16 code units.
    pub offset: usize,
    /// In UTF-16 code units.
    pub length: usize,
    /// What it is.
    pub kind: EntityKind,
}

/// The kinds of formatting both doors know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "Telegram's own words")]
pub enum EntityKind {
    Mention,
    Hashtag,
    Cashtag,
    BotCommand,
    Url,
    Email,
    Phone,
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Code,
    Pre { language: Option<String> },
    TextLink { url: String },
    TextMention { user: UserId },
    Blockquote { expandable: bool },
    CustomEmoji { id: i64 },
}

/// Rows of buttons under a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keyboard {
    /// Top to bottom, left to right.
    pub rows: Vec<Vec<Button>>,
}

/// One button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// The label.
    pub text: String,
    /// What a tap does.
    pub action: ButtonAction,
}

/// What a tap on a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ButtonAction {
    /// Sends a callback query with these 1 to 64 bytes.
    Callback(Vec<u8>),
    /// Opens an address; the world does nothing.
    Url(String),
    /// Copies these 1 to 256 characters; the world does nothing.
    CopyText(String),
    /// Opens a web app; only in private, and the world does nothing.
    WebApp(String),
    /// Begins an inline query; the world does nothing.
    SwitchInline {
        /// The query, which may be empty.
        query: String,
        /// Where it begins.
        place: InlinePlace,
    },
}

/// Where a button begins an inline query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlinePlace {
    /// In any chat that the person chooses.
    Any,
    /// In the chat of the button.
    Current,
    /// In a chat of certain kinds that the person chooses.
    Chosen(ChosenKinds),
}

/// The kinds of chats among which a person chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, clippy::struct_excessive_bools, reason = "Telegram's own words")]
pub struct ChosenKinds {
    pub users: bool,
    pub bots: bool,
    pub groups: bool,
    pub channels: bool,
}

impl Button {
    /// A button that sends `data`.
    pub fn callback(text: impl Into<String>, data: impl Into<Vec<u8>>) -> Self {
        Self { text: text.into(), action: ButtonAction::Callback(data.into()) }
    }

    /// What a tap sends; `None` for what the client does itself.
    pub fn data(&self) -> Option<&[u8]> {
        match &self.action {
            ButtonAction::Callback(data) => Some(data),
            _ => None,
        }
    }
}

/// Somebody's reaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// Whose.
    pub by: UserId,
    /// The emoji.
    pub emoji: String,
    /// Unix seconds.
    pub date: i64,
}

/// A message to be posted. Ids in it are the author's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// At most [`TEXT_LIMIT`] UTF-16 units; outer blanks are dropped.
    pub text: String,
    /// The author's formatting; commands, mentions, hashtags and links are found by the world.
    pub entities: Vec<Entity>,
    /// The message answered, by the author's id of it.
    pub reply_to: Option<i32>,
    /// Buttons; only bots may send them, others' are dropped.
    pub keyboard: Option<Keyboard>,
    /// Without a notification.
    pub silent: bool,
    /// MTProto's key against sending twice.
    pub random_id: Option<i64>,
    /// A file, kept by [`super::World::keep_file`]; the text is its caption, and may be empty.
    pub document: Option<Document>,
    /// What else it carries; a quote needs `reply_to`.
    pub extras: Extras,
}

impl Draft {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Plain text that answers the author's message `id`.
    pub fn reply(id: i32, text: impl Into<String>) -> Self {
        Self { reply_to: Some(id), ..Self::text(text) }
    }
}

/// A message as the world keeps it.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub key: MessageKey,
    pub chat: ChatKey,
    pub from: UserId,
    /// Unix seconds.
    pub date: i64,
    pub edited: Option<i64>,
    pub body: Body,
    pub reply_to: Option<MessageKey>,
    pub keyboard: Option<Keyboard>,
    pub silent: bool,
    pub reactions: Vec<Reaction>,
    pub pinned: bool,
    pub document: Option<Box<Document>>,
    /// Absent where there are none.
    pub extras: Option<Box<Extras>>,
    /// The shared id, in a supergroup.
    pub shared_id: Option<i32>,
}

/// The content of a kept message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Text {
        text: String,
        entities: Vec<Entity>,
    },
    Created {
        title: String,
        members: Vec<UserId>,
    },
    Joined {
        users: Vec<UserId>,
    },
    Left {
        user: UserId,
    },
    /// What the message answers was pinned.
    Pinned,
    /// In the basic group: where it goes on.
    MigratedTo {
        channel: i64,
    },
    /// In the supergroup: what it was.
    MigratedFrom {
        title: String,
        group: i64,
    },
}

impl Message {
    pub fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    pub fn is_service(&self) -> bool {
        self.text().is_none()
    }
}

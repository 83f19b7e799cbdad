//! What the world refuses, with Telegram's name for it on the MTProto side.

use thiserror::Error;

/// A refusal of the world. The Bot API's wording is the Bot API door's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WorldError {
    /// No such chat or user.
    #[error("there is no such chat")]
    ChatNotFound,
    /// The one who asks left the chat.
    #[error("not a member of this chat")]
    NotMember,
    /// The one who asks was sent away from the chat.
    #[error("sent away from this chat")]
    Kicked,
    /// The message does not exist, or not in this chat.
    #[error("there is no such message in this chat")]
    MessageNotFound,
    /// The message answered does not exist in this chat.
    #[error("the message to be answered was not found")]
    ReplyNotFound,
    /// Nothing is left of the text once outer blanks are dropped.
    #[error("the text is empty")]
    TextEmpty,
    /// The basic group became a supergroup and can only be read.
    #[error("the group became the supergroup {channel}")]
    Migrated {
        /// The supergroup's bare id.
        channel: i64,
    },
    /// The file is empty.
    #[error("the file is empty")]
    FileEmpty,
    /// The file is bigger than the sandbox keeps, or a photo than Telegram takes.
    #[error("the file has {size} bytes, and may have {limit}")]
    FileTooBig {
        /// In bytes.
        size: usize,
        /// In bytes.
        limit: usize,
    },
    /// What was sent as a photo is no picture, or one that Telegram takes for none.
    #[error("this is no picture, or not one that may be a photo")]
    PhotoInvalid,
    /// The caption of a file is longer than 1,024 UTF-16 units.
    #[error("the caption is longer than 1024 UTF-16 units")]
    CaptionTooLong,
    /// More than 4,096 UTF-16 units.
    #[error("the text is longer than 4096 UTF-16 units")]
    TextTooLong,
    /// This account already posted with this `random_id`.
    #[error("this random_id was used before")]
    RandomIdDuplicate,
    /// The edit changes nothing.
    #[error("the edit changes nothing")]
    NotModified,
    /// Only the author may edit; service messages nobody.
    #[error("only its author may edit this message")]
    NotAuthor,
    /// Deleting or pinning needs an administrator here.
    #[error("not enough rights")]
    NotAdmin,
    /// The reaction is not one that may be set.
    #[error("this reaction may not be set")]
    ReactionInvalid,
    /// A bot may not open a private chat.
    #[error("a bot can't initiate a conversation with a user")]
    BotCantInitiate,
    /// The one written to blocks the one who writes.
    #[error("the one written to blocks the one who writes")]
    Blocked,
    /// The one who writes blocks the one written to; `/start` to a bot takes that back.
    #[error("whom one blocks, one can't write to (/start to a bot takes the block back)")]
    YouBlocked,
    /// The bot may not be added to groups.
    #[error("this bot may not be added to groups")]
    BotGroupsBlocked,
    /// The text quoted does not stand in the message answered.
    #[error("the text quoted is not in the message answered")]
    QuoteInvalid,
    /// A bot may not write to a bot in private.
    #[error("a bot can't write to a bot")]
    BotToBot,
    /// Callback data is missing or too long.
    #[error("the button's data is empty or longer than 64 bytes")]
    ButtonDataInvalid,
    /// The address of a button is none.
    #[error("the button's address is none that Telegram takes")]
    ButtonUrlInvalid,
    /// The text that a button copies is empty or too long.
    #[error("the text the button copies is empty or longer than 256 characters")]
    ButtonCopyTextInvalid,
    /// A button that may not stand here: a web app in a group.
    #[error("such a button may not stand in this chat")]
    ButtonTypeInvalid,
    /// More than 100 buttons, or a button without a text.
    #[error("the keyboard has too many buttons or a button without a text")]
    KeyboardInvalid,
    /// The bot did not answer the tap in time.
    #[error("the bot did not answer the tap in time")]
    BotResponseTimeout,
    /// The tap is answered already, too old, or another bot's.
    #[error("the query is too old or unknown")]
    QueryTooOld,
}

impl WorldError {
    /// The `rpc_error` of MTProto: code and message.
    pub fn rpc(&self) -> (i32, &'static str) {
        match self {
            Self::ChatNotFound | Self::Migrated { .. } => (400, "PEER_ID_INVALID"),
            Self::NotMember | Self::Kicked => (403, "CHAT_WRITE_FORBIDDEN"),
            Self::MessageNotFound => (400, "MESSAGE_ID_INVALID"),
            Self::ReplyNotFound => (400, "REPLY_MESSAGE_ID_INVALID"),
            Self::TextEmpty => (400, "MESSAGE_EMPTY"),
            Self::FileEmpty | Self::FileTooBig { .. } => (400, "FILE_PARTS_INVALID"),
            Self::PhotoInvalid => (400, "IMAGE_PROCESS_FAILED"),
            Self::CaptionTooLong => (400, "MEDIA_CAPTION_TOO_LONG"),
            Self::TextTooLong => (400, "MESSAGE_TOO_LONG"),
            Self::Blocked => (400, "USER_IS_BLOCKED"),
            Self::YouBlocked => (400, "YOU_BLOCKED_USER"),
            Self::BotGroupsBlocked => (400, "BOT_GROUPS_BLOCKED"),
            Self::QuoteInvalid => (400, "QUOTE_TEXT_INVALID"),
            Self::ButtonUrlInvalid => (400, "BUTTON_URL_INVALID"),
            Self::ButtonCopyTextInvalid => (400, "BUTTON_COPY_TEXT_INVALID"),
            Self::ButtonTypeInvalid => (400, "BUTTON_TYPE_INVALID"),
            Self::RandomIdDuplicate => (500, "RANDOM_ID_DUPLICATE"),
            Self::NotModified => (400, "MESSAGE_NOT_MODIFIED"),
            Self::NotAuthor => (403, "MESSAGE_AUTHOR_REQUIRED"),
            Self::NotAdmin => (400, "CHAT_ADMIN_REQUIRED"),
            Self::ReactionInvalid => (400, "REACTION_INVALID"),
            Self::BotCantInitiate | Self::BotToBot => (400, "USER_IS_BOT"),
            Self::ButtonDataInvalid => (400, "DATA_INVALID"),
            Self::KeyboardInvalid => (400, "BUTTON_INVALID"),
            Self::BotResponseTimeout => (400, "BOT_RESPONSE_TIMEOUT"),
            Self::QueryTooOld => (400, "QUERY_ID_INVALID"),
        }
    }
}

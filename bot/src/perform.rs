//! What the bot does: one call an effect, told how it ended. No retries, no waits: the scheduler of the shell has them.

use std::time::Duration;

use commands::effect::Button;
use commands::ids::{ChatId, VoiceId};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use teloxide::payloads::{self, setters::*};
use teloxide::requests::Payload;
use teloxide::types::{
    BotCommand, BotCommandScope, CallbackQueryId, InlineKeyboardMarkup, InputFile, LinkPreviewOptions,
    MessageId, ParseMode, ReactionType, Recipient, ReplyParameters,
};

use crate::bot::Bot;
use crate::html::html;
use crate::trouble::Trouble;

/// What a caller is asked to wait where Telegram has not said it.
const PAUSE: Duration = Duration::from_secs(5);
/// What a caller is asked to wait while the token is refused.
const TOKEN_PAUSE: Duration = Duration::from_mins(1);
/// Telegram's limit for the answer to a tap, in characters.
const TAP_LIMIT: usize = 200;

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done, or there was nothing left to do; with the id of the message that was posted.
    Done(Option<VoiceId>),
    /// Not done: try again, not before this has passed.
    RetryAfter(Duration),
    /// Only from [`Bot::post`]: sent, and whether it arrived can't be told (5xx, no answer in time). Look for it
    /// before it is posted again, not before this has passed.
    Unclear(Duration),
    /// The message is gone, or can no longer be changed.
    Gone,
    /// The group is a supergroup now, under this id; message ids of the old one mean nothing there.
    Migrated(ChatId),
    /// It will never succeed; the sentence says why.
    Failed(String),
}

/// A message to post.
#[derive(Clone, Debug)]
pub struct Post<'a> {
    /// Where.
    pub chat: ChatId,
    /// Plain, with backtick-quoted code; at most 4,096 UTF-16 units.
    pub text: &'a str,
    /// The message it answers, in the bot's own numbering; if that is gone the post stands alone.
    pub reply_to: Option<VoiceId>,
    /// Rows of buttons: at most 8 in a row, 100 in all.
    pub buttons: &'a [Vec<Button>],
    /// Whether phones ring.
    pub sound: bool,
}

/// For whom a menu of commands is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MenuScope {
    /// Everybody whom no narrower menu is for.
    Default,
    /// All private chats with the bot.
    PrivateChats,
    /// One chat.
    Chat(ChatId),
}

/// A menu of commands.
#[derive(Clone, Debug)]
pub struct Menu<'a> {
    /// For whom.
    pub scope: MenuScope,
    /// Name (1 to 32 of `a-z0-9_`) and description (1 to 256 characters); at most 100, none removes the menu.
    pub commands: &'a [(&'a str, &'a str)],
}

impl Bot {
    /// Posts a message.
    pub async fn post(&self, post: &Post<'_>) -> Outcome {
        let payload = match self.message(post) {
            Ok(payload) => payload,
            Err(sentence) => return Outcome::Failed(sentence),
        };
        match self.ask(payload).await {
            Ok(message) => Outcome::Done(message_id(&message)),
            Err(Trouble::Unclear(_)) => Outcome::Unclear(PAUSE),
            Err(trouble) => outcome(trouble),
        }
    }

    /// Replaces text and buttons of a message the bot posted; no buttons removes them.
    pub async fn edit(&self, chat: ChatId, message: VoiceId, text: &str, buttons: &[Vec<Button>]) -> Outcome {
        let (text, keyboard) = match (html(text), self.keyboard(chat, buttons)) {
            (Ok(text), Ok(keyboard)) => (text, keyboard),
            (Err(sentence), _) | (_, Err(sentence)) => return Outcome::Failed(sentence),
        };
        let mut payload = payloads::EditMessageText::new(recipient(chat), id(message), text)
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview());
        payload.reply_markup = keyboard;
        self.told(payload).await
    }

    /// Takes the buttons off a message the bot posted.
    pub async fn disarm(&self, chat: ChatId, message: VoiceId) -> Outcome {
        self.told(payloads::EditMessageReplyMarkup::new(recipient(chat), id(message))).await
    }

    /// Pins a message, without a sound.
    pub async fn pin(&self, chat: ChatId, message: VoiceId) -> Outcome {
        let payload = payloads::PinChatMessage::new(recipient(chat), id(message));
        self.told(payload.disable_notification(true)).await
    }

    /// Deletes a message for everybody: the bot's own, or anybody's where the bot is an admin that may.
    pub async fn delete(&self, chat: ChatId, message: VoiceId) -> Outcome {
        self.told(payloads::DeleteMessage::new(recipient(chat), id(message))).await
    }

    /// Sets the bot's one reaction on a message (the bot's own numbering); it replaces the earlier one.
    pub async fn react(&self, chat: ChatId, message: VoiceId, emoji: &str) -> Outcome {
        let reaction = ReactionType::Emoji { emoji: emoji.to_owned() };
        let payload = payloads::SetMessageReaction::new(recipient(chat), id(message));
        self.told(payload.reaction([reaction])).await
    }

    /// Answers a tap, so that its spinner ends. Longer texts are cut at 200 characters.
    pub async fn answer_tap(&self, query: &str, text: Option<&str>, alert: bool) -> Outcome {
        let mut payload = payloads::AnswerCallbackQuery::new(CallbackQueryId(query.to_owned()));
        payload.text = text.map(|text| text.chars().take(TAP_LIMIT).collect());
        payload.show_alert = alert.then_some(true);
        self.told(payload).await
    }

    /// Sets the menu of commands of one scope.
    pub async fn set_menu(&self, menu: &Menu<'_>) -> Outcome {
        let commands = menu.commands.iter();
        let commands = commands.map(|(name, description)| BotCommand::new(*name, *description));
        let payload = payloads::SetMyCommands::new(commands).scope(menu.scope.into());
        self.told(payload).await
    }

    /// Sends a text as a file, silently.
    pub async fn file(&self, chat: ChatId, name: &str, text: &str) -> Outcome {
        let file = InputFile::memory(text.to_owned().into_bytes()).file_name(name.to_owned());
        let payload = payloads::SendDocument::new(recipient(chat), file).disable_notification(true);
        match self.upload(payload).await {
            Ok(()) => Outcome::Done(None),
            Err(Trouble::Unclear(_)) => Outcome::Unclear(PAUSE),
            Err(trouble) => outcome(trouble),
        }
    }

    /// Buttons that hold from now on.
    fn keyboard(&self, chat: ChatId, rows: &[Vec<Button>]) -> Result<Option<InlineKeyboardMarkup>, String> {
        self.signer.keyboard(chat, rows, Timestamp::now())
    }

    fn message(&self, post: &Post<'_>) -> Result<payloads::SendMessage, String> {
        let mut payload = payloads::SendMessage::new(recipient(post.chat), html(post.text)?)
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview())
            .disable_notification(!post.sound);
        payload.reply_parameters =
            post.reply_to.map(|to| ReplyParameters::new(id(to)).allow_sending_without_reply());
        payload.reply_markup = self.keyboard(post.chat, post.buttons)?.map(Into::into);
        Ok(payload)
    }

    async fn told<P: Payload + Serialize + 'static>(&self, payload: P) -> Outcome {
        match self.ask(payload).await {
            Ok(_) => Outcome::Done(None),
            Err(trouble) => outcome(trouble),
        }
    }
}

impl From<MenuScope> for BotCommandScope {
    fn from(scope: MenuScope) -> Self {
        match scope {
            MenuScope::Default => Self::Default,
            MenuScope::PrivateChats => Self::AllPrivateChats,
            MenuScope::Chat(chat) => Self::Chat { chat_id: recipient(chat) },
        }
    }
}

/// Descriptions of refusals after which there is nothing left to do.
const NOTHING_TO_DO: [&str; 3] = ["message is not modified", "query is too old", "query id is invalid"];
/// Descriptions of refusals about a message that is no longer there, or no longer ours to change.
const GONE: [&str; 8] = [
    "message to edit not found",
    "message can't be edited",
    "message to react not found",
    "message to be reacted not found",
    "message to pin not found",
    "message to delete not found",
    "message not found",
    "message_id_invalid",
];

fn outcome(trouble: Trouble) -> Outcome {
    match trouble {
        Trouble::RetryAfter(wait) => Outcome::RetryAfter(wait),
        Trouble::Migrated(chat) => Outcome::Migrated(chat),
        Trouble::Token => Outcome::RetryAfter(TOKEN_PAUSE),
        Trouble::Unreached(_) | Trouble::Unclear(_) | Trouble::Conflict(_) => Outcome::RetryAfter(PAUSE),
        Trouble::Refused(text) => refused(&text),
    }
}

fn refused(text: &str) -> Outcome {
    let folded = text.to_lowercase();
    if NOTHING_TO_DO.iter().any(|said| folded.contains(said)) {
        Outcome::Done(None)
    } else if GONE.iter().any(|said| folded.contains(said)) {
        Outcome::Gone
    } else {
        Outcome::Failed(format!("Telegram refused it: {text}."))
    }
}

fn message_id(message: &Value) -> Option<VoiceId> {
    let id = message["message_id"].as_i64()?;
    Some(VoiceId(i32::try_from(id).ok()?))
}

fn recipient(chat: ChatId) -> Recipient {
    Recipient::Id(teloxide::types::ChatId(chat.0))
}

fn id(message: VoiceId) -> MessageId {
    MessageId(message.0)
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

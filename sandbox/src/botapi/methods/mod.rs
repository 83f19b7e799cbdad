//! The methods, one file for each thing they are about.

mod chats;
mod commands;
mod documents;
mod known;
mod messages;
mod reactions;
mod sessions;
mod taps;
mod webhooks;

use super::answer::{ApiError, Reply};
use super::{Call, render};

pub(super) use commands::Menus;
pub(super) use sessions::Sessions;

#[cfg(test)]
pub(super) use known::{HERE as ALL, TELEGRAMS};
pub(crate) use known::{name_of, names, names_a_chat};

impl Call {
    /// Runs the method of this (lower-case) name.
    pub async fn run(&self, method: &str) -> Result<Reply, ApiError> {
        self.nothing_from_elsewhere()?;
        match method {
            "getupdates" => self.get_updates().await,
            "setwebhook" => return self.set_webhook(),
            "deletewebhook" => return Ok(self.delete_webhook()),
            "getwebhookinfo" => Ok(self.get_webhook_info()),
            "getme" => Ok(render::me(&self.bot)),
            "logout" => Ok(self.log_out()),
            "close" => self.close(),
            "sendmessage" => self.send_message(),
            "senddocument" => self.send_document(),
            "sendphoto" => self.send_photo(),
            "getfile" => self.get_file(),
            "editmessagetext" => self.edit_message_text(),
            "editmessagecaption" => self.edit_message_caption(),
            "editmessagereplymarkup" => self.edit_message_reply_markup(),
            "deletemessage" => self.delete_message(),
            "pinchatmessage" => self.pin_chat_message(),
            "unpinchatmessage" => self.unpin_chat_message(),
            "setmessagereaction" => self.set_message_reaction(),
            "answercallbackquery" => self.answer_callback_query(),
            "setmycommands" => self.set_my_commands(),
            "getmycommands" => self.get_my_commands(),
            "deletemycommands" => self.delete_my_commands(),
            "getchat" => self.get_chat(),
            "getchatmember" => self.get_chat_member(),
            "getchatmembercount" => self.get_chat_member_count(),
            "getchatadministrators" => self.get_chat_administrators(),
            "sendchataction" => self.send_chat_action(),
            "leavechat" => self.leave_chat(),
            _ => {
                tracing::warn!(method, "a Bot API method the sandbox does not know");
                Err(known::telegrams(method).map_or_else(ApiError::no_method, ApiError::not_here))
            }
        }
        .map(Reply::from)
    }
}

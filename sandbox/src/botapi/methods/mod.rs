//! The methods, one file for each thing they are about.

mod chats;
mod commands;
mod messages;
mod reactions;
mod taps;

use serde_json::{Value, json};

use super::answer::ApiError;
use super::{Call, render};

impl Call {
    /// Runs the method of this (lower-case) name.
    pub async fn run(&self, method: &str) -> Result<Value, ApiError> {
        match method {
            "getupdates" => self.get_updates().await,
            "getme" => Ok(render::me(&self.bot)),
            "deletewebhook" => Ok(self.delete_webhook()),
            "getwebhookinfo" => Ok(self.get_webhook_info()),
            "sendmessage" => self.send_message(),
            "editmessagetext" => self.edit_message_text(),
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
            _ => {
                tracing::warn!(method, "a Bot API method the sandbox does not know");
                Err(ApiError::no_method())
            }
        }
    }

    fn delete_webhook(&self) -> Value {
        if self.params.flag("drop_pending_updates") {
            self.door.world().drop_updates(self.bot.id);
        }
        json!(true)
    }

    fn get_webhook_info(&self) -> Value {
        let world = self.door.world();
        let mut info = json!({
            "url": "",
            "has_custom_certificate": false,
            "pending_update_count": world.pending_updates(self.bot.id),
        });
        let allowed = world.allowed_updates(self.bot.id);
        if !allowed.is_empty() {
            info["allowed_updates"] = json!(allowed);
        }
        info
    }
}

//! The inline buttons under a message: what can be tapped, and the data a tap sends.

use commands::ids::ChatId;
use grammers_tl_types::enums::messages::Messages;
use grammers_tl_types::enums::{
    InlineButtonType, KeyboardInlineButton, KeyboardInlineButtonRow, Message, ReplyMarkup,
};
use grammers_tl_types::functions;

use super::account::Account;
use super::call::CallError;

impl Account {
    /// The buttons under a message that send data when tapped: label and data, in reading order. A message without
    /// buttons has none; a message that is gone is `Refused` with `MESSAGE_ID_INVALID`.
    pub async fn buttons(&self, chat: ChatId, id: i32) -> Result<Vec<(String, Vec<u8>)>, CallError> {
        let request = functions::messages::GetHistory {
            peer: self.shared.input_peer(chat).await?,
            offset_id: id.saturating_add(1),
            offset_date: 0,
            add_offset: 0,
            limit: 1,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let messages = match self.shared.caller.call(&request).await? {
            Messages::Messages(found) => found.messages,
            Messages::Slice(found) => found.messages,
            Messages::ChannelMessages(found) => found.messages,
            Messages::NotModified(_) => Vec::new(),
        };
        let found = messages.into_iter().find_map(|message| match message {
            Message::Message(message) if message.id == id => Some(message.reply_markup),
            _ => None,
        });
        match found {
            None => Err(CallError::refused("MESSAGE_ID_INVALID")),
            Some(Some(ReplyMarkup::ReplyInlineMarkup(markup))) => {
                Ok(markup.rows.into_iter().flat_map(row).collect())
            }
            Some(_) => Ok(Vec::new()),
        }
    }
}

fn row(row: KeyboardInlineButtonRow) -> impl Iterator<Item = (String, Vec<u8>)> {
    let KeyboardInlineButtonRow::Row(row) = row;
    row.buttons.into_iter().filter_map(|KeyboardInlineButton::Button(button)| match button.r#type {
        InlineButtonType::Callback(callback) => Some((button.text, callback.data)),
        _ => None,
    })
}

//! The inline buttons under a message: what can be tapped, and the data a tap sends.

use commands::ids::ChatId;
use grammers_tl_types::enums::{
    InlineButtonType, KeyboardInlineButton, KeyboardInlineButtonRow, ReplyMarkup,
};

use super::account::Account;
use super::call::CallError;
use super::history;

impl Account {
    /// The buttons under a message that send data when tapped: label and data, in reading order. A message without
    /// buttons has none; a message that is gone is `Refused` with `MESSAGE_ID_INVALID`.
    pub async fn buttons(&self, chat: ChatId, id: i32) -> Result<Vec<(String, Vec<u8>)>, CallError> {
        let peer = self.shared.input_peer(chat).await?;
        let page = history::page(&self.shared.caller, peer, id.saturating_add(1), 1).await?;
        let message = page.messages.into_iter().find(|message| message.id == id);
        match message.ok_or_else(|| CallError::refused("MESSAGE_ID_INVALID"))?.reply_markup {
            Some(ReplyMarkup::ReplyInlineMarkup(markup)) => {
                Ok(markup.rows.into_iter().flat_map(row).collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The button of that label in a chat: under a message, or under the newest that has one, among the last 100. Its
    /// message and what it sends.
    pub async fn button(
        &self,
        chat: ChatId,
        message: Option<i32>,
        label: &str,
    ) -> Result<Option<(i32, Vec<u8>)>, CallError> {
        let peer = self.shared.input_peer(chat).await?;
        let (before, limit) = message.map_or((0, history::PAGE), |id| (id.saturating_add(1), 1));
        let page = history::page(&self.shared.caller, peer, before, limit).await?;
        let wanted = label.trim().to_lowercase();
        let asked = page.messages.into_iter().filter(|found| message.is_none_or(|id| id == found.id));
        let mut buttons = asked.flat_map(|found| {
            let markup = match found.reply_markup {
                Some(ReplyMarkup::ReplyInlineMarkup(markup)) => markup.rows,
                _ => Vec::new(),
            };
            markup.into_iter().flat_map(row).map(move |(label, data)| (found.id, label, data))
        });
        let named = buttons.find(|(_, label, _)| label.trim().to_lowercase() == wanted);
        Ok(named.map(|(id, _, data)| (id, data)))
    }
}

fn row(row: KeyboardInlineButtonRow) -> impl Iterator<Item = (String, Vec<u8>)> {
    let KeyboardInlineButtonRow::Row(row) = row;
    row.buttons.into_iter().filter_map(|KeyboardInlineButton::Button(button)| match button.r#type {
        InlineButtonType::Callback(callback) => Some((button.text, callback.data)),
        _ => None,
    })
}

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
        let asked = page.messages.into_iter().filter(|found| message.is_none_or(|id| id == found.id));
        let buttons: Vec<_> = asked
            .flat_map(|found| {
                let markup = match found.reply_markup {
                    Some(ReplyMarkup::ReplyInlineMarkup(markup)) => markup.rows,
                    _ => Vec::new(),
                };
                markup.into_iter().flat_map(row).map(move |(label, data)| (found.id, label, data))
            })
            .collect();
        Ok(named(buttons, label))
    }
}

/// The first button that says this, in any case; else the first whose words are these without what stands before them
/// (an emoji), where its message has no second one.
fn named(buttons: Vec<(i32, String, Vec<u8>)>, wanted: &str) -> Option<(i32, Vec<u8>)> {
    let (exact, bare) = (wanted.trim().to_lowercase(), words(wanted));
    let says = |label: &str| label.trim().to_lowercase() == exact;
    let means = |label: &str| !bare.is_empty() && words(label) == bare;
    let at = buttons.iter().position(|(_, label, _)| says(label)).or_else(|| {
        let first = buttons.iter().position(|(_, label, _)| means(label))?;
        let beside = buttons.iter().filter(|(id, label, _)| *id == buttons[first].0 && means(label)).count();
        (beside == 1).then_some(first)
    })?;
    buttons.into_iter().nth(at).map(|(id, _, data)| (id, data))
}

/// A label from its first letter or digit on.
fn words(label: &str) -> String {
    label.trim_matches(|sign: char| !sign.is_alphanumeric()).to_lowercase()
}

fn row(row: KeyboardInlineButtonRow) -> impl Iterator<Item = (String, Vec<u8>)> {
    let KeyboardInlineButtonRow::Row(row) = row;
    row.buttons.into_iter().filter_map(|KeyboardInlineButton::Button(button)| match button.r#type {
        InlineButtonType::Callback(callback) => Some((button.text, callback.data)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_is_named_by_its_words() {
        let all = || {
            [
                (9, "🔄 Refresh"),
                (9, "🔒 Claims"),
                (8, "Refresh"),
                (7, "✅ Take it"),
                (7, "❌ Take it"),
                (6, "🔄"),
            ]
            .map(|(id, label): (i32, &str)| (id, label.to_owned(), label.as_bytes().to_vec()))
            .to_vec()
        };
        let found = |wanted| named(all(), wanted).map(|(id, _)| id);
        assert_eq!(found("claims"), Some(9));
        assert_eq!(found("Refresh"), Some(8), "what says just that goes first");
        assert_eq!(found("🔄 refresh"), Some(9));
        assert_eq!(found("take it"), None, "which of the two?");
        assert_eq!(found("🔄"), Some(6));
        assert_eq!((found("gone"), found("")), (None, None));
    }
}

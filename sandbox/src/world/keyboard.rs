//! Which buttons a message may have.

use super::message::{BUTTONS_LIMIT, COPY_LIMIT, DATA_LIMIT};
use super::state::State;
use super::{ButtonAction, ChatKey, Keyboard, UserId, WorldError};

impl State {
    /// Checks a bot's keyboard; people have none.
    pub fn keyboard_of(
        &self,
        author: UserId,
        chat: ChatKey,
        keyboard: Option<Keyboard>,
    ) -> Result<Option<Keyboard>, WorldError> {
        let Some(keyboard) = keyboard.filter(|_| self.is_bot(author)) else {
            return Ok(None);
        };
        let mut buttons = keyboard.rows.iter().flatten();
        if buttons.clone().count() > BUTTONS_LIMIT || buttons.clone().any(|button| button.text.is_empty()) {
            return Err(WorldError::KeyboardInvalid);
        }
        buttons.try_for_each(|button| check(&button.action, chat))?;
        let is_empty = keyboard.rows.iter().all(Vec::is_empty);
        Ok(Some(keyboard).filter(|_| !is_empty))
    }
}

fn check(action: &ButtonAction, chat: ChatKey) -> Result<(), WorldError> {
    match action {
        ButtonAction::Callback(data) if data.is_empty() || data.len() > DATA_LIMIT => {
            Err(WorldError::ButtonDataInvalid)
        }
        ButtonAction::Url(url) | ButtonAction::WebApp(url) if !is_address(url) => {
            Err(WorldError::ButtonUrlInvalid)
        }
        ButtonAction::CopyText(text) if !(1..=COPY_LIMIT).contains(&text.chars().count()) => {
            Err(WorldError::ButtonCopyTextInvalid)
        }
        ButtonAction::WebApp(_) if chat.is_group() => Err(WorldError::ButtonTypeInvalid),
        _ => Ok(()),
    }
}

/// The longest address, in bytes.
const ADDRESS_LIMIT: usize = 2048;

/// What Telegram's server takes for an address: a known scheme, and a host of nothing but its characters.
fn is_address(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = |c: char| c.is_alphanumeric() || "-._:@[]%".contains(c);
    let is_known = ["http", "https", "tg", "ton", "tonsite"].contains(&scheme.to_ascii_lowercase().as_str());
    is_known && url.len() <= ADDRESS_LIMIT && !host.is_empty() && host.chars().all(is_host)
}

//! Buttons under a message.

use grammers_tl_types::{enums, types};

use crate::world::{Button, ButtonAction, Keyboard};

/// An inline keyboard.
pub fn keyboard(keyboard: &Keyboard) -> enums::ReplyMarkup {
    let row = |buttons: &Vec<Button>| {
        types::KeyboardInlineButtonRow { buttons: buttons.iter().map(button).collect() }.into()
    };
    types::ReplyInlineMarkup { force_reply: false, rows: keyboard.rows.iter().map(row).collect() }.into()
}

fn button(button: &Button) -> enums::KeyboardInlineButton {
    let kind = match &button.action {
        ButtonAction::Callback(data) => {
            types::InlineButtonTypeCallback { requires_password: false, data: data.clone() }.into()
        }
        ButtonAction::Url(url) => types::InlineButtonTypeUrl { url: url.clone() }.into(),
    };
    types::KeyboardInlineButton { style: None, text: button.text.clone(), r#type: kind }.into()
}

//! Buttons under a message.

use grammers_tl_types::{enums, types};

use crate::world::{Button, ButtonAction, ChosenKinds, InlinePlace, Keyboard};

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
        ButtonAction::WebApp(url) => types::InlineButtonTypeWebView { url: url.clone() }.into(),
        ButtonAction::CopyText(text) => types::InlineButtonTypeCopy { copy_text: text.clone() }.into(),
        ButtonAction::SwitchInline { query, place } => types::InlineButtonTypeSwitchInline {
            same_peer: *place == InlinePlace::Current,
            query: query.clone(),
            peer_types: match place {
                InlinePlace::Chosen(kinds) => Some(peer_types(*kinds)),
                InlinePlace::Any | InlinePlace::Current => None,
            },
        }
        .into(),
    };
    types::KeyboardInlineButton { style: None, text: button.text.clone(), r#type: kind }.into()
}

fn peer_types(kinds: ChosenKinds) -> Vec<enums::InlineQueryPeerType> {
    use enums::InlineQueryPeerType as P;
    let named = [
        (kinds.users, P::Pm),
        (kinds.bots, P::BotPm),
        (kinds.groups, P::Chat),
        (kinds.groups, P::Megagroup),
        (kinds.channels, P::Broadcast),
    ];
    named.into_iter().filter(|(on, _)| *on).map(|(_, kind)| kind).collect()
}

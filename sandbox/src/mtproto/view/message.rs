//! Messages.

use grammers_tl_types::{enums, types};

use super::document::media;
use super::keyboard::keyboard;
use super::{count, date, entities_to_tl, peer, reactions};
use crate::world::{Content, MessageView, Peer, Quote, Service, UserId};

/// A message as `viewer` sees it.
pub fn message(view: &MessageView, viewer: UserId) -> enums::Message {
    match &view.content {
        Content::Text { text, entities } => {
            let entities = entities_to_tl(entities);
            enums::Message::Message(text_message(view, viewer, text, entities))
        }
        Content::Service(service) => enums::Message::Service(service_message(view, viewer, service)),
    }
}

fn text_message(
    view: &MessageView,
    viewer: UserId,
    text: &str,
    entities: Option<Vec<enums::MessageEntity>>,
) -> types::Message {
    types::Message {
        out: view.outgoing,
        silent: view.silent,
        pinned: view.pinned,
        id: view.id,
        from_id: author(view),
        reply_to: view.reply_to.map(|id| reply_header(id, view.extras.quote.as_ref())),
        noforwards: view.extras.protected,
        invert_media: view.extras.caption_above
            || view.extras.preview.as_ref().is_some_and(|preview| preview.show_above_text),
        date: date(view.date),
        message: text.to_owned(),
        media: view.document.as_ref().map(|file| media(file, viewer, view.extras.spoiler)),
        reply_markup: view.keyboard.as_ref().map(keyboard),
        entities,
        edit_date: view.edit_date.map(date),
        reactions: reactions_of(view, viewer),
        ..nothing(peer(view.peer))
    }
}

fn service_message(view: &MessageView, viewer: UserId, service: &Service) -> types::MessageService {
    types::MessageService {
        out: view.outgoing,
        mentioned: false,
        media_unread: false,
        reactions_are_possible: true,
        silent: view.silent,
        post: false,
        legacy: false,
        id: view.id,
        from_id: author(view),
        peer_id: peer(view.peer),
        saved_peer_id: None,
        reply_to: pinned_in(service).or(view.reply_to).map(|id| reply_header(id, None)),
        date: date(view.date),
        action: action(view, service),
        reactions: reactions_of(view, viewer),
        ttl_period: None,
    }
}

/// In private chats only one's own messages name their author.
fn author(view: &MessageView) -> Option<enums::Peer> {
    let named = view.outgoing || !matches!(view.peer, Peer::User(_));
    named.then(|| peer(Peer::User(view.from)))
}

fn reactions_of(view: &MessageView, viewer: UserId) -> Option<enums::MessageReactions> {
    let in_group = !matches!(view.peer, Peer::User(_));
    (!view.reactions.is_empty()).then(|| reactions(&view.reactions, viewer, in_group))
}

/// The message that a pin tells of.
fn pinned_in(service: &Service) -> Option<i32> {
    match service {
        Service::Pinned { message } => *message,
        _ => None,
    }
}

fn action(view: &MessageView, service: &Service) -> enums::MessageAction {
    let ids = |users: &[UserId]| users.iter().map(|user| user.0).collect();
    match service {
        Service::Created { title, .. } if matches!(view.peer, Peer::Channel(_)) => {
            types::MessageActionChannelCreate { title: title.clone() }.into()
        }
        Service::Created { title, members } => {
            types::MessageActionChatCreate { title: title.clone(), users: ids(members) }.into()
        }
        Service::Joined { users } => types::MessageActionChatAddUser { users: ids(users) }.into(),
        Service::Left { user } => types::MessageActionChatDeleteUser { user_id: user.0 }.into(),
        Service::Pinned { .. } => enums::MessageAction::PinMessage,
        Service::MigratedTo { channel } => types::MessageActionChatMigrateTo { channel_id: *channel }.into(),
        Service::MigratedFrom { title, group } => {
            types::MessageActionChannelMigrateFrom { title: title.clone(), chat_id: *group }.into()
        }
    }
}

fn reply_header(id: i32, quote: Option<&Quote>) -> enums::MessageReplyHeader {
    types::MessageReplyHeader {
        reply_to_msg_id: Some(id),
        quote: quote.is_some(),
        quote_text: quote.map(|quote| quote.text.clone()),
        quote_entities: quote.and_then(|quote| entities_to_tl(&quote.entities)),
        quote_offset: quote.map(|quote| count(quote.position)),
        ..super::blank()
    }
    .into()
}

/// A message with nothing in it.
fn nothing(peer_id: enums::Peer) -> types::Message {
    types::Message {
        out: false,
        mentioned: false,
        media_unread: false,
        silent: false,
        post: false,
        from_scheduled: false,
        legacy: false,
        edit_hide: false,
        pinned: false,
        noforwards: false,
        invert_media: false,
        offline: false,
        video_processing_pending: false,
        paid_suggested_post_stars: false,
        paid_suggested_post_ton: false,
        id: 0,
        from_id: None,
        from_boosts_applied: None,
        from_rank: None,
        peer_id,
        saved_peer_id: None,
        fwd_from: None,
        via_bot_id: None,
        via_business_bot_id: None,
        guestchat_via_from: None,
        reply_to: None,
        date: 0,
        message: String::new(),
        media: None,
        reply_markup: None,
        entities: None,
        views: None,
        forwards: None,
        replies: None,
        edit_date: None,
        post_author: None,
        grouped_id: None,
        reactions: None,
        restriction_reason: None,
        ttl_period: None,
        quick_reply_shortcut_id: None,
        effect: None,
        factcheck: None,
        report_delivery_until_date: None,
        paid_message_stars: None,
        suggested_post: None,
        schedule_repeat_period: None,
        summary_from_language: None,
        rich_message: None,
    }
}

//! What reaches the message boxes: other channels are left out, and what they could not digest is made harmless.

use grammers_session::updates::UpdatesLike;
use grammers_tl_types::enums::{Message, Peer, Update, Updates};

/// Takes the updates of channels other than the group out; the counters of the account itself keep every step.
pub(super) fn sift(like: UpdatesLike, group: Option<i64>) -> UpdatesLike {
    match like {
        UpdatesLike::Updates(mut updates) => {
            match &mut updates {
                Updates::Updates(some) => keep(&mut some.updates, group),
                Updates::Combined(some) => keep(&mut some.updates, group),
                Updates::UpdateShort(one) => {
                    if let Some(update) = sifted(one.update.clone(), group) {
                        one.update = update;
                    } else {
                        one.update = Update::PtsChanged;
                    }
                }
                _ => {}
            }
            UpdatesLike::Updates(updates)
        }
        other => other,
    }
}

/// The same for a plain list. An empty one would not move `seq`, so it keeps one update that says nothing.
pub(super) fn keep(updates: &mut Vec<Update>, group: Option<i64>) {
    let all = std::mem::take(updates);
    updates.extend(all.into_iter().filter_map(|update| sifted(update, group)));
    if updates.is_empty() {
        updates.push(Update::PtsChanged);
    }
}

fn sifted(mut update: Update, group: Option<i64>) -> Option<Update> {
    if let Update::ChannelTooLong(too_long) = &mut update {
        // With a pts the boxes would jump to it, over everything that was missed.
        too_long.pts = None;
    }
    let ours = channel_of_update(&update).is_none_or(|channel| group == Some(channel));
    (ours && !is_malformed(&update)).then_some(update)
}

/// The channel whose counter an update belongs to.
fn channel_of_update(update: &Update) -> Option<i64> {
    match update {
        Update::NewChannelMessage(u) => channel_of_message(&u.message),
        Update::EditChannelMessage(u) => channel_of_message(&u.message),
        Update::ChannelTooLong(u) => Some(u.channel_id),
        Update::ReadChannelInbox(u) => Some(u.channel_id),
        Update::DeleteChannelMessages(u) => Some(u.channel_id),
        Update::ChannelWebPage(u) => Some(u.channel_id),
        Update::PinnedChannelMessages(u) => Some(u.channel_id),
        _ => None,
    }
}

/// Updates of the account's own counter that name a channel: grammers panics on them.
fn is_malformed(update: &Update) -> bool {
    match update {
        Update::NewMessage(u) => channel_of_message(&u.message).is_some(),
        Update::EditMessage(u) => channel_of_message(&u.message).is_some(),
        Update::ReadHistoryInbox(u) => matches!(u.peer, Peer::Channel(_)),
        Update::ReadHistoryOutbox(u) => matches!(u.peer, Peer::Channel(_)),
        Update::PinnedMessages(u) => matches!(u.peer, Peer::Channel(_)),
        _ => false,
    }
}

fn channel_of_message(message: &Message) -> Option<i64> {
    let peer = match message {
        Message::Empty(message) => message.peer_id.as_ref()?,
        Message::Message(message) => &message.peer_id,
        Message::Service(message) => &message.peer_id,
    };
    match peer {
        Peer::Channel(channel) => Some(channel.channel_id),
        Peer::User(_) | Peer::Chat(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_tl_types::types;

    const GROUP: Option<i64> = Some(5);

    fn new_message(channel_id: i64) -> Update {
        let peer = types::PeerChannel { channel_id };
        let message = types::MessageEmpty { id: 1, peer_id: Some(peer.into()) };
        types::UpdateNewChannelMessage { message: message.into(), pts: 2, pts_count: 1 }.into()
    }

    fn too_long(channel_id: i64) -> Update {
        types::UpdateChannelTooLong { channel_id, pts: Some(99) }.into()
    }

    #[test]
    fn other_channels_are_left_out() {
        let mut updates = vec![new_message(5), new_message(6), too_long(6)];
        keep(&mut updates, GROUP);
        assert_eq!(updates, [new_message(5)]);
    }

    #[test]
    fn a_container_never_becomes_empty() {
        let mut updates = vec![new_message(6)];
        keep(&mut updates, GROUP);
        assert_eq!(updates, [Update::PtsChanged]);
        keep(&mut updates, None);
        assert_eq!(updates, [Update::PtsChanged]);
    }

    #[test]
    fn a_long_gap_does_not_jump_over_what_was_missed() {
        let mut updates = vec![too_long(5)];
        keep(&mut updates, GROUP);
        assert_eq!(updates, [types::UpdateChannelTooLong { channel_id: 5, pts: None }.into()]);
    }

    #[test]
    fn what_would_make_grammers_panic_is_left_out() {
        let Update::NewChannelMessage(channel) = new_message(5) else { unreachable!() };
        let wrong = types::UpdateNewMessage { message: channel.message, pts: 2, pts_count: 1 };
        let mut updates = vec![wrong.into()];
        keep(&mut updates, GROUP);
        assert_eq!(updates, [Update::PtsChanged]);
    }
}

//! From Telegram's types to the mesh's words, once and for all.

use commands::grammar::Said;
use commands::ids::{ChatId, Ear, MessageRef, UserId, fingerprint};
use commands::input::{Door, Heard, Input, Reacted, What};
use grammers_tl_types::enums::{MessageEntity, MessageReplyHeader, Peer};
use grammers_tl_types::types::Message;
use jiff::Timestamp;

use super::peers::{Peers, SERVICE, channel_of, chat_id};
use super::reactions::Change;

/// What this ear listens to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    /// Whose ear it is.
    pub(super) me: UserId,
    /// The group.
    pub(super) group: ChatId,
    /// The basic group that it was: what was said there may yet be heard.
    pub(super) former: Option<ChatId>,
    /// Whether the group is heard.
    pub(super) listens: bool,
    /// Whether private chats are heard too.
    pub(super) private: bool,
}

impl Scope {
    /// The ear's name in message ids.
    pub(super) fn ear(&self) -> Ear {
        Ear::Account(self.me.0)
    }

    /// The group, where it is a supergroup that is heard: it has a counter of its own.
    pub(super) fn channel(&self) -> Option<i64> {
        channel_of(self.group).filter(|_| self.listens)
    }

    /// The door of a chat; none where nothing is heard.
    pub(super) fn door(&self, chat: ChatId) -> Option<Door> {
        if chat == self.group || Some(chat) == self.former {
            self.listens.then_some(Door::Ear)
        } else if self.private && chat.is_private() && chat.0 != SERVICE && chat.0 != self.me.0 {
            Some(Door::Dm)
        } else {
            None
        }
    }
}

/// Telegram's seconds.
pub(super) fn instant(date: i32) -> Timestamp {
    Timestamp::from_second(i64::from(date)).unwrap_or_default()
}

/// Who sent a message: in private chats and for anonymous senders Telegram leaves it to be told from the chat.
pub(super) fn sender_of(message: &Message, me: UserId) -> UserId {
    match (&message.from_id, &message.peer_id) {
        (Some(from), _) => UserId(chat_id(from).0),
        (None, Peer::User(_) | Peer::Chat(_)) if message.out => me,
        (None, peer) => UserId(chat_id(peer).0),
    }
}

/// The message that a message answers, in the same chat.
pub(super) fn reply_of(message: &Message) -> Option<i32> {
    let Some(MessageReplyHeader::Header(header)) = &message.reply_to else { return None };
    let elsewhere = header.reply_to_peer_id.as_ref().is_some_and(|peer| *peer != message.peer_id);
    // In a forum, a message that answers nothing still names its topic.
    let topic = header.forum_topic && header.reply_to_top_id.is_none();
    header.reply_to_msg_id.filter(|_| !elsewhere && !topic)
}

/// A message as the mesh hears it; none where the ear does not listen.
pub(super) fn heard(
    scope: &Scope,
    peers: &Peers,
    message: &Message,
    edited: bool,
    reply_to_from: Option<UserId>,
) -> Option<Input> {
    let chat = chat_id(&message.peer_id);
    let door = scope.door(chat)?;
    let from = sender_of(message, scope.me);
    let at = instant(message.date);
    let what = What::Heard(Heard {
        door,
        message: MessageRef {
            ear: scope.ear(),
            chat,
            id: message.id,
            from,
            at,
            print: fingerprint(&message.message),
        },
        sender: peers.sender(from),
        said: Said::from_utf16(&message.message, &quoted(message.entities.as_deref().unwrap_or_default())),
        reply_to: reply_of(message),
        reply_to_from,
        edited,
        forwarded: message.fwd_from.is_some(),
        heard_at: at,
    });
    let at = if edited { message.edit_date.map_or(at, instant) } else { at };
    Some(Input { at, what })
}

/// Where code, preformatted text and quotes stand, in UTF-16 units.
fn quoted(entities: &[MessageEntity]) -> Vec<(i32, i32)> {
    let range = |entity: &MessageEntity| match entity {
        MessageEntity::Code(code) => Some((code.offset, code.length)),
        MessageEntity::Pre(pre) => Some((pre.offset, pre.length)),
        MessageEntity::Blockquote(quote) => Some((quote.offset, quote.length)),
        _ => None,
    };
    entities.iter().filter_map(range).collect()
}

/// A change of somebody's reactions as the mesh hears it; `noticed` where Telegram gives no date.
pub(super) fn reacted(scope: &Scope, chat: ChatId, id: i32, change: Change, noticed: i32) -> Input {
    Input {
        at: instant(change.date.unwrap_or(noticed)),
        what: What::Reacted(Reacted {
            ear: scope.ear(),
            chat,
            message: id,
            from: change.from,
            emoji: change.emoji,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commands::input::SenderKind;
    use grammers_tl_types::{Deserializable, Serializable, types};

    const SCOPE: Scope =
        Scope { me: UserId(9), group: ChatId(-5), former: None, listens: true, private: true };

    fn message(peer: &Peer, from: Option<i64>, text: &str) -> Message {
        // All flags off; then what the test is about.
        let mut bytes = Vec::new();
        0_u32.serialize(&mut bytes);
        0_u32.serialize(&mut bytes);
        3_i32.serialize(&mut bytes);
        peer.serialize(&mut bytes);
        1_000_i32.serialize(&mut bytes);
        text.to_owned().serialize(&mut bytes);
        let mut message = Message::from_bytes(&bytes).unwrap();
        message.from_id = from.map(|user_id| types::PeerUser { user_id }.into());
        message
    }

    fn group() -> Peer {
        types::PeerChat { chat_id: 5 }.into()
    }

    fn user(user_id: i64) -> Peer {
        types::PeerUser { user_id }.into()
    }

    fn hear(scope: &Scope, message: &Message) -> Option<Heard> {
        match heard(scope, &Peers::new(), message, false, None)?.what {
            What::Heard(heard) => Some(heard),
            _ => None,
        }
    }

    /// A reply to message 41 of the group; in a forum, with the topic's first message where it is not that itself.
    fn reply(forum_topic: bool, reply_to_top_id: Option<i32>) -> Message {
        let header = types::MessageReplyHeader {
            forum_topic,
            reply_to_top_id,
            reply_to_msg_id: Some(41),
            reply_to_scheduled: false,
            quote: false,
            reply_to_ephemeral: false,
            reply_to_peer_id: None,
            reply_from: None,
            reply_media: None,
            quote_text: None,
            quote_entities: None,
            quote_offset: None,
            todo_item_id: None,
            poll_option: None,
        };
        let mut said = message(&group(), Some(7), "stand down");
        said.reply_to = Some(header.into());
        said
    }

    #[test]
    fn whoever_writes_in_a_topic_answers_nobody_by_that() {
        assert_eq!(reply_of(&reply(false, None)), Some(41), "a reply outside of topics");
        assert_eq!(reply_of(&reply(true, None)), None, "in topic 41, to nobody");
        assert_eq!(reply_of(&reply(true, Some(40))), Some(41), "in topic 40, to message 41");
        let mut elsewhere = reply(false, None);
        if let Some(MessageReplyHeader::Header(header)) = &mut elsewhere.reply_to {
            header.reply_to_peer_id = Some(user(8));
        }
        assert_eq!(reply_of(&elsewhere), None, "to a message of another chat");
    }

    #[test]
    fn the_group_is_the_ears_door() {
        let heard = hear(&SCOPE, &message(&group(), Some(7), "hello")).unwrap();
        assert_eq!(heard.door, Door::Ear);
        assert_eq!(heard.message.ear, Ear::Account(9));
        assert_eq!((heard.message.chat, heard.message.id), (ChatId(-5), 3));
        assert_eq!(heard.message.from, UserId(7));
        assert_eq!(heard.message.at.as_second(), 1_000);
        assert_eq!(heard.sender.kind, SenderKind::Person);
    }

    #[test]
    fn private_chats_are_heard_by_a_dedicated_account_only() {
        let said = message(&user(7), None, "status");
        assert_eq!(hear(&SCOPE, &said).unwrap().door, Door::Dm);
        assert_eq!(hear(&SCOPE, &said).unwrap().message.from, UserId(7));
        let personal = Scope { private: false, ..SCOPE };
        assert!(hear(&personal, &said).is_none());
    }

    #[test]
    fn an_account_that_is_not_the_ear_hears_no_group() {
        let beside = Scope { listens: false, ..SCOPE };
        assert!(hear(&beside, &message(&group(), Some(7), "hello")).is_none());
        assert_eq!(hear(&beside, &message(&user(7), None, "status")).unwrap().door, Door::Dm);
    }

    #[test]
    fn the_service_chat_and_saved_messages_are_never_heard() {
        assert!(hear(&SCOPE, &message(&user(777_000), None, "Login code: 55555")).is_none());
        assert!(hear(&SCOPE, &message(&user(9), None, "note")).is_none());
        assert!(hear(&SCOPE, &message(&types::PeerChat { chat_id: 6 }.into(), Some(7), "x")).is_none());
    }

    #[test]
    fn an_anonymous_admin_is_nobody() {
        let scope = Scope { group: ChatId(-1_000_000_000_005), ..SCOPE };
        let said = message(&types::PeerChannel { channel_id: 5 }.into(), None, "stand down");
        let heard = hear(&scope, &said).unwrap();
        assert_eq!(heard.sender.kind, SenderKind::Impersonal);
        assert_eq!(heard.sender.id, UserId(-1_000_000_000_005));
    }

    #[test]
    fn code_and_quotes_are_marked_in_bytes() {
        let mut said = message(&group(), Some(7), "🔒 run `x`? 𝕏");
        said.entities = Some(vec![
            types::MessageEntityCode { offset: 7, length: 3 }.into(),
            types::MessageEntityBold { offset: 0, length: 2 }.into(),
            types::MessageEntityBlockquote { collapsed: false, offset: 12, length: 99 }.into(),
        ]);
        let heard = hear(&SCOPE, &said).unwrap();
        let parts: Vec<&str> = heard.said.quoted.iter().map(|r| &heard.said.text[r.clone()]).collect();
        assert_eq!(parts, ["`x`", "𝕏"]);
    }

    #[test]
    fn an_edit_counts_from_its_own_date_and_keeps_the_messages() {
        let mut said = message(&group(), Some(7), "hello");
        said.edit_date = Some(2_000);
        let input = heard(&SCOPE, &Peers::new(), &said, true, None).unwrap();
        assert_eq!(input.at.as_second(), 2_000);
        let What::Heard(heard) = input.what else { panic!("a message") };
        assert!(heard.edited);
        assert_eq!(heard.message.at.as_second(), 1_000);
    }
}

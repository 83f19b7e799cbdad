//! What asks for something to be done otherwise than here is refused, and never done as if it had not been asked.

use super::*;
use crate::mtproto::requests::{edit, send};
use crate::mtproto::view::access_hash;
use crate::world::UserId;

fn refused<T: std::fmt::Debug>(outcome: Result<T, String>) -> String {
    outcome.unwrap_err()
}

fn at(server: &Shared) -> enums::InputPeer {
    let Peer::Group(chat_id) = group(server) else { panic!("a basic group") };
    types::InputPeerChat { chat_id }.into()
}

fn input_user(server: &Shared, id: UserId) -> enums::InputUser {
    let ely = user(server, "ely_exec").id;
    types::InputUser { user_id: id.0, access_hash: access_hash(ely, Peer::User(id)) }.into()
}

#[test]
fn scheduled_messages_are_refused_and_those_that_are_due_go_out() {
    let (server, key) = signed_in();
    let now = i32::try_from(server.world.now()).unwrap();
    let before = server.world.account_state(user(&server, "ely_exec").id).pts;
    let on = |schedule_date: i32| {
        let request = f::messages::SendMessage {
            schedule_date: Some(schedule_date),
            ..send(at(&server), "x", schedule_date.into())
        };
        ask(&server, &key, &request).map(drop)
    };
    assert_eq!(on(now + 3600), Err("400 SCHEDULE_DATE_INVALID".to_owned()));
    assert_eq!(on(now + 400 * 86_400), Err("400 SCHEDULE_DATE_TOO_LATE".to_owned()));
    assert_eq!(on(0x7FFF_FFFE), Err("400 SCHEDULE_STATUS_PRIVATE".to_owned()));
    let after = |server: &Shared| server.world.account_state(user(server, "ely_exec").id).pts - before;
    assert_eq!(after(&server), 0);
    assert_eq!(on(now + 5), Ok(()));
    assert_eq!(after(&server), 1);
}

#[test]
fn other_ways_to_send_are_refused_each_in_telegrams_word() {
    let (server, key) = signed_in();
    let plain = || send(at(&server), "x", 1);
    let alex = types::InputPeerUser {
        user_id: user(&server, "alex_ops").id.0,
        access_hash: access_hash(user(&server, "ely_exec").id, Peer::User(user(&server, "alex_ops").id)),
    };
    let shortcut = types::InputQuickReplyShortcutId { shortcut_id: 1 };
    let story = types::InputReplyToStory { peer: enums::InputPeer::PeerSelf, story_id: 1 };
    let cases = [
        (
            f::messages::SendMessage { schedule_repeat_period: Some(86_400), ..plain() },
            "SCHEDULE_DATE_INVALID",
        ),
        (f::messages::SendMessage { send_as: Some(alex.into()), ..plain() }, "SEND_AS_PEER_INVALID"),
        (
            f::messages::SendMessage { quick_reply_shortcut: Some(shortcut.into()), ..plain() },
            "SHORTCUT_INVALID",
        ),
        (f::messages::SendMessage { effect: Some(7), ..plain() }, "EFFECT_ID_INVALID"),
        (f::messages::SendMessage { reply_to: Some(story.into()), ..plain() }, "STORY_ID_INVALID"),
    ];
    for (request, word) in cases {
        assert_eq!(refused(ask(&server, &key, &request)), format!("400 {word}"));
    }
    let edited = f::messages::EditMessage { schedule_date: Some(1), ..edit(at(&server), 1, "x") };
    assert_eq!(refused(ask(&server, &key, &edited)), "400 SCHEDULE_DATE_INVALID");
    let pin = f::messages::UpdatePinnedMessage {
        silent: true,
        unpin: false,
        pm_oneside: true,
        peer: enums::InputPeer::PeerSelf,
        id: 1,
    };
    assert_eq!(refused(ask(&server, &key, &pin)), "400 METHOD_NOT_IMPLEMENTED");
    let users = vec![input_user(&server, user(&server, "alex_ops").id)];
    let timed = f::messages::CreateChat { users, title: "Timed".to_owned(), ttl_period: Some(60) };
    assert_eq!(refused(ask(&server, &key, &timed)), "400 TTL_PERIOD_INVALID");
}

#[test]
fn a_quote_is_kept_and_one_that_stands_nowhere_refused() {
    let (server, key) = signed_in();
    let ely = user(&server, "ely_exec").id;
    let said = server.world.post(ely, group(&server), Draft::text("one two one two")).unwrap().view.id;
    let quoting = |text: &str, random_id| {
        let reply = types::InputReplyToMessage {
            reply_to_msg_id: said,
            quote_text: Some(text.to_owned()),
            quote_offset: Some(9),
            ..crate::mtproto::view::blank()
        };
        let plain = send(at(&server), "this", random_id);
        ask(&server, &key, &f::messages::SendMessage { reply_to: Some(reply.into()), ..plain })
    };
    assert_eq!(refused(quoting("three", 1)), "400 QUOTE_TEXT_INVALID");
    let enums::Updates::Updates(sent) = quoting("two", 2).unwrap() else { panic!("a whole message") };
    let message = sent.updates.iter().find_map(|update| match update {
        enums::Update::NewMessage(update) => Some(&update.message),
        _ => None,
    });
    let Some(enums::Message::Message(message)) = message else { panic!("{sent:?}") };
    let Some(enums::MessageReplyHeader::Header(header)) = &message.reply_to else { panic!("{message:?}") };
    assert_eq!(
        (header.quote, header.quote_text.as_deref(), header.quote_offset),
        (true, Some("two"), Some(12))
    );
}

#[test]
fn a_bot_that_joins_no_groups_is_brought_into_none() {
    let (server, key) = signed_in();
    let ely = user(&server, "ely_exec").id;
    let shy = server.world.add_bot("Shy", "shy_bot", true);
    server.world.set_can_join_groups(shy, false);
    let Peer::Group(chat_id) = group(&server) else { panic!("a basic group") };
    let blocked = "400 BOT_GROUPS_BLOCKED";
    let add = f::messages::AddChatUser { chat_id, user_id: input_user(&server, shy), fwd_limit: 0 };
    assert_eq!(refused(ask(&server, &key, &add)), blocked);
    let create = f::messages::CreateChat {
        users: vec![input_user(&server, shy)],
        title: "New".to_owned(),
        ttl_period: None,
    };
    assert_eq!(refused(ask(&server, &key, &create)), blocked);
    let hall = server.world.add_group(crate::world::ChatKind::Supergroup, "Hall", ely, &[]);
    let Peer::Channel(channel_id) = hall else { panic!("a supergroup") };
    let channel = types::InputChannel { channel_id, access_hash: access_hash(ely, hall) }.into();
    let alex = input_user(&server, user(&server, "alex_ops").id);
    let invite = f::channels::InviteToChannel { channel, users: vec![alex, input_user(&server, shy)] };
    assert_eq!(refused(ask(&server, &key, &invite)), blocked);
    assert_eq!(server.world.chat(ely, hall).unwrap().members.len(), 1, "all of them or nobody");
}

#[test]
fn a_message_is_deleted_for_oneself_or_for_everybody() {
    let (server, key) = signed_in();
    let (ely, alex) = (user(&server, "ely_exec").id, user(&server, "alex_ops").id);
    let said = server.world.post(ely, Peer::User(alex), Draft::text("x")).unwrap();
    let theirs = server.world.id_for(alex, said.key).unwrap();
    let delete = |revoke| f::messages::DeleteMessages { revoke, id: vec![said.view.id] };
    ask(&server, &key, &delete(false)).unwrap();
    assert!(server.world.message(alex, Peer::User(ely), theirs).is_ok());
    let gone = server.world.post(ely, Peer::User(alex), Draft::text("y")).unwrap();
    let theirs = server.world.id_for(alex, gone.key).unwrap();
    ask(&server, &key, &f::messages::DeleteMessages { revoke: true, id: vec![gone.view.id] }).unwrap();
    assert!(server.world.message(alex, Peer::User(ely), theirs).is_err());
}

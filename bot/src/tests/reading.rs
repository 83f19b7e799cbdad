//! Updates → inputs: doors, senders, quotes, taps, reactions.

use commands::effect::ButtonAction;
use commands::ids::{ChatId, Ear, UserId, VoiceId, fingerprint};
use commands::input::{Door, Heard, Input, Reacted, SenderKind, What};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{GROUP, bot, params};
use crate::listen::Notice;
use crate::translate::{Translated, Translator};
use crate::{Bot, Params};

fn ely() -> Value {
    json!({"id": 5_550_001, "is_bot": false, "first_name": "Ely", "last_name": "M", "username": "ely_m"})
}

fn group() -> Value {
    json!({"id": GROUP.0, "type": "group", "title": "Mesh Mastermind", "all_members_are_administrators": true})
}

/// A message of Ely's in the group, with these fields changed.
fn message(changes: Value) -> Value {
    let mut message = json!({
        "message_id": 10, "date": 1_770_000_000, "chat": group(), "from": ely(), "text": "hello",
    });
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (key, value) in changes {
        message[key] = value;
    }
    json!({"update_id": 1, "message": message})
}

fn translate_by(bot: &Bot, updates: &[Value]) -> Translated {
    Translator::new(bot, Timestamp::UNIX_EPOCH).batch(updates)
}

fn translate(update: &Value) -> Translated {
    translate_by(&bot(None), std::slice::from_ref(update))
}

fn only(translated: Translated) -> Input {
    let [input] = <[Input; 1]>::try_from(translated.inputs).unwrap();
    input
}

fn heard(update: &Value) -> Heard {
    match only(translate(update)).what {
        What::Heard(heard) => heard,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_of_the_group_is_heard_and_sighted() {
    let translated = translate(&message(json!({})));
    let [sighting] = translated.sightings[..] else { panic!("{translated:?}") };
    let heard = heard(&message(json!({})));
    assert_eq!(heard.door, Door::Only);
    assert_eq!(heard.message.ear, Ear::Bot);
    assert_eq!(heard.message.print, fingerprint("hello"));
    assert_eq!(heard.message.at, Timestamp::from_second(1_770_000_000).unwrap());
    assert_eq!(heard.sender.id, UserId(5_550_001));
    assert_eq!(heard.sender.name, "Ely M");
    assert_eq!(heard.sender.username.as_deref(), Some("ely_m"));
    assert_eq!(heard.sender.kind, SenderKind::Person);
    assert!(!heard.edited && !heard.forwarded && heard.reply_to.is_none());
    assert_eq!((sighting.chat, sighting.id), (GROUP, 10));
    assert_eq!((sighting.from, sighting.print), (UserId(5_550_001), fingerprint("hello")));
}

#[test]
fn each_chat_has_its_door() {
    let beside_an_ear = Bot::new(Params { with_ear: true, ..params(None) });
    let group = translate_by(&beside_an_ear.unwrap(), &[message(json!({}))]);
    let What::Heard(in_group) = only(group).what else { panic!("not heard") };
    assert_eq!(in_group.door, Door::Bot);
    let private = json!({"id": 5_550_001, "type": "private", "first_name": "Ely"});
    let private = message(json!({"chat": private}));
    assert_eq!(heard(&private).door, Door::BotDm);
    assert!(translate(&private).sightings.is_empty());
    let other = json!({"id": -5_550_999, "type": "supergroup", "title": "Elsewhere"});
    assert!(translate(&message(json!({"chat": other}))).inputs.is_empty());
}

#[test]
fn who_has_no_person_behind_is_impersonal() {
    let channel = json!({"id": -1_005_550_102_000_i64, "type": "channel", "title": "News"});
    for changes in [
        json!({"from": {"id": 1_087_968_824, "is_bot": true, "first_name": "Anonymous"}}),
        json!({"from": {"id": 136_817_688, "is_bot": true, "first_name": "?"}}),
        json!({"from": {"id": 777_000, "is_bot": false, "first_name": "?"}}),
        json!({"sender_chat": channel}),
    ] {
        assert_eq!(heard(&message(changes)).sender.kind, SenderKind::Impersonal);
    }
    let by_channel = heard(&message(json!({"sender_chat": channel})));
    assert_eq!(by_channel.sender.id, UserId(-1_005_550_102_000));
    let agent = json!({"id": 5_550_201, "is_bot": true, "first_name": "Oracle"});
    assert_eq!(heard(&message(json!({"from": agent}))).sender.kind, SenderKind::Bot);
}

#[test]
fn quotes_are_found_behind_wide_characters() {
    let update = message(json!({
        "text": "🔒 `x` said: DONE 🎉 ok",
        "entities": [
            {"type": "blockquote", "offset": 13, "length": 7},
            {"type": "bold", "offset": 0, "length": 2},
            {"type": "code", "offset": 3, "length": 3},
            {"type": "pre", "offset": 500, "length": 7},
        ],
    }));
    let said = heard(&update).said;
    let quoted: Vec<&str> = said.quoted.iter().map(|r| &said.text[r.clone()]).collect();
    assert_eq!(quoted, ["`x`", "DONE 🎉"]);
}

/// Offsets within a character or beyond any number do no harm.
#[test]
fn impossible_entities_are_harmless() {
    let update = message(json!({"text": "🔒🔒", "entities": [
        {"type": "code", "offset": 1, "length": 2},
        {"type": "code", "offset": u64::MAX, "length": u64::MAX},
    ]}));
    let said = heard(&update).said;
    assert!(said.quoted.iter().all(|r| said.text.get(r.clone()).is_some()));
}

#[test]
fn what_is_newer_than_teloxide_loses_no_words() {
    let newer = [
        json!({"entities": [{"type": "date_time", "offset": 0, "length": 5, "unix_time": 1}]}),
        json!({"entities": [{"type": "text_link", "offset": 0, "length": 5, "url": "no url"}]}),
        json!({"rich_message": {"blocks": []}}),
        json!({"reply_markup": {"inline_keyboard": [[{"text": "x", "unheard_of": {}}]]}}),
        json!({"link_preview_options": 5}),
        json!({"external_reply": {"origin": {"type": "unheard_of"}}}),
        json!({"reply_to_message": {"message_id": 1, "date": 1, "chat": group(), "unheard_of": {}}}),
    ];
    for changes in newer {
        assert_eq!(heard(&message(changes.clone())).said.text, "hello", "{changes}");
    }
}

#[test]
fn captions_are_words_too() {
    let mut update = message(json!({
        "caption": "/mesh status", "caption_entities": [{"type": "code", "offset": 0, "length": 5}],
        "photo": [{"file_id": "x", "unheard_of": 1}],
    }));
    update["message"].as_object_mut().unwrap().remove("text");
    let said = heard(&update).said;
    assert_eq!(said.text, "/mesh status");
    assert_eq!(&said.text[said.quoted[0].clone()], "/mesh");
}

#[test]
fn a_message_without_words_is_sighted_only() {
    let mut update = message(json!({"sticker": {}}));
    update["message"].as_object_mut().unwrap().remove("text");
    let translated = translate(&update);
    assert!(translated.inputs.is_empty());
    assert_eq!(translated.sightings.len(), 1);
}

#[test]
fn replies_edits_and_forwards_are_told_apart() {
    let agent = json!({"id": 5_550_201, "is_bot": true, "first_name": "Oracle"});
    let answered = json!({"message_id": 4, "date": 1_769_999_000, "chat": group(), "from": agent});
    let reply = heard(&message(json!({"reply_to_message": answered})));
    assert_eq!(reply.reply_to, Some(4));
    assert_eq!(reply.reply_to_from, Some(UserId(5_550_201)));

    let origin = json!({"type": "unheard_of"});
    assert!(heard(&message(json!({"forward_origin": origin}))).forwarded);
    let inline = json!({"id": 5_550_202, "is_bot": true, "first_name": "Inline"});
    assert!(heard(&message(json!({"via_bot": inline}))).forwarded);

    let mut edit = message(json!({"edit_date": 1_770_000_060}));
    edit["edited_message"] = edit["message"].take();
    edit.as_object_mut().unwrap().remove("message");
    let input = only(translate(&edit));
    assert_eq!(input.at, Timestamp::from_second(1_770_000_060).unwrap());
    let heard = heard(&edit);
    assert!(heard.edited);
    assert_eq!(heard.message.at, Timestamp::from_second(1_770_000_000).unwrap());
}

#[test]
fn the_bot_does_not_hear_itself() {
    let me = json!({"id": 5_550_100, "is_bot": true, "first_name": "Mesh"});
    let translated = translate(&message(json!({"from": me})));
    assert!(translated.inputs.is_empty() && translated.sightings.is_empty());
}

#[test]
fn a_tap_carries_what_its_button_was_made_for() {
    let bot = bot(None);
    let action = ButtonAction::Give { fence: 7 };
    let tapped = |chat: i64, data: &str| {
        let update = json!({"update_id": 1, "callback_query": {
            "id": "555", "from": ely(), "chat_instance": "1", "data": data,
            "message": {"message_id": 9, "date": 1, "chat": {"id": chat, "type": "group", "title": "x"},
                "text": "card", "reply_markup": {"unheard_of": 1}},
        }});
        match only(translate_by(&bot, &[update])).what {
            What::Tapped(tap) => tap,
            other => panic!("{other:?}"),
        }
    };
    let data = bot.signer.data(GROUP, action, Timestamp::UNIX_EPOCH);
    let tap = tapped(GROUP.0, &data);
    assert_eq!(tap.action, Some(action));
    assert_eq!((tap.from, tap.message, tap.chat), (UserId(5_550_001), VoiceId(9), GROUP));
    assert_eq!(tapped(GROUP.0, "forged").action, None);
    assert_eq!(tapped(-5_550_999, &data).action, None);
}

#[test]
fn reactions_are_told_with_their_emoji() {
    let reaction = |by: Value| {
        let mut update = json!({"chat": group(), "message_id": 4, "date": 1_770_000_000, "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": "👍"}, {"type": "paid"}, {"type": "unheard_of"}]});
        for (key, value) in by.as_object().unwrap() {
            update[key] = value.clone();
        }
        json!({"update_id": 1, "message_reaction": update})
    };
    let by_ely = only(translate(&reaction(json!({"user": ely()}))));
    let expected = Reacted {
        ear: Ear::Bot,
        chat: GROUP,
        message: 4,
        from: UserId(5_550_001),
        emoji: vec!["👍".to_owned()],
    };
    assert_eq!(by_ely.what, What::Reacted(expected));
    assert!(translate(&reaction(json!({}))).inputs.is_empty());
    let by_chat = only(translate(&reaction(json!({"actor_chat": group()}))));
    assert!(matches!(by_chat.what, What::Reacted(r) if r.from == UserId(GROUP.0)));
}

#[test]
fn a_topic_is_not_answered_by_what_is_said_in_it() {
    let reply = |id: i32| {
        message(json!({
            "is_topic_message": true, "message_thread_id": 5,
            "reply_to_message": {"message_id": id, "date": 1_770_000_000, "chat": group(), "from": ely()},
        }))
    };
    assert_eq!(heard(&reply(5)).reply_to, None);
    assert_eq!(heard(&reply(7)).reply_to, Some(7));
}

#[test]
fn the_group_is_followed_when_it_becomes_a_supergroup() {
    const NEW: i64 = -1_005_550_101_000;
    let new = json!({"id": NEW, "type": "supergroup", "title": "Mesh Mastermind"});
    let there = |changes: Value| {
        let mut update = message(changes);
        update["message"]["chat"] = new.clone();
        update
    };
    let last = message(json!({"migrate_to_chat_id": NEW, "text": null}));
    let first = there(json!({"migrate_from_chat_id": GROUP.0, "text": null}));
    let said = there(json!({"text": "hello there"}));
    for told in [vec![last.clone(), first.clone(), said.clone()], vec![first, said.clone()], vec![last, said]]
    {
        let bot = bot(None);
        let inputs = translate_by(&bot, &told).inputs;
        let moved = What::Migrated { from: GROUP, to: ChatId(NEW) };
        assert!(inputs.iter().any(|input| input.what == moved), "{inputs:?}");
        let Some(Input { what: What::Heard(heard), .. }) = inputs.last() else { panic!("{inputs:?}") };
        assert_eq!((heard.message.chat, heard.door), (ChatId(NEW), Door::Only));
        let late = translate_by(&bot, &[message(json!({"text": "said before"}))]);
        assert_eq!(late.inputs.len(), 1, "what was said before may still be on its way");
    }
}

#[test]
fn what_happens_to_the_bot_in_its_group_is_noticed() {
    let moved = translate(&message(json!({"migrate_to_chat_id": -1_005_550_101_000_i64, "text": null})));
    assert_eq!(moved.notices, [Notice::Moved(ChatId(-1_005_550_101_000))]);
    let standing = |status: Value| {
        let mut member = status;
        member["user"] = json!({"id": 5_550_100, "is_bot": true, "first_name": "Mesh"});
        translate(&json!({"update_id": 1, "my_chat_member": {
            "chat": group(), "from": ely(), "date": 1_770_000_000,
            "old_chat_member": member.clone(), "new_chat_member": member,
        }}))
    };
    assert_eq!(standing(json!({"status": "left"})).notices, [Notice::Removed]);
    let kicked = json!({"status": "kicked", "until_date": 0});
    assert_eq!(standing(kicked).notices, [Notice::Removed]);
    assert_eq!(standing(json!({"status": "member"})).notices, [Notice::Present]);
}

#[test]
fn inputs_come_in_the_order_of_their_time() {
    let late = message(json!({"date": 1_770_000_009, "message_id": 12, "text": "late"}));
    let early = message(json!({"date": 1_770_000_001, "message_id": 11, "text": "early"}));
    let translated = translate_by(&bot(None), &[late, early]);
    let times: Vec<i64> = translated.inputs.iter().map(|i| i.at.as_second()).collect();
    assert_eq!(times, [1_770_000_001, 1_770_000_009]);
}

//! What an export holds, and what is said of one that is wrong.

use std::ops::ControlFlow;

use commands::ids::UserId;
use commands::input::SenderKind;
use serde_json::{Value, json};

use super::*;

fn one_chat(messages: &Value) -> String {
    json!({"name": "Mesh Mastermind", "type": "private_group", "id": 4_000_000_001_i64, "messages": messages})
        .to_string()
}

fn said(id: i64, from: &str, text: &Value) -> Value {
    json!({
        "id": id, "type": "message", "date": "2026-02-01T11:00:00", "date_unixtime": "1769940000",
        "from": "Sandman", "from_id": from, "text": text, "text_entities": [],
    })
}

fn messages(file: &[u8], chat: usize) -> Result<(Vec<Message>, Skipped), String> {
    let mut all = Vec::new();
    let skipped = read(file, chat, &mut |message| {
        all.push(message);
        ControlFlow::Continue(())
    });
    skipped.map(|skipped| (all, skipped)).map_err(|error| error.to_string())
}

fn message(raw: &Value) -> Message {
    let (mut all, _) = messages(one_chat(&json!([raw])).as_bytes(), 0).expect("it is read");
    all.pop().expect("a message")
}

#[test]
fn a_message_with_all_that_matters() {
    let mut raw = said(7, "user7100000102", &json!(["see ", {"type": "code", "text": "DONE"}, " ok"]));
    raw["reply_to_message_id"] = json!(5);
    raw["edited_unixtime"] = json!("1769940060");
    let recent = json!([{"from": "Ely", "from_id": "user7000001001", "date": "2026-02-01T11:02:00"}]);
    raw["reactions"] =
        json!([{"type": "emoji", "count": 1, "emoji": "👍", "recent": recent}, {"type": "paid"}]);
    let message = message(&raw);
    assert_eq!((message.id, message.from, message.kind), (7, UserId(7_100_000_102), SenderKind::Person));
    assert_eq!(message.said.text, "see DONE ok");
    assert_eq!(message.said.quoted.first(), Some(&(4..8)));
    assert_eq!((message.reply_to, message.edited, message.forwarded), (Some(5), true, false));
    assert_eq!(message.at.to_string(), "2026-02-01T10:00:00Z");
    let thumb = &message.reactions[0];
    assert_eq!((thumb.at.to_string().as_str(), thumb.emoji.as_str()), ("2026-02-01T10:02:00Z", "👍"));
}

#[test]
fn senders_in_all_their_forms() {
    let who = |from: Value| {
        let mut raw = said(1, "", &json!("hi"));
        raw["from_id"] = from;
        let message = message(&raw);
        (message.from.0, message.kind)
    };
    assert_eq!(who(json!("user7")), (7, SenderKind::Person));
    assert_eq!(who(json!(7)), (7, SenderKind::Person));
    assert_eq!(who(json!("channel7")), (-1_000_000_000_007, SenderKind::Impersonal));
    assert_eq!(who(json!("chat7")), (-7, SenderKind::Impersonal));
    assert_eq!(who(json!("user1087968824")).1, SenderKind::Impersonal);
}

#[test]
fn what_is_forwarded_even_from_somebody_hidden() {
    let mut raw = said(1, "user7", &json!("DONE"));
    raw["forwarded_from"] = Value::Null;
    assert!(message(&raw).forwarded);
}

#[test]
fn an_old_export_has_its_own_clock_and_never_edited_in_1970() {
    let mut raw = said(1, "user7", &json!("hi"));
    raw["date_unixtime"] = Value::Null;
    raw["edited"] = json!("1970-01-01T01:00:00");
    raw["edited_unixtime"] = json!("0");
    let message = message(&raw);
    assert_eq!((message.at.to_string().as_str(), message.edited), ("2026-02-01T11:00:00Z", false));
}

#[test]
fn what_nobody_said_is_counted() {
    let service = json!({"id": 1, "type": "service", "action": "pin_message", "actor_id": "user7"});
    let unsupported = json!({"id": 2, "type": "unsupported"});
    let mut nobodys = said(3, "", &json!("news"));
    nobodys.as_object_mut().expect("an object").remove("from_id");
    let file = one_chat(&json!([service, unsupported, nobodys, said(4, "user7", &json!("hi"))]));
    let (all, skipped) = messages(file.as_bytes(), 0).expect("it is read");
    assert_eq!((all.len(), skipped), (1, Skipped { service: 1, unknown: 1, nobodys: 1 }));
}

fn account() -> String {
    let chat = |id: i64, kind: &str, text: &str| json!({"name": text, "type": kind, "id": id, "messages": [said(1, "user7", &json!(text))]});
    json!({
        "about": "…", "personal_information": {"user_id": 7}, "contacts": {"list": [{"user_id": 8}]},
        "chats": {"about": "…", "list": [chat(1, "personal_chat", "one"), chat(2, "private_supergroup", "two")]},
        "left_chats": {"about": "…", "list": [chat(3, "private_group", "three")]},
    })
    .to_string()
}

#[test]
fn the_chats_of_a_whole_account() {
    let file = account();
    let survey = survey(file.as_bytes()).expect("it is read");
    let groups: Vec<_> = survey.chats.iter().map(|each| (each.chat.id, each.chat.is_group())).collect();
    assert_eq!(groups, [(1, false), (2, true), (3, true)]);
    assert_eq!(survey.chats[1].senders[&UserId(7)].as_deref(), Some("Sandman"));
    let (all, _) = messages(file.as_bytes(), 2).expect("it is read");
    assert_eq!(all.iter().map(|message| message.said.text.as_str()).collect::<Vec<_>>(), ["three"]);
}

#[test]
fn the_control_characters_that_are_not_json() {
    let file = one_chat(&json!([said(1, "user7", &json!("a~b \\x0B"))])).replace('~', "\\x0B");
    let (all, _) = messages(file.as_bytes(), 0).expect("it is read");
    assert_eq!(all[0].said.text, "a\u{b}b \\x0B");
}

#[test]
fn an_endless_string_is_refused_and_an_endless_text_cut() {
    let endless = one_chat(&json!([said(1, "user7", &json!("x".repeat(2 << 20)))]));
    assert!(messages(endless.as_bytes(), 0).expect_err("too long").contains("a string is longer than"));
    let parts = vec!["x".repeat(1_000); 1_000];
    assert!(message(&said(1, "user7", &json!(parts))).said.text.len() < 70_000);
}

#[test]
fn whoever_reads_may_stop() {
    let file = account();
    let stopped = read(file.as_bytes(), 1, &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(ReadError::Stopped)));
}

#[test]
fn what_is_wrong_is_said_with_its_message_and_line() {
    let good = said(1, "user7", &json!("hi"));
    let with = |key: &str, value: Value| {
        let mut bad = said(345, "user7", &json!("hi"));
        bad[key] = value;
        one_chat(&json!([good, bad])).replace("},{", "},\n{")
    };
    let wrong = [
        (with("from_id", json!("robot7")), "such as \"user123\""),
        (with("from_id", json!(-1)), "such as \"user123\""),
        (with("date_unixtime", json!("soon")), "a number"),
        (with("date_unixtime", json!(9_000_000_000_000_000_000_i64)), "second"),
        (with("id", json!(9_000_000_000_i64)), "no message id"),
        (with("id", Value::Null), "`id`"),
        (with("type", Value::Null), "`type`"),
        (with("text", json!(7)), "a text"),
        (with("text", json!([{"kind": "bold"}])), "`type`"),
    ];
    for (file, word) in wrong {
        let error = messages(file.as_bytes(), 0).expect_err(word);
        let found = error.contains(word)
            && error.contains("message 2 of Mesh Mastermind")
            && error.contains("line 2");
        assert!(found, "{word}: {error}");
    }
    let others = [
        ("", "ends in the middle"),
        ("[]", "an export"),
        ("{}", "neither messages nor chats"),
        ("{\"messages\": 7}", "a list of messages"),
        ("{\"chats\": {\"list\": [7]}}", "a chat"),
        ("{\"messages\": [{\"id\": 1", "ends in the middle"),
        ("{\"messages\": []} and more", "trailing"),
        ("Telegram", "expected"),
    ];
    for (file, word) in others {
        let error = messages(file.as_bytes(), 0).expect_err(word);
        assert!(error.contains(word), "{file}: {error}");
    }
}

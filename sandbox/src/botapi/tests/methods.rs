//! Every method, called at least once and answered by the schema.

use std::collections::BTreeSet;

use super::*;
use crate::botapi::methods::{ALL, TELEGRAMS};

#[tokio::test]
async fn every_method_answers_by_the_schema() {
    let bench = bench().await;
    let keyboard = json!({ "inline_keyboard": [[{ "text": "Take it", "callback_data": "take" }]] });
    let sent = bench.send("card").await["message_id"].clone();
    let file =
        bench.send_file("plan.txt", "step one", &[("caption", "*the* plan"), ("parse_mode", "MarkdownV2")]);
    let file = file.await;
    assert_eq!(bench.send_photo(documents::PICTURE).await["ok"], true);
    let (file_message, file_id) = (file["message_id"].clone(), file["document"]["file_id"].clone());
    let on = |extra: Value| with(json!({ "chat_id": GROUP, "message_id": sent }), &extra);
    let ely = bench.id("ely_exec");
    let mut called = BTreeSet::from(["sendmessage", "senddocument", "sendphoto"].map(str::to_owned));
    let calls = [
        ("getMe", json!({})),
        ("getFile", json!({ "file_id": file_id })),
        ("editMessageText", on(json!({ "text": "card 2", "reply_markup": keyboard }))),
        ("editMessageCaption", json!({ "chat_id": GROUP, "message_id": file_message, "caption": "plan B" })),
        ("editMessageReplyMarkup", on(json!({}))),
        ("setMessageReaction", on(json!({ "reaction": [{ "type": "emoji", "emoji": "👌" }] }))),
        ("pinChatMessage", on(json!({}))),
        ("getChat", json!({ "chat_id": GROUP })),
        ("unpinChatMessage", on(json!({}))),
        ("deleteMessage", on(json!({}))),
        ("getChatMember", json!({ "chat_id": GROUP, "user_id": ely })),
        ("getChatMemberCount", json!({ "chat_id": GROUP })),
        ("getChatAdministrators", json!({ "chat_id": GROUP })),
        ("sendChatAction", json!({ "chat_id": GROUP, "action": "typing" })),
        ("setMyCommands", json!({ "commands": [{ "command": "/mesh", "description": "The mesh" }] })),
        ("getMyCommands", json!({})),
        ("deleteMyCommands", json!({})),
        ("getUpdates", json!({})),
        ("setWebhook", json!({ "url": "http://127.0.0.1:9/hook" })),
        ("getWebhookInfo", json!({})),
        ("deleteWebhook", json!({})),
        ("leaveChat", json!({ "chat_id": GROUP })),
    ];
    for (method, params) in calls {
        bench.ok(method, params).await;
        called.insert(method.to_ascii_lowercase());
    }
    bench.tap_and_answer().await;
    bench.world.clock().advance(std::time::Duration::from_mins(10));
    bench.ok("close", json!({})).await;
    bench.ok("logOut", json!({})).await;
    called.extend(["answercallbackquery", "close", "logout"].map(str::to_owned));
    assert_eq!(called, ALL.iter().map(|name| (*name).to_owned()).collect());
}

#[tokio::test]
async fn chats_of_every_kind_answer_by_the_schema() {
    let bench = bench().await;
    let ely = bench.id("ely_exec");
    bench.world.post(ely, Peer::User(bench.id("mesh_mastermind_bot")), Draft::text("/start")).unwrap();
    let moved = bench.migrate();
    for chat in [json!(ely), json!(moved)] {
        let full = bench.ok("getChat", json!({ "chat_id": chat })).await;
        assert_eq!(full["id"], chat);
        bench.ok("getChatMember", json!({ "chat_id": chat, "user_id": ely })).await;
        bench.ok("getChatMemberCount", json!({ "chat_id": chat })).await;
        bench.ok("sendMessage", json!({ "chat_id": chat, "text": "hello" })).await;
    }
    let sam = bench.id("sam_stranger");
    bench.world.remove_member(ely, Peer::from_bot_api(moved).unwrap(), sam).unwrap();
    let member = bench.ok("getChatMember", json!({ "chat_id": moved, "user_id": sam })).await;
    assert_eq!(member["status"], "kicked");
}

#[tokio::test]
async fn menus_have_scopes_and_languages() {
    let bench = bench().await;
    let commands = |name: &str| json!([{ "command": name, "description": "x" }]);
    let ely = bench.id("ely_exec");
    let scopes = [
        json!({ "type": "default" }),
        json!({ "type": "all_private_chats" }),
        json!({ "type": "all_group_chats" }),
        json!({ "type": "all_chat_administrators" }),
        json!({ "type": "chat", "chat_id": GROUP }),
        json!({ "type": "chat_administrators", "chat_id": GROUP }),
        json!({ "type": "chat_member", "chat_id": GROUP, "user_id": ely }),
    ];
    for (number, scope) in scopes.iter().enumerate() {
        bench
            .ok("setMyCommands", json!({ "commands": commands(&format!("c{number}")), "scope": scope }))
            .await;
    }
    bench.ok("setMyCommands", json!({ "commands": commands("de"), "language_code": "de" })).await;
    for (number, scope) in scopes.iter().enumerate() {
        let kept = bench.ok("getMyCommands", json!({ "scope": scope })).await;
        assert_eq!(kept, commands(&format!("c{number}")));
    }
    let kept = bench.ok(
        "getMyCommands",
        json!({ "scope": { "user_id": ely, "chat_id": GROUP.to_string(), "type": "chat_member" } }),
    );
    assert_eq!(kept.await, commands("c6"), "however a scope is written");
    assert_eq!(bench.ok("getMyCommands", json!({ "language_code": "DE" })).await, commands("de"));
    bench.ok("setMyCommands", json!({ "commands": [] })).await;
    bench.ok("deleteMyCommands", json!({ "scope": scopes[1] })).await;
    assert_eq!(bench.ok("getMyCommands", json!({})).await, json!([]));
    assert_eq!(bench.ok("getMyCommands", json!({ "scope": scopes[1] })).await, json!([]));
}

#[tokio::test]
async fn a_method_of_telegrams_that_is_not_there_is_no_wrong_token() {
    let bench = bench().await;
    let said = |method: &str| format!("Bad Request: the sandbox does not have the method {method}");
    for method in TELEGRAMS {
        if !ALL.iter().any(|here| here.eq_ignore_ascii_case(method)) {
            let refused = bench.refused(&method.to_ascii_lowercase(), json!({})).await;
            assert_eq!(refused, (400, said(method)));
        }
    }
    assert!(ALL.iter().all(|here| TELEGRAMS.iter().any(|name| name.eq_ignore_ascii_case(here))));
    assert_eq!(Schemas::known().methods(), TELEGRAMS.iter().map(|name| (*name).to_owned()).collect());
}

#[test]
fn a_method_names_a_chat_where_the_schema_says_so() {
    for method in ALL {
        let takes_one = Schemas::known().takes(method, "chat_id");
        assert_eq!(crate::botapi::names_a_chat(method), takes_one, "{method}");
    }
}

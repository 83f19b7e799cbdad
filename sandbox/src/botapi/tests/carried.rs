//! What a message carries beside its words, and what can't be carried here.

use super::*;

impl Bench {
    /// The newest update.
    async fn last(&self) -> Value {
        self.ok("getUpdates", json!({ "offset": -1 })).await[0].clone()
    }
}

#[tokio::test]
async fn protection_preview_and_quote_are_given_back() {
    let bench = bench().await;
    bench.say("one two one two");
    let said = bench.newest_for(bench.id("mesh_mastermind_bot"));
    let preview =
        json!({ "url": "https://example.org/", "prefer_small_media": true, "show_above_text": true });
    let quoted = json!({ "message_id": said, "quote": "<b>two</b>", "quote_parse_mode": "HTML", "quote_position": 10 });
    let asked = json!({
        "chat_id": GROUP, "text": "see example.org", "protect_content": true, "link_preview_options": preview,
        "reply_parameters": quoted,
    });
    let sent = bench.ok("sendMessage", asked).await;
    assert_eq!((&sent["has_protected_content"], &sent["link_preview_options"]), (&json!(true), &preview));
    let entities = json!([{ "type": "bold", "offset": 0, "length": 3 }]);
    let quote = json!({ "text": "two", "position": 12, "is_manual": true, "entities": entities });
    assert_eq!(sent["quote"], quote);
    let edit = json!({ "chat_id": GROUP, "message_id": sent["message_id"], "text": "see it", "disable_web_page_preview": true });
    let edited = bench.ok("editMessageText", edit).await;
    assert_eq!(edited["link_preview_options"], json!({ "is_disabled": true }));
    assert_eq!((&edited["quote"], &edited["has_protected_content"]), (&quote, &json!(true)));
    let plain = bench.send("plain").await;
    for name in ["has_protected_content", "link_preview_options", "quote"] {
        assert_eq!(plain.get(name), None, "{name}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_refused_in_words() {
    let bench = bench().await;
    bench.say("one two");
    let said = bench.newest_for(bench.id("mesh_mastermind_bot"));
    let here = "the sandbox does not have the parameter";
    let cases = [
        (json!({ "message_thread_id": 7 }), "message thread not found".to_owned()),
        (json!({ "message_effect_id": "5" }), "EFFECT_ID_INVALID".to_owned()),
        (json!({ "business_connection_id": "x" }), format!("{here} business_connection_id")),
        (
            json!({ "reply_parameters": { "message_id": said, "quote": "three" } }),
            "QUOTE_TEXT_INVALID".to_owned(),
        ),
        (
            json!({ "reply_parameters": { "message_id": said, "chat_id": -5 } }),
            "the sandbox has no replies to messages of other chats".to_owned(),
        ),
        (
            json!({ "reply_parameters": { "message_id": said, "checklist_task_id": 1 } }),
            format!("{here} reply_parameters.checklist_task_id"),
        ),
    ];
    for (extra, description) in cases {
        let params = with(json!({ "chat_id": GROUP, "text": "x" }), &extra);
        assert_eq!(bench.refused("sendMessage", params).await, (400, format!("Bad Request: {description}")));
    }
    let same = json!({ "message_id": said, "chat_id": GROUP });
    bench.ok("sendMessage", json!({ "chat_id": GROUP, "text": "x", "reply_parameters": same })).await;
}

#[tokio::test]
async fn buttons_that_need_no_server_are_echoed() {
    let bench = bench().await;
    let ely = bench.id("ely_exec");
    bench.world.post(ely, Peer::User(bench.id("mesh_mastermind_bot")), Draft::text("/start")).unwrap();
    let given = json!({ "inline_keyboard": [
        [{ "text": "copy", "copy_text": { "text": "abc" } }, { "text": "app", "web_app": { "url": "https://example.org/app" } }],
        [{ "text": "any", "switch_inline_query": "" }, { "text": "here", "switch_inline_query_current_chat": "q" }],
        [{ "text": "some", "switch_inline_query_chosen_chat": { "query": "q", "allow_user_chats": true } }],
        [{ "text": "link", "url": "example.org" }, { "text": "tg", "url": "tg://user?id=7" }],
    ] });
    let sent =
        bench.ok("sendMessage", json!({ "chat_id": ely, "text": "card", "reply_markup": given })).await;
    let mut expected = given.clone();
    expected["inline_keyboard"][3][0]["url"] = json!("http://example.org/");
    assert_eq!(sent["reply_markup"], expected);
}

#[tokio::test]
async fn buttons_that_are_wrong_are_refused_in_telegrams_words() {
    let bench = bench().await;
    let parse = "can't parse inline keyboard button";
    let cases = [
        (json!({ "url": "http://localhost:8000" }), "inline keyboard button URL 'http://localhost:8000' is invalid: Wrong HTTP URL".to_owned()),
        (json!({ "url": "ftp://example.org" }), "inline keyboard button URL 'ftp://example.org' is invalid: Unsupported URL protocol".to_owned()),
        (json!({ "url": "http://a b.org" }), "BUTTON_URL_INVALID".to_owned()),
        (json!({ "web_app": { "url": "https://example.org" } }), "BUTTON_TYPE_INVALID".to_owned()),
        (
            json!({ "web_app": { "url": "http://example.org" } }),
            "inline keyboard button Web App URL 'http://example.org' is invalid: Only HTTPS links are allowed".to_owned(),
        ),
        (json!({ "login_url": { "url": "https://example.org" } }), "BOT_DOMAIN_INVALID".to_owned()),
        (json!({ "copy_text": { "text": "" } }), "BUTTON_COPY_TEXT_INVALID".to_owned()),
        (json!({ "switch_inline_query_chosen_chat": {} }), format!("{parse}: At least one chat type must be allowed")),
        (json!({ "pay": true }), "BUTTON_TYPE_INVALID".to_owned()),
        (json!({}), format!("{parse}: Text buttons are unallowed in the inline keyboard")),
        (json!({ "text": null, "url": "example.org" }), format!("{parse}: Can't find field \"text\"")),
    ];
    for (extra, description) in cases {
        let keyboard = json!({ "inline_keyboard": [[with(json!({ "text": "b" }), &extra)]] });
        let card = json!({ "chat_id": GROUP, "text": "card", "reply_markup": keyboard });
        assert_eq!(bench.refused("sendMessage", card).await, (400, format!("Bad Request: {description}")));
    }
}

#[tokio::test]
async fn a_message_can_be_deleted_for_two_days_by_the_worlds_clock() {
    let bench = bench().await;
    let hours = |hours: u64| std::time::Duration::from_hours(hours);
    let hall = bench.supergroup();
    let made = bench.ok("getUpdates", json!({})).await[0]["message"]["message_id"].clone();
    let send = async |chat: i64| {
        bench.ok("sendMessage", json!({ "chat_id": chat, "text": "x" })).await["message_id"].clone()
    };
    let (first, second, third) = (send(GROUP).await, send(GROUP).await, send(hall).await);
    let delete =
        |chat: i64, id: &Value| bench.call("deleteMessage", json!({ "chat_id": chat, "message_id": id }));
    assert_eq!(delete(hall, &made).await["description"], "Bad Request: message can't be deleted");
    bench.world.clock().advance(hours(47));
    assert_eq!(delete(GROUP, &first).await["ok"], true);
    bench.world.clock().advance(hours(1));
    let late = "Bad Request: message can't be deleted";
    assert_eq!(delete(GROUP, &second).await["description"], format!("{late} for everyone"));
    assert_eq!(delete(hall, &third).await["description"], late);
    let edit = json!({ "chat_id": GROUP, "message_id": second, "text": "still edited" });
    bench.ok("editMessageText", edit).await;
}

#[tokio::test]
async fn the_entities_found_have_telegrams_names() {
    let bench = bench().await;
    let sent = bench.send("a@example.org $USD +15550100001 example.org").await;
    let kinds: Vec<&str> =
        sent["entities"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["email", "cashtag", "phone_number", "url"]);
}

#[tokio::test]
async fn a_photo_says_where_its_caption_stands_and_that_it_is_covered() {
    let bench = bench().await;
    let file = bench.send_photo(documents::PICTURE).await["result"]["photo"][0]["file_id"].clone();
    let photo = json!({ "chat_id": GROUP, "photo": file, "caption": "c", "show_caption_above_media": true, "has_spoiler": true });
    let sent = bench.ok("sendPhoto", photo).await;
    assert_eq!((&sent["show_caption_above_media"], &sent["has_media_spoiler"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn a_bot_that_is_blocked_is_told_so() {
    let bench = bench().await;
    let (ely, mesh) = (bench.id("ely_exec"), bench.id("mesh_mastermind_bot"));
    bench.world.post(ely, Peer::User(mesh), Draft::text("/start")).unwrap();
    bench.world.set_blocked(ely, mesh, true);
    let change = bench.last().await["my_chat_member"].clone();
    assert_eq!(
        (&change["chat"]["type"], &change["new_chat_member"]["status"]),
        (&json!("private"), &json!("kicked"))
    );
    let blocked = (403, "Forbidden: bot was blocked by the user".to_owned());
    assert_eq!(bench.refused("sendMessage", json!({ "chat_id": ely, "text": "x" })).await, blocked);
    assert_eq!(bench.refused("sendChatAction", json!({ "chat_id": ely, "action": "typing" })).await, blocked);
    bench.world.post(ely, Peer::User(mesh), Draft::text("/start again")).unwrap();
    bench.ok("sendMessage", json!({ "chat_id": ely, "text": "x" })).await;
    let updates = bench.ok("getUpdates", json!({ "offset": -2 })).await;
    assert_eq!(updates[0]["my_chat_member"]["new_chat_member"]["status"], "member");
    assert_eq!(updates[1]["message"]["text"], "/start again");
}

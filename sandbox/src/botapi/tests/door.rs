//! The door itself: paths, dresses of parameters, refusals, polling, faults.

use super::*;

#[tokio::test]
async fn get_me_has_what_the_strictest_client_wants() {
    let bench = bench().await;
    let me = bench.ok("GetMe", json!({})).await;
    assert_eq!(me["username"], "mesh_mastermind_bot");
    assert_eq!(me["can_read_all_group_messages"], true);
    for flag in ["can_join_groups", "supports_inline_queries", "has_main_web_app", "is_bot"] {
        assert!(me[flag].is_boolean(), "{flag}");
    }
}

#[tokio::test]
async fn unknown_tokens_methods_and_paths() {
    let bench = bench().await;
    assert_eq!(bench.refused("nonsense", json!({})).await, (404, "Not Found: method not found".to_owned()));
    for (path, status) in [("bot1:none/getMe", 401), ("bot/getMe", 404), ("", 404), ("bot1:x", 404)] {
        let response = bench.client.get(format!("{}/{path}", bench.base)).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!((&body["ok"], &body["error_code"]), (&json!(false), &json!(status)));
    }
}

#[tokio::test]
async fn parameters_come_in_every_dress() {
    let bench = bench().await;
    let (client, url) = (&bench.client, bench.url("sendmessage"));
    let fields = [("chat_id", GROUP.to_string()), ("text", "é 🔒 & +".to_owned())];
    let form = reqwest::header::HeaderValue::from_static("application/x-www-form-urlencoded");
    let encoded = "chat_id=-4000000001&text=%C3%A9+%F0%9F%94%92+%26+%2B";
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n-4000000001\r\n--b\r\n\
                     Content-Disposition: form-data; name=\"text\"\r\n\r\né 🔒 & +\r\n--b--\r\n";
    let requests = [
        client.get(&url).query(&fields),
        client.post(&url).query(&fields),
        client.post(&url).header("content-type", form).body(encoded),
        client.post(&url).header("content-type", "multipart/form-data; boundary=b").body(multipart),
        client.post(&url).json(&json!({ "chat_id": GROUP, "text": "é 🔒 & +" })),
    ];
    for request in requests {
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(body["result"]["text"], "é 🔒 & +", "{body}");
    }
}

#[tokio::test]
async fn large_and_broken_bodies_are_refused() {
    let bench = bench().await;
    let post = |body: Vec<u8>| {
        bench
            .client
            .post(bench.url("sendMessage"))
            .header("content-type", "application/json")
            .body(body)
            .send()
    };
    assert_eq!(post(vec![b' '; BODY_LIMIT + 1]).await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
    let long = format!("text={}", "x".repeat(BODY_LIMIT));
    let form = bench.client.post(bench.url("sendMessage"));
    let form = form.header("content-type", "application/x-www-form-urlencoded").body(long).send().await;
    assert_eq!(form.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
    for body in [&b"{"[..], b"[]", b"\xff\xfe", b"null"] {
        let response = post(body.to_vec()).await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert!(response.json::<Value>().await.unwrap()["description"].is_string());
    }
}

#[tokio::test]
async fn a_message_with_everything() {
    let bench = bench().await;
    bench.say("question");
    let update = &bench.ok("getUpdates", json!({})).await[0];
    let asked = update["message"]["message_id"].clone();
    assert_eq!(update["message"]["chat"]["type"], "group");
    let sent = bench
        .ok(
            "sendMessage",
            json!({
                "chat_id": GROUP, "text": "<b>🔒 Oracle</b> &lt;held&gt;", "parse_mode": "HTML",
                "reply_parameters": { "message_id": asked }, "disable_notification": true,
                "reply_markup": { "inline_keyboard": [[{ "text": "Take it", "callback_data": "take" }]] },
            }),
        )
        .await;
    assert_eq!(sent["text"], "🔒 Oracle <held>");
    assert_eq!(sent["entities"], json!([{ "type": "bold", "offset": 0, "length": 9 }]));
    assert_eq!(sent["reply_to_message"]["text"], "question");
    assert_eq!(sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"], "take");
    let seen = bench.world.transcript(crate::world::ChatKey::Group(-GROUP)).pop().unwrap();
    assert!(seen.silent && seen.reply_to.is_some());
    assert_eq!(seen.buttons, [["Take it"]]);
}

#[tokio::test]
async fn edits_reactions_pins_and_deletions() {
    let bench = bench().await;
    let id = bench.send("board 1").await["message_id"].clone();
    let edited =
        bench.ok("editMessageText", json!({ "chat_id": GROUP, "message_id": id, "text": "board 2" })).await;
    assert_eq!((&edited["text"], &edited["edit_date"]), (&json!("board 2"), &json!(NOON)));
    let markup = json!({ "chat_id": GROUP, "message_id": id, "reply_markup":
        { "inline_keyboard": [[{ "text": "Site", "url": "https://example.org" }]] } });
    let edited = bench.ok("editMessageReplyMarkup", markup).await;
    assert_eq!(edited["reply_markup"]["inline_keyboard"][0][0]["url"], "https://example.org/");
    let reaction =
        json!({ "chat_id": GROUP, "message_id": id, "reaction": [{ "type": "emoji", "emoji": "👌" }] });
    for _ in 0..2 {
        assert_eq!(bench.ok("setMessageReaction", reaction.clone()).await, true);
    }
    assert_eq!(bench.ok("pinChatMessage", json!({ "chat_id": GROUP, "message_id": id })).await, true);
    let chat = bench.ok("getChat", json!({ "chat_id": GROUP })).await;
    assert_eq!(chat["pinned_message"]["text"], "board 2");
    let heard = bench.ok("getUpdates", json!({})).await;
    assert_eq!(heard[0]["message"]["pinned_message"]["message_id"], id);
    assert_eq!(bench.ok("deleteMessage", json!({ "chat_id": GROUP, "message_id": id })).await, true);
}

#[tokio::test]
async fn a_long_poll_ends_with_the_news() {
    let bench = bench().await;
    let poll = bench.ok("getUpdates", json!({ "timeout": 30, "allowed_updates": ["message"] }));
    let speak = async { bench.say("hello") };
    let (updates, ()) = tokio::join!(poll, speak);
    assert_eq!(updates[0]["message"]["text"], "hello");
    let first = updates[0]["update_id"].as_i64().unwrap();
    assert_eq!(bench.ok("getUpdates", json!({})).await.as_array().unwrap().len(), 1, "unconfirmed");
    assert_eq!(bench.ok("getUpdates", json!({ "offset": first + 1 })).await, json!([]));
    let info = bench.ok("getWebhookInfo", json!({})).await;
    assert_eq!(info["allowed_updates"], json!(["message"]));
    assert_eq!((&info["url"], &info["pending_update_count"]), (&json!(""), &json!(0)));
}

#[tokio::test]
async fn a_second_poller_turns_out_the_first() {
    let bench = bench().await;
    // Whichever came first is turned out; the other gets the news.
    let poll = || bench.call("getUpdates", json!({ "timeout": 30 }));
    let (first, second) = (poll(), poll());
    tokio::pin!(first, second);
    let turned_out =
        tokio::select! { body = &mut first => (body, true), body = &mut second => (body, false) };
    let (body, was_first) = turned_out;
    assert_eq!(body["error_code"], 409);
    assert_eq!(
        body["description"],
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    );
    bench.say("hello");
    let other = if was_first { second.await } else { first.await };
    assert_eq!(other["result"][0]["message"]["text"], "hello");
}

#[tokio::test]
async fn a_tap_is_a_callback_query() {
    let bench = bench().await;
    let keyboard = json!({ "inline_keyboard": [[{ "text": "Take it", "callback_data": "take" }]] });
    let card =
        bench.ok("sendMessage", json!({ "chat_id": GROUP, "text": "card", "reply_markup": keyboard })).await;
    let ely = bench.id("ely_exec");
    let (page, _) = bench
        .world
        .history(ely, Peer::Group(-GROUP), crate::world::HistoryQuery { limit: 1, ..Default::default() })
        .unwrap();
    let tap = bench.world.tap(ely, Peer::Group(-GROUP), page[0].id, b"take".to_vec());
    let answer = async {
        let updates = bench.ok("getUpdates", json!({ "timeout": 30 })).await;
        let query = &updates[0]["callback_query"];
        assert_eq!((&query["data"], &query["from"]["id"]), (&json!("take"), &json!(ely)));
        assert_eq!(query["message"]["message_id"], card["message_id"]);
        assert!(query["id"].is_string() && query["chat_instance"].is_string());
        let answer = json!({ "callback_query_id": query["id"], "text": "Yours.", "show_alert": true });
        assert_eq!(bench.ok("answerCallbackQuery", answer).await, true);
    };
    let (tapped, ()) = tokio::join!(tap, answer);
    let tapped = tapped.unwrap();
    assert_eq!((tapped.text.as_deref(), tapped.alert), (Some("Yours."), true));
}

#[tokio::test]
async fn members_and_menus() {
    let bench = bench().await;
    let member = |user: UserId| bench.ok("getChatMember", json!({ "chat_id": GROUP, "user_id": user }));
    assert_eq!(member(bench.id("ely_exec")).await["status"], "creator");
    assert_eq!(member(bench.id("mesh_mastermind_bot")).await["status"], "administrator");
    assert_eq!(member(bench.id("sam_stranger")).await["status"], "member");
    assert_eq!(bench.ok("getChatMemberCount", json!({ "chat_id": GROUP })).await, 8);
    assert_eq!(bench.ok("sendChatAction", json!({ "chat_id": GROUP, "action": "typing" })).await, true);
    let commands = json!([{ "command": "mesh", "description": "The mesh" }]);
    let scope = json!({ "type": "all_group_chats" });
    bench.ok("setMyCommands", json!({ "commands": commands, "scope": scope })).await;
    assert_eq!(bench.ok("getMyCommands", json!({ "scope": scope })).await, commands);
    assert_eq!(bench.ok("getMyCommands", json!({})).await, json!([]));
}

#[tokio::test]
async fn ordered_faults_happen_once() {
    let bench = bench().await;
    let fault = Fault::Status {
        method: "sendMessage".to_owned(),
        chat: Some(GROUP),
        status: 429,
        retry_after: 7,
        times: 1,
    };
    bench.world.faults().add(fault);
    let body = bench.call("sendMessage", json!({ "chat_id": GROUP.to_string(), "text": "x" })).await;
    assert_eq!(body["description"], "Too Many Requests: retry after 7");
    assert_eq!(body["parameters"], json!({ "retry_after": 7 }));
    bench.send("now").await;
}

#[tokio::test]
async fn a_lost_answer_is_lost_after_the_work() {
    let bench = bench().await;
    bench.world.faults().add(Fault::LoseBotReply { method: "sendMessage".to_owned(), times: 1 });
    let request =
        bench.client.post(bench.url("sendMessage")).json(&json!({ "chat_id": GROUP, "text": "done" }));
    assert!(request.send().await.is_err());
    let texts = bench.world.transcript(crate::world::ChatKey::Group(-GROUP));
    assert_eq!(texts.last().unwrap().text, "done");
    bench.send("again").await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_late_and_not_too_big() {
    let cut = [Ok("{\"chat"), Err(std::io::Error::from(std::io::ErrorKind::TimedOut))];
    let body = axum::body::Body::from_stream(tokio_stream::iter(cut));
    let request = Request::builder().header("content-type", "application/json").body(body).unwrap();
    assert_eq!(Params::read(request).await.unwrap_err(), ApiError::timeout());
}

#[tokio::test]
async fn files_too_big_are_refused_for_their_size() {
    let bench = bench().await;
    let photo = bench.send_photo(&"x".repeat(crate::world::PHOTO_LIMIT + 1)).await;
    let words = "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes";
    assert_eq!(photo["description"], format!("Bad Request: {words}"));
    let group = GROUP.to_string();
    let parts = parts_of("a", &"x".repeat(FILE_LIMIT + 1), &[("chat_id", &group)]);
    let file = bench.post_parts("sendDocument", parts).await;
    assert_eq!(file["description"], "Request Entity Too Large");
}

#[tokio::test]
async fn a_poll_that_is_open_is_muted_too() {
    let bench = bench().await;
    let mesh = bench.id("mesh_mastermind_bot");
    let poll = bench.call("getUpdates", json!({ "timeout": 50 }));
    let mut poll = std::pin::pin!(poll);
    let polls = async {
        while !bench.door.inner.pollers.is_known(mesh) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = &mut poll => panic!("{answer}"),
        () = polls => {}
    }
    bench.world.faults().add(Fault::Mute { user: mesh });
    bench.say("into the void");
    let answered = tokio::time::timeout(std::time::Duration::from_millis(300), poll).await;
    assert!(answered.is_err(), "{answered:?}");
    bench.world.faults().clear();
    assert_eq!(bench.ok("getUpdates", json!({})).await[0]["message"]["text"], "into the void");
}

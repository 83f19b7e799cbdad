//! The control door's acts, seen by others.

use sandbox::world::{Clock, SeenWhat, World};
use sandbox::{Sandbox, Settings};
use serde_json::{Value, json};

use super::Stage;

#[tokio::test]
async fn everything_a_person_does_can_be_done_as_anyone() {
    let stage = Stage::start().await;
    let mut seen = stage.world().watch();
    let post = json!({ "as": "Ely", "chat": "Mesh Mastermind", "text": "first", "silent": true });
    let message = stage.order("/post", post).await["message"].clone();
    stage.order("/edit", json!({ "as": "Ely", "message": message, "text": "second" })).await;
    stage.order("/react", json!({ "as": "Alex", "message": message, "emoji": "👍" })).await;
    stage.order("/pin", json!({ "as": "Ely", "message": message })).await;
    stage.order("/unpin", json!({ "as": "Ely", "message": message })).await;
    let (status, refused) = stage.ask("/delete", json!({ "as": "Alex", "message": message })).await;
    assert_eq!(status, 409, "{refused}");
    stage.order("/delete", json!({ "as": "Ely", "message": message })).await;
    let mut happened = Vec::new();
    while let Ok(event) = seen.try_recv() {
        happened.push(match event.what {
            SeenWhat::Posted(posted) => posted.text,
            SeenWhat::Edited(edited) => edited.text,
            SeenWhat::Reacted { emoji } => emoji.unwrap(),
            what => format!("{what:?}"),
        });
    }
    assert_eq!(happened, ["first", "second", "👍", "Pinned", "Unpinned", "Deleted"]);
}

#[tokio::test]
async fn members_come_and_go() {
    let stage = Stage::start().await;
    let chat = "Mesh Mastermind";
    stage.order("/leave", json!({ "as": "Ely", "chat": chat, "user": "Sam" })).await;
    let (status, _) = stage.ask("/post", json!({ "as": "Sam", "chat": chat, "text": "still here?" })).await;
    assert_eq!(status, 409);
    stage.order("/join", json!({ "as": "Ely", "chat": chat, "user": "Sam" })).await;
    stage.order("/post", json!({ "as": "Sam", "chat": chat, "text": "back" })).await;
}

#[tokio::test]
async fn a_virtual_clock_is_moved_and_the_machines_is_not() {
    let stage = Stage::of(World::mastermind_at(Clock::manual(1_770_000_000))).await;
    assert_eq!(stage.order("/clock", json!({ "advance": 90 })).await, json!({ "now": 1_770_000_090 }));
    let (status, _) = stage.ask("/clock", json!({ "advance": u64::MAX })).await;
    assert_eq!((status, stage.world().now()), (400, 1_770_000_090));
    let stage = Stage::start().await;
    let (status, refused) = stage.ask("/clock", json!({ "advance": 90 })).await;
    assert_eq!(status, 409, "{refused}");
}

#[tokio::test]
async fn another_site_may_not_ask() {
    let stage = Stage::start().await;
    let url = format!("{}/post", stage.sandbox.ready().control);
    let said = json!({ "as": "Ely", "chat": "Mesh Mastermind", "text": "not mine" });
    for (header, value) in [
        ("origin", "http://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
        ("host", "rebound.example"),
    ] {
        let request = stage.http.post(&url).header(header, value).json(&said);
        assert_eq!(request.send().await.unwrap().status().as_u16(), 403, "{header}");
    }
    stage.order("/post", said).await;
}

#[tokio::test]
async fn a_group_becomes_a_supergroup() {
    let stage = Stage::start().await;
    let old = stage.group().to_bot_api();
    let migrated = stage.order("/migrate", json!({ "chat": "Mesh Mastermind" })).await;
    assert!(migrated["chat"].as_i64().unwrap() < -1_000_000_000_000);
    let (status, answer) = stage.bot("sendMessage", json!({ "chat_id": old, "text": "hello" })).await;
    assert_eq!((status, &answer["parameters"]["migrate_to_chat_id"]), (400, &migrated["chat"]));
    assert_eq!(stage.ask("/migrate", json!({ "chat": "Sam" })).await.0, 400);
}

/// All that the doors say, of a world at a standing clock and with a seed, to the same questions.
async fn all_that_is_said() -> Vec<Value> {
    let world = World::mastermind_at(Clock::manual(1_770_000_000));
    let settings = Settings { world, seed: Some(7), ..Settings::default() };
    let stage = Stage::with(Sandbox::start(settings).await.unwrap());
    let ready = json!(stage.sandbox.ready());
    let mut said = vec![ready["rsa_key_pem"].clone(), ready["accounts"].clone(), ready["bots"].clone()];
    said.push(stage.order("/key", json!({ "as": "Ely" })).await["auth_key"].clone());
    for text in ["/start@sandman_agent_bot", "take it"] {
        said.push(
            stage.order("/post", json!({ "as": "Ely", "chat": "Mesh Mastermind", "text": text })).await,
        );
    }
    said.push(stage.bot("getUpdates", json!({})).await.1);
    let card = json!({ "inline_keyboard": [[{ "text": "Yes", "callback_data": "yes" }]] });
    let card = json!({ "chat_id": stage.group().to_bot_api(), "text": "<b>It?</b>", "parse_mode": "HTML", "reply_markup": card });
    said.push(stage.bot("sendMessage", card).await.1);
    said.push(stage.order("/clock", json!({ "advance": 60 })).await);
    said.push(stage.order("/react", json!({ "as": "Ely", "message": 4, "emoji": "👍" })).await);
    let world = stage.http.get(format!("{}/world", stage.sandbox.ready().control)).send().await.unwrap();
    said.push(world.json().await.unwrap());
    said
}

#[tokio::test]
async fn with_a_seed_and_a_standing_clock_everything_is_said_again_the_same() {
    assert_eq!(all_that_is_said().await, all_that_is_said().await);
}

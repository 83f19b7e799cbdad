//! Every fault of the control door that concerns bots, and what teloxide makes of it.

use std::time::Instant;

use sandbox::control;
use serde_json::{Value, json};
use teloxide::RequestError;
use teloxide::types::{Seconds, UpdateKind};
use tokio::time::timeout;

use super::*;

/// For what must not come: long enough to notice it, short enough to wait for.
const A_MOMENT: Duration = Duration::from_millis(300);
/// The name of the bot at the control door.
const MESH: &str = "Mesh";

/// The control door of a stage.
struct Hand {
    url: String,
    http: reqwest::Client,
}

impl Hand {
    async fn of(stage: &Stage) -> Self {
        let (world, stop) = (stage.world.clone(), stage.stop.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/fault", listener.local_addr().unwrap());
        let door = control::Door::new(world.clone(), Door::new(world, stop.clone()));
        tokio::spawn(door.serve(listener, stop));
        Self { url, http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    async fn order(&self, fault: Value) {
        let answer = self.http.post(&self.url).body(fault.to_string()).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }
}

impl Stage {
    fn said(&self, text: &str) -> usize {
        let chat = sandbox::world::ChatKey::of(self.ely, self.group);
        self.world.transcript(chat).iter().filter(|message| message.text == text).count()
    }

    /// The texts that teloxide is told of from an update on, each with its update's id.
    async fn heard(&self, offset: i32) -> Vec<(i32, String)> {
        let updates = self.bot.get_updates().offset(offset).await.unwrap();
        let text = |update: Update| match update.kind {
            UpdateKind::Message(message) => (update.id.as_offset() - 1, message.text().unwrap().to_owned()),
            other => panic!("{other:?}"),
        };
        updates.into_iter().map(text).collect()
    }
}

fn texts(heard: &[(i32, String)]) -> Vec<&str> {
    heard.iter().map(|(_, text)| text.as_str()).collect()
}

#[tokio::test]
async fn too_many_requests_of_a_method_or_in_a_chat() {
    let stage = Stage::open().await;
    let hand = Hand::of(&stage).await;
    let wait = |outcome: Result<Message, RequestError>| match outcome {
        Err(RequestError::RetryAfter(wait)) => wait,
        other => panic!("{other:?}"),
    };
    hand.order(json!({ "fault": "status", "method": "sendMessage", "status": 429, "retry_after": 3 })).await;
    let refused = stage.bot.send_message(stage.chat(), "x").await;
    assert_eq!(wait(refused), Seconds::from_seconds(3));
    hand.order(json!({ "fault": "status", "chat": "Mesh Mastermind", "status": 429, "retry_after": 5 }))
        .await;
    assert!(stage.bot.get_me().await.is_ok(), "elsewhere nothing is wrong");
    let refused = stage.bot.send_message(stage.chat(), "x").await;
    assert_eq!(wait(refused), Seconds::from_seconds(5));
    stage.bot.send_message(stage.chat(), "x").await.unwrap();
    assert_eq!(stage.said("x"), 1);
}

#[tokio::test]
async fn another_poller_and_a_broken_server() {
    let stage = Stage::open().await;
    let hand = Hand::of(&stage).await;
    hand.order(json!({ "fault": "status", "method": "getUpdates", "status": 409 })).await;
    let conflict = stage.bot.get_updates().await;
    assert!(
        matches!(conflict, Err(RequestError::Api(teloxide::ApiError::TerminatedByOtherGetUpdates))),
        "{conflict:?}"
    );
    hand.order(json!({ "fault": "status", "method": "getMe", "status": 500 })).await;
    // teloxide itself waits for ten seconds before it tells.
    let broken = stage.bot.get_me().await.unwrap_err();
    assert_eq!(broken.to_string(), "A Telegram's error: Unknown error: \"Internal Server Error\"");
    assert!(stage.bot.get_me().await.is_ok());
}

#[tokio::test]
async fn an_answer_is_lost_after_the_work() {
    let stage = Stage::open().await;
    let hand = Hand::of(&stage).await;
    hand.order(json!({ "fault": "lose_bot_reply", "method": "sendMessage" })).await;
    let lost = stage.bot.send_message(stage.chat(), "said").await;
    assert!(matches!(lost, Err(RequestError::Network(_))), "{lost:?}");
    assert_eq!(stage.said("said"), 1);
}

#[tokio::test]
async fn a_call_is_not_answered_or_late() {
    let stage = Stage::open().await;
    let hand = Hand::of(&stage).await;
    hand.order(json!({ "fault": "silence", "method": "sendMessage" })).await;
    let never = timeout(A_MOMENT, stage.bot.send_message(stage.chat(), "unsaid").send()).await;
    assert!(never.is_err());
    assert_eq!(stage.said("unsaid"), 0);
    hand.order(json!({ "fault": "slow", "method": "getMe", "millis": 300 })).await;
    let began = Instant::now();
    stage.bot.get_me().await.unwrap();
    assert!(began.elapsed() >= A_MOMENT);
}

#[tokio::test]
async fn a_server_falls_silent() {
    let stage = Stage::open().await;
    let hand = Hand::of(&stage).await;
    hand.order(json!({ "fault": "mute", "who": MESH })).await;
    assert!(timeout(A_MOMENT, stage.bot.get_me().send()).await.is_err());
    hand.order(json!({ "fault": "none" })).await;
    assert!(stage.bot.get_me().await.is_ok());
}

#[tokio::test]
async fn updates_come_late() {
    let stage = Stage::open().await;
    let hand = Hand::of(&stage).await;
    hand.order(json!({ "fault": "hold", "who": MESH })).await;
    stage.says("held");
    assert!(stage.heard(0).await.is_empty());
    hand.order(json!({ "fault": "release", "who": MESH })).await;
    let heard = stage.heard(0).await;
    assert_eq!(texts(&heard), ["held"]);
    hand.order(json!({ "fault": "delay", "who": MESH, "millis": 300 })).await;
    let began = Instant::now();
    stage.says("late");
    let late = stage.bot.get_updates().offset(heard[0].0 + 1).timeout(10).await.unwrap();
    assert_eq!(late.len(), 1);
    assert!(began.elapsed() >= A_MOMENT);
}

#[tokio::test]
async fn updates_come_twice_and_out_of_order() {
    let stage = Stage::open().await;
    let hand = Hand::of(&stage).await;
    hand.order(json!({ "fault": "duplicate", "who": MESH })).await;
    stage.says("one");
    let twice = stage.heard(0).await;
    assert_eq!(texts(&twice), ["one", "one"]);
    assert_eq!(twice[0].0, twice[1].0, "by the same number");
    hand.order(json!({ "fault": "reorder", "who": MESH })).await;
    stage.says("two");
    assert!(stage.heard(twice[0].0 + 1).await.is_empty(), "it waits for the next");
    stage.says("three");
    let swapped = stage.heard(twice[0].0 + 1).await;
    assert_eq!(texts(&swapped), ["three", "two"]);
    assert!(swapped[0].0 > swapped[1].0);
}

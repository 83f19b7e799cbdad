//! The listener: nothing lost, nothing confirmed before it is committed, and an end with a reason.

use std::sync::Arc;
use std::time::Duration;

use commands::input::What;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::stub::Stub;
use super::{GROUP, bot};
use crate::listen::{Backoff, Batch, Health, Listening, listen};

struct Running {
    batches: mpsc::Receiver<Batch>,
    health: watch::Receiver<Health>,
    task: JoinHandle<()>,
    stop: CancellationToken,
}

fn start(stub: &Stub, from: Option<i64>) -> Running {
    let stop = CancellationToken::new();
    let clock = Arc::new(|| Timestamp::UNIX_EPOCH);
    let mut listening = Listening::from(from, clock, stop.clone());
    listening.backoff = Backoff { first: Duration::from_millis(1), longest: Duration::from_millis(2) };
    listening.give_way = Duration::from_millis(100);
    let (listener, batches, health) = listen(&bot(Some(stub.url())), listening);
    Running { batches, health, task: tokio::spawn(listener.run()), stop }
}

impl Running {
    async fn batch(&mut self) -> Batch {
        self.batches.recv().await.unwrap()
    }

    async fn end(self) -> Health {
        self.task.await.unwrap();
        self.health.borrow().clone()
    }
}

fn update(id: i64, text: &str) -> Value {
    json!({"update_id": id, "message": {
        "message_id": id + 1000,
        "date": 1_770_000_000 + id,
        "chat": {"id": GROUP.0, "type": "group", "title": "Mesh Mastermind"},
        "from": {"id": 5_550_001, "is_bot": false, "first_name": "Ely"},
        "text": text,
    }})
}

fn texts(batch: &Batch) -> Vec<&str> {
    let heard = batch.inputs.iter().filter_map(|input| match &input.what {
        What::Heard(heard) => Some(heard.said.text.as_str()),
        _ => None,
    });
    heard.collect()
}

#[tokio::test]
async fn one_unreadable_update_loses_no_other() {
    let stub = Stub::start().await;
    let mut newer = update(11, "/mesh status");
    newer["message"]["entities"] = json!([{"type": "date_time", "offset": 0, "length": 5}]);
    let updates = json!([
        newer,
        {"update_id": 12, "guest_message": {"x": 1}},
        {"update_id": 13, "message": "not an object"},
        {"update_id": 14, "message": {"message_id": 1}},
        {"update_id": 15},
        "no update at all",
        update(16, "/mesh claims"),
    ]);
    stub.result("getUpdates", &updates);
    let mut running = start(&stub, None);
    let batch = running.batch().await;
    assert_eq!(texts(&batch), ["/mesh status", "/mesh claims"]);
    assert_eq!(batch.offset, 17);
}

#[tokio::test]
async fn nothing_is_confirmed_before_it_is_committed() {
    let stub = Stub::start().await;
    stub.result("getUpdates", &json!([update(7, "/mesh status")]));
    let mut killed = start(&stub, Some(7));
    let batch = killed.batch().await;
    killed.task.abort();
    assert!(killed.task.await.unwrap_err().is_cancelled());
    drop(batch);
    assert_eq!(stub.count("getUpdates"), 1);

    stub.result("getUpdates", &json!([update(7, "/mesh status")]));
    let mut running = start(&stub, Some(7));
    let batch = running.batch().await;
    assert_eq!(texts(&batch), ["/mesh status"]);
    assert_eq!(stub.call("getUpdates", 1).await.body["offset"], 7);
    assert_eq!(stub.count("getUpdates"), 2);
    batch.committed.send(()).unwrap();
    assert_eq!(stub.call("getUpdates", 2).await.body["offset"], 8);
}

#[tokio::test]
async fn a_poll_is_held_open_once_all_is_caught_up() {
    let stub = Stub::start().await;
    stub.result("getUpdates", &json!([]));
    let mut running = start(&stub, None);
    let first = stub.call("getUpdates", 0).await.body;
    assert_eq!(first["timeout"], 0);
    assert_eq!(first.get("offset"), None);
    assert_eq!(first["allowed_updates"].as_array().unwrap().len(), 5);
    let caught_up = Health::Listening { caught_up: true };
    running.health.wait_for(|h| *h == caught_up).await.unwrap();
    assert_eq!(stub.call("getUpdates", 1).await.body["timeout"], 20);
    assert!(!running.health.borrow().is_over());
}

#[tokio::test]
async fn stopping_ends_an_open_poll() {
    let stub = Stub::start().await;
    let running = start(&stub, None);
    stub.call("getUpdates", 0).await;
    running.stop.cancel();
    assert_eq!(running.end().await, Health::Stopped);
}

#[tokio::test]
async fn a_batch_that_is_not_committed_ends_listening() {
    let stub = Stub::start().await;
    stub.result("getUpdates", &json!([update(7, "hello")]));
    let mut running = start(&stub, None);
    drop(running.batch().await);
    assert_eq!(running.end().await, Health::Stopped);
    assert_eq!(stub.count("getUpdates"), 1);
}

#[tokio::test]
async fn another_poller_is_named_and_tried_again_after_a_while() {
    for said in [
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    ] {
        let stub = Stub::start().await;
        stub.refuse("getUpdates", 409, said);
        stub.result("getUpdates", &json!([]));
        let mut running = start(&stub, None);
        let health = running.health.wait_for(|health| *health != Health::Connecting).await.unwrap().clone();
        assert!(matches!(health, Health::AnotherPoller { .. }) && !health.is_over(), "{health:?}");
        assert!(health.sentence().unwrap().contains("stop the other program"));
        running.health.wait_for(|health| matches!(health, Health::Listening { .. })).await.unwrap();
        running.stop.cancel();
    }
}

#[tokio::test]
async fn a_refused_token_ends_listening() {
    let stub = Stub::start().await;
    stub.refuse("getWebhookInfo", 401, "Unauthorized");
    let end = start(&stub, None).end().await;
    assert_eq!(end, Health::TokenRefused);
    assert_eq!(stub.count("getUpdates"), 0);
}

#[tokio::test]
async fn a_webhook_is_deleted_first() {
    let stub = Stub::start().await;
    stub.result("getWebhookInfo", &json!({"url": "http://127.0.0.1:1/hook"}));
    let running = start(&stub, None);
    stub.call("getUpdates", 0).await;
    assert_eq!(stub.count("deleteWebhook"), 1);
    drop(running);
}

#[tokio::test]
async fn garbage_and_errors_are_outlived() {
    let stub = Stub::start().await;
    let flood = json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 0",
        "parameters": {"retry_after": 0}});
    stub.raw("getWebhookInfo", 200, "garbage")
        .raw("getUpdates", 200, "<html>bad gateway</html>")
        .raw("getUpdates", 429, &flood.to_string())
        .refuse("getUpdates", 400, "Bad Request: something new")
        .result("getUpdates", &json!({"not": "a list"}))
        .result("getUpdates", &json!([{"no": "id"}]))
        .result("getUpdates", &json!([update(3, "/mesh help")]));
    let mut running = start(&stub, None);
    let batch = running.batch().await;
    assert_eq!(texts(&batch), ["/mesh help"]);
    let health = running.health.borrow().clone();
    assert_eq!(health, Health::Listening { caught_up: false });
    batch.committed.send(()).unwrap();
    running.health.wait_for(|h| *h == Health::Listening { caught_up: true }).await.unwrap();
}

#[tokio::test]
async fn a_taps_time_is_the_nodes() {
    let stub = Stub::start().await;
    let tap = json!({"update_id": 5, "callback_query": {
        "id": "555", "chat_instance": "1", "data": "forged",
        "from": {"id": 5_550_001, "is_bot": false, "first_name": "Ely"},
        "message": {"message_id": 9, "date": 0, "chat": {"id": GROUP.0, "type": "group", "title": "M"}},
    }});
    stub.result("getUpdates", &json!([tap]));
    let mut running = start(&stub, None);
    let batch = running.batch().await;
    assert_eq!(batch.inputs[0].at, Timestamp::UNIX_EPOCH);
    let What::Tapped(tap) = &batch.inputs[0].what else { panic!("{:?}", batch.inputs) };
    assert_eq!((tap.query.as_str(), tap.action), ("555", None));
}

//! Webhooks: set, delivered to, failing, answering.

use std::sync::Mutex;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use tokio::sync::mpsc;

use super::*;

/// A webhook on the loopback that hands over what it gets and answers what it is told.
struct Hook {
    url: String,
    heard: mpsc::UnboundedReceiver<(HeaderMap, Value)>,
    answers: Arc<Mutex<Vec<(u16, Value)>>>,
}

type Ears = (mpsc::UnboundedSender<(HeaderMap, Value)>, Arc<Mutex<Vec<(u16, Value)>>>);

async fn hook() -> Hook {
    let (sender, heard) = mpsc::unbounded_channel();
    let answers = Arc::new(Mutex::new(Vec::new()));
    let hear = async |State((sender, answers)): State<Ears>, headers: HeaderMap, body: axum::Json<Value>| {
        sender.send((headers, body.0)).unwrap();
        let mut answers = answers.lock().unwrap();
        let (status, body) = if answers.is_empty() { (200, json!({})) } else { answers.remove(0) };
        (StatusCode::from_u16(status).unwrap(), axum::Json(body))
    };
    let app = Router::new().route("/hook", post(hear)).with_state((sender, answers.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    Hook { url, heard, answers }
}

impl Hook {
    async fn next(&mut self) -> (HeaderMap, Value) {
        tokio::time::timeout(Duration::from_secs(10), self.heard.recv()).await.unwrap().unwrap()
    }

    async fn text(&mut self) -> String {
        self.next().await.1["message"]["text"].as_str().unwrap().to_owned()
    }

    fn will_answer(&self, status: u16, body: Value) {
        self.answers.lock().unwrap().push((status, body));
    }
}

impl Bench {
    async fn pending(&self) -> Value {
        self.ok("getWebhookInfo", json!({})).await["pending_update_count"].clone()
    }

    async fn all_taken(&self) {
        until(async || self.pending().await == 0).await;
    }

    /// What the last failed delivery met.
    async fn last_error(&self) -> Value {
        self.ok("getWebhookInfo", json!({})).await["last_error_message"].clone()
    }
}

/// Looks again and again until it is so.
async fn until(is_so: impl AsyncFn() -> bool) {
    let looking = async {
        let mut every = tokio::time::interval(Duration::from_millis(10));
        while !is_so().await {
            every.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), looking).await.expect("it is so in time");
}

#[tokio::test]
async fn updates_come_with_the_secret_and_are_taken_once() {
    let (bench, mut hook) = (bench().await, hook().await);
    bench.say("before");
    let set = json!({ "url": hook.url, "secret_token": "S3cret_-", "max_connections": 5, "allowed_updates": ["message"] });
    let body = bench.call("setWebhook", set.clone()).await;
    assert_eq!((&body["result"], &body["description"]), (&json!(true), &json!("Webhook was set")));
    let (headers, update) = hook.next().await;
    assert_eq!(headers["x-telegram-bot-api-secret-token"], "S3cret_-");
    assert_eq!(
        (&update["message"]["text"], headers["content-type"].as_bytes()),
        (&json!("before"), &b"application/json"[..])
    );
    assert!(Schemas::known().faults_of("Update", &update).is_empty());
    bench.say("after");
    assert_eq!(hook.text().await, "after");
    bench.all_taken().await;
    assert_eq!(bench.call("setWebhook", set).await["description"], "Webhook is already set");
    let info = bench.ok("getWebhookInfo", json!({})).await;
    let expected = json!({ "url": hook.url, "has_custom_certificate": false, "pending_update_count": 0,
        "max_connections": 5, "ip_address": "127.0.0.1", "allowed_updates": ["message"] });
    assert_eq!(info, expected);
}

#[tokio::test]
async fn a_failed_delivery_is_told_of_and_tried_again_in_order() {
    let (bench, mut hook) = (bench().await, hook().await);
    hook.will_answer(500, json!({}));
    bench.ok("setWebhook", json!({ "url": hook.url })).await;
    bench.say("one");
    bench.say("two");
    assert_eq!(hook.text().await, "one");
    until(async || bench.last_error().await != Value::Null).await;
    let info = bench.ok("getWebhookInfo", json!({})).await;
    assert_eq!(info["last_error_message"], "Wrong response from the webhook: 500 Internal Server Error");
    assert_eq!((&info["last_error_date"], &info["pending_update_count"]), (&json!(NOON), &json!(2)));
    bench.world.clock().advance(Duration::from_secs(1));
    assert_eq!((hook.text().await, hook.text().await), ("one".to_owned(), "two".to_owned()));
    bench.all_taken().await;
}

#[tokio::test]
async fn nobody_at_home_is_told_of() {
    let bench = bench().await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    bench.ok("setWebhook", json!({ "url": format!("http://{free}/") })).await;
    bench.say("anybody?");
    until(async || bench.last_error().await == "Connection refused").await;
}

#[tokio::test]
async fn one_chat_does_not_wait_for_another() {
    let (bench, mut hook) = (bench().await, hook().await);
    hook.will_answer(500, json!({}));
    bench.ok("setWebhook", json!({ "url": hook.url })).await;
    bench.say("group");
    assert_eq!(hook.text().await, "group");
    let (ely, mesh) = (bench.id("ely_exec"), bench.id("mesh_mastermind_bot"));
    bench.world.post(ely, Peer::User(mesh), Draft::text("private")).unwrap();
    assert_eq!(hook.text().await, "private");
    until(async || bench.last_error().await != Value::Null).await;
    bench.world.clock().advance(Duration::from_secs(1));
    assert_eq!(hook.text().await, "group");
}

#[tokio::test]
async fn the_answer_to_a_delivery_may_be_a_call() {
    let (bench, mut hook) = (bench().await, hook().await);
    hook.will_answer(200, json!({ "method": "sendMessage", "chat_id": GROUP, "text": "from the hook" }));
    bench.ok("setWebhook", json!({ "url": hook.url })).await;
    bench.say("hello");
    hook.next().await;
    bench.all_taken().await;
    let said = bench.world.transcript(crate::world::ChatKey::Group(-GROUP)).pop().unwrap();
    assert_eq!((said.text.as_str(), said.name.as_str()), ("from the hook", "Mesh"));
}

#[tokio::test]
async fn polling_and_a_webhook_exclude_each_other() {
    let (bench, hook) = (bench().await, hook().await);
    let poll = bench.call("getUpdates", json!({ "timeout": 30 }));
    let set = async {
        until(async || bench.door.inner.pollers.is_known(bench.id("mesh_mastermind_bot"))).await;
        bench.ok("setWebhook", json!({ "url": hook.url })).await;
    };
    let (turned_out, ()) = tokio::join!(poll, set);
    assert_eq!(turned_out["description"], "Conflict: terminated by setWebhook request");
    let words = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    assert_eq!(bench.refused("getUpdates", json!({})).await, (409, words.to_owned()));
    let body = bench.call("setWebhook", json!({ "url": "" })).await;
    assert_eq!(body["description"], "Webhook was deleted");
    assert_eq!(bench.call("deleteWebhook", json!({})).await["description"], "Webhook is already deleted");
    bench.say("now");
    assert_eq!(bench.ok("getUpdates", json!({})).await[0]["message"]["text"], "now");
}

#[tokio::test]
async fn what_waits_can_be_dropped() {
    let (bench, mut hook) = (bench().await, hook().await);
    bench.say("old");
    bench.ok("setWebhook", json!({ "url": hook.url, "drop_pending_updates": true })).await;
    bench.say("new");
    assert_eq!(hook.text().await, "new");
}

#[tokio::test]
async fn bad_webhooks_are_refused() {
    let bench = bench().await;
    let set =
        |url: &str, secret: &str| bench.refused("setWebhook", json!({ "url": url, "secret_token": secret }));
    let bad = |what: &str| (400, format!("Bad Request: {what}"));
    let home = "bad webhook: The sandbox delivers to the loopback only";
    for url in ["https://example.org/hook", "http://192.0.2.1/", "http://localhost.example.org/"] {
        assert_eq!(set(url, "").await, bad(home), "{url}");
    }
    assert_eq!(
        set("ftp://127.0.0.1/", "").await,
        bad("bad webhook: An HTTPS URL must be provided for webhook")
    );
    assert_eq!(set("http://127.0.0.1/", "sp ace").await, bad("secret token contains unallowed characters"));
    assert_eq!(set("http://127.0.0.1/", &"x".repeat(257)).await, bad("secret token is too long"));
}

#[tokio::test]
async fn a_webhook_of_a_muted_bot_is_not_called() {
    let (bench, mut hook) = (bench().await, hook().await);
    bench.ok("setWebhook", json!({ "url": hook.url })).await;
    bench.world.faults().add(Fault::Mute { user: bench.id("mesh_mastermind_bot") });
    bench.say("into the void");
    let called = tokio::time::timeout(std::time::Duration::from_millis(300), hook.text()).await;
    assert!(called.is_err(), "{called:?}");
    bench.world.faults().clear();
    assert_eq!(hook.text().await, "into the void");
}

//! The control door over real HTTP on 127.0.0.1.

use reqwest::Client;
use serde_json::{Value, json};

use super::*;
use crate::world::{BotUpdateKind, Clock, TapAnswer};

struct Bench {
    world: World,
    base: String,
    client: Client,
    stop: CancellationToken,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn bench() -> Bench {
    let world = World::mastermind_at(Clock::manual(1_770_000_000));
    let stop = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let bot_api = botapi::Door::new(world.clone(), stop.clone());
    tokio::spawn(Door::new(world.clone(), bot_api).serve(listener, stop.clone()));
    Bench { world, base, client: Client::new(), stop }
}

impl Bench {
    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let response = self.client.post(format!("{}{path}", self.base)).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    async fn get(&self, path: &str) -> Value {
        self.client.get(format!("{}{path}", self.base)).send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn anybody_posts_reacts_and_is_shown() {
    let bench = bench().await;
    assert_eq!(bench.get("/health").await, json!({ "ok": true }));
    let (status, posted) =
        bench.post("/post", json!({ "as": "ely", "chat": "Mesh Mastermind", "text": "hello" })).await;
    assert_eq!(status, 200, "{posted}");
    let reply =
        json!({ "as": "@alex_ops", "chat": -4_000_000_001_i64, "text": "hi", "reply_to": posted["message"] });
    assert_eq!(bench.post("/post", reply).await.0, 200);
    let react = json!({ "as": "Sandman", "message": posted["message"], "emoji": "👍" });
    assert_eq!(bench.post("/react", react).await.0, 200);
    let private = json!({ "as": "Sam", "chat": "Mesh Bridge", "text": "psst" });
    assert_eq!(bench.post("/post", private).await.0, 200);
    let world = bench.get("/world").await;
    let messages = world["chats"][0]["messages"].as_array().unwrap();
    assert_eq!(messages[1]["text"], "hello");
    assert_eq!(messages[1]["reactions"], json!([{ "by": "Sandman", "emoji": "👍" }]));
    assert_eq!(messages[2]["reply_to"], posted["message"]);
    assert_eq!(world["private"][0]["between"], json!(["Sam", "Mesh Bridge"]));
    assert_eq!(world["accounts"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_a_sentence() {
    let bench = bench().await;
    let cases = [
        (
            "/post",
            json!({ "as": "Nobody", "chat": "Mesh Mastermind", "text": "x" }),
            404,
            "There is nobody called Nobody.",
        ),
        (
            "/post",
            json!({ "as": "Ely", "chat": "Nowhere", "text": "x" }),
            404,
            "There is no chat called Nowhere.",
        ),
        (
            "/post",
            json!({ "as": "Ely", "chat": "Mesh Mastermind", "text": " " }),
            409,
            "The world refuses: the text is empty (MESSAGE_EMPTY).",
        ),
        (
            "/react",
            json!({ "as": "Ely", "message": 99, "emoji": "👍" }),
            404,
            "There is no message 99 that this user has; GET /world shows them.",
        ),
        (
            "/fault",
            json!({ "fault": "status", "method": "getMe", "status": 200 }),
            400,
            "\"status\" must be 400 to 599.",
        ),
    ];
    for (path, body, status, sentence) in cases {
        assert_eq!(bench.post(path, body).await, (status, json!({ "error": sentence })));
    }
    let (status, body) = bench.post("/post", json!({ "as": "Ely" })).await;
    assert_eq!(status, 400);
    assert!(body["error"].as_str().unwrap().contains("missing field `chat`"), "{body}");
    assert_eq!(bench.post("/nonsense", json!({})).await.0, 404);
}

#[tokio::test]
async fn a_button_is_tapped_by_its_label() {
    let bench = bench().await;
    let mesh = bench.world.user_by_username("mesh_mastermind_bot").unwrap().id;
    let group = bench.world.groups()[0].peer;
    let keyboard =
        crate::world::Keyboard { rows: vec![vec![crate::world::Button::callback("Take it", "take")]] };
    let draft = crate::world::Draft { keyboard: Some(keyboard), ..crate::world::Draft::text("card") };
    let card = bench.world.post(mesh, group, draft).unwrap();
    let wrong = json!({ "as": "Ely", "message": card.key, "button": "Leave it" });
    assert_eq!(bench.post("/tap", wrong).await.0, 404);
    let mut news = bench.world.subscribe(mesh).unwrap();
    let tap = bench.post("/tap", json!({ "as": "Ely", "message": card.key, "button": "Take it" }));
    let answer = async {
        news.changed().await.unwrap();
        let update = bench.world.bot_updates(mesh, 0, 1).remove(0);
        let BotUpdateKind::CallbackQuery(query) = update.kind else { panic!("{update:?}") };
        let answer = TapAnswer { text: Some("Yours.".to_owned()), ..TapAnswer::default() };
        bench.world.answer_tap(mesh, query.id, answer).unwrap();
    };
    let ((status, body), ()) = tokio::join!(tap, answer);
    assert_eq!((status, &body["text"]), (200, &json!("Yours.")));
}

#[tokio::test]
async fn faults_are_ordered() {
    let bench = bench().await;
    let order = json!({ "fault": "flood_wait", "method": "messages.sendMessage", "seconds": 3, "times": 2 });
    assert_eq!(bench.post("/fault", order).await, (200, json!({ "ok": true })));
    let fault = bench.world.faults().rpc("messages.sendMessage", None, || None);
    assert_eq!(fault, Some(crate::world::RpcFault::FloodWait { seconds: 3 }));
    assert_eq!(bench.post("/fault", json!({ "fault": "none" })).await.0, 200);
    assert_eq!(bench.world.faults().rpc("messages.sendMessage", None, || None), None);
    let mut cuts = bench.world.faults().cuts();
    assert_eq!(bench.post("/fault", json!({ "fault": "cut", "account": "Ely" })).await.0, 200);
    assert!(cuts.try_recv().is_ok());
    assert_eq!(bench.post("/limits", json!({ "on": true })).await.0, 200);
}

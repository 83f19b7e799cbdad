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
    fn id(&self, username: &str) -> crate::world::UserId {
        self.world.user_by_username(username).unwrap().id
    }

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
async fn what_is_refused_before_it_is_read_is_said_in_json_too() {
    let bench = bench().await;
    let url = format!("{}/post", bench.base);
    let body = "x".repeat(BODY_LIMIT + 1);
    let response = bench.client.post(&url).body(body).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 413);
    let said: Value = response.json().await.unwrap();
    assert_eq!(said, json!({ "error": "The body has more than 65536 bytes." }));
    let response = bench.client.get(&url).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 405);
    assert!(response.json::<Value>().await.unwrap()["error"].is_string());
}

#[tokio::test]
async fn it_is_said_what_is_really_wrong() {
    let bench = bench().await;
    let (ely, alex) = (bench.id("ely_exec"), bench.id("alex_ops"));
    let hall = bench.world.add_group(crate::world::ChatKind::Supergroup, "Hall", ely, &[alex]);
    let shy = bench.world.add_bot("Shy", "shy_bot", true);
    bench.world.set_can_join_groups(shy, false);
    assert!(bench.world.group(hall).is_some());
    let cases = [
        (
            "/post",
            json!({ "as": "Sam", "chat": "Hall", "text": "x" }),
            409,
            "Sam is not in Hall; POST /join brings somebody in.",
        ),
        (
            "/join",
            json!({ "as": "Sam", "chat": "Hall", "user": "Sam" }),
            409,
            "Sam is not in Hall; POST /join brings somebody in.",
        ),
        (
            "/join",
            json!({ "as": "Ely", "chat": "Sam", "user": "Sam" }),
            400,
            "Sam is a person or a bot; a group is expected here.",
        ),
        (
            "/join",
            json!({ "as": "Ely", "chat": "Hall", "user": "Shy" }),
            409,
            "The world refuses: this bot may not be added to groups (BOT_GROUPS_BLOCKED).",
        ),
        ("/leave", json!({ "as": "Ely", "chat": "Hall", "user": "Sam" }), 409, "Sam is not in Hall."),
        ("/migrate", json!({ "chat": "Hall" }), 409, "Hall is a supergroup already."),
        ("/migrate", json!({ "chat": "Sam" }), 400, "Sam is a person or a bot; a group is expected here."),
        (
            "/migrate",
            json!({ "as": "Alex", "chat": "Mesh Mastermind" }),
            409,
            "Only who made a group makes a supergroup of it: Ely alone.",
        ),
        ("/block", json!({ "as": "Ely", "user": "Ely" }), 409, "Nobody blocks themselves."),
        ("/block", json!({ "as": "Mesh", "user": "Ely" }), 400, "Mesh is a bot; bots have no sessions here."),
    ];
    for (path, body, status, sentence) in cases {
        assert_eq!(bench.post(path, body).await, (status, json!({ "error": sentence })));
    }
    assert_eq!(bench.post("/migrate", json!({ "chat": "Mesh Mastermind" })).await.0, 200);
    let (old, path) = (-4_000_000_001_i64, "/post");
    let (status, said) = bench.post(path, json!({ "as": "Ely", "chat": old, "text": "x" })).await;
    assert!(status == 409 && said["error"].as_str().unwrap().contains("became the supergroup"), "{said}");
    let again = json!({ "error": "Mesh Mastermind is a supergroup already." });
    assert_eq!(bench.post("/migrate", json!({ "chat": old })).await, (409, again));
    assert_eq!(bench.post("/block", json!({ "as": "Ely", "bot": "Mesh" })).await.0, 200);
    assert!(bench.world.is_blocked(ely, bench.id("mesh_mastermind_bot")));
    assert_eq!(bench.post("/unblock", json!({ "as": "Ely", "bot": "Mesh" })).await.0, 200);
    assert!(!bench.world.is_blocked(ely, bench.id("mesh_mastermind_bot")));
}

#[tokio::test]
async fn a_fault_that_can_never_hit_is_refused() {
    let bench = bench().await;
    let hits = |order: Value, start: &'static str| (order, start);
    let cases = [
        hits(
            json!({ "fault": "status", "status": 500, "method": "getNothing" }),
            "The sandbox has no method getNothing. This fault hits: getUpdates, ",
        ),
        hits(
            json!({ "fault": "flood_wait", "seconds": 3, "method": "sendMessage" }),
            "sendMessage is a method of the Bot API, where this fault never hits. It hits: help.getConfig, ",
        ),
        hits(
            json!({ "fault": "lose_bot_reply", "method": "messages.sendMessage" }),
            "messages.sendMessage is a method of MTProto, where",
        ),
        hits(
            json!({ "fault": "silence", "method": "x" }),
            "The sandbox has no method x. This fault hits: help.getConfig, ",
        ),
        hits(
            json!({ "fault": "flood_wait", "seconds": 3, "who": "Mesh" }),
            "Mesh is a bot; this fault hits only calls of accounts",
        ),
        hits(
            json!({ "fault": "status", "status": 500, "who": "Ely" }),
            "Ely is an account; this fault hits only calls of bots",
        ),
        hits(
            json!({ "fault": "slow", "millis": 9, "method": "getMe", "who": "Ely" }),
            "Ely is an account; this fault hits only calls of bots",
        ),
        hits(
            json!({ "fault": "status", "status": 500, "method": "getMe", "chat": "Sam" }),
            "getMe names no chat by which",
        ),
        hits(
            json!({ "fault": "refuse", "error": "X", "method": "auth.sendCode", "chat": "Sam" }),
            "auth.sendCode names no chat by which",
        ),
        hits(
            json!({ "fault": "move_qr", "dc": 4, "who": "Ely" }),
            "This fault takes no \"who\"; it takes \"dc\", \"times\".",
        ),
        hits(
            json!({ "fault": "mute", "who": "Ely", "millis": 5 }),
            "This fault takes no \"millis\"; it takes \"who\".",
        ),
        hits(json!({ "fault": "none", "who": "Ely" }), "This fault takes nothing, and so no \"who\"."),
        hits(
            json!({ "fault": "release", "who": "Ely" }),
            "Nothing is held back from Ely; {\"fault\":\"hold\"} does that.",
        ),
        hits(
            json!({ "fault": "gap", "chat": "Sam" }),
            "Sam is a private chat; a gap is ordered for a supergroup",
        ),
        hits(json!({ "fault": "status", "status": 500, "retry_after": 3 }), "\"retry_after\" goes with"),
        hits(
            json!({ "fault": "status", "status": 429, "retry_after": 0 }),
            "\"retry_after\" must be at least 1.",
        ),
    ];
    for (order, start) in cases {
        let (status, answer) = bench.post("/fault", order.clone()).await;
        assert!(status >= 400, "{order}");
        assert!(answer["error"].as_str().unwrap().starts_with(start), "{order}: {answer}");
    }
}

#[tokio::test]
async fn a_fault_that_can_hit_is_taken() {
    let bench = bench().await;
    for order in [
        json!({ "fault": "silence", "method": "SENDMESSAGE", "chat": "Mesh Mastermind", "who": "Mesh" }),
        json!({ "fault": "slow", "millis": 9, "method": "messages.sendmessage", "chat": "Sam", "who": "Ely" }),
        json!({ "fault": "status", "status": 429 }),
        json!({ "fault": "hold", "who": "Ely" }),
        json!({ "fault": "release", "who": "Ely" }),
    ] {
        assert_eq!(bench.post("/fault", order.clone()).await.0, 200, "{order}");
    }
    let mesh = bench.id("mesh_mastermind_bot");
    let fault = bench.world.faults().bot_api("getMe", mesh, None);
    assert_eq!(fault, Some(crate::world::BotFault::Status { status: 429, retry_after: 1 }));
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

//! The page's HTTP side: what a browser is given, and what it is kept from.

use reqwest::{Response, StatusCode};
use sandbox::world::{Button, Draft, Keyboard, Peer};
use serde_json::{Value, json};

use super::Stage;
use super::stage::AT_MOST;

impl Stage {
    fn page(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.ready().page)
    }

    async fn get(&self, path: &str) -> Response {
        self.http.get(self.page(path)).send().await.unwrap()
    }

    async fn look(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    /// As the page itself asks.
    async fn act(&self, who: &str, mut order: Value) -> (StatusCode, Value) {
        order["as"] = json!(self.user(who));
        let request = self.http.post(self.page("page/do")).header("x-sandbox-page", "1").json(&order);
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }
}

/// A window that listens.
struct Listening {
    response: Response,
    heard: String,
}

impl Listening {
    async fn begin(stage: &Stage, who: &str, last: Option<&str>) -> Self {
        let mut request = stage.http.get(stage.page(&format!("page/events?as={}", stage.user(who))));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let mut listening = Self { response: request.send().await.unwrap(), heard: String::new() };
        listening.until(": here\n").await;
        listening
    }

    /// Listens until a text came; then gives all that came.
    async fn until(&mut self, text: &str) -> String {
        let listen = async {
            while !self.heard.contains(text) {
                let chunk = self.response.chunk().await.unwrap().expect("the stream goes on");
                self.heard.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        };
        tokio::time::timeout(AT_MOST, listen).await.unwrap_or_else(|_| panic!("no {text} in {}", self.heard));
        self.heard.clone()
    }
}

/// The last position told.
fn position(heard: &str) -> String {
    let last = heard.lines().filter_map(|line| line.strip_prefix("id: ")).next_back();
    last.expect("a position").to_owned()
}

#[tokio::test]
async fn its_files_are_its_own_and_allow_nothing_else() {
    let stage = Stage::start().await;
    for (path, kind, part) in [
        ("", "text/html; charset=utf-8", "<!doctype html>"),
        ("page/app.js", "text/javascript; charset=utf-8", "import"),
        ("page/server.js", "text/javascript; charset=utf-8", "EventSource"),
        ("page/message.js", "text/javascript; charset=utf-8", "createTextNode"),
        ("page/style.css", "text/css; charset=utf-8", "prefers-color-scheme"),
        ("page/icon.svg", "image/svg+xml", "<svg"),
    ] {
        let response = stage.get(path).await;
        assert_eq!(response.headers()["content-type"], kind, "{path}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let text = response.text().await.unwrap();
        assert!(text.contains(part), "{path}");
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "https://"] {
            assert!(!text.contains(way), "{path} has {way}");
        }
    }
    assert_eq!(stage.get("page/nothing.js").await.status(), 404);
}

#[tokio::test]
async fn everybody_sees_their_own_chats() {
    let stage = Stage::start().await;
    let people = stage.look("page/start").await;
    let names: Vec<&str> =
        people["people"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Ely", "Alex", "Sam", "Mesh Bridge"]);
    let (alex, bridge) = (stage.user("alex_ops"), stage.user("mesh_bridge"));
    stage.world().post(alex, Peer::User(bridge), Draft::text("just between us")).unwrap();
    let chats = async |who| stage.look(&format!("page/chats?as={who}")).await;
    let of_alex = chats(alex).await;
    assert_eq!(of_alex["chats"][0]["title"], "Mesh Bridge");
    assert_eq!(of_alex["chats"][0]["last"]["text"], "just between us");
    assert_eq!(chats(stage.user("sam_stranger")).await["chats"].as_array().unwrap().len(), 1);
    let bot = stage.user("sandman_agent_bot");
    assert_eq!(stage.get(&format!("page/chats?as={bot}")).await.status(), 404, "bots have the Bot API");
    let elsewhere = stage.world().add_group(sandbox::world::ChatKind::Group, "Others", alex, &[bridge]);
    let path = format!("page/chat?as={}&chat={}", stage.user("ely_exec"), elsewhere.to_bot_api());
    assert!(stage.get(&path).await.status().is_client_error(), "not Ely's group");
}

#[tokio::test]
async fn a_person_does_everything_and_others_hear_of_it() {
    let stage = Stage::start().await;
    let mut alex = Listening::begin(&stage, "alex_ops", None).await;
    let chat = stage.group().to_bot_api();
    let script = "<script>alert(1)</script>";
    let (status, _) = stage.act("ely_exec", json!({ "do": "post", "chat": chat, "text": script })).await;
    assert_eq!(status, 200);
    let heard = alex.until(script).await;
    let told = heard.lines().find_map(|line| line.strip_prefix("data: {")).unwrap();
    let told: Value = serde_json::from_str(&format!("{{{told}")).unwrap();
    assert_eq!((&told["by"], &told["own"], &told["chat"]), (&json!("Ely"), &json!(false), &json!(chat)));
    let key = &told["key"];
    for (order, sign) in [
        (json!({ "do": "react", "message": key, "emoji": "👍" }), "\"emoji\":\"👍\""),
        (json!({ "do": "edit", "message": key, "text": "mild" }), "\"text\":\"mild\""),
        (json!({ "do": "pin", "message": key, "pinned": true }), "\"pinned\":true"),
        (json!({ "do": "post", "chat": chat, "text": "more", "reply_to": key }), "\"reply\":{"),
        (json!({ "do": "delete", "message": key }), "\"gone\":true"),
    ] {
        let (status, answer) = stage.act("ely_exec", order).await;
        assert_eq!(status, 200, "{answer}");
        alex.until(sign).await;
    }
    let (status, answer) = stage.act("alex_ops", json!({ "do": "delete", "message": key })).await;
    assert_eq!((status.as_u16(), answer["error"].as_str()), (404, Some("The message is gone.")));
}

#[tokio::test]
async fn a_button_is_tapped_where_it_was_seen() {
    let stage = Stage::start().await;
    let rows = vec![vec![Button::callback("Yes", b"y".to_vec()), Button::callback("No", b"n".to_vec())]];
    let card = Draft { keyboard: Some(Keyboard { rows }), ..Draft::text("Well?") };
    let card = stage.world().post(stage.user("sandman_agent_bot"), stage.group(), card).unwrap();
    let tap = |label| json!({ "do": "tap", "message": card.key, "row": 0, "column": 1, "label": label });
    let (status, _) = stage.act("ely_exec", tap("Yes")).await;
    assert_eq!(status, 409, "there it says something else");
    let answer = async {
        let (_, updates) = stage.bot("getUpdates", json!({ "timeout": 10 })).await;
        let query = updates["result"].as_array().unwrap().last().unwrap()["callback_query"].clone();
        assert_eq!(query["data"], "n");
        let answer = json!({ "callback_query_id": query["id"], "text": "Pity", "show_alert": true });
        assert_eq!(stage.bot("answerCallbackQuery", answer).await.0, 200);
    };
    let ((status, answered), ()) = tokio::join!(stage.act("ely_exec", tap("No")), answer);
    assert_eq!((status.as_u16(), &answered["text"], &answered["alert"]), (200, &json!("Pity"), &json!(true)));
}

#[tokio::test]
async fn who_was_away_is_told_what_was_missed() {
    let stage = Stage::start().await;
    let say =
        |text: &str| stage.world().post(stage.user("alex_ops"), stage.group(), Draft::text(text)).unwrap();
    let mut ely = Listening::begin(&stage, "ely_exec", None).await;
    say("one");
    let heard = ely.until("\"text\":\"one\"").await;
    drop(ely);
    say("two");
    say("three");
    let mut back = Listening::begin(&stage, "ely_exec", Some(&position(&heard))).await;
    let heard = back.until("\"text\":\"three\"").await;
    assert!(heard.contains("\"text\":\"two\"") && !heard.contains("\"text\":\"one\""), "{heard}");
    let mut of_another_run = Listening::begin(&stage, "ely_exec", Some("1-1")).await;
    let heard = of_another_run.until("event: anew").await;
    say("four");
    assert!(of_another_run.until("\"text\":\"four\"").await.starts_with(&heard));
}

#[tokio::test]
async fn other_sites_can_neither_read_nor_write() {
    let stage = Stage::start().await;
    let order = json!({ "as": stage.user("ely_exec"), "do": "post", "chat": stage.group().to_bot_api(), "text": "forged" });
    let post = || stage.http.post(stage.page("page/do"));
    let form = post().header("content-type", "text/plain").body(order.to_string());
    assert_eq!(form.send().await.unwrap().status(), 403, "what a form of another site could send");
    let foreign = post().header("x-sandbox-page", "1").header("origin", "http://evil.example").json(&order);
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    for (header, value) in [("host", "rebound.example"), ("sec-fetch-site", "cross-site")] {
        let read = stage.http.get(stage.page("page/start")).header(header, value);
        assert_eq!(read.send().await.unwrap().status(), 403, "{header}");
    }
    assert!(
        stage.world().transcript(sandbox::world::ChatKey::of(stage.user("ely_exec"), stage.group())).len()
            == 1
    );
}

#[tokio::test]
async fn only_so_many_windows_listen_and_none_keeps_the_sandbox_from_stopping() {
    let stage = Stage::start().await;
    let mut open = Vec::new();
    for _ in 0..64 {
        open.push(Listening::begin(&stage, "ely_exec", None).await);
    }
    let path = format!("page/events?as={}", stage.user("ely_exec"));
    assert_eq!(stage.get(&path).await.status(), 503);
    open.pop();
    let again = async {
        while stage.get(&path).await.status() == 503 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(AT_MOST, again).await.unwrap();
    tokio::time::timeout(AT_MOST, stage.sandbox.stop()).await.unwrap();
}

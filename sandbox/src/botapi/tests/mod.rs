//! The door over real HTTP on 127.0.0.1. Every answer of [`Bench::call`] is held against Telegram's schema.

mod carried;
mod documents;
mod door;
mod methods;
mod moments;
mod refusals;
mod schema;
mod sessions;
mod updates;
mod webhooks;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use schema::Schemas;

use super::*;
use crate::world::{Clock, Draft, Fault};

const NOON: i64 = 1_770_000_000;
const TOKEN: &str = "7100000101:SANDBOX-mesh_mastermind_bot";
const GROUP: i64 = -4_000_000_001;

struct Bench {
    world: World,
    door: Door,
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
    let world = World::mastermind_at(Clock::manual(NOON));
    let stop = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let door = Door::new(world.clone(), stop.clone());
    tokio::spawn(door.clone().serve(listener));
    Bench { world, door, base, client: Client::new(), stop }
}

impl Bench {
    fn url(&self, method: &str) -> String {
        format!("{}/bot{TOKEN}/{method}", self.base)
    }

    async fn call(&self, method: &str, params: Value) -> Value {
        let response = self.client.post(self.url(method)).json(&params).send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        if body["ok"] == true {
            assert_eq!(status, 200);
        } else {
            assert_eq!(body["error_code"], status);
        }
        let faults = Schemas::known().faults_of_answer(method, &body);
        assert!(faults.is_empty(), "{method}: {faults:#?}\n{body:#}");
        body
    }

    async fn ok(&self, method: &str, params: Value) -> Value {
        let body = self.call(method, params).await;
        assert_eq!(body["ok"], true, "{body}");
        body["result"].clone()
    }

    async fn refused(&self, method: &str, params: Value) -> (u64, String) {
        let body = self.call(method, params).await;
        assert_eq!(body["ok"], false, "{body}");
        (body["error_code"].as_u64().unwrap(), body["description"].as_str().unwrap().to_owned())
    }

    async fn send(&self, text: &str) -> Value {
        self.ok("sendMessage", json!({ "chat_id": GROUP, "text": text })).await
    }

    fn id(&self, username: &str) -> UserId {
        self.world.user_by_username(username).unwrap().id
    }

    fn say(&self, text: &str) {
        self.world.post(self.id("ely_exec"), Peer::Group(-GROUP), Draft::text(text)).unwrap();
    }

    /// Makes a supergroup of the group; its id.
    fn migrate(&self) -> i64 {
        self.world.migrate(self.id("ely_exec"), Peer::Group(-GROUP)).unwrap().to.to_bot_api()
    }

    /// A supergroup of Ely and the bot; its id.
    fn supergroup(&self) -> i64 {
        let (ely, mesh) = (self.id("ely_exec"), self.id("mesh_mastermind_bot"));
        self.world.add_group(crate::world::ChatKind::Supergroup, "Annex", ely, &[mesh]).to_bot_api()
    }

    /// The newest message of the group, as `viewer` names it.
    fn newest_for(&self, viewer: UserId) -> i32 {
        let query = crate::world::HistoryQuery { limit: 1, ..Default::default() };
        self.world.history(viewer, Peer::Group(-GROUP), query).unwrap().0[0].id
    }

    async fn post_parts(&self, method: &str, body: String) -> Value {
        let request =
            self.client.post(self.url(method)).header("content-type", "multipart/form-data; boundary=b");
        let body: Value = request.body(body).send().await.unwrap().json().await.unwrap();
        let faults = Schemas::known().faults_of_answer(method, &body);
        assert!(faults.is_empty(), "{method}: {faults:#?}");
        body
    }

    /// Sends a file to the group.
    async fn send_file(&self, name: &str, content: &str, fields: &[(&str, &str)]) -> Value {
        let group = GROUP.to_string();
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("chat_id", group.as_str())]).collect();
        let body = self.post_parts("sendDocument", parts_of(name, content, &fields)).await;
        assert_eq!(body["ok"], true, "{body}");
        body["result"].clone()
    }

    /// A card in private, tapped by Ely and answered.
    async fn tap_and_answer(&self) {
        let (ely, mesh) = (self.id("ely_exec"), self.id("mesh_mastermind_bot"));
        self.world.post(ely, Peer::User(mesh), Draft::text("/start")).unwrap();
        let keyboard = json!({ "inline_keyboard": [[{ "text": "Take it", "callback_data": "take" }]] });
        self.ok("sendMessage", json!({ "chat_id": ely, "text": "card", "reply_markup": keyboard })).await;
        let query = crate::world::HistoryQuery { limit: 1, ..Default::default() };
        let (page, _) = self.world.history(ely, Peer::User(mesh), query).unwrap();
        let tap = self.world.tap(ely, Peer::User(mesh), page[0].id, b"take".to_vec());
        let answer = async {
            let updates =
                self.ok("getUpdates", json!({ "allowed_updates": ["callback_query"], "offset": -1 })).await;
            let query = &updates[0]["callback_query"]["id"];
            self.ok("answerCallbackQuery", json!({ "callback_query_id": query, "text": "Yours." })).await;
        };
        let (tapped, ()) = tokio::join!(tap, answer);
        assert_eq!(tapped.unwrap().text.as_deref(), Some("Yours."));
    }
}

/// A multipart body with a file named `document`.
fn parts_of(name: &str, content: &str, fields: &[(&str, &str)]) -> String {
    let field = |(name, value): &(&str, &str)| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = format!(
        "--b\r\nContent-Disposition: form-data; name=\"document\"; filename=\"{name}\"\r\n\r\n{content}\r\n--b--\r\n"
    );
    fields.iter().map(field).collect::<String>() + &file
}

/// An object with more fields.
fn with(mut base: Value, extra: &Value) -> Value {
    base.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    base
}

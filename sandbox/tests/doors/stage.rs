//! A sandbox with all doors open, and clients for them.

use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::sync::Arc;
use std::time::Duration;

use grammers_client::client::UpdateStream;
use grammers_client::update::Update;
use grammers_client::{Client, SenderPool};
use grammers_mtsender::{ConnectionParams, NoRetries, UpdatesConfiguration};
use grammers_session::storages::MemorySession;
use grammers_session::types::{DcOption, UpdateState, UpdatesState};
use grammers_session::{Session, SessionData};
use grammers_tl_types::functions::updates::GetState;
use grammers_tl_types::{enums, types};
use reqwest::Response;
use sandbox::world::{Peer, UserId, World};
use sandbox::{Sandbox, Settings};
use serde_json::{Value, json};

/// Tests fail rather than hang.
pub const AT_MOST: Duration = Duration::from_secs(20);

/// A sandbox with all doors open.
pub struct Stage {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
}

impl Stage {
    pub async fn start() -> Self {
        Self::of(World::mastermind()).await
    }

    pub async fn of(world: World) -> Self {
        Self::with(Sandbox::start(Settings { world, ..Settings::default() }).await.unwrap())
    }

    pub fn with(sandbox: Sandbox) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(AT_MOST).build().unwrap();
        Self { sandbox, http }
    }

    pub fn world(&self) -> &World {
        self.sandbox.world()
    }

    pub fn user(&self, username: &str) -> UserId {
        self.world().user_by_username(username).unwrap().id
    }

    pub fn group(&self) -> Peer {
        self.world().groups()[0].peer
    }

    /// A request at the control door.
    pub async fn ask(&self, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}{path}", self.sandbox.ready().control);
        let response = self.http.post(url).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// The same; it has to be done.
    pub async fn order(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(path, body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// A Bot API call of Sandman's bot, whatever becomes of it.
    pub async fn call(&self, method: &str, body: Value) -> reqwest::Result<Response> {
        let ready = self.sandbox.ready();
        let bot = ready.bots.iter().find(|bot| bot.username == "sandman_agent_bot").unwrap();
        self.http.post(format!("{}/bot{}/{method}", ready.bot_api, bot.token)).json(&body).send().await
    }

    /// The same, answered.
    pub async fn bot(&self, method: &str, body: Value) -> (u16, Value) {
        let response = self.call(method, body).await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// What waits for Sandman's bot, by text and update id.
    pub async fn heard(&self, offset: i64, seconds: u32) -> Vec<(i64, String)> {
        let (_, answer) = self.bot("getUpdates", json!({ "offset": offset, "timeout": seconds })).await;
        let updates = answer["result"].as_array().unwrap();
        let text = |update: &Value| update["message"]["text"].as_str().unwrap_or_default().to_owned();
        updates.iter().map(|update| (update["update_id"].as_i64().unwrap(), text(update))).collect()
    }

    /// Somebody's grammers client, signed in by a key from the control door.
    pub async fn person(&self, name: &str) -> Person {
        self.person_at(name, None).await
    }

    /// The same, over an address of the test's own.
    pub async fn person_at(&self, name: &str, address: Option<String>) -> Person {
        let mut key = self.order("/key", json!({ "as": name })).await;
        if let Some(address) = address {
            key["address"] = json!(address);
        }
        let session = Arc::new(session(&key));
        let params = ConnectionParams { retry_policy: Box::new(NoRetries), ..ConnectionParams::default() };
        let SenderPool { runner, handle, updates } =
            SenderPool::with_configuration(session.clone(), 1, params);
        tokio::spawn(runner.run());
        let client = Client::new(handle);
        // What signing in by code would do: know where the account stands.
        let enums::updates::State::State(now) = client.invoke(&GetState {}).await.unwrap();
        let types::updates::State { pts, qts, date, seq, .. } = now;
        let state = UpdatesState { pts, qts, date, seq, channels: Vec::new() };
        session.set_update_state(UpdateState::All(state)).await.unwrap();
        let stream = client.stream_updates(updates, UpdatesConfiguration { catch_up: true }).await.unwrap();
        Person { client, stream }
    }
}

fn session(key: &Value) -> MemorySession {
    let hex = key["auth_key"].as_str().unwrap();
    let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    let auth_key = Some(std::array::from_fn(byte));
    let ipv4: SocketAddrV4 = key["address"].as_str().unwrap().parse().unwrap();
    assert!(SocketAddr::from(ipv4).ip().is_loopback());
    let ipv6 = SocketAddrV6::new(ipv4.ip().to_ipv6_mapped(), ipv4.port(), 0, 0);
    let mut data = SessionData::default();
    for id in 1..=5 {
        data.dc_options.insert(id, DcOption { id, ipv4, ipv6, auth_key });
    }
    MemorySession::from(data)
}

/// An unmodified grammers client.
pub struct Person {
    pub client: Client,
    stream: UpdateStream,
}

impl Person {
    /// The next message from others; while the server is away the stream says so, and is asked again.
    pub async fn hears(&mut self) -> String {
        let wanted = async {
            loop {
                match self.stream.next().await {
                    Ok(Update::NewMessage(message)) if !message.outgoing() => {
                        return message.text().to_owned();
                    }
                    _ => {}
                }
            }
        };
        tokio::time::timeout(AT_MOST, wanted).await.expect("no message came")
    }
}

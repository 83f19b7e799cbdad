//! The clients: accounts over MTProto, bots over HTTP. Each hears all the time, and sends at its own pace.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use grammers_client::client::UpdateStream;
use grammers_client::update::Update;
use grammers_client::{Client, SenderPool};
use grammers_mtsender::{ConnectionParams, NoRetries, UpdatesConfiguration};
use grammers_session::storages::MemorySession;
use grammers_session::types::{DcOption, PeerRef, UpdateState, UpdatesState};
use grammers_session::{Session, SessionData};
use grammers_tl_types::functions::updates::GetState;
use grammers_tl_types::{enums, types};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval_at};

use super::ledger::Ledger;
use super::plan::{PEOPLE, Plan};

/// Between two messages of one client: ten a second each, two thousand together.
const PACE: Duration = Duration::from_millis(100);
/// Updates of one account that may wait in its client.
const UPDATES: NonZeroUsize = NonZeroUsize::new(10_000).expect("above zero");

/// One client, ready to send.
enum Sender {
    Account { client: Client, chats: BTreeMap<i64, PeerRef> },
    Bot { http: reqwest::Client, url: String },
}

/// All clients, connected and listening.
pub struct Crowd {
    senders: Vec<(usize, Sender)>,
    plan: Arc<Plan>,
    ledger: Ledger,
}

/// Connects everybody.
pub async fn connect(ready: &Value, plan: &Plan, ledger: &Ledger) -> Crowd {
    let plan = Arc::new(Plan { groups: plan.groups.clone(), chats: plan.chats.clone() });
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut senders = Vec::new();
    for number in 0..PEOPLE {
        senders.push((number, account(ready, number, &http, ledger).await));
    }
    for number in 0..PEOPLE {
        let base = ready["bot_api"].as_str().expect("an address");
        let token = ready["bots"][number]["token"].as_str().expect("a token");
        let url = format!("{base}/bot{token}");
        tokio::spawn(poll(http.clone(), url.clone(), PEOPLE + number, ledger.clone()));
        senders.push((PEOPLE + number, Sender::Bot { http: http.clone(), url }));
    }
    Crowd { senders, plan, ledger: ledger.clone() }
}

async fn account(ready: &Value, number: usize, http: &reqwest::Client, ledger: &Ledger) -> Sender {
    let url = format!("{}/key", ready["control"].as_str().expect("an address"));
    let order = json!({ "as": ready["accounts"][number]["id"] });
    let key: Value = http.post(url).json(&order).send().await.expect("a key").json().await.expect("JSON");
    let session = Arc::new(session(&key));
    let params = ConnectionParams {
        retry_policy: Box::new(NoRetries),
        updates_channel_capacity: UPDATES,
        ..ConnectionParams::default()
    };
    let SenderPool { runner, handle, updates } = SenderPool::with_configuration(session.clone(), 1, params);
    tokio::spawn(runner.run());
    let client = Client::new(handle);
    let enums::updates::State::State(now) = client.invoke(&GetState {}).await.expect("a state");
    let types::updates::State { pts, qts, date, seq, .. } = now;
    let state = UpdatesState { pts, qts, date, seq, channels: Vec::new() };
    session.set_update_state(UpdateState::All(state)).await.expect("memory");
    let mut chats = BTreeMap::new();
    let mut dialogs = client.iter_dialogs();
    while let Some(dialog) = dialogs.next().await.expect("dialogs") {
        if let Some(id) = dialog.peer_id().bot_api_dialog_id() {
            chats.insert(id, dialog.peer_ref());
        }
    }
    let stream = client.stream_updates(updates, UpdatesConfiguration { catch_up: true }).await;
    tokio::spawn(hear(stream.expect("a stream"), number, ledger.clone()));
    Sender::Account { client, chats }
}

fn session(key: &Value) -> MemorySession {
    let hex = key["auth_key"].as_str().expect("a key");
    let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal");
    let auth_key = Some(std::array::from_fn(byte));
    let ipv4: std::net::SocketAddrV4 =
        key["address"].as_str().and_then(|at| at.parse().ok()).expect("an address");
    let ipv6 = std::net::SocketAddrV6::new(ipv4.ip().to_ipv6_mapped(), ipv4.port(), 0, 0);
    let mut data = SessionData::default();
    for id in 1..=5 {
        data.dc_options.insert(id, DcOption { id, ipv4, ipv6, auth_key });
    }
    MemorySession::from(data)
}

async fn hear(mut stream: UpdateStream, hearer: usize, ledger: Ledger) {
    loop {
        if let Ok(Update::NewMessage(message)) = stream.next().await
            && !message.outgoing()
        {
            ledger.read(hearer, message.text());
        }
    }
}

async fn poll(http: reqwest::Client, url: String, hearer: usize, ledger: Ledger) {
    let mut offset = 0;
    loop {
        let ask = http.get(format!("{url}/getUpdates?timeout=20&offset={offset}")).send().await;
        let Ok(answer) = ask else { continue };
        let Ok(answer) = answer.json::<Value>().await else { continue };
        for update in answer["result"].as_array().into_iter().flatten() {
            offset = update["update_id"].as_i64().expect("a number") + 1;
            ledger.read(hearer, update["message"]["text"].as_str().unwrap_or_default());
        }
    }
}

/// How many messages one client sends in that time.
pub fn messages_in(run: Duration) -> u64 {
    u64::try_from(run.as_millis() / PACE.as_millis()).expect("a number")
}

/// Everybody sends at their pace; how long that took.
pub async fn send_all(crowd: Crowd, run: Duration) -> Duration {
    let begun = Instant::now();
    let mut sending = JoinSet::new();
    let count = u32::try_from(crowd.senders.len()).expect("some hundreds");
    for (turn, (member, sender)) in (0..).zip(crowd.senders) {
        let (plan, ledger) = (crowd.plan.clone(), crowd.ledger.clone());
        sending.spawn(send(member, sender, plan, ledger, PACE * turn / count, run));
    }
    while sending.join_next().await.is_some() {}
    begun.elapsed()
}

async fn send(
    member: usize,
    sender: Sender,
    plan: Arc<Plan>,
    ledger: Ledger,
    after: Duration,
    run: Duration,
) {
    let mut pace = interval_at(tokio::time::Instant::now() + after, PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for number in 0..messages_in(run) {
        pace.tick().await;
        let chat = plan.chat_for(member, usize::try_from(number).expect("a few thousand"));
        let text = ledger.write(member, plan.hearers(member, chat).count());
        if !sender.send(chat, text).await {
            ledger.fail();
        }
    }
}

impl Sender {
    async fn send(&self, chat: i64, text: String) -> bool {
        match self {
            Self::Account { client, chats } => {
                Box::pin(client.send_message(chats[&chat], text)).await.is_ok()
            }
            Self::Bot { http, url } => {
                let body = json!({ "chat_id": chat, "text": text });
                let answer = http.post(format!("{url}/sendMessage")).json(&body).send().await;
                answer.is_ok_and(|answer| answer.status().is_success())
            }
        }
    }
}

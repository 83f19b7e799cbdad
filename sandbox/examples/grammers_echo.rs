//! A user account that echoes what it hears, with grammers, against `mesh sandbox --ready-json` in the file READY.

use std::net::{SocketAddrV4, SocketAddrV6};
use std::sync::Arc;

use grammers_client::update::Update;
use grammers_client::{Client, SenderPool};
use grammers_mtsender::UpdatesConfiguration;
use grammers_session::types::{DcOption, UpdateState, UpdatesState};
use grammers_session::{Session, SessionData, storages::MemorySession};
use grammers_tl_types as tl;
use serde_json::{Value, json};

type Anything<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A session whose data centres are all the sandbox, with a key it already knows.
async fn session(ready: &Value, name: &str) -> Anything<MemorySession> {
    let url = format!("{}/key", ready["control"].as_str().ok_or("control")?);
    let asked = reqwest::Client::new().post(url).json(&json!({ "as": name })).send().await?;
    let made: Value = asked.json().await?;
    let hex = made["auth_key"].as_str().ok_or("auth_key")?;
    let mut key = [0; 256];
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16)?;
    }
    let ipv4: SocketAddrV4 = made["address"].as_str().ok_or("address")?.parse()?;
    let ipv6 = SocketAddrV6::new(ipv4.ip().to_ipv6_mapped(), ipv4.port(), 0, 0);
    let mut data = SessionData::default();
    for id in 1..=5 {
        data.dc_options.insert(id, DcOption { id, ipv4, ipv6, auth_key: Some(key) });
    }
    Ok(MemorySession::from(data))
}

#[tokio::main]
async fn main() -> Anything<()> {
    let ready: Value = serde_json::from_str(&std::fs::read_to_string(std::env::var("READY")?)?)?;
    let session = Arc::new(session(&ready, "Ely").await?);
    let SenderPool { runner, handle, updates } = SenderPool::new(session.clone(), 1);
    tokio::spawn(runner.run());
    let client = Client::new(handle);

    // What signing in by code would do: know where the account stands.
    let tl::enums::updates::State::State(now) = client.invoke(&tl::functions::updates::GetState {}).await?;
    let tl::types::updates::State { pts, qts, date, seq, .. } = now;
    let state = UpdatesState { pts, qts, date, seq, channels: Vec::new() };
    session.set_update_state(UpdateState::All(state)).await?;

    let mut stream = client.stream_updates(updates, UpdatesConfiguration { catch_up: true }).await?;
    loop {
        match stream.next().await {
            Ok(Update::NewMessage(message)) if !message.outgoing() => {
                Box::pin(message.reply(message.text())).await?;
            }
            Ok(_) => {}
            Err(error) => eprintln!("the connection is being made anew: {error}"),
        }
    }
}

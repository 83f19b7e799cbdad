//! A gateway that is none, as the newest speak over a WebSocket: what the driver asks of it is counted.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

/// Its own token.
pub const TOKEN: &str = "SANDBOX-gateway-of-oracle";
const NONCE: &str = "a-nonce";
/// What its log begins with; its cursor counts lines.
const LOG: [&str; 2] = [
    r#"{"message":"one","time":"2026-09-06T10:00:01Z","_meta":{"logLevelName":"INFO"}}"#,
    r#"{"message":"two","time":"2026-09-06T10:00:02Z","_meta":{"logLevelName":"WARN"}}"#,
];

/// What it was asked, and how it is.
#[derive(Default)]
pub struct Seen {
    pub calls: Vec<(String, Value)>,
    pub suspended: Option<String>,
    pub model: String,
    pub starts: usize,
    pub logged: Vec<&'static str>,
}

pub struct OpenClaw {
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    stop: CancellationToken,
}

impl OpenClaw {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let seen = Arc::new(Mutex::new(Seen { model: "one".into(), starts: 1, ..Seen::default() }));
        let stop = CancellationToken::new();
        let (kept, stopped) = (seen.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                () = run(listener, &kept) => {}
            }
        });
        Self { address, seen, stop }
    }

    pub fn seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.seen.lock().expect("what was seen"))
    }

    /// Its log goes on.
    pub fn logs(&self, line: &'static str) {
        self.seen.lock().expect("what was seen").logged.push(line);
    }

    /// How often a method was called.
    pub fn calls(&self, method: &str) -> usize {
        self.seen(|seen| seen.calls.iter().filter(|(called, _)| called == method).count())
    }
}

impl Drop for OpenClaw {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// It starts again whenever it was told to: all its connections end.
async fn run(listener: TcpListener, seen: &Arc<Mutex<Seen>>) {
    loop {
        let again = CancellationToken::new();
        loop {
            tokio::select! {
                () = again.cancelled() => break,
                Ok((tcp, _)) = listener.accept() => {
                    let (seen, again) = (seen.clone(), again.clone());
                    tokio::spawn(async move {
                        tokio::select! {
                            () = again.cancelled() => {}
                            _ = talk(tcp, &seen, &again) => {}
                        }
                    });
                }
            }
        }
        seen.lock().expect("what was seen").starts += 1;
    }
}

async fn talk(tcp: TcpStream, seen: &Mutex<Seen>, again: &CancellationToken) -> Option<()> {
    let mut socket = tokio_tungstenite::accept_async(tcp).await.ok()?;
    let challenge =
        json!({ "type": "event", "event": "connect.challenge", "payload": { "nonce": NONCE, "ts": 17 } });
    socket.send(Message::text(challenge.to_string())).await.ok()?;
    let mut known = false;
    while let Some(Ok(message)) = socket.next().await {
        let Ok(frame) = serde_json::from_str::<Value>(message.to_text().unwrap_or_default()) else {
            continue;
        };
        let (method, params) =
            (frame["method"].as_str().unwrap_or_default().to_owned(), frame["params"].clone());
        // What has nothing to do with an answer comes between.
        socket.send(Message::text(json!({ "type": "event", "event": "tick" }).to_string())).await.ok()?;
        let told = if method == "connect" {
            known = fits(&params);
            if known { Ok(json!({ "server": { "version": "2026.9.6" } })) } else { Err("unauthorized") }
        } else if known {
            answer(&method, &params, &mut seen.lock().expect("what was seen"))
        } else {
            Err("connect first")
        };
        reply(&mut socket, &frame["id"], told).await?;
        if method == "gateway.restart.request" {
            again.cancel();
        }
    }
    None
}

/// The device is not verified here: the driver's own tests do that, and the real gateways.
fn fits(params: &Value) -> bool {
    let device = &params["device"];
    params["auth"]["token"] == TOKEN
        && params["client"]["id"] == "gateway-client"
        && device["nonce"] == NONCE
        && device["signedAt"] == 17
        && device["signature"].as_str().is_some_and(|signature| signature.len() == 86)
}

async fn reply(socket: &mut WebSocketStream<TcpStream>, id: &Value, told: Result<Value, &str>) -> Option<()> {
    let frame = match told {
        Ok(payload) => json!({ "type": "res", "id": id, "ok": true, "payload": payload }),
        Err(why) => json!({ "type": "res", "id": id, "ok": false, "error": { "message": why } }),
    };
    socket.send(Message::text(frame.to_string())).await.ok()
}

fn answer(method: &str, params: &Value, seen: &mut Seen) -> Result<Value, &'static str> {
    seen.calls.push((method.to_owned(), params.clone()));
    let suspends = method.starts_with("gateway.suspend.");
    if seen.suspended.is_some() && !suspends {
        return Err("unavailable during gateway suspension");
    }
    match method {
        "health" => Ok(json!({ "ok": true })),
        "logs.tail" => {
            let log: Vec<_> = LOG.iter().chain(&seen.logged).collect();
            let from = params["cursor"].as_u64().and_then(|cursor| usize::try_from(cursor).ok()).unwrap_or(0);
            Ok(
                json!({ "file": "/tmp/openclaw.log", "cursor": log.len(), "lines": log[from..], "reset": false }),
            )
        }
        "config.get" => Ok(json!({
            "hash": "h1",
            "config": { "model": seen.model, "gateway": { "auth": { "token": TOKEN } } },
        })),
        "config.patch" if params["baseHash"] != "h1" => Err("the config changed meanwhile"),
        "config.patch" => {
            let patch: Value =
                serde_json::from_str(params["raw"].as_str().unwrap_or_default()).unwrap_or_default();
            patch["model"].as_str().unwrap_or_default().clone_into(&mut seen.model);
            Ok(json!({ "ok": true }))
        }
        "gateway.suspend.prepare" => {
            let id = params["requestId"].as_str().unwrap_or_default().to_owned();
            if seen.suspended.as_ref().is_some_and(|held| *held != id) {
                return Err("another suspension is prepared");
            }
            seen.suspended = Some(id);
            Ok(json!({ "status": "ready", "suspensionId": "s1" }))
        }
        "gateway.suspend.resume" if params["suspensionId"] == "s1" => {
            seen.suspended = None;
            Ok(json!({ "status": "resumed" }))
        }
        "gateway.restart.request" => Ok(json!({ "status": "scheduled" })),
        _ => Err("unknown method"),
    }
}

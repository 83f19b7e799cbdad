//! Clawdbot, Moltbot, `OpenClaw`: gateways that are driven over their WebSocket, with their own token, on this machine.
//! One way of speaking for three generations; what a generation can't do is said.

mod device;
mod socket;

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

pub use self::device::Device;
use self::socket::{ADMIN, READ, Socket};
use super::by_hook::ByHook;
use super::{Driver, Driving, Fault, LINES_MOST, RESTART_WITHIN, Told, Wanted, lines, settings, took};
use crate::answers;
use crate::hooks::Post;

/// A suspended gateway goes on by itself after two minutes (2026.9.6); renewed three times within them.
const RENEW_WITHIN_S: u64 = 40;
/// Between two attempts to find a gateway that starts.
const ASK_AGAIN: Duration = Duration::from_millis(500);
/// So many bytes of log are asked for at once; the oldest of three generations sends at most 512 KiB in a frame.
const LOG_BYTES_MOST: usize = 250_000;

/// The gateway of one agent, on this machine.
#[derive(Debug)]
pub struct OpenClaw {
    /// Its host and port, as `127.0.0.1:18789`.
    pub address: String,
    /// Its own token, which is everything there.
    pub token: Token,
    /// What this node is to it.
    pub device: Device,
    /// For what goes by HTTP.
    pub post: Post,
    /// Its hook, asked where the WebSocket does not answer.
    pub hook: Option<ByHook>,
}

/// A gateway's own token: full rights there. It is never printed.
#[derive(Clone)]
pub struct Token(pub String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl OpenClaw {
    async fn open(&self, scopes: &[&str]) -> Result<Socket, Fault> {
        Socket::open(&self.address, &self.token.0, &self.device, (scopes, self.post.mask())).await
    }

    async fn call(&self, scopes: &[&str], method: &str, params: Value) -> Result<Value, Fault> {
        self.open(scopes).await?.call(method, params).await
    }

    /// By the WebSocket; where that is not to be had, by what answers without the gateway's token.
    async fn ping(&self) -> Result<Told, Fault> {
        let begun = Instant::now();
        let fault = match self.open(READ).await {
            Ok(mut socket) => match socket.call("health", json!({})).await {
                Ok(_) => {
                    let text = format!("gateway {}", socket.version);
                    return Ok(Told { took_ms: took(begun), ..Told::words(text) });
                }
                // It knows us, and is suspended.
                Err(Fault::Refused(_)) => {
                    let text = format!("gateway {}, which takes nothing on now", socket.version);
                    return Ok(Told { took_ms: took(begun), ..Told::words(text) });
                }
                Err(fault) => fault,
            },
            Err(fault) => fault,
        };
        match &self.hook {
            Some(hook) => hook.ping().await.map_err(|_| fault),
            None => self
                .is_live()
                .await
                .map(|()| Told { took_ms: took(begun), ..Told::words("live") })
                .ok_or(fault),
        }
    }

    /// The oldest generation answers with a page there, which says nothing.
    async fn is_live(&self) -> Option<()> {
        let url = format!("http://{}/healthz", self.address);
        let answer = self.post.client().get(url).send().await.ok()?;
        let told: Value = answers::value(answer).await.ok()??;
        (told["ok"] == true).then_some(())
    }

    /// One line more than is wanted tells whether there are more. A gateway begins a file a day: its places are told by
    /// the file, too.
    async fn logs(&self, most: usize, after: Option<&str>) -> Result<Told, Fault> {
        let most = most.min(LINES_MOST);
        let tail = json!({ "limit": most + 1, "maxBytes": LOG_BYTES_MOST });
        let place = after.and_then(|place| place.split_once(' '));
        let place = place.and_then(|(cursor, file)| Some((cursor.parse::<u64>().ok()?, file)));
        let mut told = match place {
            None => self.call(READ, "logs.tail", tail.clone()).await?,
            Some((cursor, _)) => {
                let mut params = tail.clone();
                params["cursor"] = cursor.into();
                self.call(READ, "logs.tail", params).await?
            }
        };
        let mut gap = told["reset"] == true;
        if place.is_some_and(|(_, file)| told["file"].as_str().unwrap_or_default() != file) {
            told = self.call(READ, "logs.tail", tail).await?;
            gap = told["truncated"] == true;
        }
        let log = told["lines"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let (text, more) = lines::last(log, most, self.post.mask());
        let file = told["file"].as_str().unwrap_or_default();
        let place_now = told["cursor"].as_u64().map(|cursor| format!("{cursor} {file}"));
        let gap = place.is_some() && (gap || more);
        Ok(Told { place: place_now.filter(|_| after.is_some()), gap, ..Told::words(text) })
    }

    /// It is asked, closes the connection when it goes, and is there again when it greets us.
    async fn restart(&self) -> Result<Told, Fault> {
        let begun = Instant::now();
        let mut socket = self.open(ADMIN).await?;
        let reason = "asked for by the mesh";
        match socket.call("gateway.restart.request", json!({ "reason": reason })).await {
            Ok(_) => {}
            Err(Fault::Refused(why)) if why.contains("unknown method") => {
                self.restart_by_tool(reason).await?;
            }
            Err(fault) => return Err(fault),
        }
        let gone_and_back = async {
            socket.closed().await;
            let mut beat = tokio::time::interval(ASK_AGAIN);
            loop {
                beat.tick().await;
                if let Ok(socket) = self.open(READ).await {
                    return socket.version;
                }
            }
        };
        match tokio::time::timeout(RESTART_WITHIN, gone_and_back).await {
            Ok(version) => Ok(Told { took_ms: took(begun), ..Told::words(format!("gateway {version}")) }),
            Err(_) => Err(Fault::Unclear(format!(
                "its gateway agreed, and was not seen to come back within {} s",
                RESTART_WITHIN.as_secs()
            ))),
        }
    }

    /// The oldest generation restarts by a tool, where its configuration lets it.
    async fn restart_by_tool(&self, reason: &str) -> Result<(), Fault> {
        let url = format!("http://{}/tools/invoke", self.address);
        let body = json!({ "tool": "gateway", "args": { "action": "restart", "reason": reason } });
        let sent = self.post.client().post(url).bearer_auth(&self.token.0).json(&body).send().await;
        let answer =
            sent.map_err(|_| Fault::Unclear("its gateway did not say whether it restarts".into()))?;
        if answer.status().is_success() {
            return Ok(());
        }
        let status = answer.status().as_u16();
        let told: Value = answers::value(answer).await.ok().flatten().unwrap_or_default();
        let why = self.post.mask().short(told["error"]["message"].as_str().unwrap_or("without a word"));
        Err(Fault::Refused(format!("its gateway refused to restart ({status}): {why}")))
    }

    async fn pause(&self, since: Timestamp) -> Result<Told, Fault> {
        let told = self.prepare(since).await?;
        if told["status"] == "ready" {
            return Ok(Told { renew_within_s: Some(RENEW_WITHIN_S), ..Told::words("suspended") });
        }
        let why = told["reason"].as_str().unwrap_or("something is going on there");
        Err(Fault::Refused(format!("its gateway can't be suspended yet: {why}")))
    }

    async fn prepare(&self, since: Timestamp) -> Result<Value, Fault> {
        let params = json!({ "requestId": format!("mesh-pause-{}", since.as_millisecond()) });
        let called = self.call(ADMIN, "gateway.suspend.prepare", params).await;
        called.map_err(|fault| match fault {
            Fault::Refused(why) if why.contains("unknown method") => {
                Fault::Unable("its gateway is too old to be suspended: the mesh alone keeps it out".into())
            }
            fault => fault,
        })
    }

    /// The same pause once more tells its number, which ends it.
    async fn resume(&self, since: Timestamp) -> Result<Told, Fault> {
        let told = self.prepare(since).await?;
        let Some(id) = told["suspensionId"].as_str() else { return Ok(Told::words("was not suspended")) };
        self.call(ADMIN, "gateway.suspend.resume", json!({ "suspensionId": id })).await?;
        Ok(Told::words("resumed"))
    }

    async fn config(&self, key: Option<&str>) -> Result<Told, Fault> {
        let told = self.call(ADMIN, "config.get", json!({})).await?;
        let shown = settings::without_secrets(&told["config"]);
        let found = match key {
            None => Some(&shown),
            Some(key) => settings::at(&shown, key),
        };
        Ok(Told::words(match found {
            None => "not set".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => serde_json::to_string_pretty(value).unwrap_or_default(),
        }))
    }

    async fn set(&self, key: &str, value: &str) -> Result<Told, Fault> {
        settings::no_secret(key, value, self.post.mask())?;
        let mut socket = self.open(ADMIN).await?;
        let told = socket.call("config.get", json!({})).await?;
        let raw = settings::patch(key, value).to_string();
        let params = json!({ "raw": raw, "baseHash": told["hash"], "note": "set by the mesh" });
        match socket.call("config.patch", params).await {
            Ok(_) => Ok(Told::default()),
            // It was sent: the gateway may have hung up to restart itself.
            Err(Fault::Unreachable(why)) => Err(Fault::Unclear(why)),
            Err(fault) => Err(fault),
        }
    }

    async fn do_it(&self, wanted: Wanted) -> Result<Told, Fault> {
        match wanted {
            Wanted::Ping => self.ping().await,
            Wanted::Logs { lines, after } => self.logs(lines, after.as_deref()).await,
            Wanted::Restart => self.restart().await,
            Wanted::Pause { since } => self.pause(since).await,
            Wanted::Resume { since } => self.resume(since).await,
            Wanted::Config { key } => self.config(key.as_deref()).await,
            Wanted::Set { key, value } => self.set(&key, &value).await,
        }
    }
}

impl Driver for OpenClaw {
    fn drive(&self, wanted: Wanted) -> Driving<'_> {
        Box::pin(self.do_it(wanted))
    }
}

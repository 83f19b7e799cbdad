//! One conversation with a gateway: its challenge, our proof, then calls, one after the other. As three generations
//! speak it (protocols 3 and 4).

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::device::{CLIENT, Device, MODE, ROLE};
use crate::agents::Fault;
use crate::words::Mask;

/// A gateway that takes longer for one answer is not well.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// The longest message of a gateway that is read, in bytes; the newest announces 25 MiB, and what is asked for here is
/// never so long.
const MESSAGE_MOST: usize = 8 * 1024 * 1024;
/// Of other messages that come before an answer, so many are passed over.
const OTHERS_MOST: usize = 1_000;

/// May look.
pub(super) const READ: &[&str] = &["operator.read"];
/// May do everything that a driver does.
pub(super) const ADMIN: &[&str] = &["operator.admin", "operator.read", "operator.write"];

/// An open conversation.
pub(super) struct Socket {
    stream: WebSocketStream<TcpStream>,
    next: u64,
    mask: Mask,
    /// The gateway's version, as it says.
    pub version: String,
}

impl Socket {
    /// Opens one at `address`, a host and a port of this machine; what is refused is shown behind the mask.
    pub async fn open(
        address: &str,
        token: &str,
        device: &Device,
        how: (&[&str], Mask),
    ) -> Result<Self, Fault> {
        let opened = tokio::time::timeout(ANSWER_WITHIN, Self::greet(address, token, device, how)).await;
        opened.map_err(|_| Fault::Unreachable("its gateway does not answer".into()))?
    }

    async fn greet(
        address: &str,
        token: &str,
        device: &Device,
        (scopes, mask): (&[&str], Mask),
    ) -> Result<Self, Fault> {
        let unreachable = |_| Fault::Unreachable(format!("no gateway answers at {address}"));
        let tcp = TcpStream::connect(address).await.map_err(unreachable)?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_MOST))
            .max_frame_size(Some(MESSAGE_MOST));
        let url = format!("ws://{address}/");
        let (stream, _) = tokio_tungstenite::client_async_with_config(url, tcp, Some(config))
            .await
            .map_err(|error| broken(&error))?;
        let mut socket = Self { stream, next: 1, mask, version: String::new() };
        let challenge = socket.event("connect.challenge").await?;
        let nonce = challenge["nonce"].as_str().unwrap_or_default();
        let signed_at = challenge["ts"].as_i64().unwrap_or_else(|| jiff::Timestamp::now().as_millisecond());
        let hello = json!({
            "minProtocol": 3,
            "maxProtocol": 4,
            "client": { "id": CLIENT, "mode": MODE, "version": env!("CARGO_PKG_VERSION"), "platform": std::env::consts::OS },
            "role": ROLE,
            "scopes": scopes,
            "auth": { "token": token },
            "device": device.proof(token, scopes, nonce, signed_at),
        });
        let told = socket.call("connect", hello).await?;
        told["server"]["version"].as_str().unwrap_or("of an unknown version").clone_into(&mut socket.version);
        Ok(socket)
    }

    /// One call, and its answer.
    pub async fn call(&mut self, method: &str, params: Value) -> Result<Value, Fault> {
        let id = self.next.to_string();
        self.next += 1;
        let frame = json!({ "type": "req", "id": id, "method": method, "params": params });
        self.stream.send(Message::text(frame.to_string())).await.map_err(|error| broken(&error))?;
        let frame = self.until(|frame| frame["type"] == "res" && frame["id"] == id.as_str()).await?;
        if frame["ok"] == true {
            return Ok(frame.get("payload").cloned().unwrap_or_default());
        }
        Err(refused(method, &frame["error"], self.mask))
    }

    async fn event(&mut self, name: &str) -> Result<Value, Fault> {
        let frame = self.until(|frame| frame["type"] == "event" && frame["event"] == name).await?;
        Ok(frame.get("payload").cloned().unwrap_or_default())
    }

    /// Waits until the gateway closes it, and closes it, too: the oldest generation waits for that, and dies of waiting.
    pub async fn closed(mut self) {
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Result<Value, Fault> {
        let answered = async {
            for _ in 0..OTHERS_MOST {
                let message = match self.stream.next().await {
                    Some(Ok(message)) => message,
                    Some(Err(error)) => return Err(broken(&error)),
                    None => return Err(Fault::Unreachable("its gateway hung up".into())),
                };
                if let Message::Close(why) = &message {
                    let why = why.as_ref().map(|why| why.reason.to_string()).unwrap_or_default();
                    return Err(Fault::Refused(format!("its gateway hung up: {}", self.mask.short(&why))));
                }
                let Ok(text) = message.to_text() else { continue };
                let Ok(frame) = serde_json::from_str::<Value>(text) else { continue };
                if wanted(&frame) {
                    return Ok(frame);
                }
            }
            Err(Fault::Unreachable("its gateway says much, and does not answer".into()))
        };
        let answered = tokio::time::timeout(ANSWER_WITHIN, answered).await;
        answered.map_err(|_| Fault::Unreachable("its gateway does not answer".into()))?
    }
}

fn broken(error: &Error) -> Fault {
    match error {
        Error::Http(answer) => {
            Fault::Refused(format!("its gateway answers {} to a WebSocket", answer.status().as_u16()))
        }
        _ => Fault::Unreachable("the connection to its gateway broke".into()),
    }
}

/// In its gateway's own words: what is missing is often said there.
fn refused(method: &str, error: &Value, mask: Mask) -> Fault {
    let words = error["message"].as_str().unwrap_or("without a word");
    let issues = error["details"]["issues"].as_array().into_iter().flatten();
    let issues: Vec<_> = issues
        .map(|issue| {
            let path = issue["path"].as_str().unwrap_or_default();
            format!("{path}: {}", issue["message"].as_str().unwrap_or_default())
        })
        .collect();
    let more = if issues.is_empty() { String::new() } else { format!(" ({})", issues.join("; ")) };
    Fault::Refused(format!("its gateway refused {method}: {}", mask.short(&format!("{words}{more}"))))
}

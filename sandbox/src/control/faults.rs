//! Making things go wrong.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Door;
use super::names::Name;
use super::refusal::{Refusal, read};
use crate::world::Fault;

/// The most calls one fault may hit.
const TIMES_LIMIT: u32 = 10_000;

/// A fault as it is ordered: `{"fault":"flood_wait","method":"messages.sendMessage","seconds":3}`.
#[derive(Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
enum Order {
    /// MTProto: `FLOOD_WAIT` instead of the next calls.
    FloodWait {
        method: String,
        seconds: u32,
        #[serde(default = "once")]
        times: u32,
    },
    /// MTProto: the next calls are done, their answers lost.
    LoseReply {
        method: String,
        #[serde(default = "once")]
        times: u32,
    },
    /// MTProto: the account's connections are cut now.
    Cut { account: Name },
    /// Bot API: this status (429, 500, …) instead of the next calls.
    Status {
        method: String,
        status: u16,
        #[serde(default)]
        retry_after: u32,
        chat: Option<Name>,
        #[serde(default = "once")]
        times: u32,
    },
    /// Bot API: the next calls are done, their answers lost.
    LoseBotReply {
        method: String,
        #[serde(default = "once")]
        times: u32,
    },
    /// All faults that wait are taken back.
    None,
}

fn once() -> u32 {
    1
}

pub(super) async fn fault(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let fault = match read(&body)? {
        Order::FloodWait { method, seconds, times } => {
            Fault::FloodWait { method, seconds, times: some(times)? }
        }
        Order::LoseReply { method, times } => Fault::LoseReply { method, times: some(times)? },
        Order::Cut { account } => Fault::Cut { account: door.who(&account)?.id },
        Order::LoseBotReply { method, times } => Fault::LoseBotReply { method, times: some(times)? },
        Order::Status { method, status, retry_after, chat, times } => {
            let chat = chat.map(|chat| door.place(&chat)).transpose()?.map(crate::world::Peer::to_bot_api);
            Fault::Status { method, chat, status: error_status(status)?, retry_after, times: some(times)? }
        }
        Order::None => {
            door.world.faults().clear();
            return Ok(Json(json!({ "ok": true })));
        }
    };
    if door.world.faults().add(fault) {
        Ok(Json(json!({ "ok": true })))
    } else {
        Err(Refusal::bad("Too many faults wait already; {\"fault\":\"none\"} takes them back."))
    }
}

fn some(times: u32) -> Result<u32, Refusal> {
    if (1..=TIMES_LIMIT).contains(&times) {
        Ok(times)
    } else {
        Err(Refusal::bad(format!("\"times\" must be 1 to {TIMES_LIMIT}.")))
    }
}

fn error_status(status: u16) -> Result<u16, Refusal> {
    if (400..=599).contains(&status) {
        Ok(status)
    } else {
        Err(Refusal::bad("\"status\" must be 400 to 599."))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsOrder {
    on: bool,
}

/// Telegram's own limits on the Bot API door, on or off.
pub(super) async fn limits(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let order: LimitsOrder = read(&body)?;
    door.bot_api.enforce_limits(order.on);
    Ok(Json(json!({ "ok": true })))
}

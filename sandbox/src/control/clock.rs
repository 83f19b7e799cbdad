//! The world's time, read and moved.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Door;
use super::refusal::{Refusal, read};
use crate::world::Clock;

/// The furthest one move, in seconds: ten years.
const FURTHEST: u64 = 10 * 366 * 86_400;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    /// Seconds.
    advance: u64,
}

pub(super) async fn clock(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let given: Move = read(&body)?;
    if matches!(door.world.clock(), Clock::System) {
        return Err(Refusal::conflict(
            "The clock is the machine's; start with --clock virtual for one that can be moved.",
        ));
    }
    if given.advance > FURTHEST {
        return Err(Refusal::bad(format!("\"advance\" must be at most {FURTHEST} seconds.")));
    }
    door.world.clock().advance(Duration::from_secs(given.advance));
    Ok(Json(json!({ "now": door.world.now() })))
}

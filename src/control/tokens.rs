//! `POST /token/rotate`: an agent gets another token.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::queries::{Reply, reply};
use super::{Node, Query};
use crate::logging;
use crate::tokens::{LABEL, New};

/// What is sent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotate {
    /// The agent, by name or alias.
    pub agent: String,
}

pub(super) async fn rotate(State(node): State<Node>, Json(order): Json<Rotate>) -> Reply {
    let rotated = tokio::task::block_in_place(|| node.tokens.rotate(&order.agent));
    let New { told, agent, token } = rotated.map_err(|why| (StatusCode::FORBIDDEN, why))?;
    logging::learn(LABEL, agent, &token);
    let known = node.asker.ask(|answer| Query::Rotated(agent, token, answer)).await;
    reply(known.map(|()| told))
}

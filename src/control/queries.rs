//! What is asked of a running node and changes nothing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::{Node, Query};

pub(super) type Reply = Result<Json<serde_json::Value>, (StatusCode, String)>;

pub(super) async fn state(State(node): State<Node>) -> Reply {
    reply(node.asker.ask(Query::State).await)
}

pub(super) async fn journal(State(node): State<Node>) -> Reply {
    reply(node.asker.ask(Query::Journal).await)
}

pub(super) async fn health(State(node): State<Node>) -> Reply {
    let account = node.account.as_ref().map(|health| health.borrow().to_string());
    let bot = node.bot.as_ref().map(|health| health.borrow().sentence().unwrap_or_else(|| "well".to_owned()));
    let outbox = node.asker.ask(Query::Outbox).await;
    reply(outbox.map(|outbox| serde_json::json!({ "account": account, "bot": bot, "outbox": outbox })))
}

pub(super) fn reply(answer: anyhow::Result<impl serde::Serialize>) -> Reply {
    let unavailable = |error: anyhow::Error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string());
    let value = serde_json::to_value(answer.map_err(unavailable)?);
    value.map(Json).map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

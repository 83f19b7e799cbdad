//! What is asked of a running node and changes nothing.

use axum::Json;
use axum::extract::{Query as Asked, State};
use axum::http::StatusCode;
use commands::check::Check;

use super::{About, Audit, FenceOf, Kept, Node, Query};
use crate::status::Status;

pub(super) type Reply = Result<Json<serde_json::Value>, (StatusCode, String)>;

pub(super) async fn state(State(node): State<Node>) -> Reply {
    reply(node.asker.ask(Query::State).await)
}

pub(super) async fn journal(State(node): State<Node>) -> Reply {
    reply(node.asker.ask(Query::Journal).await)
}

pub(super) async fn status(State(node): State<Node>) -> Reply {
    let vitals = node.asker.ask(Query::Vitals).await;
    reply(vitals.map(|vitals| Status::of(&node.part, vitals, (node.clock)())))
}

pub(super) async fn check(State(node): State<Node>, Asked(asked): Asked<FenceOf>) -> Reply {
    let checked = node.asker.ask(|answer| Query::Check(asked, answer)).await;
    reply(match checked {
        Ok(Check::Behind(term)) => {
            Err(anyhow::anyhow!("this node is not of term {term}: another decides by now"))
        }
        Ok(Check::Holds) => Ok(serde_json::json!({ "holds": true })),
        Ok(Check::Dead(why)) => Ok(serde_json::json!({ "holds": false, "why": why })),
        Err(error) => Err(error),
    })
}

pub(super) async fn preflight(State(node): State<Node>, Asked(asked): Asked<About>) -> Reply {
    match node.asker.ask(|answer| Query::Preflight(asked, answer)).await {
        Ok(Err(why)) => Err((StatusCode::FORBIDDEN, why)),
        Ok(Ok(found)) => reply(Ok(found)),
        Err(error) => reply(Err::<(), _>(error)),
    }
}

pub(super) async fn why(State(node): State<Node>, Asked(asked): Asked<About>) -> Reply {
    reply(node.asker.ask(|answer| Query::History(asked.task, answer)).await)
}

pub(super) async fn agents(State(node): State<Node>) -> Reply {
    reply(node.asker.ask(Query::Agents).await)
}

pub(super) async fn verify(node: State<Node>, Asked(kept): Asked<Kept>) -> Reply {
    audit(node, Audit::Verdict(kept)).await
}

pub(super) async fn audit(State(node): State<Node>, what: Audit) -> Reply {
    match node.asker.ask(|answer| Query::Audit(what, answer)).await {
        Ok(Err(why)) => Err((StatusCode::INTERNAL_SERVER_ERROR, why)),
        Ok(Ok(found)) => reply(Ok(found)),
        Err(error) => reply(Err::<(), _>(error)),
    }
}

pub(super) fn reply(answer: anyhow::Result<impl serde::Serialize>) -> Reply {
    let unavailable = |error: anyhow::Error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string());
    let value = serde_json::to_value(answer.map_err(unavailable)?);
    value.map(Json).map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

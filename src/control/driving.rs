//! `POST /drive`: the gateway behind an agent, for whoever may use the socket. What changes something goes through the
//! engine, which writes it down first; what only looks is asked at once.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bridge::agents::{Told, Wanted};
use commands::effect::Deed;
use commands::ids::{ChatId, UserId};
use serde::{Deserialize, Serialize};

use super::queries::{Reply, reply};
use super::{Node, orders};

/// What is sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct Drive {
    /// The agent, by name or alias.
    pub agent: String,
    /// Drawn by the caller: what came of it is told by this.
    #[serde(rename = "order")]
    pub key: String,
    /// What.
    #[serde(flatten)]
    pub wanted: Wanted,
}

pub(super) async fn drive(State(node): State<Node>, Json(order): Json<Drive>) -> Reply {
    let Drive { agent: name, key, wanted } = order;
    let refuse = |why: String| Err((StatusCode::FORBIDDEN, why));
    if name.eq_ignore_ascii_case(&node.part.node)
        && let Wanted::Logs { lines, after } = wanted
    {
        let (lines, place, gap) =
            crate::logging::after(after.as_deref().and_then(|at| at.parse().ok()), lines);
        let place = after.map(|_| place.to_string());
        return reply(Ok(Told { place, gap, ..Told::words(lines.join("\n")) }));
    }
    let Some(agent) = node.drivers.by_name(&name) else {
        return refuse(format!(
            "no agent that can be driven is called \"{name}\" here (driver in its [[agents]])"
        ));
    };
    let deed = match wanted {
        Wanted::Restart => Deed::Restart,
        Wanted::Set { key, value } => Deed::Set { key, value },
        Wanted::Pause { .. } | Wanted::Resume { .. } => {
            return refuse("a pause is somebody's: mesh agent NAME pause --as WHO".to_owned());
        }
        looks => {
            return match node.drivers.drive(agent, looks).await {
                Ok(told) => reply(Ok(told)),
                Err(fault) => refuse(fault.to_string()),
            };
        }
    };
    let (account, chat) = (UserId(agent.0), ChatId(agent.0));
    match node.asker.order(key, account, chat, orders::Wanted::Drive(agent, deed)).await {
        Ok(Ok(told)) => reply(Ok(Told::words(told.shown.unwrap_or_default()))),
        Ok(Err(why)) => refuse(why),
        Err(error) => reply(Err::<(), _>(error)),
    }
}

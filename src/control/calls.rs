//! `POST /call`: something said on behalf of a member of the mesh. Answered once it is written.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use commands::input::Handing;
use serde::{Deserialize, Serialize};

use super::queries::{Reply, reply};
use super::{Caller, Node};

/// What is sent. At most 2 MiB, as axum takes no more; what is said has the limits of a message.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Who speaks, by name; none where there is only one agent.
    #[serde(default, rename = "as")]
    pub caller: Option<String>,
    /// Drawn by the caller: the same key is the same call.
    pub key: String,
    /// What is said.
    pub text: String,
}

pub(super) async fn call(State(node): State<Node>, Json(request): Json<Request>) -> Reply {
    let Request { caller, key, text } = request;
    match node.asker.call(Caller::Named(caller), key, text, Handing::Answered).await {
        Ok(Err(why)) => Err((StatusCode::FORBIDDEN, why)),
        Ok(Ok(answer)) => reply(Ok(answer)),
        Err(error) => reply(Err::<(), _>(error)),
    }
}

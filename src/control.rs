//! The control socket: how the other subcommands reach a running node. HTTP on a Unix socket, 0600, in the state
//! directory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use bridge::telegram::Health;
use sessions::Journalled;
use tokio::net::UnixListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::state::StateView;

/// At most so many questions wait.
const QUERIES_MOST: usize = 32;
/// A node that does not answer within this is not well.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// A question to the engine, with where its answer goes.
pub enum Query {
    /// What is true.
    State(oneshot::Sender<StateView>),
    /// How many effects wait or are under way.
    Outbox(oneshot::Sender<usize>),
    /// Every fact, with where it came from.
    Journal(oneshot::Sender<Vec<Journalled>>),
}

/// Asks the engine.
#[derive(Clone)]
pub struct Asker(mpsc::Sender<Query>);

/// What the socket serves from.
#[derive(Clone)]
struct Node {
    asker: Asker,
    account: Option<watch::Receiver<Health>>,
    bot: Option<watch::Receiver<bot::Health>>,
}

/// A way to ask, and where the engine finds the questions.
pub fn channel() -> (Asker, mpsc::Receiver<Query>) {
    let (sender, receiver) = mpsc::channel(QUERIES_MOST);
    (Asker(sender), receiver)
}

impl Asker {
    /// Asks one question.
    ///
    /// # Errors
    /// A node that is stopping, or does not answer within five seconds.
    pub async fn ask<T>(&self, query: impl FnOnce(oneshot::Sender<T>) -> Query) -> anyhow::Result<T> {
        let (sender, answer) = oneshot::channel();
        self.0.send(query(sender)).await.ok().context("the node is stopping")?;
        let answer = tokio::time::timeout(ANSWER_WITHIN, answer).await.context("the node does not answer")?;
        answer.context("the node is stopping")
    }
}

/// The socket of the node with this state directory.
pub fn socket(state: &Path) -> PathBuf {
    state.join("control.sock")
}

/// Serves the socket until `stop`.
///
/// # Errors
/// A socket that can't be made.
pub fn serve(
    state: &Path,
    asker: Asker,
    account: Option<watch::Receiver<Health>>,
    bot: Option<watch::Receiver<bot::Health>>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let path = socket(state);
    // The state directory is held by this process: a socket in it is a dead node's.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path)
        .with_context(|| format!("{} can't be made (at most 107 bytes are allowed)", path.display()))?;
    restrict(&path)?;
    let routes = Router::new()
        .route("/state", get(state_view))
        .route("/health", get(health))
        .route("/journal", get(journal))
        .with_state(Node { asker, account, bot });
    tokio::spawn(async move {
        let served = axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await;
        if let Err(error) = served {
            tracing::error!(%error, "the control socket failed");
        }
        let _ = std::fs::remove_file(path);
    });
    Ok(())
}

fn restrict(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        .with_context(|| format!("{} can't be made private", path.display()))
}

type Answer = Result<Json<serde_json::Value>, (StatusCode, String)>;

async fn state_view(State(node): State<Node>) -> Answer {
    reply(node.asker.ask(Query::State).await)
}

async fn journal(State(node): State<Node>) -> Answer {
    reply(node.asker.ask(Query::Journal).await)
}

async fn health(State(node): State<Node>) -> Answer {
    let account = node.account.as_ref().map(|health| health.borrow().to_string());
    let bot = node.bot.as_ref().map(|health| health.borrow().sentence().unwrap_or_else(|| "well".to_owned()));
    let outbox = node.asker.ask(Query::Outbox).await;
    reply(outbox.map(|outbox| serde_json::json!({ "account": account, "bot": bot, "outbox": outbox })))
}

fn reply(answer: anyhow::Result<impl serde::Serialize>) -> Answer {
    let unavailable = |error: anyhow::Error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string());
    let value = serde_json::to_value(answer.map_err(unavailable)?);
    value.map(Json).map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

/// Gets one answer of a running node.
///
/// # Errors
/// No node holds this state directory, or it does not answer.
pub async fn fetch(state: &Path, path: &str) -> anyhow::Result<serde_json::Value> {
    let socket = socket(state);
    let client = reqwest::Client::builder().unix_socket(socket.clone()).timeout(ANSWER_WITHIN).build()?;
    let answer = client
        .get(format!("http://node{path}"))
        .send()
        .await
        .with_context(|| format!("no node answers on {}; start one: mesh run", socket.display()))?;
    if !answer.status().is_success() {
        bail!("the node answered {}: {}", answer.status(), answer.text().await.unwrap_or_default());
    }
    Ok(answer.json().await?)
}

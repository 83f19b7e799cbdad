//! The control socket: how the other subcommands reach a running node. HTTP on a Unix socket, 0600, in the state
//! directory.

mod calls;
mod client;
mod driving;
mod orders;
mod queries;
mod tokens;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::routing::{get, post};
use bridge::agents::RESTART_WITHIN;
use commands::answer::Answer;
use commands::check::Check;
use commands::ids::{AgentId, ChatId, UserId, Who};
use commands::input::Handing;
use jiff::Timestamp;
use serde::Deserialize;
use sessions::Journalled;
use tokio::net::UnixListener;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

pub use self::calls::Request;
pub use self::client::{ask, call, drive, fetch, order, rotate};
pub use self::driving::Drive;
pub use self::orders::{Obeyed, Ordered, Post, Tap, Told, Wanted};
use crate::agents::Drivers;
use crate::engine::vitals::Vitals;
use crate::history::History;
use crate::perform::Speaker;
use crate::state::StateView;
use crate::status::Part;
use crate::tokens::Tokens;

/// At most so many questions wait.
const QUERIES_MOST: usize = 32;
/// A node that does not answer within this is not well.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// A call waits for the ear right after a start, and then for the disk.
const CALL_WITHIN: Duration = Duration::from_secs(20);
/// A gateway may take its time to come back.
const DRIVE_WITHIN: Duration = Duration::from_secs(RESTART_WITHIN.as_secs() + 10);
const STOPPING: &str = "the node is stopping";

/// A question to the engine, with where its answer goes.
pub enum Query {
    /// What is true.
    State(oneshot::Sender<StateView>),
    /// How the node is, as the loop knows it.
    Vitals(oneshot::Sender<Vitals>),
    /// Whether the loop turns.
    Beat(oneshot::Sender<()>),
    /// Every fact, with where it came from.
    Journal(oneshot::Sender<Vec<Journalled>>),
    /// Whether somebody owns a task under a fence.
    Check(FenceOf, oneshot::Sender<Check>),
    /// What somebody should know before they begin a task; an error for what names no task.
    Preflight(About, oneshot::Sender<Result<serde_json::Value, String>>),
    /// The chat of a member of the mesh; without a name the group.
    Place(Option<String>, oneshot::Sender<Result<ChatId, String>>),
    /// An agent says that it is throttled until then, or no longer; answered once that is written.
    Throttled(AgentId, Option<Timestamp>, oneshot::Sender<()>),
    /// Who works here, and how they are.
    Agents(oneshot::Sender<serde_json::Value>),
    /// What became of a task.
    History(String, oneshot::Sender<History>),
    /// An agent has another token, which the mind is to know.
    Rotated(AgentId, String, oneshot::Sender<()>),
    /// The audit: its lines, or whether it is whole.
    Audit(Audit, oneshot::Sender<Result<serde_json::Value, String>>),
}

/// What of the audit.
#[derive(Clone, Debug)]
pub enum Audit {
    /// Every line, as JSON lines.
    Lines,
    /// Where it stands, signed.
    Head,
    /// Whether it is whole.
    Verdict(Kept),
}

/// What was kept of the audit elsewhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// A signed head, as JSON.
    pub head: Option<String>,
}

/// A fence of a task.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FenceOf {
    /// The task.
    pub task: String,
    /// The fence.
    pub fence: u64,
    /// Whose it should be, by name.
    #[serde(rename = "as")]
    pub caller: Option<String>,
}

/// A task, and who asks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The task.
    pub task: String,
    /// Who asks, by name.
    #[serde(default, rename = "as")]
    pub caller: Option<String>,
}

/// Somebody says something by a call, and waits.
pub struct Called {
    /// Whoever speaks.
    pub caller: Caller,
    /// The call's key: asked twice, it is answered alike.
    pub key: String,
    /// What is said, as it would be written in the group.
    pub text: String,
    /// Where it goes on.
    pub handing: Handing,
    /// Where the answer goes, once it is written.
    pub answer: oneshot::Sender<Heeded>,
}

/// Who speaks by a call.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Whoever bears the name; without one the only agent there is.
    Named(Option<String>),
    /// This one, as its token says.
    Is(Who),
}

/// What came of a call; an error where nobody of the mesh spoke.
pub type Heeded = Result<Answer, String>;

/// Asks the engine.
#[derive(Clone)]
pub struct Asker {
    queries: mpsc::Sender<Query>,
    calls: mpsc::Sender<Called>,
    orders: mpsc::Sender<Ordered>,
}

/// Where the engine finds what is asked of it.
pub struct Asked {
    /// Questions.
    pub control: mpsc::Receiver<Query>,
    /// Calls.
    pub calls: mpsc::Receiver<Called>,
    /// Orders.
    pub orders: mpsc::Receiver<Ordered>,
}

/// What the socket serves from.
#[derive(Clone)]
struct Node {
    asker: Asker,
    part: Arc<Part>,
    speakers: Arc<Vec<Speaker>>,
    drivers: Drivers,
    tokens: Tokens,
    clock: bot::listen::Clock,
}

/// A way to ask, and where the engine finds what was asked.
pub fn channel() -> (Asker, Asked) {
    let (queries, control) = mpsc::channel(QUERIES_MOST);
    let (calls, called) = mpsc::channel(QUERIES_MOST);
    let (orders, ordered) = mpsc::channel(QUERIES_MOST);
    (Asker { queries, calls, orders }, Asked { control, calls: called, orders: ordered })
}

impl Asker {
    /// Asks one question.
    ///
    /// # Errors
    /// A node that is stopping, or does not answer within five seconds.
    pub async fn ask<T>(&self, query: impl FnOnce(oneshot::Sender<T>) -> Query) -> anyhow::Result<T> {
        let (sender, answer) = oneshot::channel();
        self.queries.send(query(sender)).await.ok().context(STOPPING)?;
        let answer = tokio::time::timeout(ANSWER_WITHIN, answer).await.context("the node does not answer")?;
        answer.context(STOPPING)
    }

    /// Says something on behalf of `caller`.
    ///
    /// # Errors
    /// A node that is stopping, or has not caught up with the chat within [`CALL_WITHIN`].
    pub async fn call(
        &self,
        caller: Caller,
        key: String,
        text: String,
        handing: Handing,
    ) -> anyhow::Result<Heeded> {
        let (answer, heeded) = oneshot::channel();
        let call = Called { caller, key, text, handing, answer };
        self.calls.send(call).await.ok().context(STOPPING)?;
        let heeded = tokio::time::timeout(CALL_WITHIN, heeded).await;
        heeded
            .context("the node has not caught up with the chat yet; the same key asks again")?
            .context(STOPPING)
    }
}

impl Asker {
    /// Orders something of an account, or of the gateway behind an agent.
    ///
    /// # Errors
    /// A node that is stopping, or has not done it within [`CALL_WITHIN`], or [`DRIVE_WITHIN`]: it will, unless it was a
    /// tap.
    pub async fn order(
        &self,
        key: String,
        account: UserId,
        chat: ChatId,
        wanted: Wanted,
    ) -> anyhow::Result<Obeyed> {
        let (answer, obeyed) = oneshot::channel();
        let within = if matches!(wanted, Wanted::Drive(..)) { DRIVE_WITHIN } else { CALL_WITHIN };
        self.orders.send(Ordered { key, account, chat, wanted, answer }).await.ok().context(STOPPING)?;
        let obeyed = tokio::time::timeout(within, obeyed).await;
        obeyed
            .context(
                "not done yet: it waits in the outbox, and goes as soon as it can; the same key asks again",
            )?
            .context(STOPPING)
    }
}

/// The socket of the node with this state directory.
pub fn socket(state: &Path) -> PathBuf {
    state.join("control.sock")
}

/// Through whom the socket does what it is asked.
pub struct Hands {
    /// The accounts.
    pub speakers: Vec<Speaker>,
    /// The gateways behind agents.
    pub drivers: Drivers,
    /// What agents show at the door.
    pub tokens: Tokens,
}

/// Serves the socket until `stop`.
///
/// # Errors
/// A socket that can't be made.
pub fn serve(
    part: Part,
    asker: Asker,
    hands: Hands,
    clock: bot::listen::Clock,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let path = socket(&part.state);
    // The state directory is held by this process: a socket in it is a dead node's.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path)
        .with_context(|| format!("{} can't be made (at most 107 bytes are allowed)", path.display()))?;
    restrict(&path)?;
    let routes = Router::new()
        .route("/state", get(queries::state))
        .route("/status", get(queries::status))
        .route("/journal", get(queries::journal))
        .route("/claims/check", get(queries::check))
        .route("/preflight", get(queries::preflight))
        .route("/why", get(queries::why))
        .route("/agents", get(queries::agents))
        .route("/audit", get(|node| queries::audit(node, Audit::Lines)))
        .route("/audit/head", get(|node| queries::audit(node, Audit::Head)))
        .route("/audit/verify", get(queries::verify))
        .route("/call", post(calls::call))
        .route("/post", post(orders::post))
        .route("/tap", post(orders::tap))
        .route("/drive", post(driving::drive))
        .route("/token/rotate", post(tokens::rotate))
        .with_state(Node {
            asker,
            part: Arc::new(part),
            speakers: Arc::new(hands.speakers),
            drivers: hands.drivers,
            tokens: hands.tokens,
            clock,
        });
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

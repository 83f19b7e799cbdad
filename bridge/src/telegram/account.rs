//! The account as everybody else holds it.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use commands::ids::{ChatId, UserId};
use commands::input::Input;
use grammers_session::Session;
use grammers_session::types::{PeerId, PeerInfo, UpdatesState};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::call::Caller;
use super::connection::Line;
use super::datacenter::Pinned;
use super::health::{Grade, Health};
use super::listen::{BATCHES_WAITING, Ear, Outlets};
use super::own::Own;
use super::reached::Reached;
use super::render::render;
use super::shared::{Place, Shared};
use super::waits::{Surroundings, Waits};

/// How long an ear that broke stays silent before a new one takes its place.
const EAR_PAUSE: Duration = Duration::from_secs(1);

/// Whose account it is, and so what it may hear and do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person's own: hears the group only, speaks only what its person ordered.
    Personal,
    /// One for the mesh: hears private chats too, may speak, react and answer.
    Dedicated,
}

/// A Telegram other than the real one: every data centre is then at this address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Where it listens.
    pub socket: SocketAddr,
    /// Its RSA public key, PKCS#1 PEM.
    pub rsa_key_pem: String,
}

/// What the account needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Params {
    /// From my.telegram.org.
    pub api_id: i32,
    /// Whose account it is.
    pub kind: Kind,
    /// The group that is heard.
    pub group: ChatId,
    /// Whether this account is the ear of the group. Another one hears only private chats, and only a dedicated one.
    pub ear: bool,
    /// The basic group that it was, if this account heard it as such: hearing goes on from its beginning.
    pub former: Option<ChatId>,
    /// How far the group was heard, as it was stored with the cursor; none where it was not.
    pub reached: Option<Reached>,
    /// The session's counters are younger than that: what was said since then is read from the history.
    pub unread: bool,
    /// Pages of 100 messages of the group that are read back after a gap, at most: [`READ_BACK`].
    pub read_back: usize,
    /// Where Telegram is; none means the real one.
    pub address: Option<Address>,
}

/// How far the history is read back after a gap too long for a difference, in pages of 100 messages: some days of a busy
/// group.
pub const READ_BACK: usize = 200;

/// Inputs in (date, id) order, edits last, and the point reached with them: to be stored in one transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// What was heard; may be empty when only the cursor moved.
    pub inputs: Vec<Input>,
    /// Where to go on from once these are stored.
    pub cursor: UpdatesState,
    /// How far the group is heard with them: to be stored with the cursor. None for an account that is not the ear.
    pub reached: Option<Reached>,
    /// Who heard it.
    pub user: UserId,
}

/// Why an account can't be started. That Telegram can't be reached is not among the reasons: see [`Health`].
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody signed in with this session yet.
    #[error("nobody is signed in with this session; sign in first: mesh login")]
    SignedOut,
    /// The session can't be read.
    #[error("the session can't be read: {0}")]
    Session(String),
}

/// A running account.
#[derive(Debug)]
pub struct Connected {
    /// For calls; cheap to clone.
    pub account: Account,
    /// What is heard. While 64 batches wait, nothing more is heard (and nothing lost). Dropping it ends the ear.
    pub batches: mpsc::Receiver<Batch>,
    /// How the connection is.
    pub health: watch::Receiver<Health>,
    /// True once everything missed was not only fetched but taken from [`Self::batches`]: ticks may reach the core.
    pub caught_up: watch::Receiver<bool>,
}

/// Calls in the account's name. Each makes one request, given up after 30 s, and may look up a chat first.
#[derive(Clone)]
pub struct Account {
    pub(super) shared: Arc<Shared>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("user", &self.shared.me).finish_non_exhaustive()
    }
}

impl Account {
    /// Starts hearing with a signed-in session, from its stored update state; never ends by itself.
    /// The state is read once: from then on the point reached is in the batches, for the caller to store.
    pub async fn connect<S>(params: Params, session: Arc<S>) -> Result<Connected, ConnectError>
    where
        S: Session,
        S::Error: std::error::Error + Send + Sync + 'static,
    {
        Self::connect_in(Surroundings::real(Waits::default()), params, session).await
    }

    /// The same with other waits, another clock, another chance.
    pub async fn connect_in<S>(
        around: Surroundings,
        params: Params,
        session: Arc<S>,
    ) -> Result<Connected, ConnectError>
    where
        S: Session,
        S::Error: std::error::Error + Send + Sync + 'static,
    {
        let session = Pinned::new(session, params.address.clone());
        let unreadable = |error: super::datacenter::SessionFault| ConnectError::Session(error.to_string());
        let Some(PeerInfo::User { id, .. }) = session.peer(PeerId::self_user()).await.map_err(unreadable)?
        else {
            return Err(ConnectError::SignedOut);
        };
        let cursor = session.updates_state().await.map_err(unreadable)?;
        let (point, unread) = ((cursor, params.reached), params.unread);
        let line = Line::open(&session, params.api_id);
        let (health_in, health) = watch::channel(Health::Connecting);
        let shared = Arc::new(Shared {
            health: health.clone(),
            place: RwLock::new(Place { group: params.group, former: params.former }),
            params,
            around,
            me: UserId(id),
            session,
            caller: Caller::new(line.client.clone()),
            own: Own::new(),
            stop: CancellationToken::new(),
            done: CancellationToken::new(),
            chats_asked: tokio::sync::Mutex::new(None),
        });
        let (batches_in, batches) = mpsc::channel(BATCHES_WAITING);
        let (caught_up_in, caught_up) = watch::channel(false);
        let out = Outlets {
            batches: batches_in,
            health: Arc::new(health_in),
            caught_up: Arc::new(caught_up_in),
            point: Arc::new(Mutex::new(point)),
            unread: Arc::new(AtomicBool::new(unread)),
        };
        tokio::spawn(supervise(Arc::clone(&shared), out, line));
        Ok(Connected { account: Self { shared }, batches, health, caught_up })
    }

    /// Whether it waits for somebody to sign it in again: until then no call of it succeeds.
    pub fn is_lost(&self) -> bool {
        self.shared.health.borrow().meaning().grade == Grade::NeedsSomebody
    }

    /// Ends everything that [`Self::connect`] started, within a second.
    pub async fn stop(&self) {
        self.shared.stop.cancel();
        self.shared.done.cancelled().await;
    }

    /// The account's own user: its ear is `Ear::Account(user.0)`.
    pub fn user(&self) -> UserId {
        self.shared.me
    }

    /// Tells the ear of an unfinished effect of an earlier run, so that its message is known as our own.
    pub fn expect(&self, chat: ChatId, text: &str, random_id: i64) {
        self.shared.own.expect(chat, &render(text).0, random_id);
    }
}

/// Keeps an ear listening: one that broke by a fault of ours or of grammers is replaced, from the last batch on.
async fn supervise(shared: Arc<Shared>, out: Outlets, line: Line) {
    let mut line = Some(line);
    while !shared.stop.is_cancelled() {
        let ear = Ear::new(Arc::clone(&shared), out.clone(), line.take());
        if let Err(broken) = tokio::spawn(ear.run()).await {
            tracing::error!(%broken, "the ear broke and is replaced");
            out.caught_up.send_replace(false);
            tokio::select! {
                () = shared.stop.cancelled() => {}
                () = tokio::time::sleep(EAR_PAUSE) => {}
            }
        }
    }
    shared.done.cancel();
}

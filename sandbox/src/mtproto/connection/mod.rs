//! One connection: one loop over what may happen to it.

mod calls;
mod fate;
mod feed;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use grammers_tl_types::{Serializable, enums, types};
use thiserror::Error;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::chance::Chance;
use super::crypto::AuthKey;
use super::door::Shared;
use super::envelope::{MessageIds, Outgoing, Session};
use super::handshake::{Handshake, Refusal};
use super::keys::KeyNews;
use super::parked::{Call, Kept};
use super::transport::{FrameError, Framing};
use super::view;
use crate::world::UserId;
use calls::Waited;

pub use fate::names_a_chat;
pub use feed::Feed;

/// Bytes read at once.
const READ_SIZE: usize = 16 * 1024;
/// How long a connection may be silent, unless its client asks for less.
const PATIENCE: Duration = Duration::from_mins(15);
/// The same before it has shown a key.
const PATIENCE_WITH_STRANGERS: Duration = Duration::from_mins(1);

/// Why a connection ends.
#[derive(Debug, Error)]
enum HangUp {
    #[error("the client went")]
    Gone,
    #[error("the socket failed: {0}")]
    Socket(#[from] std::io::Error),
    #[error("the stream can't be read: {0}")]
    Frame(#[from] FrameError),
    #[error("the key exchange failed: {0}")]
    Exchange(#[from] Refusal),
    #[error("a message under an unknown key")]
    UnknownKey,
    #[error("a message that can't be decrypted")]
    Undecryptable,
    #[error("a message too short to be one")]
    Short,
    #[error("the client was silent for too long")]
    Silent,
    #[error("the client does not read what it is sent")]
    Slow,
    #[error("its client came back over another connection")]
    Moved,
    #[error("a fault was ordered")]
    Fault,
}

/// A client that has a key and a session.
struct Attached {
    key: AuthKey,
    session: Session,
    feed: Option<Feed>,
    /// By which it has the session.
    claim: u64,
}

/// One connection.
pub struct Connection {
    shared: Arc<Shared>,
    stream: TcpStream,
    framing: Framing,
    handshake: Handshake,
    plain_ids: MessageIds,
    attached: Option<Attached>,
    waiting: JoinSet<Waited>,
    cuts: broadcast::Receiver<UserId>,
    key_news: broadcast::Receiver<KeyNews>,
    calls: broadcast::Receiver<Call>,
    patience: Duration,
    chance: Box<dyn Chance>,
}

/// What may happen to a connection.
enum Happened {
    Cut(UserId),
    Key(KeyNews),
    Called(Call),
    Answered(Waited),
    News,
    Read(usize),
}

impl Connection {
    /// A connection that was just accepted.
    pub fn new(stream: TcpStream, shared: Arc<Shared>) -> Self {
        // Without it small answers wait for the client's acknowledgement; where it can't be set they do.
        let _ = stream.set_nodelay(true);
        let cuts = shared.world.faults().cuts();
        let key_news = shared.keys.news();
        let calls = shared.parked.calls();
        let chance = shared.chance();
        Self {
            shared,
            stream,
            framing: Framing::default(),
            handshake: Handshake::default(),
            plain_ids: MessageIds::default(),
            attached: None,
            waiting: JoinSet::new(),
            cuts,
            key_news,
            calls,
            patience: PATIENCE_WITH_STRANGERS,
            chance,
        }
    }

    /// Serves the client until either side hangs up.
    pub async fn run(mut self) {
        let why = self.serve().await;
        self.park();
        tracing::debug!(%why, "a connection ended");
    }

    async fn serve(&mut self) -> HangUp {
        let mut buffer = vec![0; READ_SIZE];
        let mut deadline = Instant::now() + self.patience;
        loop {
            let handled = match self.next(&mut buffer, deadline).await {
                Ok(Happened::Read(n)) => {
                    let handled = self.take_in(&buffer[..n]).await;
                    deadline = Instant::now() + self.patience;
                    handled
                }
                Ok(Happened::Answered(waited)) => self.answer_waited(waited).await,
                Ok(Happened::News) => self.push_news().await,
                Ok(Happened::Cut(account)) if self.is_for(account) => Err(HangUp::Fault),
                Ok(Happened::Key(news)) => self.hear(news).await,
                Ok(Happened::Called(call)) if self.is_called(call) => Err(HangUp::Moved),
                Ok(Happened::Cut(_) | Happened::Called(_)) => Ok(()),
                Err(why) => Err(why),
            };
            if let Err(why) = handled {
                return why;
            }
        }
    }

    /// 1. faults, 2. answers that were waited for, 3. news, 4. the client, 5. its silence.
    async fn next(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<Happened, HangUp> {
        let feed = self.attached.as_mut().and_then(|attached| attached.feed.as_mut());
        tokio::select! {
            biased;
            Ok(account) = self.cuts.recv() => Ok(Happened::Cut(account)),
            Ok(news) = self.key_news.recv() => Ok(Happened::Key(news)),
            Ok(call) = self.calls.recv() => Ok(Happened::Called(call)),
            Some(Ok(waited)) = self.waiting.join_next() => Ok(Happened::Answered(waited)),
            () = feed::news(feed) => Ok(Happened::News),
            read = self.stream.read(buffer) => match read? {
                0 => Err(HangUp::Gone),
                n => Ok(Happened::Read(n)),
            },
            () = sleep_until(deadline) => Err(HangUp::Silent),
        }
    }

    /// Leaves its session to a connection that may come.
    fn park(&mut self) {
        if let Some(Attached { key, session, feed, .. }) = self.attached.take() {
            self.shared.parked.keep(key.id(), Kept { session, feed });
        }
    }

    /// Whether its session is wanted elsewhere.
    fn is_called(&self, call: Call) -> bool {
        let is_meant = |attached: &Attached| {
            call.name == (attached.key.id(), attached.session.id()) && attached.claim < call.claim
        };
        self.attached.as_ref().is_some_and(is_meant)
    }

    /// What concerns a key, if it is the connection's own.
    async fn hear(&mut self, news: KeyNews) -> Result<(), HangUp> {
        let own = self.attached.as_ref().map(|attached| attached.key.id());
        match news {
            KeyNews::TokenAccepted(key) if own == Some(key) => {
                let date = view::date(self.shared.world.now());
                let update = types::UpdateShort { update: enums::Update::LoginToken, date };
                self.send(vec![Outgoing::push(enums::Updates::from(update).to_bytes())]).await
            }
            KeyNews::TokenAccepted(_) => Ok(()),
        }
    }

    /// Whether it is signed in as an account, or was until its session was ended.
    fn is_for(&self, account: UserId) -> bool {
        let feed = self.attached.as_ref().and_then(|attached| attached.feed.as_ref());
        self.account() == Some(account) || feed.is_some_and(|feed| feed.account() == account)
    }

    /// Who is signed in with the connection's key.
    fn account(&self) -> Option<UserId> {
        self.attached.as_ref().and_then(|attached| self.shared.keys.account(attached.key.id()))
    }
}

//! The account as everybody else holds it.

use std::net::SocketAddr;
use std::sync::Arc;

use commands::ids::{ChatId, UserId};
use commands::input::Input;
use grammers_session::Session;
use grammers_session::types::UpdatesState;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use super::health::Health;
use super::perform::{CallError, Performed, TapAnswer};

/// Whose account it is, and so what it may hear and do (core.md, *Ear and voice*).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person's own: hears the group only, speaks only what its person ordered.
    Personal,
    /// One for the mesh: hears private chats too, may speak, react and answer.
    Dedicated,
}

/// A Telegram other than the real one: every data centre is then at this address.
#[derive(Clone, Debug)]
pub struct Address {
    /// Where it listens.
    pub socket: SocketAddr,
    /// Its RSA public key, PKCS#1 PEM.
    pub rsa_key_pem: String,
}

/// What the account needs to know.
#[derive(Clone, Debug)]
pub struct Params {
    /// From my.telegram.org.
    pub api_id: i32,
    /// Whose account it is.
    pub kind: Kind,
    /// The group that is heard.
    pub group: ChatId,
    /// Where Telegram is; none means the real one.
    pub address: Option<Address>,
}

/// Inputs in (date, id) order, edits last, and the point reached with them: to be stored in one transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// What was heard; may be empty when only the cursor moved.
    pub inputs: Vec<Input>,
    /// Where to go on from once these are stored.
    pub cursor: UpdatesState,
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
    /// What is heard. While it is full, nothing more is heard (and nothing lost).
    pub batches: mpsc::Receiver<Batch>,
    /// How the connection is.
    pub health: watch::Receiver<Health>,
    /// True once everything missed was not only fetched but taken from [`Self::batches`]: ticks may reach the core.
    pub caught_up: watch::Receiver<bool>,
}

/// Calls in the account's name. Each makes one request with a deadline of 30 s.
#[derive(Clone, Debug)]
pub struct Account {}

impl Account {
    /// Starts hearing with a signed-in session, from its stored update state; never ends by itself.
    pub async fn connect<S>(params: Params, session: Arc<S>) -> Result<Connected, ConnectError>
    where
        S: Session,
        S::Error: std::error::Error + Send + Sync + 'static,
    {
        let _ = (params, session);
        unimplemented!("being written")
    }

    /// Ends everything that [`Self::connect`] started, within a second.
    pub async fn stop(&self) {
        unimplemented!("being written")
    }

    /// The account's own user: its ear is `Ear::Account(user.0)`.
    pub fn user(&self) -> UserId {
        unimplemented!("being written")
    }

    /// Tells the ear about an unfinished effect of an earlier run, so that its message is known as our own.
    pub fn expect(&self, chat: ChatId, text: &str, random_id: i64) {
        let _ = (chat, text, random_id);
        unimplemented!("being written")
    }

    /// Posts in a chat. Backticks mark code. The same `random_id` twice makes one message.
    pub async fn post(
        &self,
        chat: ChatId,
        text: &str,
        reply_to: Option<i32>,
        random_id: i64,
        silent: bool,
    ) -> Performed {
        let _ = (chat, text, reply_to, random_id, silent);
        unimplemented!("being written")
    }

    /// Writes to a user.
    pub async fn dm(
        &self,
        user: UserId,
        text: &str,
        reply_to: Option<i32>,
        random_id: i64,
    ) -> Performed {
        let _ = (user, text, reply_to, random_id);
        unimplemented!("being written")
    }

    /// Replaces the text of a message of the account.
    pub async fn edit(&self, chat: ChatId, id: i32, text: &str) -> Performed {
        let _ = (chat, id, text);
        unimplemented!("being written")
    }

    /// Sets the account's one reaction on a message; an empty emoji takes it away.
    pub async fn react(&self, chat: ChatId, id: i32, emoji: &str) -> Performed {
        let _ = (chat, id, emoji);
        unimplemented!("being written")
    }

    /// Asks for the reactions on messages (at most 100): they are heard as [`commands::input::Reacted`].
    pub async fn reactions_of(&self, chat: ChatId, ids: &[i32]) -> Performed {
        let _ = (chat, ids);
        unimplemented!("being written")
    }

    /// Presses an inline button.
    pub async fn tap(&self, chat: ChatId, id: i32, data: &[u8]) -> Result<TapAnswer, CallError> {
        let _ = (chat, id, data);
        unimplemented!("being written")
    }

    /// Looks for a message of `from` that reads exactly `text` (as shown, without backticks), not older than `since`.
    pub async fn find_post(
        &self,
        chat: ChatId,
        from: UserId,
        text: &str,
        since: Timestamp,
    ) -> Result<Option<i32>, CallError> {
        let _ = (chat, from, text, since);
        unimplemented!("being written")
    }

    /// Marks a chat read up to a message; a personal account refuses.
    pub async fn mark_read(&self, chat: ChatId, up_to: i32) -> Performed {
        let _ = (chat, up_to);
        unimplemented!("being written")
    }
}

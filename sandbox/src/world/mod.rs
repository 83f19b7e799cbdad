//! One small Telegram: people, bots, chats and messages, with no wire of its own.
//!
//! # How a door uses it
//!
//! [`World`] is a cheap handle; every method locks briefly and returns owned snapshots.
//! Only [`World::tap`] waits (for the bot's answer), and it holds no lock while it does.
//!
//! * **Who**: people and bots are [`User`]s, looked up by [`World::user`], [`World::user_by_phone`],
//!   [`World::user_by_username`], [`World::bot_by_token`]. The login code is in [`Person`].
//! * **Where**: a viewer names a chat by its [`Peer`] (the other user, a basic group, a supergroup).
//!   The world's own name for it, the same for everybody, is a [`ChatKey`].
//! * **Message ids are the viewer's**: each user has *one* sequence for all private chats and basic groups
//!   ([`MessageView::id`]); a supergroup's ids are shared. Never mix the ids of two viewers.
//!   [`MessageKey`] is the world's own, viewer-independent name of a message.
//! * **Do**: [`World::post`], [`World::edit`], [`World::delete`], [`World::react`], [`World::pin`], [`World::tap`],
//!   [`World::read`]; `by` is who does it. A refusal is a [`WorldError`], and [`WorldError::rpc`] is its MTProto form.
//! * **Files**: [`World::keep_file`] or [`World::keep_photo`] first, then a [`Draft`] that carries the [`Document`]; [`World::file`] has the bytes.
//! * **Migrate**: [`World::migrate`] makes a supergroup of a basic group; the old one can only be read afterwards.
//! * **Ask**: [`World::dialogs`], [`World::history`], [`World::messages`], [`World::chat`].
//!   Asking for history or messages (not dialogs) counts as looking at them: only then does an account hear of
//!   reactions to them (for [`LOOKED_FOR`]).
//! * **Hear, as an account**: keep a [`World::subscribe`] receiver and a cursor. Start the cursor with
//!   [`World::account_state`]`.cursor`; whenever the receiver changes call [`World::pushes`] with the cursor, send what
//!   it returns, keep the new cursor. Own posts are in it too (`outgoing`), for the account's other sessions;
//!   [`Posted::update`] is exactly the update that the log holds, so a door may skip it on the connection that posted.
//!   For getDifference call [`World::difference`] with the client's pts (supergroups: [`World::channel_difference`]).
//!   The log keeps the last [`LOG_KEPT`] updates of each user; [`Difference::too_long`] says that it did not reach back.
//! * **Hear, as a bot**: [`World::bot_updates`], woken by the same [`World::subscribe`].
//! * **Go wrong**: ask [`World::faults`] before each call; asking uses the fault up.
//!
//! What differs from Telegram on purpose: edits and new messages in the log are as they were when they happened,
//! not as they are when asked for, so that tests are deterministic.

mod block;
mod bot_queue;
mod chat;
mod clock;
mod deliver;
mod disturb;
mod edit;
mod error;
mod extras;
mod faults;
mod file;
mod find;
mod hearing;
mod history;
mod ids;
mod image;
mod keyboard;
mod links;
mod log;
mod mailbox;
mod mastermind;
mod message;
mod migrate;
mod pin;
mod post;
mod react;
mod read;
mod search;
mod seen;
mod snapshot;
mod standing;
mod state;
mod tap;
mod text;
mod told;
mod typing;
mod user;
mod view;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

pub use bot_queue::{BotUpdate, BotUpdateKind, CallbackQuery, ReactionChange, UPDATES_KEPT};
pub use chat::{ChatKind, ChatView, Member, Rank};
pub use clock::{Clock, Standing as StandingClock};
pub use disturb::Disturbance;
pub use error::WorldError;
pub use extras::{Extras, Preview, Quote};
pub use faults::{Aim, BotFault, Fault, Faults, RpcFault};
pub use file::{Document, FILE_LIMIT, FILES_KEPT, PHOTO_LIMIT, Size};
pub use history::{Dialog, HistoryQuery};
pub use ids::{ChatKey, MessageKey, Peer, UserId};
pub use log::{AccountState, Difference, LOG_KEPT, Update, UpdateKind};
pub use message::{
    Button, ButtonAction, ChosenKinds, Draft, Entity, EntityKind, InlinePlace, Keyboard, MESSAGES_KEPT,
    Reaction, TEXT_LIMIT,
};
pub use migrate::Migrated;
pub use post::Posted;
pub use react::LOOKED_FOR;
pub use seen::{SEEN_KEPT, Seen, SeenMessage, SeenWhat};
pub use standing::{MemberChange, Standing};
pub use tap::{ANSWER_WAIT, TapAnswer};
pub use text::utf16_len;
pub use typing::ChatAction;
pub use user::{Bot, Person, User, UserKind};
pub use view::{Content, MessageView, Service};

use state::State;

/// The handle to one world; clones share it.
#[derive(Clone, Debug)]
pub struct World {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    clock: Clock,
    faults: Faults,
    seen: broadcast::Sender<Seen>,
}

impl World {
    /// A world without anybody in it.
    pub fn empty(clock: Clock) -> Self {
        let (seen, _) = broadcast::channel(SEEN_KEPT);
        Self {
            inner: Arc::new(Inner {
                state: Mutex::new(State::default()),
                clock,
                faults: Faults::default(),
                seen,
            }),
        }
    }

    /// The world's clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// What is to go wrong next.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Now, in Unix seconds, as messages are dated.
    pub fn now(&self) -> i64 {
        self.inner.clock.seconds()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while holding the lock is a bug in a test's thread, not in the world's data.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

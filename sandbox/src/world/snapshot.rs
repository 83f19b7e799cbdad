//! What is kept of an update: of a message only what differs between those who are told, for all share the rest.

use std::sync::Arc;

use super::message::Message;
use super::state::State;
use super::{MessageKey, MessageView, UserId};

/// A message as it was when somebody was told of it.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    message: Arc<Message>,
    /// The hearer's id of it.
    id: i32,
    /// The message answered or pinned, by the hearer's id.
    reply_to: Option<i32>,
    /// That message itself, as it was then: a bot is told of both.
    replied: Option<Arc<Message>>,
}

/// An update that is kept until it is told.
#[derive(Clone, Debug)]
pub(super) enum Kept<T> {
    /// A new message.
    New(Snapshot),
    /// An edited message.
    Edited(Snapshot),
    /// Anything else; rarer, and so in a place of its own.
    Other(Box<T>),
}

impl Snapshot {
    /// The message as `viewer`, who heard of it, saw it then.
    pub fn view(&self, viewer: UserId) -> MessageView {
        let replied = self.reply_to.zip(self.replied.as_ref());
        let replied = replied.map(|(id, replied)| Box::new(replied.view(viewer, id, None)));
        MessageView { replied, ..self.message.view(viewer, self.id, self.reply_to) }
    }
}

impl Message {
    /// The message as it is now to `viewer`, who calls it and the message it answers so.
    fn view(&self, viewer: UserId, id: i32, reply_to: Option<i32>) -> MessageView {
        let message = self;
        MessageView {
            key: message.key,
            id,
            peer: message.chat.peer_for(viewer),
            from: message.from,
            outgoing: message.from == viewer,
            date: message.date,
            edit_date: message.edited,
            content: message.body.content(reply_to),
            reply_to,
            replied: None,
            keyboard: message.keyboard.clone(),
            reactions: message.reactions.clone(),
            silent: message.silent,
            pinned: message.pinned,
            document: message.document.as_deref().cloned(),
            extras: message.extras.as_deref().cloned().unwrap_or_default(),
        }
    }
}

impl<T: Clone> Kept<T> {
    /// The update, told to `viewer`; a message goes into one of the two forms.
    pub fn told(&self, viewer: UserId, new: fn(MessageView) -> T, edited: fn(MessageView) -> T) -> T {
        match self {
            Self::New(snapshot) => new(snapshot.view(viewer)),
            Self::Edited(snapshot) => edited(snapshot.view(viewer)),
            Self::Other(other) => (**other).clone(),
        }
    }
}

impl<T> From<T> for Kept<T> {
    fn from(other: T) -> Self {
        Self::Other(Box::new(other))
    }
}

impl State {
    /// The message as it is now for `viewer`; `None` where the viewer does not have it.
    pub fn snapshot(&self, viewer: UserId, key: MessageKey) -> Option<Snapshot> {
        let message = self.messages.get(&key)?;
        let id = self.id_for(viewer, key)?;
        let reply_to = message.reply_to.and_then(|reply| self.id_for(viewer, reply));
        let replied = message.reply_to.filter(|_| self.is_bot(viewer));
        let replied = replied.and_then(|reply| self.messages.get(&reply)).cloned();
        Some(Snapshot { message: message.clone(), id, reply_to, replied })
    }
}

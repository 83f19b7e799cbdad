//! Looking back: dialogs, history, single messages.

use super::state::State;
use super::{ChatKey, MessageKey, MessageView, Peer, UserId, World, WorldError};

/// The most messages of one answer.
const HISTORY_LIMIT: usize = 100;

/// What part of a history is wanted, as in `messages.getHistory`; zeros mean "no bound".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Only messages before this id.
    pub offset_id: i32,
    /// Only messages before this date.
    pub offset_date: i64,
    /// Moves the start: negative towards the newer.
    pub add_offset: i32,
    /// At most so many, and never more than 100.
    pub limit: usize,
    /// Only ids below this.
    pub max_id: i32,
    /// Only ids above this.
    pub min_id: i32,
}

/// A chat in an account's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    /// The viewer's name of it.
    pub peer: Peer,
    /// The newest message.
    pub top: MessageView,
    /// The newest message read.
    pub read_max_id: i32,
    /// The newest of one's own messages that somebody else has read.
    pub read_outbox_max_id: i32,
    /// How many are unread.
    pub unread: i32,
    /// The channel's pts (0 elsewhere).
    pub pts: i32,
}

impl World {
    /// The chats of a user that have messages, the newest first. A list of chats is no look at their messages.
    pub fn dialogs(&self, viewer: UserId) -> Vec<Dialog> {
        let state = self.lock();
        let mut dialogs: Vec<Dialog> =
            state.chats.keys().filter_map(|key| state.dialog(viewer, *key)).collect();
        dialogs.sort_by_key(|dialog| std::cmp::Reverse(dialog.top.key));
        dialogs
    }

    /// The chosen part of a chat's history, the newest first, and the number of all its messages.
    pub fn history(
        &self,
        viewer: UserId,
        peer: Peer,
        query: HistoryQuery,
    ) -> Result<(Vec<MessageView>, usize), WorldError> {
        let mut state = self.lock();
        let chat = state.chat_for(viewer, peer)?;
        let views = state.views(viewer, chat);
        let total = views.len();
        let page = query.page(views);
        let keys: Vec<MessageKey> = page.iter().map(|view| view.key).collect();
        state.look(viewer, &keys, self.clock().millis());
        Ok((page, total))
    }

    /// Single messages by id, in the order asked for; `channel` is the supergroup's bare id, `None` the common box.
    pub fn messages(&self, viewer: UserId, channel: Option<i64>, ids: &[i32]) -> Vec<Option<MessageView>> {
        let mut state = self.lock();
        let keys: Vec<Option<MessageKey>> =
            ids.iter().map(|id| state.find_any(viewer, channel, *id)).collect();
        let found: Vec<MessageKey> = keys.iter().flatten().copied().collect();
        state.look(viewer, &found, self.clock().millis());
        keys.into_iter().map(|key| state.view(viewer, key?)).collect()
    }

    /// One message, without counting as a look.
    pub fn message(&self, viewer: UserId, peer: Peer, id: i32) -> Result<MessageView, WorldError> {
        let mut state = self.lock();
        let key = state.find(viewer, peer, id)?;
        state.view(viewer, key).ok_or(WorldError::MessageNotFound)
    }

    /// The viewer's id of a message named by the world.
    pub fn id_for(&self, viewer: UserId, key: MessageKey) -> Option<i32> {
        self.lock().id_for(viewer, key)
    }

    /// Where `viewer` finds a message named by the world: its chat and id.
    pub fn place_of(&self, viewer: UserId, key: MessageKey) -> Option<(Peer, i32)> {
        let state = self.lock();
        let view = state.view(viewer, key)?;
        Some((view.peer, view.id))
    }
}

impl HistoryQuery {
    /// `views` are the newest first.
    fn page(self, views: Vec<MessageView>) -> Vec<MessageView> {
        let is_before = |view: &&MessageView| {
            (self.offset_id == 0 || view.id < self.offset_id)
                && (self.offset_id != 0 || self.offset_date == 0 || view.date < self.offset_date)
        };
        let first = views.iter().position(|view| is_before(&view)).unwrap_or(views.len());
        let first = i64::try_from(first).unwrap_or(i64::MAX) + i64::from(self.add_offset);
        // A negative start shortens the page, as on Telegram.
        let limit = i64::try_from(self.limit.min(HISTORY_LIMIT)).unwrap_or(0);
        let end = usize::try_from(first + limit).unwrap_or(0);
        let start = usize::try_from(first).unwrap_or(0);
        let in_bounds = |view: &MessageView| {
            (self.max_id == 0 || view.id < self.max_id) && (self.min_id == 0 || view.id > self.min_id)
        };
        let page = views.into_iter().enumerate().filter(|(at, _)| (start..end).contains(at));
        page.map(|(_, view)| view).filter(in_bounds).collect()
    }
}

impl State {
    /// All messages of a chat that the viewer has, the newest first.
    pub fn views(&self, viewer: UserId, chat: ChatKey) -> Vec<MessageView> {
        let keys = self.chats.get(&chat).map(|chat| chat.messages.as_slice()).unwrap_or_default();
        keys.iter().rev().filter_map(|key| self.view(viewer, *key)).collect()
    }

    pub fn dialog(&self, viewer: UserId, key: ChatKey) -> Option<Dialog> {
        let chat = self.chats.get(&key).filter(|chat| chat.members.contains_key(&viewer))?;
        let top = chat.messages.iter().rev().find_map(|key| self.view(viewer, *key))?;
        let read_max_id = self.read_max_id(viewer, key);
        let unread = self.unread(viewer, chat, read_max_id);
        let pts = if key.shares_ids() { chat.shared.pts } else { 0 };
        let read_outbox_max_id = self.read_outbox_max_id(viewer, key);
        Some(Dialog { peer: key.peer_for(viewer), top, read_max_id, read_outbox_max_id, unread, pts })
    }

    fn look(&mut self, viewer: UserId, keys: &[MessageKey], now_millis: i64) {
        if let Some(mailbox) = self.mailboxes.get_mut(&viewer) {
            for key in keys {
                mailbox.look(*key, now_millis);
            }
        }
    }
}

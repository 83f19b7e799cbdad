//! What an account has to be told, in order, with pts.

use super::snapshot::Kept;
use super::state::State;
use super::{ChatAction, ChatView, MessageView, Peer, Reaction, UserId, World};

/// Updates kept for each user; a difference that reaches further back is too long.
pub const LOG_KEPT: usize = 4096;

/// Something an account has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Position in the account's log, never on the wire.
    pub cursor: u64,
    /// `None`: `pts` counts the account's common box; else the bare id of the supergroup whose box it counts.
    pub channel: Option<i64>,
    /// The pts after this update.
    pub pts: i32,
    /// How far it moves pts: 1, or 0 for reactions (which no difference repeats).
    pub pts_count: i32,
    /// Unix seconds.
    pub date: i64,
    /// What happened.
    pub kind: UpdateKind,
}

/// An update as the log keeps it.
#[derive(Clone, Debug)]
pub(super) struct Logged {
    pub cursor: u64,
    pub channel: Option<i64>,
    pub pts: i32,
    pub pts_count: i32,
    pub date: i64,
    pub kept: Kept<UpdateKind>,
}

impl Logged {
    /// The update, as it is told to the account whose log it is in.
    pub fn told(&self, account: UserId) -> Update {
        Update {
            cursor: self.cursor,
            channel: self.channel,
            pts: self.pts,
            pts_count: self.pts_count,
            date: self.date,
            kind: self.kept.told(account, UpdateKind::NewMessage, UpdateKind::EditMessage),
        }
    }
}

/// What happened, with the viewer's own ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateKind {
    /// `updateNewMessage` / `updateNewChannelMessage`; own posts too.
    NewMessage(MessageView),
    /// `updateEditMessage` / `updateEditChannelMessage`.
    EditMessage(MessageView),
    /// `updateDeleteMessages` / `updateDeleteChannelMessages`.
    DeleteMessages {
        /// One id an update.
        ids: Vec<i32>,
    },
    /// `updatePinnedMessages` / `updatePinnedChannelMessages`.
    PinnedMessage {
        /// The chat.
        peer: Peer,
        /// The message.
        id: i32,
        /// False: unpinned.
        pinned: bool,
    },
    /// `updateMessageReactions`: all reactions as they are now.
    Reactions {
        /// The chat.
        peer: Peer,
        /// The message.
        id: i32,
        /// All reactions.
        reactions: Vec<Reaction>,
    },
    /// `updateReadHistoryInbox`, by another session of the account.
    ReadInbox {
        /// The chat.
        peer: Peer,
        /// Up to this id.
        max_id: i32,
        /// How many are left unread.
        unread: i32,
    },
    /// `updateReadHistoryOutbox`: somebody read what this account wrote.
    ReadOutbox {
        /// The chat.
        peer: Peer,
        /// Up to this id.
        max_id: i32,
    },
    /// `updateUserTyping` and its like; no pts moves, and no difference repeats it.
    Typing {
        /// The chat.
        peer: Peer,
        /// Who.
        by: UserId,
        /// What they do.
        action: ChatAction,
    },
    /// `updateChatParticipants`: who is in a basic group now.
    Members(ChatView),
    /// `updateChatParticipantAdmin`: a member of a basic group got another rank.
    Rank {
        /// The group's bare id.
        group: i64,
        /// Whose rank.
        user: UserId,
        /// Whether it is an administrator now.
        admin: bool,
        /// The group's version since then.
        version: i32,
    },
    /// `updatePeerBlocked`: the account blocks somebody, or does so no more.
    Blocked {
        /// Whom.
        user: UserId,
        /// False: no more.
        on: bool,
    },
    /// `updateChannel`: something about the supergroup changed, the viewer's place in it for instance.
    Channel {
        /// Its bare id.
        channel: i64,
    },
}

/// Where an account's log stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountState {
    /// The common box.
    pub pts: i32,
    /// Unix seconds.
    pub date: i64,
    /// For [`World::pushes`].
    pub cursor: u64,
}

/// What an account missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// In order; without reactions.
    pub updates: Vec<Update>,
    /// True: the log does not reach back to the pts asked for, and `updates` is empty.
    pub too_long: bool,
    /// The pts it leads to.
    pub pts: i32,
    /// Unix seconds.
    pub date: i64,
}

impl State {
    fn difference(&self, viewer: UserId, channel: Option<i64>, since: i32, now: i64) -> Difference {
        let pts = self.pts_of(viewer, channel);
        let Some(mailbox) = self.mailboxes.get(&viewer) else {
            return Difference { updates: Vec::new(), too_long: false, pts, date: now };
        };
        let counted = |logged: &&Logged| logged.channel == channel && logged.pts_count > 0;
        let missed = mailbox.log.iter().filter(counted).filter(|logged| logged.pts > since);
        let updates: Vec<Update> = missed.map(|logged| logged.told(viewer)).collect();
        let reached = updates.first().map_or(pts, |first| first.pts - first.pts_count);
        let too_long = since < reached;
        let updates = if too_long { Vec::new() } else { updates };
        Difference { updates, too_long, pts, date: now }
    }

    /// The pts of an account's common box, or of a supergroup.
    pub fn pts_of(&self, viewer: UserId, channel: Option<i64>) -> i32 {
        match channel {
            Some(id) => self.chats.get(&super::ChatKey::Channel(id)).map_or(0, |chat| chat.shared.pts),
            None => self.mailboxes.get(&viewer).map_or(0, |mailbox| mailbox.pts),
        }
    }
}

impl World {
    /// Where the account stands now.
    pub fn account_state(&self, account: UserId) -> AccountState {
        let state = self.lock();
        let cursor = state.mailboxes.get(&account).map_or(0, super::mailbox::Mailbox::cursor);
        AccountState { pts: state.pts_of(account, None), date: self.now(), cursor }
    }

    /// Everything logged after `cursor` (at most [`LOG_KEPT`]), and the cursor to ask with next.
    pub fn pushes(&self, account: UserId, cursor: u64) -> (Vec<Update>, u64) {
        let state = self.lock();
        let Some(mailbox) = state.mailboxes.get(&account) else {
            return (Vec::new(), cursor);
        };
        let start = mailbox.log.partition_point(|update| update.cursor <= cursor);
        let pending = mailbox.log.range(start..).map(|logged| logged.told(account)).collect();
        mailbox.disturbed.told(pending, cursor, mailbox.cursor())
    }

    /// What the account's common box holds since `pts`.
    pub fn difference(&self, account: UserId, pts: i32) -> Difference {
        self.lock().difference(account, None, pts, self.now())
    }

    /// What a supergroup's box holds since `pts`, as `account` heard it.
    pub fn channel_difference(&self, account: UserId, channel: i64, pts: i32) -> Difference {
        self.lock().difference(account, Some(channel), pts, self.now())
    }

    /// Changes whenever something is logged for this user (account or bot); the value is only a counter.
    /// `None` for a user that does not exist.
    pub fn subscribe(&self, user: UserId) -> Option<tokio::sync::watch::Receiver<u64>> {
        self.lock().mailboxes.get(&user).map(|mailbox| mailbox.wake.subscribe())
    }
}

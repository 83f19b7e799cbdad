//! What a bot has to be told: its queue of updates, as `getUpdates` hands them out.

use std::collections::VecDeque;

use super::snapshot::Kept;
use super::state::State;
use super::{MemberChange, MessageView, Peer, UserId, World};

/// Updates kept for a bot that does not ask for them; the oldest are lost.
pub const UPDATES_KEPT: usize = 4096;

/// Kinds that a bot gets only when it names them in `allowed_updates`.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// One update of a bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotUpdate {
    /// Counts up by one; every bot begins elsewhere.
    pub id: i32,
    /// What happened.
    pub kind: BotUpdateKind,
}

/// What happened, with the bot's own message ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BotUpdateKind {
    /// A new message.
    Message(MessageView),
    /// An edited message.
    EditedMessage(MessageView),
    /// A tap on a button.
    CallbackQuery(CallbackQuery),
    /// A person changed a reaction.
    MessageReaction(ReactionChange),
    /// Somebody came, went, or got another rank.
    MemberChanged(MemberChange),
}

/// A tap on a bot's button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackQuery {
    /// Answered by this id.
    pub id: i64,
    /// Who tapped.
    pub from: UserId,
    /// The bot's message, as the bot sees it.
    pub message: MessageView,
    /// The same for all taps in one chat.
    pub chat_instance: i64,
    /// What the tap carries: whatever the client sent.
    pub data: Vec<u8>,
}

/// A change of one person's reaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReactionChange {
    /// The chat.
    pub peer: Peer,
    /// The message, by the bot's id.
    pub id: i32,
    /// Whose reaction.
    pub by: UserId,
    /// Unix seconds.
    pub date: i64,
    /// The emoji before.
    pub old: Option<String>,
    /// The emoji now.
    pub new: Option<String>,
}

impl BotUpdateKind {
    /// The Bot API's name of the kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::EditedMessage(_) => "edited_message",
            Self::CallbackQuery(_) => "callback_query",
            Self::MessageReaction(_) => "message_reaction",
            Self::MemberChanged(change) if change.own => "my_chat_member",
            Self::MemberChanged(_) => "chat_member",
        }
    }
}

/// An update that waits, by its id.
#[derive(Debug)]
struct Waiting {
    id: i32,
    kept: Kept<BotUpdateKind>,
}

/// A bot's waiting updates.
#[derive(Debug)]
pub(super) struct BotQueue {
    next_id: i32,
    waiting: VecDeque<Waiting>,
    /// What the bot asked for; empty: everything but [`ON_REQUEST`].
    allowed: Vec<String>,
}

impl BotQueue {
    pub fn starting_at(id: i32) -> Self {
        Self { next_id: id, waiting: VecDeque::new(), allowed: Vec::new() }
    }

    fn wants(&self, name: &str) -> bool {
        if self.allowed.is_empty() {
            !ON_REQUEST.contains(&name)
        } else {
            self.allowed.iter().any(|allowed| allowed == name)
        }
    }

    /// The id it is given; `None` where the bot does not want it.
    fn push(&mut self, name: &'static str, kept: Kept<BotUpdateKind>) -> Option<i32> {
        if !self.wants(name) {
            return None;
        }
        let id = self.next_id;
        if self.waiting.len() == UPDATES_KEPT {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Waiting { id, kept });
        self.next_id = self.next_id.wrapping_add(1).max(1);
        Some(id)
    }

    /// A positive offset confirms everything before it, a negative one all but the last so many.
    fn confirm(&mut self, offset: i32) {
        if offset > 0 {
            self.waiting.retain(|update| update.id >= offset);
        } else if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let drop = self.waiting.len().saturating_sub(keep);
            self.waiting.drain(..drop);
        }
    }
}

impl State {
    pub fn tell_bot(&mut self, bot: UserId, kind: BotUpdateKind) {
        self.queue_for_bot(bot, kind.name(), kind.into());
    }

    pub fn queue_for_bot(&mut self, bot: UserId, name: &'static str, kept: Kept<BotUpdateKind>) {
        if let Some(mailbox) = self.mailboxes.get_mut(&bot)
            && let Some(id) = mailbox.queue.push(name, kept)
        {
            mailbox.disturbed.mark(id.unsigned_abs().into());
            mailbox.ring();
        }
    }
}

impl World {
    /// At most `limit` waiting updates, after confirming by `offset` as `getUpdates` does.
    pub fn bot_updates(&self, bot: UserId, offset: i32, limit: usize) -> Vec<BotUpdate> {
        let mut state = self.lock();
        let Some(mailbox) = state.mailboxes.get_mut(&bot) else { return Vec::new() };
        mailbox.queue.confirm(offset);
        let told = |waiting: &Waiting| BotUpdate {
            id: waiting.id,
            kind: waiting.kept.told(bot, BotUpdateKind::Message, BotUpdateKind::EditedMessage),
        };
        let waiting = mailbox.queue.waiting.iter().take(limit).map(told).collect();
        mailbox.disturbed.told_bot(waiting)
    }

    /// What the bot wants to hear from now on; empty: Telegram's default.
    pub fn set_allowed_updates(&self, bot: UserId, allowed: Vec<String>) {
        if let Some(mailbox) = self.lock().mailboxes.get_mut(&bot) {
            mailbox.queue.allowed = allowed;
        }
    }

    /// What the bot last asked to hear; empty: Telegram's default.
    pub fn allowed_updates(&self, bot: UserId) -> Vec<String> {
        let state = self.lock();
        state.mailboxes.get(&bot).map(|mailbox| mailbox.queue.allowed.clone()).unwrap_or_default()
    }

    /// How many updates wait for the bot.
    pub fn pending_updates(&self, bot: UserId) -> usize {
        self.lock().mailboxes.get(&bot).map_or(0, |mailbox| mailbox.queue.waiting.len())
    }

    /// Strikes off one update that was delivered.
    pub fn drop_update(&self, bot: UserId, id: i32) {
        if let Some(mailbox) = self.lock().mailboxes.get_mut(&bot) {
            mailbox.queue.waiting.retain(|update| update.id != id);
        }
    }

    /// Drops all that waits for the bot.
    pub fn drop_updates(&self, bot: UserId) {
        if let Some(mailbox) = self.lock().mailboxes.get_mut(&bot) {
            mailbox.queue.waiting.clear();
        }
    }
}

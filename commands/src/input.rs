//! What reaches the mesh, in its own words: adapters turn their library's types into these, once.

use jiff::Timestamp;

use crate::effect::{ButtonAction, Deed, Effect};
use crate::fact::Roster;
use crate::grammar::Said;
use crate::ids::{AgentId, ChatId, Ear, MessageRef, UserId, VoiceId, Who};
use crate::permissions::Edit;

/// One input with its instant: Telegram's date for a message, the node's clock for the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// When it happened. The core's time is the greatest seen.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
}

/// Everything that can happen to the mesh.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The configuration's people and agents, at start: differences become facts.
    Roster(Roster),
    /// The people as a person's edit of `permissions.json` has them: differences become facts, audited.
    People(Edit),
    /// A message was heard.
    Heard(Heard),
    /// Somebody at the node's shell has an account say something.
    Relay(Order),
    /// Somebody at the node's shell has something done to the gateway behind an agent.
    Drive(DriveOrder),
    /// Somebody asked by a call or a hook, and waits for the answer: the decision has it.
    Called(Call),
    /// An agent can't be reached any more, or can again, as whoever asks it found out.
    Health {
        /// The agent.
        agent: AgentId,
        /// Whether it can be reached.
        up: bool,
    },
    /// An agent is throttled until then, or no longer: its gateway said so.
    Throttled {
        /// The agent.
        agent: AgentId,
        /// Until then; none where it is over.
        until: Option<Timestamp>,
    },
    /// An agent's hook lets nothing in, and what is urgent goes to it by private message; or it takes something again.
    HookShut {
        /// The agent.
        agent: AgentId,
        /// What the hook said; none where it takes something.
        why: Option<String>,
    },
    /// The node heard nothing since then; what was said meanwhile is yet to come.
    Away {
        /// Since when.
        since: Timestamp,
    },
    /// What was said while the node heard nothing has been heard.
    Back,
    /// Another program takes the bot's updates, or no longer.
    Taken(bool),
    /// An inline button of the mesh's bot was pressed.
    Tapped(Tap),
    /// Someone set or changed reactions on a message.
    Reacted(Reacted),
    /// A message of the mesh's bot was pinned: the bot hears its own number of it, which a lost answer had kept back.
    Pinned {
        /// Where.
        chat: ChatId,
        /// Which.
        message: VoiceId,
    },
    /// An effect came to its end.
    Outcome(Outcome),
    /// Something may have been missed in the chat.
    Gap(ChatId),
    /// What was missed in the chat has been fetched, as far as it can be.
    Refetched(ChatId),
    /// Part of what was missed in the chat can't be fetched: what was said then is not heard, now or later.
    Unheard {
        /// Where.
        chat: ChatId,
        /// From when ...
        since: Timestamp,
        /// ... until when.
        until: Timestamp,
    },
    /// A basic group goes on as a supergroup; may be told more than once.
    Migrated {
        /// What it was.
        from: ChatId,
        /// What it is.
        to: ChatId,
    },
    /// Time went by; reaches the core only while the ear is caught up.
    Tick,
}

/// Through which door a message came, and so what it may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The ear of the group: grammar of everybody, `/mesh` of agents.
    Ear,
    /// The bot beside an ear: `/mesh` of people, nothing else.
    Bot,
    /// The only door there is (a bot without an account, or a replayed log): everything.
    Only,
    /// A private chat with the dedicated account: everything, and the answer goes there.
    Dm,
    /// A private chat with the mesh's bot: `/mesh` of people, the prefix may be left out.
    BotDm,
    /// A call or a hook: everything, and the answer is the call's.
    Call,
}

/// The longest key of a call, in bytes.
pub const CALL_KEY_MOST: usize = 128;

/// Something said by a call of the program or by a hook. The same key of the same caller, within a day, is the same
/// call: it gets the same answer and changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Who says it; the door has made sure of that.
    pub who: Who,
    /// Drawn by the caller, at most [`CALL_KEY_MOST`] bytes.
    pub key: String,
    /// When it came: leases and signs of life count from here.
    pub at: Timestamp,
    /// What was said, as it would be written in the group.
    pub said: Said,
    /// Where it goes on.
    pub handing: Handing,
}

/// Where something that is said by a call goes on, beside its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Handing {
    /// Nowhere.
    #[default]
    Answered,
    /// Into the group, for people to read, if it came to something.
    Announced,
    /// As a hook wants it.
    Delivered {
        /// Whether it is posted in the group.
        deliver: bool,
        /// A chat id, perhaps with a topic, or the name of an agent; none for the group.
        to: Option<String>,
    },
}

/// Something that an account of the node is to say. The same key, within a day, is the same order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Drawn by whoever orders it, at most [`CALL_KEY_MOST`] bytes.
    pub key: String,
    /// The account that is to say it.
    pub account: UserId,
    /// Where: the group, or a user.
    pub chat: ChatId,
    /// What, word for word: at most 4,096 UTF-16 units.
    pub text: String,
    /// The message it answers, in the account's own numbering.
    pub reply_to: Option<i32>,
}

/// Something to be done to the gateway behind an agent, ordered at the node's shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriveOrder {
    /// Drawn by whoever orders it: who waits is told by it what came of it.
    pub key: String,
    /// Which agent.
    pub agent: AgentId,
    /// What.
    pub deed: Deed,
}

/// A message that was heard.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The door it came through.
    pub door: Door,
    /// Its id and what else identifies it.
    pub message: MessageRef,
    /// Who sent it, as Telegram says.
    pub sender: Sender,
    /// What was said.
    pub said: Said,
    /// The message it answers, in the same ear's numbering.
    pub reply_to: Option<i32>,
    /// The sender of the message it answers, where the adapter knows.
    pub reply_to_from: Option<UserId>,
    /// An edit of an earlier message.
    pub edited: bool,
    /// Forwarded from elsewhere: never a command.
    pub forwarded: bool,
    /// When the node heard it, by its own clock; adapters say the message's date, the engine knows better.
    pub heard_at: Timestamp,
}

impl Heard {
    /// Whether it is a reply to that message, as the same ear numbered it.
    pub fn answers(&self, message: &MessageRef) -> bool {
        (self.message.ear, self.message.chat, self.reply_to) == (message.ear, message.chat, Some(message.id))
    }
}

/// The sender of a message, by number; names are only how they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The user id, or the `sender_chat` id.
    pub id: UserId,
    /// The display name at the time.
    pub name: String,
    /// Without the `@`.
    pub username: Option<String>,
    /// What kind of sender it is.
    pub kind: SenderKind,
}

/// Anonymous admins and channels never have a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderKind {
    /// A person's account.
    Person,
    /// A bot.
    Bot,
    /// The group itself (an anonymous admin), a channel, or a linked-channel forward.
    Impersonal,
}

/// A press of one of the bot's inline buttons, its data verified by the bot's adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tap {
    /// Telegram's id of the callback query, to be answered once.
    pub query: String,
    /// Who pressed.
    pub from: UserId,
    /// Their display name.
    pub name: String,
    /// Without the `@`.
    pub username: Option<String>,
    /// The chat of the message with the button.
    pub chat: ChatId,
    /// The message with the button, in the bot's numbering.
    pub message: VoiceId,
    /// The button; `None` for data that is not ours, forged or of an earlier key.
    pub action: Option<ButtonAction>,
}

/// The reactions one sender now has on a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reacted {
    /// Who noticed.
    pub ear: Ear,
    /// The chat of the message.
    pub chat: ChatId,
    /// The message's id in the ear's numbering.
    pub message: i32,
    /// Who reacted.
    pub from: UserId,
    /// The emoji now set.
    pub emoji: Vec<String>,
}

/// What came of an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The effect.
    pub effect: Effect,
    /// What became of it.
    pub result: EffectResult,
}

/// How an effect ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EffectResult {
    /// Done; the message id where one was made and is known.
    Done(Option<VoiceId>),
    /// The message to be edited is gone, or can no longer be edited.
    Gone,
    /// It failed for good.
    Failed(String),
    /// It was started, and whether it happened can't be told.
    Unknown,
    /// What was looked up.
    Found(String),
    /// No way to the agent is configured.
    NoDoor(AgentId),
    /// A button was pressed, and its bot answered.
    Shown {
        /// What it shows, if anything.
        text: Option<String>,
        /// In a box that has to be closed.
        alert: bool,
    },
}

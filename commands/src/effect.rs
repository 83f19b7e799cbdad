//! What the mesh does: one closed enum, performed by the shell.

mod button;
mod deed;
mod envelope;
mod lane;
mod look;

use serde::{Deserialize, Serialize};

pub use self::button::{BUTTONS, Button, ButtonAction, ButtonKind};
pub use self::deed::Deed;
pub use self::envelope::{About, Envelope};
pub use self::lane::Lane;
pub use self::look::{Asker, Look, OfAgent, Way};
use crate::ids::{AgentId, ChatId, MessageRef, UserId, VoiceId};

/// Something to do. Texts are plain; a pair of backticks marks code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Effect {
    /// Set the mesh's one reaction on a message; the later replaces the earlier.
    React {
        /// The message.
        to: MessageRef,
        /// The reaction.
        with: Reaction,
    },
    /// Post a message in a chat, by the mesh's voice.
    Post {
        /// What the message is for; edits name it by this.
        slot: Slot,
        /// Where.
        chat: ChatId,
        /// What, at most 4,096 UTF-16 units.
        text: String,
        /// The message it answers.
        reply_to: Option<MessageRef>,
        /// Rows of inline buttons.
        buttons: Vec<Vec<Button>>,
        /// Whether phones ring.
        sound: bool,
    },
    /// Replace the text and the buttons of a message the mesh posted.
    Edit {
        /// What the message is for.
        slot: Slot,
        /// Where.
        chat: ChatId,
        /// Which, in the voice's numbering.
        message: VoiceId,
        /// The new text.
        text: String,
        /// The new buttons; none removes them.
        buttons: Vec<Vec<Button>>,
    },
    /// Pin a message that the mesh posted, without a sound.
    Pin {
        /// Where.
        chat: ChatId,
        /// Which, in the voice's numbering.
        message: VoiceId,
    },
    /// Take the buttons off a message that the mesh posted.
    Disarm {
        /// Where.
        chat: ChatId,
        /// Which, in the voice's numbering.
        message: VoiceId,
    },
    /// Take somebody's message away, for everybody.
    Delete {
        /// The message.
        message: MessageRef,
    },
    /// Answer a tap, so that its spinner ends.
    AnswerTap {
        /// Telegram's id of the callback query.
        query: String,
        /// What to show, at most 200 characters; nothing ends the spinner only.
        text: Option<String>,
        /// Shown in a box that has to be closed.
        alert: bool,
    },
    /// A private message by the dedicated account to someone who wrote to it.
    Dm {
        /// To whom.
        to: UserId,
        /// What.
        text: String,
        /// The message it answers, in the account's numbering.
        reply_to: Option<MessageRef>,
        /// Goes also while everything is held: it says so.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        at_once: bool,
    },
    /// Something an account was ordered to say, by somebody at the node's shell.
    Speak {
        /// Which order.
        key: String,
        /// The account.
        account: UserId,
        /// Where: the group, or a user.
        chat: ChatId,
        /// What, word for word: here backticks mark nothing.
        text: String,
        /// The message it answers, in the account's own numbering.
        reply_to: Option<i32>,
    },
    /// An inline button that an account was ordered to press.
    Press {
        /// Which order.
        key: String,
        /// The account.
        account: UserId,
        /// The chat of the message with the button.
        chat: ChatId,
        /// The message, in the account's own numbering.
        message: i32,
        /// What the button says, for the log.
        label: String,
        /// What it sends.
        data: Vec<u8>,
    },
    /// Something an agent must know, by the first of its ways in that works; never in the group.
    Tell {
        /// Which agent.
        agent: AgentId,
        /// What.
        text: String,
        /// Orders, offers, answers; the rest waits for the next heartbeat.
        urgent: bool,
        /// The order it passes on, which gets its 🫡 when this is delivered.
        order: Option<MessageRef>,
        /// What goes with it, for the agent's program.
        #[serde(default, skip_serializing_if = "Envelope::is_plain")]
        envelope: Envelope,
    },
    /// Look up what only the node knows; what is found comes back as the outcome.
    Look {
        /// What.
        what: Look,
        /// For whom.
        asker: Asker,
    },
    /// Send a text as a file, in a private chat of the bot's.
    File {
        /// Where.
        chat: ChatId,
        /// Its name.
        name: String,
        /// What stands in it.
        text: String,
    },
    /// Something is done to the gateway behind an agent.
    Drive {
        /// Which agent.
        agent: AgentId,
        /// What.
        deed: Deed,
        /// Who waits for what comes of it.
        awaited: Awaited,
    },
    /// End the node cleanly, and start it anew.
    Restart {
        /// The number of the order, which is settled by the outcome.
        number: u64,
        /// Where its outcome is shown: what is said there before is said first.
        chat: ChatId,
    },
}

impl Effect {
    /// Every kind of effect, by the name it has in the outbox: the tests kill the node in the middle of each.
    pub const KINDS: [&'static str; 15] = [
        "react",
        "post",
        "edit",
        "pin",
        "disarm",
        "delete",
        "answer_tap",
        "dm",
        "speak",
        "press",
        "tell",
        "file",
        "look",
        "drive",
        "restart",
    ];

    /// The name it has in the outbox.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::React { .. } => "react",
            Self::Post { .. } => "post",
            Self::Edit { .. } => "edit",
            Self::Pin { .. } => "pin",
            Self::Disarm { .. } => "disarm",
            Self::Delete { .. } => "delete",
            Self::AnswerTap { .. } => "answer_tap",
            Self::Dm { .. } => "dm",
            Self::Speak { .. } => "speak",
            Self::Press { .. } => "press",
            Self::Tell { .. } => "tell",
            Self::Look { .. } => "look",
            Self::File { .. } => "file",
            Self::Drive { .. } => "drive",
            Self::Restart { .. } => "restart",
        }
    }

    /// The slot it fills, if any.
    pub fn slot(&self) -> Option<&Slot> {
        match self {
            Self::Post { slot, .. } | Self::Edit { slot, .. } => Some(slot),
            _ => None,
        }
    }

    /// The chat it happens in, where that is known beforehand.
    pub fn chat(&self) -> Option<ChatId> {
        match self {
            Self::React { to, .. } => Some(to.chat),
            Self::Delete { message } => Some(message.chat),
            Self::Post { chat, .. }
            | Self::Edit { chat, .. }
            | Self::Pin { chat, .. }
            | Self::Disarm { chat, .. }
            | Self::Speak { chat, .. }
            | Self::Press { chat, .. }
            | Self::File { chat, .. }
            | Self::Restart { chat, .. } => Some(*chat),
            Self::Look { asker, .. } => Some(asker.message.chat),
            Self::Dm { to, .. } => Some(ChatId(to.0)),
            Self::Tell { agent, .. } => Some(ChatId(agent.0)),
            Self::Drive { awaited, .. } => awaited.chat(),
            Self::AnswerTap { .. } => None,
        }
    }

    /// Whether it is struck off when that agent is told to stand down: everything for it but orders.
    pub fn is_struck_for(&self, quiet: AgentId) -> bool {
        matches!(self, Self::Tell { agent, order: None, .. } if *agent == quiet)
    }

    /// Whether it is worth a run of the agent's model: an order, an offer, a question, a PAUSE to whoever was at it. The
    /// rest is a notice, which waits for the next heartbeat; so is what answers the agent itself.
    pub fn is_run(&self) -> bool {
        matches!(self, Self::Tell { urgent, order, envelope, .. }
            if order.is_some() || *urgent && !envelope.answers)
    }

    /// The text it sends, where that is a message of its own.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Post { text, .. }
            | Self::Dm { text, .. }
            | Self::Tell { text, .. }
            | Self::Speak { text, .. } => Some(text),
            _ => None,
        }
    }

    /// What is left to do of it once its chat goes on as another: an edit becomes a post, and what concerns a message
    /// that can't be changed any more lapses. The board lapses, too: it is drawn anew.
    #[must_use]
    pub fn moved(self, to: ChatId) -> Option<Self> {
        if self.slot() == Some(&Slot::Board) {
            return None;
        }
        match self {
            Self::Post { slot, text, buttons, sound, .. } => {
                Some(Self::Post { slot, chat: to, text, reply_to: None, buttons, sound })
            }
            Self::Edit { slot, text, buttons, .. } => {
                Some(Self::Post { slot, chat: to, text, reply_to: None, buttons, sound: false })
            }
            Self::Speak { key, account, text, .. } => {
                Some(Self::Speak { key, account, chat: to, text, reply_to: None })
            }
            Self::React { .. } | Self::Pin { .. } | Self::Disarm { .. } | Self::Press { .. } => None,
            Self::Restart { number, .. } => Some(Self::Restart { number, chat: to }),
            Self::Drive { agent, deed, awaited: Awaited::InChat { number, .. } } => {
                Some(Self::Drive { agent, deed, awaited: Awaited::InChat { number, chat: to } })
            }
            Self::Delete { .. }
            | Self::AnswerTap { .. }
            | Self::Dm { .. }
            | Self::Tell { .. }
            | Self::Look { .. }
            | Self::Drive { .. }
            | Self::File { .. } => Some(self),
        }
    }

    /// How it may be repeated.
    pub fn class(&self) -> Class {
        match self {
            Self::Post { .. } | Self::File { .. } => Class::LookThenSend,
            Self::AnswerTap { .. } | Self::Press { .. } | Self::Restart { .. } => Class::Once,
            Self::Drive { deed, .. } if !deed.may_be_repeated() => Class::Once,
            Self::React { .. }
            | Self::Edit { .. }
            | Self::Pin { .. }
            | Self::Disarm { .. }
            | Self::Delete { .. }
            | Self::Dm { .. }
            | Self::Tell { .. }
            | Self::Speak { .. }
            | Self::Drive { .. }
            | Self::Look { .. } => Class::Idempotent,
        }
    }

    /// Whether it goes while everything is held by `/mesh stop`: that it is held, and the end of a tap's spinner.
    pub fn goes_while_stopped(&self) -> bool {
        matches!(
            self,
            Self::AnswerTap { .. } | Self::Post { slot: Slot::Stop(_), .. } | Self::Dm { at_once: true, .. }
        )
    }
}

/// Where it is told what came of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Awaited {
    /// In the message that said that it begins.
    InChat {
        /// The number of the order, which is settled by the outcome.
        number: u64,
        /// Where that message is: what is said there before is said first.
        chat: ChatId,
    },
    /// To whoever waits at the node's shell.
    AtShell {
        /// Which order.
        key: String,
    },
}

impl Awaited {
    /// The chat it was ordered in.
    fn chat(&self) -> Option<ChatId> {
        match self {
            Self::InChat { chat, .. } => Some(*chat),
            Self::AtShell { .. } => None,
        }
    }
}

/// What a message of the mesh is for. At most one message fills a slot at a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// The pinned board of the group.
    Board,
    /// The live status card of a chat.
    Status,
    /// The silent reply to one message.
    Reply(MessageRef),
    /// A question about a task that somebody must decide.
    Question(String),
    /// The question whose a contested task is, and its verdict.
    Contest(String),
    /// That a task is free to take over.
    Overdue(String),
    /// A question about an agent that has not confirmed an order.
    Unconfirmed(AgentId),
    /// An agent that can't be reached.
    Down(AgentId),
    /// The mesh was away.
    Back,
    /// A question asked back, and what came of it.
    Ask(u64),
    /// A stranger asked for `/mesh`.
    Request(UserId),
    /// A username is somebody else's now.
    Alert(UserId),
    /// The answer to `/mesh stop` and `/mesh start` in that message.
    Stop(MessageRef),
    /// What somebody asked for in that message, sent in private: once it has arrived, that is said there.
    Sent {
        /// The message.
        to: MessageRef,
        /// What, as a word.
        what: String,
    },
    /// What somebody asked for by a button of that message, sent in private: only where it can't arrive, that is said
    /// there.
    Shown {
        /// The message.
        under: MessageRef,
        /// Who tapped.
        to: UserId,
    },
    /// What is to be done about a secret in that message.
    Secret(MessageRef),
    /// An agent's hook refuses what it is sent.
    Undelivered(AgentId),
    /// What somebody said by a hook, for people to read.
    Hooked(MessageRef),
}

/// How an effect behaves after a crash between doing and ticking off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Class {
    /// Repeated until told; the receiver drops the double.
    Idempotent,
    /// Never repeated: "outcome unknown".
    Once,
    /// Sought in the history by the account's ear before it is repeated.
    LookThenSend,
}

/// The mesh's reactions, all in Telegram's free set. 👍 is missing on purpose: it is the protocol's acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// 👌
    Recorded,
    /// 👎
    Refused,
    /// 🤔
    NotUnderstood,
    /// 👀
    Waiting,
    /// 🤝
    Accepted,
    /// 🫡
    CarriedOut,
    /// 😴
    HeldBack,
    /// 🙈
    Secret,
}

impl Reaction {
    /// The emoji, as Telegram lists it.
    pub fn emoji(self) -> &'static str {
        match self {
            Self::Recorded => "👌",
            Self::Refused => "👎",
            Self::NotUnderstood => "🤔",
            Self::Waiting => "👀",
            Self::Accepted => "🤝",
            Self::CarriedOut => "🫡",
            Self::HeldBack => "😴",
            Self::Secret => "🙈",
        }
    }
}

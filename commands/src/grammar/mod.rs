//! The language of the group: one file per utterance. Reading never fails: what is not grammar is chatter, what is
//! almost grammar says what was missing.

mod about;
mod acknowledgement;
mod characters;
mod claim;
mod config_update;
mod conflict;
mod cursor;
mod deploy;
mod done;
mod emoji;
mod eta;
mod fields;
mod forms;
mod handoff;
mod kind;
mod lead;
mod lease;
mod pause;
mod report;
mod said;
mod sentence;
mod slash;
mod stand_down;
mod takeover;
mod task;
mod twin;
mod write;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod page;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub(crate) use characters::{is_invisible, is_one_line};
pub use eta::{ClockTime, Day, Eta, EtaReading};
pub use fields::Fields;
pub use forms::{FORMS, Form};
pub use kind::Kind;
pub use report::report;
pub use said::Said;
pub use slash::words;
pub use stand_down::Target;
pub use task::Task;
pub use twin::speakers;
pub use write::{Wish, write};

/// What a message turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Grammar.
    Utterance(Utterance),
    /// A lead that was recognised, with something missing.
    Almost(Almost),
    /// Everything else.
    Chatter,
}

/// A message of the group that means something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Utterance {
    /// `🔒 EXCLUSIVE CLAIM: task`
    ExclusiveClaim {
        /// The task.
        task: Task,
        /// When it should be done.
        eta: Option<Eta>,
        /// Every field, the ETA too.
        fields: Fields,
    },
    /// `✅ DONE: task`, with or without `HANDOFF to: …`; a bare `DONE` has no task.
    Done {
        /// The task.
        task: Option<Task>,
        /// `Result: …`
        result: Option<String>,
        /// `HANDOFF to: …` as written, without wrapping; none also where it says `none`.
        handoff_to: Option<String>,
        /// Every field.
        fields: Fields,
    },
    /// `🎯 CLAIMING: task`: a shared claim, a note that somebody is at it too.
    Claim {
        /// The task.
        task: Task,
        /// When it should be done.
        eta: Option<Eta>,
        /// Every field.
        fields: Fields,
    },
    /// `🔄 HANDOFF to name: task`
    Handoff {
        /// To whom, as written.
        to: String,
        /// The task; without one the sender's only claim.
        task: Option<Task>,
        /// Every field.
        fields: Fields,
    },
    /// `ACK: task`, `✅ ACK — Taking over task`: a handoff is accepted.
    HandoffAck {
        /// The task; none for a bare `ACK`, whether it is a reply or not.
        task: Option<Task>,
        /// When it should be done.
        eta: Option<Eta>,
    },
    /// `REFUSE: task reason`, or `NO reason` as a reply.
    Refuse {
        /// The task and the reason in one, as written; which is which depends on the open offers.
        rest: Option<String>,
    },
    /// A lone 👍.
    Acknowledgement,
    /// `⚠️ CONFLICT — I already started task. status`, `CONFLICT: task`, or the word alone.
    Conflict {
        /// The task; none for the word alone.
        task: Option<Task>,
        /// What else was said.
        status: Option<String>,
    },
    /// `🚨 COLLISION on task`
    Collision {
        /// The task.
        task: Task,
    },
    /// `📢 TAKEOVER NOTICE: task`
    TakeoverNotice {
        /// The task.
        task: Task,
        /// `New owner: …` as written; only an Exec's counts.
        new_owner: Option<String>,
        /// Every field.
        fields: Fields,
    },
    /// `✅ TAKEOVER ACK — I was not working on task. Proceed.`
    TakeoverAck {
        /// The task, where it is named.
        task: Option<Task>,
    },
    /// `⚠️ TAKEOVER CONFLICT — I have WIP. status`
    TakeoverConflict {
        /// The task, where it is named.
        task: Option<Task>,
        /// What was said.
        status: Option<String>,
    },
    /// `QUEUE: task`
    Queue {
        /// The task.
        task: Task,
    },
    /// `EXTEND: task 30m`
    Extend {
        /// The task.
        task: Task,
        /// By how much; none means the default lease.
        by: Option<Eta>,
    },
    /// `RELEASE: task`
    Release {
        /// The task; none for the word alone or as a reply.
        task: Option<Task>,
    },
    /// `PAUSE`
    Pause {
        /// The task, where it is named.
        task: Option<Task>,
    },
    /// `RESUME`
    Resume {
        /// The task, where it is named.
        task: Option<Task>,
    },
    /// `⏸️ TASK PAUSED: task`
    Paused {
        /// The task.
        task: Task,
        /// Every field.
        fields: Fields,
    },
    /// `🔴 TASK BLOCKED: task`
    Blocked {
        /// The task.
        task: Task,
        /// Every field.
        fields: Fields,
    },
    /// `📡 CONFIG UPDATE: what`
    ConfigUpdate {
        /// What it says of itself.
        about: Option<String>,
        /// Every field.
        fields: Fields,
    },
    /// `📤 CODE PUSH: file`
    CodePush {
        /// The file.
        file: String,
        /// Every field.
        fields: Fields,
    },
    /// `✅ CODE RECEIVED: file`
    CodeReceived {
        /// The file.
        file: String,
        /// Every field.
        fields: Fields,
    },
    /// `DEPLOY: what`
    Deploy {
        /// The content or the instructions.
        content: String,
    },
    /// `OVERRIDE:URGENT`, `OVERRIDE:DOWN`, `OVERRIDE:HUMAN`
    Override {
        /// The word behind the colon, in capitals.
        which: String,
    },
    /// `stand down`, with or without a name.
    StandDown {
        /// Whom.
        target: Target,
    },
    /// `stand up`, `resume`, with or without a name.
    StandUp {
        /// Whom.
        target: Target,
    },
    /// `/mesh …`
    Command(crate::slash::Line),
}

/// Something recognised by its lead that lacks a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Almost {
    /// What it looks like.
    pub looks_like: Kind,
    /// What is missing, as one sentence without a name: `EXCLUSIVE CLAIM needs a task after the colon.`
    pub missing: String,
    /// Emoji and keyword lead: worth a word to the person, not only a 🤔.
    pub emphatic: bool,
}

/// Reads one message. `is_reply`: it answers another message, which is what makes `NO` mean something. Any text will
/// do; more than 4,096 UTF-16 units are chatter, since Telegram never delivers them.
pub fn read(said: &Said, is_reply: bool) -> Reading {
    forms::read(said, is_reply)
}

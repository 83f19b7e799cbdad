//! The language of the group: one file per utterance. Reading never fails: what is not grammar is chatter, what is
//! almost grammar says what was missing.

mod said;

pub use said::Said;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

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
        /// Every other field, by the lower snake case of its key.
        fields: Fields,
    },
    /// `✅ DONE: task`, with or without `HANDOFF to: …`; a bare `DONE` has no task.
    Done {
        /// The task.
        task: Option<Task>,
        /// `Result: …`
        result: Option<String>,
        /// `HANDOFF to: …` as written.
        handoff_to: Option<String>,
        /// Every field.
        fields: Fields,
    },
    /// `ACK: task`, `✅ ACK — Taking over task`: a handoff is accepted.
    HandoffAck {
        /// The task; none when said as a reply.
        task: Option<Task>,
    },
    /// `REFUSE: task reason`, or `NO reason` as a reply.
    Refuse {
        /// The task and the reason in one, as written; which is which depends on the open offers.
        rest: Option<String>,
    },
    /// A lone 👍.
    Acknowledgement,
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

/// Whom an order is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// By name, as written.
    Named(String),
    /// Everybody.
    All,
    /// Not said: the replied-to agent, else the one that spoke last.
    Unsaid,
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

/// The fields of an utterance, by the lower snake case of their key.
pub type Fields = BTreeMap<String, String>;

/// A task: shown as first written, compared folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// As written, without its wrapping.
    pub shown: String,
    /// NFC, case-folded, blanks collapsed, quotes and end punctuation dropped. Never empty.
    pub key: String,
}

/// An estimated time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eta {
    /// As written.
    pub text: String,
    /// What it says.
    pub reading: EtaReading,
}

/// What an ETA says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EtaReading {
    /// So many minutes from when it was said.
    Minutes(u32),
    /// At an instant that needs the message's time and the mesh's zone: see [`Eta::due`].
    Clock(ClockTime),
    /// `ASAP`, `unknown`, or not to be read: the default lease.
    Open,
}

/// A time of day, perhaps with a day and a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockTime {
    /// Hour and minute.
    pub time: (i8, i8),
    /// The day.
    pub day: Day,
    /// Written with `UTC` or `Z`; else the mesh's zone.
    pub utc: bool,
}

/// On which day a clock time lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// The next time the clock shows it.
    Next,
    /// Tomorrow.
    Tomorrow,
    /// That date.
    On(jiff::civil::Date),
}

/// The kinds of the command line's contract (core.md); this slice reads a part of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `exclusive_claim`
    ExclusiveClaim,
    /// `done`
    Done,
    /// `handoff`
    Handoff,
    /// `handoff_ack`
    HandoffAck,
    /// `refuse`
    Refuse,
    /// `acknowledgement`
    Acknowledgement,
    /// `stand_down`
    StandDown,
    /// `stand_up`
    StandUp,
    /// `command`
    Command,
    /// `almost`
    Almost,
    /// `chatter`
    Chatter,
}

impl Eta {
    /// The instant it names, counted from `said` in `zone`; none where it names none.
    pub fn due(&self, said: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let _ = (said, zone);
        unimplemented!("grammar helper")
    }
}

/// Reads one message.
pub fn read(said: &Said, is_reply: bool) -> Reading {
    let _ = (said, is_reply);
    unimplemented!("grammar helper")
}

// Stand-in until task.rs lands (grammar engineer: replace freely, keep `Task::new` and `Task::fold`).
impl Task {
    /// A task by its words; none for empty ones.
    pub fn new(text: &str) -> Option<Self> {
        let key = Self::fold(text);
        (!key.is_empty()).then(|| Self { shown: text.trim().to_owned(), key })
    }

    /// The name a task is compared by.
    pub fn fold(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    }
}

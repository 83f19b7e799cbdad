//! The kinds of the command line's contract.

use super::{Reading, Utterance};

/// The kinds of messages, by the names that `mesh parse` prints.
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

impl Kind {
    /// The name in `mesh parse` and GRAMMAR.md.
    pub fn name(self) -> &'static str {
        match self {
            Self::ExclusiveClaim => "exclusive_claim",
            Self::Done => "done",
            Self::Handoff => "handoff",
            Self::HandoffAck => "handoff_ack",
            Self::Refuse => "refuse",
            Self::Acknowledgement => "acknowledgement",
            Self::StandDown => "stand_down",
            Self::StandUp => "stand_up",
            Self::Command => "command",
            Self::Almost => "almost",
            Self::Chatter => "chatter",
        }
    }
}

impl Utterance {
    /// Which kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::ExclusiveClaim { .. } => Kind::ExclusiveClaim,
            Self::Done { .. } => Kind::Done,
            Self::HandoffAck { .. } => Kind::HandoffAck,
            Self::Refuse { .. } => Kind::Refuse,
            Self::Acknowledgement => Kind::Acknowledgement,
            Self::StandDown { .. } => Kind::StandDown,
            Self::StandUp { .. } => Kind::StandUp,
            Self::Command(_) => Kind::Command,
        }
    }
}

impl Reading {
    /// Which kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Utterance(utterance) => utterance.kind(),
            Self::Almost(_) => Kind::Almost,
            Self::Chatter => Kind::Chatter,
        }
    }
}

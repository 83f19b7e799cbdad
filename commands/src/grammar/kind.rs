//! The kinds of the command line's contract.

use super::{Reading, Utterance};

/// The kinds of messages, by the names that `mesh parse` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `exclusive_claim`
    ExclusiveClaim,
    /// `claim`
    Claim,
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
    /// `conflict`
    Conflict,
    /// `collision`
    Collision,
    /// `takeover_notice`
    TakeoverNotice,
    /// `takeover_ack`
    TakeoverAck,
    /// `takeover_conflict`
    TakeoverConflict,
    /// `queue`
    Queue,
    /// `extend`
    Extend,
    /// `release`
    Release,
    /// `pause`
    Pause,
    /// `resume`
    Resume,
    /// `paused`
    Paused,
    /// `blocked`
    Blocked,
    /// `stand_down`
    StandDown,
    /// `stand_up`
    StandUp,
    /// `config_update`
    ConfigUpdate,
    /// `code_push`
    CodePush,
    /// `code_received`
    CodeReceived,
    /// `deploy`
    Deploy,
    /// `override`
    Override,
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
            Self::Claim => "claim",
            Self::Done => "done",
            Self::Handoff => "handoff",
            Self::HandoffAck => "handoff_ack",
            Self::Refuse => "refuse",
            Self::Acknowledgement => "acknowledgement",
            Self::Conflict => "conflict",
            Self::Collision => "collision",
            Self::TakeoverNotice => "takeover_notice",
            Self::TakeoverAck => "takeover_ack",
            Self::TakeoverConflict => "takeover_conflict",
            Self::Queue => "queue",
            Self::Extend => "extend",
            Self::Release => "release",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Paused => "paused",
            Self::Blocked => "blocked",
            Self::StandDown => "stand_down",
            Self::StandUp => "stand_up",
            Self::ConfigUpdate => "config_update",
            Self::CodePush => "code_push",
            Self::CodeReceived => "code_received",
            Self::Deploy => "deploy",
            Self::Override => "override",
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
            Self::Claim { .. } => Kind::Claim,
            Self::Done { .. } => Kind::Done,
            Self::Handoff { .. } => Kind::Handoff,
            Self::HandoffAck { .. } => Kind::HandoffAck,
            Self::Refuse { .. } => Kind::Refuse,
            Self::Acknowledgement => Kind::Acknowledgement,
            Self::Conflict { .. } => Kind::Conflict,
            Self::Collision { .. } => Kind::Collision,
            Self::TakeoverNotice { .. } => Kind::TakeoverNotice,
            Self::TakeoverAck { .. } => Kind::TakeoverAck,
            Self::TakeoverConflict { .. } => Kind::TakeoverConflict,
            Self::Queue { .. } => Kind::Queue,
            Self::Extend { .. } => Kind::Extend,
            Self::Release { .. } => Kind::Release,
            Self::Pause { .. } => Kind::Pause,
            Self::Resume { .. } => Kind::Resume,
            Self::Paused { .. } => Kind::Paused,
            Self::Blocked { .. } => Kind::Blocked,
            Self::StandDown { .. } => Kind::StandDown,
            Self::StandUp { .. } => Kind::StandUp,
            Self::ConfigUpdate { .. } => Kind::ConfigUpdate,
            Self::CodePush { .. } => Kind::CodePush,
            Self::CodeReceived { .. } => Kind::CodeReceived,
            Self::Deploy { .. } => Kind::Deploy,
            Self::Override { .. } => Kind::Override,
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

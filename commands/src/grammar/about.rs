//! What an utterance is about.

use super::{Task, Utterance};

impl Utterance {
    /// The task it names.
    pub fn task(&self) -> Option<&Task> {
        match self {
            Self::ExclusiveClaim { task, .. }
            | Self::Claim { task, .. }
            | Self::Collision { task }
            | Self::TakeoverNotice { task, .. }
            | Self::Queue { task }
            | Self::Extend { task, .. }
            | Self::Paused { task, .. }
            | Self::Blocked { task, .. } => Some(task),
            Self::Done { task, .. }
            | Self::Handoff { task, .. }
            | Self::HandoffAck { task, .. }
            | Self::Conflict { task, .. }
            | Self::TakeoverAck { task }
            | Self::TakeoverConflict { task, .. }
            | Self::Release { task }
            | Self::Pause { task }
            | Self::Resume { task } => task.as_ref(),
            Self::Refuse { .. }
            | Self::Acknowledgement
            | Self::ConfigUpdate { .. }
            | Self::CodePush { .. }
            | Self::CodeReceived { .. }
            | Self::Deploy { .. }
            | Self::Override { .. }
            | Self::StandDown { .. }
            | Self::StandUp { .. }
            | Self::Command(_) => None,
        }
    }
}

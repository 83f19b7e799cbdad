//! How soon an effect goes.

use serde::{Deserialize, Serialize};

use super::{Effect, Slot};
use crate::fact::Role;
use crate::ids::UserId;
use crate::mesh::Mesh;

/// Priority among effects that wait, highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Lane {
    /// What an Exec waits for.
    Exec,
    /// Stand-downs, taps, orders.
    Order,
    /// Answers.
    Answer,
    /// Boards and notices.
    Notice,
}

impl Effect {
    /// How soon it goes, among what waits for the same limit, as things stand: an Exec's goes first.
    pub fn lane(&self, mesh: &Mesh) -> Lane {
        let for_exec = || {
            let member = self.on_behalf_of().and_then(|user| mesh.roll.get(user));
            member.is_some_and(|member| member.role() == Some(Role::Exec))
        };
        match self {
            Self::Edit { slot: Slot::Board, .. } | Self::Disarm { .. } | Self::Tell { urgent: false, .. } => {
                Lane::Notice
            }
            // What one agent is told stays in its order.
            Self::Tell { .. } => Lane::Order,
            _ if for_exec() => Lane::Exec,
            Self::AnswerTap { .. } | Self::Delete { .. } | Self::Speak { .. } | Self::Press { .. } => {
                Lane::Order
            }
            _ => Lane::Answer,
        }
    }

    /// Whose word it answers or carries out, where that can be told of it.
    fn on_behalf_of(&self) -> Option<UserId> {
        match self {
            Self::React { to, .. } | Self::Post { reply_to: Some(to), .. } => Some(to.from),
            Self::Post { chat, .. } if chat.is_private() => Some(UserId(chat.0)),
            Self::Dm { to, .. } => Some(*to),
            _ => None,
        }
    }
}

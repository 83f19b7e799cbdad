//! What goes with a word to an agent, for its program to read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{Fence, MessageRef, Who};

/// Who says it, what it comes from, and whether it is worth a run of the agent's model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// It answers what the agent itself has just said, which it may read whenever it looks.
    #[serde(default, skip_serializing_if = "is_not")]
    pub answers: bool,
    /// Somebody speaks to the agent, and may be answered in the group.
    #[serde(default, skip_serializing_if = "is_not")]
    pub addressed: bool,
    /// It tells an agent that it is paused: all else for it waits until it is resumed.
    #[serde(default, skip_serializing_if = "is_not")]
    pub passes: bool,
    /// Whose words they are; nobody's but the mesh's own where this is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Who>,
    /// So many earlier notices are only counted: too many waited.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub omitted: u32,
    /// The message it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<MessageRef>,
    /// The task it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
}

/// A task, as it was when a word was said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name.
    pub task: String,
    /// Under which fence it is somebody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fence: Option<Fence>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Envelope {
    /// Whether there is nothing to be written down of it.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_nought(number: &u32) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_not(flag: &bool) -> bool {
    !flag
}

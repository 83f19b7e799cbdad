//! What a call or a hook is answered: programs read the fields, agents the sentence.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::Fence;

/// The answer to one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whether what was asked for is so now: granted, done, offered, recorded.
    pub ok: bool,
    /// The sentence, one line or a few.
    pub text: String,
    /// The task it is about, as first written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The caller's fence, where the task is the caller's now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fence: Option<Fence>,
    /// The end of the caller's lease, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why it went nowhere, where it may not go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Refused>,
}

/// Why a message may not go where it is meant to: a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// The chat is not this mesh's.
    ForeignChat,
    /// Nobody else of that name is an agent here.
    NoSuchAgent,
    /// That agent takes no messages of whoever sends it.
    NotAccepted,
    /// Its sender was told to stand down, or talks in a circle.
    HeldBack,
}

impl Refused {
    /// In one word, as programs read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ForeignChat => "foreign_chat",
            Self::NoSuchAgent => "no_such_agent",
            Self::NotAccepted => "not_accepted",
            Self::HeldBack => "held_back",
        }
    }
}

impl Answer {
    /// A refusal that is about no task.
    pub fn refusal(text: String) -> Self {
        Self { ok: false, text, task: None, fence: None, until: None, reason: None }
    }
}

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
}

impl Answer {
    /// A refusal that is about no task.
    pub fn refusal(text: String) -> Self {
        Self { ok: false, text, task: None, fence: None, until: None }
    }
}

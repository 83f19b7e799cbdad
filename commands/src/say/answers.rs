//! What a call is answered where there is nothing else to tell its caller.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{clock_zone, short};
use crate::ids::Fence;

/// The task is finished.
pub fn done(task: &str) -> String {
    format!("Done: \"{}\".", short(task))
}

/// The task waits for somebody else's answer, and is the caller's until then.
pub fn offered(task: &str, to: &str, fence: Option<Fence>) -> String {
    let fence = fence.map(|fence| format!(" (fence {})", fence.counter())).unwrap_or_default();
    format!("Offered to {to}: \"{}\". Yours{fence} until it is accepted.", short(task))
}

/// Nobody owns the task until somebody decides.
pub fn contested(task: &str) -> String {
    format!("Contested: \"{}\". Nobody has it until it is decided; stop.", short(task))
}

/// It was read, and is now so.
pub fn recorded() -> String {
    "Recorded.".into()
}

/// Somebody has to answer it.
pub fn waiting() -> String {
    "Noted; it waits for an answer.".into()
}

/// Talk, or something that was said before.
pub fn heard() -> String {
    "Heard.".into()
}

/// A refusal whose words were said before.
pub fn refused() -> String {
    "Refused.".into()
}

/// Read, but not in this state of things.
pub fn not_understood() -> String {
    "Not read: there is nothing that it could mean now.".into()
}

/// To an agent that was told to stand down.
pub fn held_back(by: Option<(String, Timestamp)>, zone: &TimeZone) -> String {
    let by = by.map(|(by, at)| format!(" {by} told you to stand down at {}.", clock_zone(at, zone)));
    format!("Held back.{}", by.unwrap_or_default())
}

/// The caller is not of the mesh.
pub fn nobody() -> String {
    "Refused: the caller is neither a person nor an agent of this mesh.".into()
}

/// A key was used twice, for two things.
pub fn another_call() -> String {
    "Refused: this key was used for another call. Draw a new one for each.".into()
}

/// A key that is too long.
pub fn key_too_long(most: usize) -> String {
    format!("Refused: a key has at most {most} bytes.")
}

/// The task is open with nobody.
pub fn nobody_holds(task: &str) -> String {
    format!("Nobody holds \"{}\".", short(task))
}

/// The task is held under another fence than the one asked about.
pub fn another_fence(task: &str, owner: &str, fence: Fence) -> String {
    format!("Another fence: {owner} holds \"{}\" under fence {}.", short(task), fence.counter())
}

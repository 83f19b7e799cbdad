//! Calls that were answered: asked again with the same key, they get the same answer.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::answer::Answer;
use crate::fact::Fact;
use crate::ids::{MessageRef, UserId};
use crate::mesh::seen::TWIN_WITHIN;

/// An answer is given again for a day ...
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// ... and so many are kept at most.
pub const CALLS_MOST: usize = 4_096;

/// The last calls, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calls {
    answered: VecDeque<Answered>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The call, as a message of its caller.
    pub call: MessageRef,
    /// Which call, among its caller's.
    pub key: String,
    /// The answer.
    pub answer: Answer,
}

impl Calls {
    /// The call of `caller` under that key, if it is not older than a day.
    pub fn get(&self, caller: UserId, key: &str, now: Timestamp) -> Option<&Answered> {
        let found = self.answered.iter().rfind(|known| known.call.from == caller && known.key == key)?;
        (now.duration_since(found.call.at) < KEPT_FOR).then_some(found)
    }

    /// The call by which its sender said a moment ago what a message says again.
    pub fn twin_of(&self, message: &MessageRef) -> Option<&Answered> {
        self.answered.iter().rfind(|Answered { call, .. }| {
            (call.from, call.print) == (message.from, message.print)
                && message.at.duration_since(call.at).abs() <= TWIN_WITHIN
        })
    }

    /// The number of the next call, counted from one; it begins anew after the greatest.
    pub fn next_number(&self) -> i32 {
        self.answered.back().and_then(|last| last.call.id.checked_add(1)).unwrap_or(1)
    }

    pub(super) fn keep(&mut self, call: MessageRef, key: &str, answer: &Answer) {
        let old = |known: &Answered| call.at.duration_since(known.call.at) >= KEPT_FOR;
        while self.answered.front().is_some_and(old) || self.answered.len() >= CALLS_MOST {
            self.answered.pop_front();
        }
        self.answered.push_back(Answered { call, key: key.to_owned(), answer: answer.clone() });
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        self.answered.iter().map(|Answered { call, key, answer }| Fact::Answered {
            call: *call,
            key: key.clone(),
            answer: answer.clone(),
        })
    }
}

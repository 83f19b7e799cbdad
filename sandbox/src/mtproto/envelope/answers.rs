//! Requests that came, and what was answered: a request that comes twice is executed once.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Requests remembered in a session; the oldest are forgotten.
const REQUESTS_KEPT: usize = 512;
/// Bytes of answers kept in a session; the oldest answers are forgotten first.
const BYTES_KEPT: usize = 1024 * 1024;

/// What is known about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Never seen.
    New,
    /// Seen; its answer is on its way, or forgotten.
    Seen,
    /// Answered with this `rpc_result`.
    Answered(Arc<[u8]>),
    /// Answered, and the client has the answer.
    Taken,
}

/// The requests of a session, by message id.
#[derive(Debug, Default)]
pub struct Answers {
    requests: BTreeMap<i64, Known>,
    bytes: usize,
}

impl Answers {
    /// What is known about a message.
    pub fn know(&self, id: i64) -> Known {
        self.requests.get(&id).cloned().unwrap_or(Known::New)
    }

    /// Notes a message that came.
    pub fn came(&mut self, id: i64) {
        self.requests.insert(id, Known::Seen);
        if self.requests.len() > REQUESTS_KEPT {
            self.bytes -= self.requests.pop_first().map_or(0, |(_, oldest)| oldest.size());
        }
    }

    /// Keeps the answer to a message.
    pub fn keep(&mut self, id: i64, answer: &[u8]) {
        let Some(known) = self.requests.get_mut(&id) else { return };
        if *known == Known::Seen && answer.len() <= BYTES_KEPT {
            *known = Known::Answered(answer.into());
            self.bytes += answer.len();
        }
        self.forget_down_to(BYTES_KEPT);
    }

    /// The client has the answer: it will not ask for it again.
    pub fn taken(&mut self, id: i64) {
        if let Some(known) = self.requests.get_mut(&id) {
            self.bytes -= std::mem::replace(known, Known::Taken).size();
        }
    }

    /// Forgets the oldest answers until so many bytes are left.
    pub fn forget_down_to(&mut self, limit: usize) {
        for answer in self.requests.values_mut() {
            if self.bytes <= limit {
                return;
            }
            if let Known::Answered(forgotten) = answer {
                self.bytes -= forgotten.len();
                *answer = Known::Seen;
            }
        }
    }
}

impl Known {
    /// Bytes of an answer that is kept.
    fn size(&self) -> usize {
        match self {
            Self::Answered(answer) => answer.len(),
            Self::New | Self::Seen | Self::Taken => 0,
        }
    }
}

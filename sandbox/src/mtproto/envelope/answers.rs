//! Requests that came, and what was answered: a request that comes twice is executed once.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Requests remembered in a session; the oldest are forgotten.
const REQUESTS_KEPT: usize = 1024;
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
}

/// The requests of a session, by message id.
#[derive(Debug, Default)]
pub struct Answers {
    requests: BTreeMap<i64, Option<Arc<[u8]>>>,
    bytes: usize,
}

impl Answers {
    /// What is known about a message.
    pub fn know(&self, id: i64) -> Known {
        match self.requests.get(&id) {
            None => Known::New,
            Some(None) => Known::Seen,
            Some(Some(answer)) => Known::Answered(answer.clone()),
        }
    }

    /// Notes a message that came.
    pub fn came(&mut self, id: i64) {
        self.requests.insert(id, None);
        if self.requests.len() > REQUESTS_KEPT {
            let oldest = self.requests.pop_first();
            self.bytes -= oldest.and_then(|(_, answer)| answer).map_or(0, |answer| answer.len());
        }
    }

    /// Keeps the answer to a message.
    pub fn keep(&mut self, id: i64, answer: &[u8]) {
        let Some(known) = self.requests.get_mut(&id) else { return };
        if known.is_none() && answer.len() <= BYTES_KEPT {
            *known = Some(answer.into());
            self.bytes += answer.len();
        }
        self.forget_down_to(BYTES_KEPT);
    }

    /// Forgets the oldest answers until so many bytes are left.
    pub fn forget_down_to(&mut self, limit: usize) {
        for answer in self.requests.values_mut() {
            if self.bytes <= limit {
                return;
            }
            self.bytes -= answer.take().map_or(0, |answer| answer.len());
        }
    }
}

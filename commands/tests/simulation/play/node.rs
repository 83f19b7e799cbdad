//! A node: what it knows of who decides, and what its agents still wait for.

use commands::authority::{Authority, NodeId};
use commands::ids::UserId;

use super::door::Question;

/// A question is asked again until it is answered, so many times at most.
const TRIES_MOST: u8 = 12;

pub struct Node {
    pub name: NodeId,
    pub authority: Authority,
    /// The sequencer its configuration names.
    pub office: usize,
    /// Switched off: nothing reaches it, nothing leaves it.
    pub off: bool,
    pub open: Vec<Open>,
}

/// A question without an answer.
pub struct Open {
    pub key: String,
    pub who: UserId,
    pub question: Question,
    tries: u8,
}

impl Node {
    pub fn new(n: usize) -> Self {
        let (name, authority) = (NodeId(format!("node {n}")), Authority::new(1));
        Self { name, authority, office: 0, off: false, open: Vec::new() }
    }

    pub fn ask(&mut self, key: String, who: UserId, question: Question) {
        self.open.push(Open { key, who, question, tries: 0 });
    }

    /// What is asked, again or for the first time.
    pub fn questions(&mut self) -> Vec<(String, UserId, Question)> {
        self.open.retain_mut(|open| {
            open.tries += 1;
            open.tries <= TRIES_MOST
        });
        self.open.iter().map(|open| (open.key.clone(), open.who, open.question.clone())).collect()
    }

    /// The answer came; one that nobody waits for any more is dropped.
    pub fn answered(&mut self, key: &str) -> bool {
        let before = self.open.len();
        self.open.retain(|open| open.key != key);
        self.open.len() < before
    }
}

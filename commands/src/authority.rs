//! Who decides: one sequencer for each term. A node that has seen a higher term refuses a lower one, and a new sequencer
//! decides nothing before every node has seen its term.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A node of the mesh, by the name that the configuration gives it. Unique in the mesh.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub String);

/// The highest term that a node has seen. It is to be kept over restarts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Authority {
    seen: u32,
}

/// A word of an earlier sequencer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overruled {
    /// The term it came with.
    pub term: u32,
    /// The highest term seen.
    pub seen: u32,
}

impl Authority {
    /// A node that has seen this term, and none above it.
    pub fn new(seen: u32) -> Self {
        Self { seen }
    }

    /// The highest term seen.
    pub fn seen(self) -> u32 {
        self.seen
    }

    /// Takes note of the term of an answer, an order or a question.
    ///
    /// # Errors
    /// A higher one was seen before: what came with this one does not count.
    pub fn accept(&mut self, term: u32) -> Result<(), Overruled> {
        if term < self.seen {
            return Err(Overruled { term, seen: self.seen });
        }
        self.seen = term;
        Ok(())
    }
}

/// A new sequencer on its way into office.
///
/// The old one may still run, and nodes that know no better may still ask it. Only when each of them, and the old
/// sequencer with them, has seen the new term, nobody can be told yes by both. Then the journal of the old one is
/// whole, and the new one goes on from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    term: u32,
    waiting: BTreeSet<NodeId>,
}

impl Succession {
    /// The sequencer of `term` waits for these nodes, the old sequencer's among them.
    pub fn new(term: u32, nodes: impl IntoIterator<Item = NodeId>) -> Self {
        Self { term, waiting: nodes.into_iter().collect() }
    }

    /// A node has seen that term. Another term is not this succession's.
    pub fn acknowledged(&mut self, node: &NodeId, term: u32) {
        if term == self.term {
            self.waiting.remove(node);
        }
    }

    /// A person vouches that the node is switched off, and will not run again before its configuration names the new
    /// sequencer.
    pub fn switched_off(&mut self, node: &NodeId) {
        self.waiting.remove(node);
    }

    /// Whether the new sequencer may decide.
    pub fn is_complete(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The nodes that have not seen the term.
    pub fn waiting(&self) -> impl Iterator<Item = &NodeId> {
        self.waiting.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lower_term_is_refused_once_a_higher_was_seen() {
        let mut authority = Authority::new(1);
        assert_eq!(authority.accept(1), Ok(()));
        assert_eq!(authority.accept(3), Ok(()));
        assert_eq!(authority.accept(2), Err(Overruled { term: 2, seen: 3 }));
        assert_eq!((authority.accept(3), authority.seen()), (Ok(()), 3));
    }

    #[test]
    fn a_new_sequencer_waits_for_every_node() {
        let node = |name: &str| NodeId(name.to_owned());
        let mut succession = Succession::new(2, ["north", "south", "west"].map(node));
        succession.acknowledged(&node("north"), 1);
        succession.acknowledged(&node("south"), 2);
        assert_eq!(succession.waiting().collect::<Vec<_>>(), [&node("north"), &node("west")]);
        succession.switched_off(&node("west"));
        assert!(!succession.is_complete());
        succession.acknowledged(&node("north"), 2);
        assert!(succession.is_complete());
    }
}

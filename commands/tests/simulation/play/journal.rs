//! What survives a crash of the sequencer: facts, the ear's cursor and the outbox, written in one go.

use std::collections::BTreeMap;

use commands::effect::Effect;
use commands::fact::Fact;
use commands::mesh::Mesh;

#[derive(Clone, Default)]
pub struct Journal {
    pub facts: Vec<Fact>,
    /// So many messages of the group were heard.
    pub cursor: usize,
    pub outbox: BTreeMap<u64, Effect>,
    next: u64,
}

/// What one batch of decisions comes to.
#[derive(Default)]
pub struct Batch {
    pub facts: Vec<Fact>,
    pub effects: Vec<Effect>,
    pub cursor: usize,
    /// Effects that came to their end.
    pub ended: Vec<u64>,
}

impl Journal {
    pub fn commit(&mut self, batch: Batch) {
        self.facts.extend(batch.facts);
        self.cursor = self.cursor.max(batch.cursor);
        for id in batch.ended {
            self.outbox.remove(&id);
        }
        for effect in batch.effects {
            self.next += 1;
            self.outbox.insert(self.next, effect);
        }
    }

    pub fn mesh(&self) -> Mesh {
        Mesh::fold(&self.facts)
    }
}

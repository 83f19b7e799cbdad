//! What begins how: of a thousand tasks, the few that are worth comparing are found in a microsecond.

use super::words::Words;
use crate::fact::Fact;
use crate::grammar::Task;
use crate::mesh::Mesh;

/// Cards of tasks that the mesh has forgotten are thrown away when there are so many in all; a mesh remembers about a
/// thousand finished tasks.
const CARDS_MOST: usize = 4_096;

/// One card for each task of the mesh. Follows from the facts; never journalled.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    cards: Vec<(u64, String)>,
}

impl Shelf {
    /// The cards of every task.
    pub fn of(mesh: &Mesh) -> Self {
        let card = |key: &str| (Words::of(key).mask, key.to_owned());
        Self { cards: mesh.claims.iter().map(|(key, _)| card(key)).collect() }
    }

    /// Takes note of a fact that is about to come true.
    pub(crate) fn learn(&mut self, fact: &Fact, mesh: &Mesh) {
        let (Fact::Claimed { task, .. } | Fact::Done { task, .. }) = fact else { return };
        let key = Task::fold(task);
        if mesh.claims.get(&key).is_some() {
            return;
        }
        if self.cards.len() >= CARDS_MOST {
            *self = Self::of(mesh);
        }
        self.cards.push((Words::of(&key).mask, key));
    }

    /// The folded names that may be like these words, in no order, and perhaps twice.
    pub(super) fn like(&self, wanted: &Words<'_>) -> impl Iterator<Item = &str> {
        let mask = wanted.mask;
        let worth = move |card: &&(u64, String)| {
            let common = (card.0 & mask).count_ones();
            common > 0 && common * 4 >= (card.0.count_ones() + mask.count_ones())
        };
        self.cards.iter().filter(worth).map(|(_, key)| key.as_str())
    }
}

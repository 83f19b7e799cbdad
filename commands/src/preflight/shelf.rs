//! What begins how: of a thousand tasks, the few that are worth comparing are found in a microsecond.

use super::words::{Print, Words};
use crate::fact::Fact;
use crate::grammar::Task;
use crate::mesh::Mesh;

/// Cards of tasks that the mesh has forgotten are thrown away when there are so many in all, or twice as many as there
/// were when it was last done; a mesh remembers about a thousand finished tasks.
const CARDS_MOST: usize = 2_048;

/// One card for each task of the mesh. Follows from the facts; never journalled.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    cards: Vec<(Print, String)>,
    most: usize,
}

impl Shelf {
    /// The cards of every task.
    pub fn of(mesh: &Mesh) -> Self {
        let card = |key: &str| (Words::of(key).print, key.to_owned());
        let cards: Vec<_> = mesh.claims.iter().map(|(key, _)| card(key)).collect();
        let most = (2 * cards.len()).max(CARDS_MOST);
        Self { cards, most }
    }

    /// Takes note of a fact that is about to come true.
    pub(crate) fn learn(&mut self, fact: &Fact, mesh: &Mesh) {
        let (Fact::Claimed { task, .. } | Fact::Done { task, .. }) = fact else { return };
        let key = Task::fold(task);
        if mesh.claims.get(&key).is_some() {
            return;
        }
        if self.cards.len() >= self.most {
            *self = Self::of(mesh);
        }
        self.cards.push((Words::of(&key).print, key));
    }

    /// The folded names that may be like these words, in no order, and perhaps twice.
    pub(super) fn like(&self, wanted: &Words<'_>) -> impl Iterator<Item = &str> {
        let wanted = wanted.print;
        self.cards.iter().filter(move |(card, _)| wanted.may_be_like(*card)).map(|(_, key)| key.as_str())
    }
}

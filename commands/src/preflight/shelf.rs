//! What begins how: of thousands of tasks, the few that are worth comparing are found in a microsecond.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ALIKE;
use super::words::{Print, Words};
use crate::fact::Fact;
use crate::grammar::Task;
use crate::mesh::Mesh;

/// Cards of tasks that the mesh has forgotten are thrown away when there are so many in all, or twice as many as there
/// were when it was last done; a mesh remembers about a thousand finished tasks.
const CARDS_MOST: usize = 2_048;

/// A card for each task of the mesh, in the drawer of each of its words. Follows from the facts; never journalled.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    drawers: BTreeMap<(Drawer, u64), Vec<Arc<Card>>>,
    tasks: usize,
    most: usize,
}

/// What is in a drawer. Names with different numbers are different names: whoever looks for one with a number need not
/// look at others with numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Drawer {
    /// Names that have this number.
    Number,
    /// Names that have this word, and numbers.
    Numbered,
    /// Names that have this word, and no number.
    Plain,
}

/// A folded name, and what can be told of its words without reading them.
#[derive(Debug)]
struct Card {
    key: String,
    print: Print,
    hashes: Vec<u64>,
}

impl Shelf {
    /// The cards of every task.
    pub fn of(mesh: &Mesh) -> Self {
        let mut shelf = Self::default();
        for (key, _) in mesh.claims.iter() {
            shelf.add(key);
        }
        shelf.most = (2 * shelf.tasks).max(CARDS_MOST);
        shelf
    }

    /// Takes note of a fact that is about to come true.
    pub(crate) fn learn(&mut self, fact: &Fact, mesh: &Mesh) {
        let (Fact::Claimed { task, .. } | Fact::Done { task, .. }) = fact else { return };
        let key = Task::fold(task);
        if mesh.claims.get(&key).is_some() {
            return;
        }
        if self.tasks >= self.most {
            *self = Self::of(mesh);
        }
        self.add(&key);
    }

    fn add(&mut self, key: &str) {
        let words = Words::of(key);
        let hashes = words.hashes().to_vec();
        let card = Arc::new(Card { key: key.to_owned(), print: words.print, hashes });
        let numbered = words.numbers_hashed().next().is_some();
        let drawer = if numbered { Drawer::Numbered } else { Drawer::Plain };
        let numbers = words.numbers_hashed().map(|hash| (Drawer::Number, hash));
        for drawer in words.stems_hashed().map(|hash| (drawer, hash)).chain(numbers) {
            self.drawers.entry(drawer).or_default().push(Arc::clone(&card));
        }
        self.tasks += 1;
    }

    /// The folded names that may be like these words, each once.
    pub(super) fn like(&self, wanted: &Words<'_>) -> Vec<&str> {
        let cards = self.worth_opening(wanted).into_iter().flatten();
        let cards = cards.filter(|card| wanted.print.may_be_like(card.print));
        let cards = cards.filter(|card| wanted.may_be(ALIKE, &card.hashes));
        let mut keys: Vec<_> = cards.map(|card| card.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Drawers in which every name that is like these words lies at least once. As several words must have a twin, the
    /// fullest drawers of the others can stay shut.
    fn worth_opening(&self, wanted: &Words<'_>) -> Vec<&[Arc<Card>]> {
        let number = wanted.numbers_hashed().next();
        let cards = |drawer, hash| self.drawers.get(&(drawer, hash)).map(Vec::as_slice).unwrap_or_default();
        let mut drawers: Vec<_> = wanted
            .stems_hashed()
            .map(|hash| {
                let numbered = if number.is_none() { cards(Drawer::Numbered, hash) } else { &[] };
                (cards(Drawer::Plain, hash), numbered)
            })
            .collect();
        drawers.sort_by_key(|(plain, numbered)| plain.len() + numbered.len());
        drawers.truncate((drawers.len() + 1).saturating_sub(wanted.twins_least(ALIKE)));
        let drawers = drawers.into_iter().flat_map(|(plain, numbered)| [plain, numbered]);
        drawers.chain(number.map(|hash| cards(Drawer::Number, hash))).collect()
    }
}

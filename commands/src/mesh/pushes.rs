//! Who announced which file last: where the answer that it was received goes.

use std::collections::VecDeque;

use crate::fact::Fact;
use crate::grammar::Task;
use crate::ids::Who;

/// So many files are remembered, those announced last.
pub const MOST: usize = 64;

/// The files announced last, the newest at the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pushes {
    files: VecDeque<(String, Who)>,
}

impl Pushes {
    /// Who announced this file last; names are compared as those of tasks.
    pub fn by(&self, file: &str) -> Option<Who> {
        let folded = Task::fold(file);
        self.files.iter().rfind(|(known, _)| Task::fold(known) == folded).map(|(_, by)| *by)
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        if let Fact::Pushed { file, by } = fact {
            let folded = Task::fold(file);
            self.files.retain(|(known, _)| Task::fold(known) != folded);
            self.files.push_back((file.clone(), *by));
            if self.files.len() > MOST {
                self.files.pop_front();
            }
        }
    }

    pub(crate) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        self.files.iter().map(|(file, by)| Fact::Pushed { file: file.clone(), by: *by })
    }
}

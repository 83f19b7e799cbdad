//! Commands that came while nobody listened: what was not run, until somebody says whether it is to be.

use jiff::Timestamp;

use crate::fact::{Fact, LateCommand, Ordered};

/// So many are offered to be run after all; the others were answered, and that is all.
pub const NOT_RUN_MOST: usize = 8;

/// What was not run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NotRun {
    /// In the order they were given, at most [`NOT_RUN_MOST`].
    pub commands: Vec<LateCommand>,
    /// What the mesh said when it was back, and when.
    pub told: Option<(Timestamp, String)>,
}

impl NotRun {
    pub(super) fn apply(&mut self, ordered: &Ordered) {
        match ordered {
            Ordered::CameLate(command) if self.commands.len() < NOT_RUN_MOST => {
                self.commands.push(command.clone());
            }
            Ordered::LateSettled => self.commands.clear(),
            Ordered::Returned { at, text } => self.told = Some((*at, text.clone())),
            _ => {}
        }
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        let told = self.told.iter().map(|(at, text)| Ordered::Returned { at: *at, text: text.clone() });
        told.chain(self.commands.iter().cloned().map(Ordered::CameLate)).map(Fact::Ordered)
    }
}

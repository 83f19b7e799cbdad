//! The doors between nodes: what goes through them may be lost, come late, or come twice.

use std::collections::BTreeSet;

use commands::answer::Answer;
use commands::ids::{Fence, UserId};

use super::chance::Chance;

/// What one node sends another.
#[derive(Clone)]
pub struct Letter {
    pub from: usize,
    pub to: usize,
    /// The sender's highest term.
    pub term: u32,
    pub what: Content,
}

#[derive(Clone)]
pub enum Content {
    /// To the sequencer: something an agent says or wants to know.
    Asked { office: usize, key: String, who: UserId, question: Question },
    /// From the sequencer, with the step at which it was so.
    Answered { key: String, who: UserId, reply: Reply },
    /// A new sequencer tells its term.
    Announced,
    /// That term was seen.
    Seen,
}

#[derive(Clone)]
pub enum Question {
    Say(String),
    Check { task: String, fence: Fence },
}

#[derive(Clone)]
pub enum Reply {
    Said(Answer),
    /// The task is somebody's under that fence, as of that step.
    Holds {
        task: String,
        fence: Fence,
        step: usize,
    },
    DoesNot,
}

/// Everything under way.
#[derive(Default)]
pub struct Door {
    under_way: Vec<(usize, Letter)>,
    /// Nodes on the far side of a cut.
    cut: BTreeSet<usize>,
    pub lost: u64,
    pub doubled: u64,
}

/// A letter is under way for fewer steps than this.
const DELAY_MOST: usize = 8;

impl Door {
    pub fn send(&mut self, letter: Letter, step: usize, chance: &mut Chance) {
        let home = letter.from == letter.to;
        if !home && (chance.once_in(5) || self.is_cut(&letter)) {
            self.lost += 1;
            return;
        }
        let delay = if home { 1 } else { 1 + chance.below(DELAY_MOST) };
        if chance.once_in(8) {
            self.doubled += 1;
            self.under_way.push((step + delay + chance.below(DELAY_MOST), letter.clone()));
        }
        self.under_way.push((step + delay, letter));
    }

    /// What arrives now. What was sent before a cut still does.
    pub fn arrivals(&mut self, step: usize) -> Vec<Letter> {
        let (now, later) = std::mem::take(&mut self.under_way).into_iter().partition(|(at, _)| *at <= step);
        self.under_way = later;
        let now: Vec<(usize, Letter)> = now;
        now.into_iter().map(|(_, letter)| letter).collect()
    }

    pub fn cut(&mut self, far: BTreeSet<usize>) {
        self.cut = far;
    }

    fn is_cut(&self, letter: &Letter) -> bool {
        self.cut.contains(&letter.from) != self.cut.contains(&letter.to)
    }
}

//! How a task stands.

use jiff::Timestamp;

use crate::fact::{How, Rival};
use crate::ids::{Fence, MessageRef, Who};

/// How a task stands.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Owned.
    Held,
    /// Owned, and offered to somebody.
    Offered(Offer),
    /// Several started it, and nobody owns it.
    Contested(Contest),
    /// Finished.
    Done {
        /// When.
        at: Timestamp,
        /// What came of it.
        result: Option<String>,
    },
}

/// An open offer.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// To whom.
    pub to: Who,
    /// When.
    pub at: Timestamp,
    /// What was achieved.
    pub result: Option<String>,
    /// The message that offered it.
    pub by: MessageRef,
    /// How often it was asked again.
    pub asked: u8,
}

/// A dispute that waits for its verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Contest {
    /// Those who started the task, the first to have been heard first. At least two.
    pub rivals: Vec<Rival>,
    /// Since when.
    pub at: Timestamp,
    /// The fence that died of it; no other contest has it.
    pub fence: Fence,
}

impl Contest {
    /// Whether somebody is among those who started it.
    pub fn has(&self, who: Who) -> bool {
        self.rivals.iter().any(|rival| rival.who == who)
    }
}

/// Somebody whose claim was refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// Who.
    pub who: Who,
    /// The refused claim.
    pub by: MessageRef,
}

/// How the owner came by the task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Got {
    /// By a claim.
    Claimed,
    /// By accepting an offer.
    Accepted,
    /// It was given.
    Assigned(How),
}

/// Why the owner does not go on with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// Who said so: the owner, or an Exec.
    pub by: Who,
    /// It waits for something.
    pub blocked: bool,
    /// For what.
    pub blocker: Option<String>,
}

/// What the owner was warned of in this lease, once each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Warned {
    /// That the lease will end soon.
    pub soon: bool,
    /// That it ended, and when it was told so.
    pub ended: Option<Timestamp>,
    /// People were told that the task is free to take over.
    pub free: bool,
}

/// Somebody wants the task of a silent owner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Notice {
    /// Who.
    pub who: Who,
    /// When.
    pub at: Timestamp,
    /// The message that said so.
    pub by: MessageRef,
}

//! Before a task is begun: who is at the same, or at something like it, or was lately.
//!
//! Names are compared word by word, so that `rotate API keys` and `API key rotation` are alike, and `ticket 12` and
//! `ticket 13` are not. The same mesh gives the same list, in the same order.

mod shelf;
mod words;

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};

pub use self::shelf::Shelf;
use self::words::Words;
use crate::grammar::Task;
use crate::ids::Who;
use crate::mesh::{Claim, Mesh, State};

/// So many similar tasks are named at most.
pub const NAMED_MOST: usize = 3;
/// From here on two names are alike, in percent.
const ALIKE: u8 = 60;
/// From here on they are hardly two.
const VERY_ALIKE: u8 = 85;

/// What stands in the way of a task, the later the more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing like it is open, nor was finished lately.
    Clear,
    /// Something like it was finished lately, or something a little like it is open.
    Review,
    /// Something very like it is open.
    Warning,
    /// Somebody else has this very task.
    Blocked,
}

impl Level {
    /// As programs read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Review => "review",
            Self::Warning => "warning",
            Self::Blocked => "blocked",
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preflight {
    /// The gravest of what was found.
    pub level: Level,
    /// At most [`NAMED_MOST`] tasks, the likest first, open ones before finished ones.
    pub similar: Vec<Similar>,
}

/// A task with a similar name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Similar {
    /// As first written.
    pub task: String,
    /// Who has it, or finished it; nobody while it is contested.
    pub who: Option<Who>,
    /// When it was finished; none while it is open.
    pub done: Option<Timestamp>,
    /// How like it is, in percent.
    pub likeness: u8,
}

impl Similar {
    fn level(&self) -> Level {
        match (self.done, self.likeness) {
            (None, VERY_ALIKE..) => Level::Warning,
            _ => Level::Review,
        }
    }
}

/// What `who` should know before they begin `task`: what is open, not counting their own, and what was finished within
/// `lately`.
pub fn preflight(
    (mesh, shelf): (&Mesh, &Shelf),
    task: &Task,
    who: Option<Who>,
    (now, lately): (Timestamp, SignedDuration),
) -> Preflight {
    let wanted = Words::of(&task.key);
    let mut similar: Vec<Similar> = shelf
        .like(&wanted)
        .into_iter()
        .filter(|key| *key != task.key)
        .filter_map(|key| Some((key, mesh.claims.get(key)?)))
        .filter_map(|(key, claim)| compare(&wanted, key, claim))
        .filter(|found| found.done.is_some() || found.who.is_none() || found.who != who)
        .filter(|found| found.done.is_none_or(|done| now.duration_since(done) < lately))
        .collect();
    similar.extend(the_same(mesh, &task.key).filter(|found| match found.done {
        Some(done) => now.duration_since(done) < lately,
        None => found.who.is_none() || found.who != who,
    }));
    similar.sort_by_cached_key(|found| {
        (Reverse(found.likeness), found.done.is_some(), Reverse(found.done), Task::fold(&found.task))
    });
    similar.dedup_by(|a, b| (&a.task, a.done) == (&b.task, b.done));
    similar.truncate(NAMED_MOST);
    let held =
        mesh.claims.open(&task.key).is_some_and(|claim| owner(claim).is_none_or(|owner| Some(owner) != who));
    let found = similar.iter().map(Similar::level).max().unwrap_or(Level::Clear);
    Preflight { level: if held { Level::Blocked } else { found }, similar }
}

fn compare(wanted: &Words<'_>, key: &str, claim: &Claim) -> Option<Similar> {
    let likeness = wanted.likeness(&Words::of(key));
    (likeness >= ALIKE).then(|| similar(claim, likeness))
}

fn the_same<'a>(mesh: &'a Mesh, key: &str) -> impl Iterator<Item = Similar> + 'a {
    let (open, done) = (mesh.claims.open(key), mesh.claims.done(key));
    open.into_iter().chain(done).map(|claim| similar(claim, 100))
}

fn similar(claim: &Claim, likeness: u8) -> Similar {
    let done = match claim.state {
        State::Done { at, .. } => Some(at),
        _ => None,
    };
    let who = done.map_or_else(|| owner(claim), |_| Some(claim.owner));
    Similar { task: claim.task.clone(), who, done, likeness }
}

/// Without a fence nobody owns an open task.
fn owner(claim: &Claim) -> Option<Who> {
    claim.fence.map(|_| claim.owner)
}

#[cfg(test)]
mod tests;

//! What a claimant learns of tasks like the one just granted.

use super::{Turn, heard};
use crate::grammar::Task;
use crate::ids::Who;
use crate::input::Heard;
use crate::say;

/// Tells the claimant that the task is granted, and what is like it: an agent in one sentence more, a person only if
/// there is something.
pub(super) fn tell(turn: &mut Turn<'_>, heard: &Heard, who: Who, task: &Task, granted: &str) {
    let found = turn.mind.preflight(task, Some(who)).similar;
    let similar = say::similar::sentence(turn.mesh(), &found, turn.now());
    match who {
        Who::Agent(agent) => {
            let text = similar.map_or_else(|| granted.to_owned(), |similar| format!("{granted} {similar}"));
            turn.tell(agent, text, true);
        }
        Who::Person(_) => {
            if let Some(similar) = similar {
                heard::reply(turn, heard, similar);
            }
        }
    }
}

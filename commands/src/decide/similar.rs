//! What a claimant learns of tasks like the one just granted.

use super::{Turn, heard};
use crate::grammar::Task;
use crate::ids::Who;
use crate::input::Heard;
use crate::say;

/// Tells the claimant that the task is granted, and what is like it, and who else is at it: an agent in one sentence more, a person only if
/// there is something.
pub(super) fn tell(
    turn: &mut Turn<'_>,
    heard: &Heard,
    who: Who,
    task: &Task,
    granted: &str,
    also: &[String],
) {
    let found = turn.mind.preflight(task, Some(who)).similar;
    let similar = say::similar::sentence(turn.mesh(), &found, turn.now());
    match who {
        Who::Agent(agent) => {
            let granted = format!("{granted}{}", say::also(also));
            let text = similar.map_or_else(|| granted.clone(), |similar| format!("{granted} {similar}"));
            turn.tell(agent, text, true);
        }
        Who::Person(_) => {
            let also = (!also.is_empty()).then(|| say::also_reply(also));
            let lines: Vec<String> = also.into_iter().chain(similar).collect();
            if !lines.is_empty() {
                heard::reply(turn, heard, lines.join("\n"));
            }
        }
    }
}

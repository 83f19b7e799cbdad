//! Buttons about a task: a verdict, a question to its holder, what to do with a silent owner.

use super::tap::{bound_to, cause, edit, exec, first, still};
use super::{Turn, assign, verdict};
use crate::effect::Slot;
use crate::fact::{How, Role};
use crate::ids::{Fence, PersonId, UserId, Who};
use crate::input::Tap;
use crate::mesh::Member;
use crate::say;

/// An Exec decides a contest.
pub(super) fn verdict(
    turn: &mut Turn<'_>,
    tap: &Tap,
    role: Role,
    who: UserId,
    dead: Fence,
) -> Result<String, String> {
    exec(role)?;
    let contested = turn.mesh().claims.contested_under(dead).cloned().ok_or_else(say::stale)?;
    let rivals = contested.contest().map(|contest| contest.rivals.clone()).unwrap_or_default();
    let winner = rivals.into_iter().find(|rival| rival.who.user() == who).ok_or_else(say::stale)?;
    verdict::decide(turn, &contested, winner, How::Word(PersonId(tap.from.0)));
    Ok(say::settled())
}

/// An Operator, whose DONE was refused, has the holder asked, or leaves it.
pub(super) fn ask_holder(
    turn: &mut Turn<'_>,
    tap: &Tap,
    who: PersonId,
    fence: Fence,
    ask: bool,
) -> Result<String, String> {
    bound_to(tap, who)?;
    let held = still(turn, fence)?;
    first(turn, tap)?;
    let owner = turn.name(held.owner);
    if ask {
        let text = say::is_it_done(&turn.name(Who::Person(who)), &held.task);
        turn.tell_who(held.owner, text, true);
    }
    let card =
        if ask { say::was_asked(&owner, turn.now(), &turn.rules().zone) } else { say::was_left(&owner) };
    edit(turn, tap, card);
    Ok(say::settled())
}

/// An Exec gives the task of a silent owner to whoever the card names.
pub(super) fn give_to(
    turn: &mut Turn<'_>,
    tap: &Tap,
    role: Role,
    who: UserId,
    fence: Fence,
) -> Result<String, String> {
    exec(role)?;
    let held = still(turn, fence)?;
    let to = turn.mesh().roll.get(who).map(Member::who).ok_or_else(say::stale)?;
    first(turn, tap)?;
    let by = cause(turn, tap);
    assign::give(turn, &held, to, How::Word(PersonId(tap.from.0)), by);
    Ok(say::settled())
}

/// An Exec leaves it with the silent owner.
pub(super) fn leave_it(turn: &mut Turn<'_>, tap: &Tap, role: Role, fence: Fence) -> Result<String, String> {
    exec(role)?;
    let held = still(turn, fence)?;
    first(turn, tap)?;
    let by = turn.name(Who::Person(PersonId(tap.from.0)));
    let outcome = say::left_with(&turn.name(held.owner), &by, turn.now(), &turn.rules().zone);
    let text = say::late_settled(&held.task, &outcome);
    turn.close(turn.rules().group, Slot::Overdue(held.task), text);
    Ok(say::settled())
}

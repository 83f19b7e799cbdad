//! `QUEUE`, `EXTEND`: the words that do what buttons do.

use jiff::{SignedDuration, Timestamp};

use super::heard::{self, Speaker};
use super::{Turn, claim, meant, others, verdict};
use crate::effect::Reaction;
use crate::fact::Fact;
use crate::grammar::{Eta, EtaReading, Kind, Task};
use crate::ids::Who;
use crate::input::Heard;
use crate::mesh::Claim;
use crate::say;

/// Noted as next, as after a refused claim.
pub(super) fn queue(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, task: &Task) {
    let who = from.who;
    match meant::named(turn, task) {
        None => {
            turn.react(heard.message, Reaction::Recorded);
            turn.tell_who(who, say::free_now(&task.shown), true);
            if let Who::Person(_) = who {
                heard::reply(turn, heard, say::free_reply());
            }
        }
        Some(held) if held.holder() == Some(who) => {
            heard::almost(turn, heard, who, Kind::Queue, say::yours_already(&held.task));
        }
        Some(held) if held.contest().is_some() => verdict::refuse_claim(turn, heard, who, &held),
        Some(held) => {
            let place = enter(turn, heard, who, &held);
            turn.react(heard.message, Reaction::Recorded);
            let owner = turn.name(held.owner);
            turn.tell_who(who, say::queued(&held.task, &owner, place), true);
            if let Who::Person(_) = who {
                claim::reply_held(turn, heard, from, &held, place);
            }
        }
    }
}

/// Puts somebody in line, or leaves him where he is; his place, from one.
pub(super) fn enter(turn: &mut Turn<'_>, heard: &Heard, who: Who, held: &Claim) -> usize {
    let place = held.next.iter().position(|waiting| waiting.who == who);
    if let Some(before) = place.and_then(|place| held.next.get(place)) {
        claim::forget_reply(turn, &before.by);
    }
    turn.fact(Fact::Queued { task: held.task.clone(), who, by: heard.message });
    place.unwrap_or(held.next.len()) + 1
}

/// A longer lease under the same fence; people have none.
pub(super) fn extend(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, task: &Task, by: Option<&Eta>) {
    let Some(held) = meant::named(turn, task) else {
        return heard::almost(turn, heard, from.who, Kind::Extend, say::nobody_holds(&task.shown));
    };
    if held.holder() != Some(from.who) {
        return heard::not_yours(turn, heard, from, &held);
    }
    turn.react(heard.message, Reaction::Recorded);
    if let Some(until) = extended(turn, &held, by) {
        let at = Some(turn.now());
        turn.fact(Fact::Renewed { task: held.task.clone(), until: Some(until), at });
        let text = say::extended(&held.task, until, &turn.rules().zone);
        turn.tell_who(from.who, text, true);
        others::moved(turn, &held);
    }
}

/// From the end of the lease, or from now where that is over; while it does not run, from where it stopped. A time that
/// is past, or no time at all, is none that was said.
fn extended(turn: &Turn<'_>, held: &Claim, by: Option<&Eta>) -> Option<Timestamp> {
    let (rules, until) = (turn.rules(), held.until?);
    let now = held.stopped.unwrap_or(turn.now());
    let from = until.max(now);
    let clock = by.filter(|eta| matches!(eta.reading, EtaReading::Clock(_)));
    let minutes = by.and_then(Eta::minutes).map(|minutes| SignedDuration::from_mins(minutes.into()));
    let minutes = minutes.filter(SignedDuration::is_positive);
    let longer = from.saturating_add(minutes.unwrap_or(rules.lease)).unwrap_or(from);
    let due = clock.and_then(|eta| eta.due(turn.now(), &rules.zone)).filter(|due| *due > turn.now());
    let wanted = due.map_or(longer, |due| due.max(until));
    let most = now.saturating_add(rules.lease_most).unwrap_or(now);
    Some(wanted.min(most).max(until.min(most)))
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::super::tests::{mind, roster};
    use super::super::*;
    use crate::grammar::Said;
    use crate::input::{Call, Handing};

    #[test]
    fn nothing_the_past_and_what_is_too_long_are_no_time() {
        let start = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(100_000);
        let mut mind = mind();
        mind.decide(Input { at: start, what: What::Roster(roster()) });
        let mut said = |at: Timestamp, text: &str| {
            let (who, said) = (Who::Agent(AgentId(11)), Said::plain(text));
            let call = Call { who, key: text.into(), at, said, handing: Handing::Answered };
            mind.decide(Input { at, what: What::Called(call) });
            let until = mind.mesh().claims.open("alpha").and_then(|claim| claim.until);
            until.map(|until| until.duration_since(start).as_mins())
        };
        assert_eq!(said(start, "EXCLUSIVE CLAIM: alpha"), Some(30));
        assert_eq!(said(start, "EXTEND: alpha 5m"), Some(35));
        assert_eq!(said(start, "EXTEND: alpha 0m"), Some(65));
        assert_eq!(said(start, "EXTEND: alpha 1969-12-31 09:00Z"), Some(95));
        assert_eq!(said(start, "EXTEND: alpha 99999h"), Some(125));
    }
}

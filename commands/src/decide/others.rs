//! What the other agents hear of a task: whose it is, or that it is finished. Notices, read at their next heartbeat: no
//! run of anybody's model.

use jiff::Timestamp;

use super::Turn;
use crate::grammar::Task;
use crate::ids::Who;
use crate::mesh::Claim;
use crate::say;

/// Tells every agent that the mesh knows, but those who said it, or are told more.
pub(super) fn tell(turn: &mut Turn<'_>, text: &str, but: &[Who]) {
    let agents = turn.mesh().roll.agents().map(|agent| Who::Agent(agent.id));
    let others: Vec<_> = agents.filter(|agent| !but.contains(agent)).collect();
    // Room that grows bit by bit is moved each time.
    turn.decision.effects.reserve(others.len());
    for agent in others {
        turn.tell_who(agent, text.to_owned(), false);
    }
}

/// Somebody has it, perhaps another than they were told.
pub(super) fn pause(turn: &mut Turn<'_>, owner: Who, task: &str, until: Option<Timestamp>, but: &[Who]) {
    let until = until.filter(|until| *until > turn.now());
    let text = say::pause(task, &turn.name(owner), until, &turn.rules().zone);
    tell(turn, &text, but);
}

/// The end of its lease is another than it was: what they were told of it is not true any more.
pub(super) fn moved(turn: &mut Turn<'_>, before: &Claim) {
    let Some(held) = turn.mesh().claims.open(&Task::fold(&before.task)) else { return };
    let (owner, until) = (held.owner, held.runs_out());
    if until != before.runs_out() {
        pause(turn, owner, &before.task, until, &[owner]);
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::doors::{said, settled};
    use super::super::{Input, Mind, What};
    use super::*;
    use crate::effect::Effect;
    use crate::grammar::{self, Reading, Said};
    use crate::input::Door;

    /// What each agent is told, and whether that is a run.
    fn told(effects: &[Effect]) -> Vec<(i64, &str, bool)> {
        let told = effects.iter().filter_map(|effect| match effect {
            Effect::Tell { agent, text, .. } => Some((agent.0, text.as_str(), effect.is_run())),
            _ => None,
        });
        told.collect()
    }

    fn say(mind: &mut Mind, second: i32, from: i64, text: &str) -> Vec<Effect> {
        let heard = said(from, second, Door::Only, text);
        mind.decide(Input { at: heard.message.at, what: What::Heard(heard) }).effects
    }

    /// What the last of these words tell, when they are said one after another, each a second later.
    fn last(words: &[(i64, &str)]) -> Vec<(i64, String, bool)> {
        let mut mind = settled();
        let mut effects = Vec::new();
        for (second, (from, text)) in (1..).zip(words) {
            effects = say(&mut mind, second, *from, text);
        }
        told(&effects).into_iter().map(|(to, text, run)| (to, text.to_owned(), run)).collect()
    }

    fn notice(to: i64, text: &str) -> (i64, String, bool) {
        (to, text.to_owned(), false)
    }

    const CLAIM: (i64, &str) = (11, "EXCLUSIVE CLAIM: alpha");

    #[test]
    fn all_others_hear_that_a_task_is_over() {
        let done = "DONE by Sandman: \"alpha\". Result: fine.";
        let both = |text: &str| vec![notice(12, text), notice(13, text)];
        assert_eq!(last(&[CLAIM, (11, "DONE: alpha\nResult: fine.")]), both(done));
        assert_eq!(last(&[CLAIM, (11, "RELEASE: alpha")]), both("RELEASE by Sandman: \"alpha\"."));
        assert_eq!(last(&[(11, "DONE: alpha")]), both("DONE by Sandman: \"alpha\"."), "unclaimed");
        let free = "Free: \"alpha\". You are next; claim it if you still want it.";
        let told = last(&[CLAIM, (13, "EXCLUSIVE CLAIM: alpha"), (12, "QUEUE: alpha"), (11, "DONE: alpha")]);
        let next = (13, free.to_owned(), true);
        assert_eq!(told, [next, notice(12, "DONE by Sandman: \"alpha\".")], "who is next hears more");
        let closed = (11, "Closed by Ely: \"alpha\". Your fence is dead.".to_owned(), true);
        let by_ely = "DONE by Ely: \"alpha\".";
        assert_eq!(last(&[CLAIM, (1, "DONE: alpha")]), [vec![closed], both(by_ely)].concat());
    }

    #[test]
    fn all_others_hear_whose_a_task_is_now() {
        let pause = |owner: &str, until: &str| {
            format!("PAUSE: \"alpha\" is {owner}'s until {until} UTC. Wait for DONE or HANDOFF.")
        };
        let oracles = notice(13, &pause("Oracle", "04:16"));
        let handoff = (11, "DONE: alpha\nHANDOFF to: Oracle");
        let accepted = last(&[CLAIM, handoff, (12, "ACK: alpha")]);
        assert!(accepted.contains(&oracles) && accepted.iter().all(|(.., run)| !run), "{accepted:?}");
        let elys = "PAUSE: \"alpha\" is Ely's. Wait for DONE or HANDOFF.";
        let to_ely = last(&[CLAIM, (11, "DONE: alpha\nHANDOFF to: Ely")]);
        assert_eq!(to_ely[1..], [notice(12, elys), notice(13, elys)], "{to_ely:?}");
        let assigned = last(&[CLAIM, (1, "Oracle takes alpha")]);
        assert!(assigned.contains(&oracles), "{assigned:?}");
        let contest = [CLAIM, (12, "CONFLICT: alpha")];
        let stop = "PAUSE: \"alpha\" is contested by Sandman and Oracle. Wait for the verdict.";
        let contested = last(&contest);
        assert!(contested.contains(&notice(13, stop)), "{contested:?}");
        let left = last(&[contest[0], contest[1], (11, "RELEASE: alpha")]);
        assert!(left.contains(&oracles), "{left:?}");
        assert!(
            left.iter().all(|(to, text, run)| *to != 13 || !run && text.starts_with("PAUSE")),
            "{left:?}"
        );
        let longer = notice(12, &pause("Sandman", "04:46"));
        let extended = last(&[CLAIM, (11, "EXTEND: alpha 30m")]);
        assert!(extended.contains(&longer), "{extended:?}");
        let renewed = last(&[CLAIM, (11, "EXCLUSIVE CLAIM: alpha\nETA: 40 min")]);
        assert!(renewed.contains(&notice(13, &pause("Sandman", "04:46"))), "{renewed:?}");
        let again = last(&[CLAIM, (11, "EXCLUSIVE CLAIM: alpha\nETA: 15 min")]);
        assert_eq!(again.len(), 3, "a second later is later: {again:?}");
    }

    #[test]
    fn all_others_hear_that_a_lease_does_not_run_and_that_it_does() {
        let stands = "Blocked: \"alpha\". It stays Sandman's, its lease does not run.";
        let blocked = last(&[CLAIM, (11, "TASK BLOCKED: alpha")]);
        assert_eq!(blocked[1..], [notice(12, stands), notice(13, stands)], "{blocked:?}");
        assert_eq!(last(&[CLAIM, (11, "TASK BLOCKED: alpha"), (11, "TASK BLOCKED: alpha")]).len(), 1, "once");
        let resumed = last(&[CLAIM, (11, "TASK BLOCKED: alpha"), (11, "RESUME: alpha")]);
        assert!(resumed[1..].iter().all(|(_, text, run)| text.starts_with("PAUSE: \"alpha\" is") && !run));
        assert_eq!(resumed.len(), 3, "{resumed:?}");
        let noted = "Noted by Sandman: \"beta\". No fence: others may be at it, too.";
        assert_eq!(last(&[(11, "CLAIMING: beta")])[1..], [notice(12, noted), notice(13, noted)]);
        let ended = last(&[(11, "CLAIMING: beta"), (11, "RELEASE: beta")]);
        let let_go = "RELEASE by Sandman: \"beta\".";
        assert_eq!(ended[1..], [notice(12, let_go), notice(13, let_go)]);
    }

    #[test]
    fn all_others_hear_that_a_late_task_may_be_taken_over_and_whose_it_then_is() {
        let mut mind = settled();
        say(&mut mind, 1, 11, "EXCLUSIVE CLAIM: alpha");
        let at = mind.now() + SignedDuration::from_mins(36);
        let effects = mind.decide(Input { at, what: What::Tick }).effects;
        let free = "\"alpha\": Sandman silent for 35 min. Free to take over.";
        let told_free: Vec<_> = told(&effects).into_iter().filter(|(_, text, _)| *text == free).collect();
        assert_eq!(told_free, [(12, free, false), (13, free, false)], "{effects:?}");
        let effects = say(&mut mind, 36 * 60 + 9, 12, "TAKEOVER NOTICE: alpha");
        let of_local: Vec<_> = told(&effects).into_iter().filter(|(to, ..)| *to == 13).collect();
        assert_eq!(of_local.len(), 1, "{effects:?}");
        assert!(of_local[0].1.starts_with("PAUSE: \"alpha\" is Oracle's until") && !of_local[0].2);
    }

    /// Whoever repeats in the group what it was told claims and ends nothing by it.
    #[test]
    fn what_others_hear_is_no_grammar() {
        for text in [
            say::done_for_others("alpha", "Sandman", Some("fine")),
            say::released("alpha", "Sandman"),
            say::noted_by("alpha", "Sandman"),
            say::stands_still("alpha", "Sandman", true),
            say::stands_still("alpha", "Sandman", false),
            say::free_to_take("alpha", "Sandman", 35),
        ] {
            assert_eq!(grammar::read(&Said::plain(&text), false), Reading::Chatter, "{text}");
        }
    }
}

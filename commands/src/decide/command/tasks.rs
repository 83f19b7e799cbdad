//! Owning a task, and the floor, by command: the same rules as by message.

use super::super::{assign, claim, done, handoff, meant, quiet, stand_down};
use super::answer::usage;
use super::{Done, Given, Turn, look, refuse};
use crate::effect::{Look, Reaction};
use crate::fact::{Fact, How};
use crate::grammar::{Eta, Fields, Target, Task};
use crate::ids::Who;
use crate::mesh::Member;
use crate::say;
use crate::slash::Verb;

/// Who was told to be quiet owns nothing anew.
pub(super) fn own(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let verb = given.command.verb;
    if verb != Verb::Done && !quiet::may_answer(turn, given.from.who) {
        turn.react(given.heard.message, Reaction::HeldBack);
        return Done::refused("held back");
    }
    let before = turn.decision.facts.len();
    let task = match verb {
        Verb::Claim => claim_task(turn, given),
        Verb::Done => finish(turn, given),
        Verb::Handoff => hand_off(turn, given),
        _ => give(turn, given),
    };
    let Some(task) = task else { return usage(turn, given) };
    let turned = turn.decision.facts[before..].iter().any(|fact| {
        !matches!(fact, Fact::Queued { .. } | Fact::SpokeOnce { .. } | Fact::Alive { .. } | Fact::Told { .. })
    });
    let done = if turned { Done::well("done") } else { Done::refused("not so") };
    done.about(task)
}

/// The last words are the ETA, if they can be read as one.
fn claim_task(turn: &mut Turn<'_>, given: Given<'_>) -> Option<String> {
    let words = given.arguments;
    let eta = |count: usize| {
        let at = words.len().checked_sub(count).filter(|at| *at > 0)?;
        let eta = Eta::read(&words[at..].join(" "))?;
        eta.is_time().then_some((at, Some(eta)))
    };
    let (end, eta) = eta(2).or_else(|| eta(1)).unwrap_or((words.len(), None));
    let task = Task::new(&words[..end].join(" "))?;
    claim::claim(turn, given.heard, given.from, &task, eta.as_ref(), &Fields::default());
    Some(task.shown)
}

/// The task is the longest of the first words that is one; of an unknown one the first word, or what is in quotes.
fn finish(turn: &mut Turn<'_>, given: Given<'_>) -> Option<String> {
    let words = given.arguments;
    let known = (1..=words.len()).rev().find_map(|count| {
        let task = Task::new(&words[..count].join(" "))?;
        meant::named(turn, &task).is_some().then_some((count, task))
    });
    let unknown = || (words.len() <= 2).then(|| Some((1, Task::new(&words[0])?)))?;
    let (count, task) = known.or_else(unknown)?;
    let result = Some(words[count..].join(" ")).filter(|result| !result.is_empty());
    let shown = task.shown.clone();
    done::done(turn, given.heard, given.from, Some(task), result, None);
    Some(shown)
}

/// The last word is whose it is to be.
fn hand_off(turn: &mut Turn<'_>, given: Given<'_>) -> Option<String> {
    let (to, task) = given.arguments.split_last()?;
    let task = Task::new(&task.join(" "))?;
    handoff::handoff(turn, given.heard, given.from, Some(&task), to, &Fields::default());
    Some(task.shown)
}

fn give(turn: &mut Turn<'_>, given: Given<'_>) -> Option<String> {
    let Who::Person(exec) = given.from.who else { return None };
    let (to, task) = given.arguments.split_last()?;
    let task = Task::new(&task.join(" "))?;
    let Some(to) = turn.mesh().roll.by_name(to).map(Member::who) else {
        refuse(turn, given.heard, say::nobody_called(to));
        return Some(task.shown);
    };
    match meant::named(turn, &task) {
        Some(held) if held.holder() == Some(to) => turn.react(given.heard.message, Reaction::Recorded),
        Some(held) => {
            assign::give(turn, &held, to, How::Word(exec), given.heard.message);
            turn.react(given.heard.message, Reaction::CarriedOut);
        }
        None => assign::begin(turn, given.heard, &task, to, exec),
    }
    Some(task.shown)
}

pub(super) fn why(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let task = given.rest(0);
    look(turn, given.heard, Look::Why { task: task.clone() }).about(task)
}

/// Who is quiet, and who leads.
pub(super) fn floor(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let name = given.argument(0).to_owned();
    let down = given.command.verb == Verb::StandDown;
    if given.command.verb == Verb::Lead {
        return lead(turn, given, &name);
    }
    let all = name.eq_ignore_ascii_case("all");
    if !all && !matches!(turn.mesh().roll.by_name(&name), Some(Member::Agent(_))) {
        refuse(turn, given.heard, say::no_agent_called(&name));
        return Done::refused("no such agent").about(name);
    }
    if !down && !is_anybody_quiet(turn, &name, all) {
        turn.react(given.heard.message, Reaction::Recorded);
        return Done::refused("nobody is quiet").about(name);
    }
    let target = if all { Target::All } else { Target::Named(name.clone()) };
    stand_down::order(turn, given.heard, given.from, &target, down);
    Done::well("ordered").about(name)
}

fn is_anybody_quiet(turn: &Turn<'_>, name: &str, all: bool) -> bool {
    let floor = &turn.mesh().floor;
    match turn.mesh().roll.by_name(name) {
        _ if all => !floor.stood_down.is_empty(),
        Some(Member::Agent(agent)) => floor.stood_down.contains_key(&agent.id),
        _ => false,
    }
}

fn lead(turn: &mut Turn<'_>, given: Given<'_>, name: &str) -> Done {
    let agent = match turn.mesh().roll.by_name(name) {
        Some(Member::Agent(agent)) => Some(agent.id),
        _ if name.eq_ignore_ascii_case("none") => None,
        _ => {
            refuse(turn, given.heard, say::no_agent_called(name));
            return Done::refused("no such agent").about(name);
        }
    };
    turn.fact(Fact::LeadNamed { agent });
    turn.react(given.heard.message, Reaction::CarriedOut);
    Done::well("named").about(name)
}

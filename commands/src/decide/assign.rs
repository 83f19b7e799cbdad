//! A task is given to somebody: by an Exec's word, by a rule, by a takeover. New fence, new lease.

use super::{Turn, claim, handoff, heard::Speaker, meant, others};
use crate::effect::{Reaction, Slot};
use crate::fact::{Fact, How, Role};
use crate::grammar::Task;
use crate::ids::{MessageRef, PersonId, Who};
use crate::input::Heard;
use crate::mesh::{Claim, Member};
use crate::say;

/// A longer message, in bytes, is no assignment.
const LONGEST: usize = 512;

/// The task changes hands. Whoever had it, or started it, is told to pause; cards about it show the outcome, which is
/// returned: `→ Oracle, by Ely 14:04. Sandman pauses.`
pub(super) fn give(turn: &mut Turn<'_>, held: &Claim, to: Who, how: How, by: MessageRef) -> String {
    let (at, fence, task) = (turn.now(), turn.next_fence(), held.task.clone());
    let until = claim::lease(turn.rules(), to, at, None);
    let closed = say::question_closed(&task, &turn.name(to), at, &turn.rules().zone);
    handoff::withdraw(turn, held, closed);
    let first = Some(held.first.unwrap_or(held.by));
    turn.fact(Fact::Assigned { task: task.clone(), owner: to, fence, at, until, by, how, first });
    let pausing: Vec<Who> = starters(held).into_iter().filter(|who| *who != to).collect();
    for who in &pausing {
        let text = match how {
            How::Takeover => say::lost(&task, &turn.name(to)),
            _ => say::pause(&task, &turn.name(to), until, &turn.rules().zone),
        };
        turn.tell_who(*who, text, true);
    }
    let granted = say::granted(&task, fence, until, &turn.rules().zone);
    turn.tell_who(to, granted, true);
    let knowing: Vec<Who> = pausing.iter().copied().chain([to]).collect();
    others::pause(turn, to, &task, until, &knowing);
    let outcome = outcome(turn, to, how, &pausing);
    show(turn, &task, &outcome);
    outcome
}

/// Who had it, or started it.
pub(super) fn starters(held: &Claim) -> Vec<Who> {
    match held.contest() {
        Some(contest) => contest.rivals.iter().map(|rival| rival.who).collect(),
        None => vec![held.owner],
    }
}

fn outcome(turn: &Turn<'_>, to: Who, how: How, pausing: &[Who]) -> String {
    let person = match how {
        How::Word(person) => turn.name(Who::Person(person)),
        _ => String::new(),
    };
    let pausing: Vec<String> = pausing.iter().map(|who| turn.name(*who)).collect();
    let ground = say::ground(how, &person);
    say::given(&turn.name(to), &ground, turn.now(), &turn.rules().zone, &pausing)
}

/// The cards of the task show who has it. That of a contest stays: a second Exec may decide otherwise.
fn show(turn: &mut Turn<'_>, task: &str, outcome: &str) {
    let chat = turn.rules().group;
    turn.rewrite(chat, Slot::Contest(task.to_owned()), say::verdict(task, outcome));
    turn.close(chat, Slot::Overdue(task.to_owned()), say::late_settled(task, outcome));
}

/// `Oracle takes rotate hooks token`, or a bare name as a reply to a claim or a card: an Exec's word. Returns whether
/// it was one; everything else of that kind is talk.
pub(super) fn by_words(turn: &mut Turn<'_>, heard: &Heard, from: Speaker) -> bool {
    let Who::Person(exec) = from.who else { return false };
    let text = heard.said.text.trim();
    if from.role != Some(Role::Exec) || text.len() > LONGEST || text.contains('\n') {
        return false;
    }
    let Some((to, order)) = read(turn, heard, text) else { return false };
    turn.fact(Fact::Noted { message: heard.message });
    match order {
        Order::Known(held) if held.holder() == Some(to) => turn.react(heard.message, Reaction::Recorded),
        Order::Known(held) => {
            give(turn, &held, to, How::Word(exec), heard.message);
            turn.react(heard.message, Reaction::CarriedOut);
        }
        Order::New(task) => begin(turn, heard, &task, to, exec),
    }
    true
}

/// What an Exec gives somebody.
enum Order {
    Known(Box<Claim>),
    New(Task),
}

fn read(turn: &Turn<'_>, heard: &Heard, text: &str) -> Option<(Who, Order)> {
    let Some((name, rest)) = text.split_once(" takes") else {
        let held = heard.reply_to.and_then(|_| named(turn, text).zip(meant::replied(turn, heard)));
        return held.map(|(to, held)| (to, Order::Known(Box::new(held))));
    };
    let marked = rest.trim_start().starts_with([':', '[', '"', '`', '“', '«', '\'']);
    let separate = rest.starts_with([' ', ':']);
    let to = named(turn, name).filter(|_| separate)?;
    let task = Task::new(rest.trim_start_matches([' ', ':']))?;
    match meant::named(turn, &task) {
        Some(held) => Some((to, Order::Known(Box::new(held)))),
        // In brackets or quotes it is meant as a name, whether it is known or not.
        None if marked || turn.mesh().shared.on(&task.key).next().is_some() => Some((to, Order::New(task))),
        None => None,
    }
}

fn named(turn: &Turn<'_>, name: &str) -> Option<Who> {
    let short = name.split_whitespace().count() <= 3 && !name.is_empty();
    short.then(|| turn.mesh().roll.by_name(name).map(Member::who))?
}

/// A task that nobody has yet.
pub(super) fn begin(turn: &mut Turn<'_>, heard: &Heard, task: &Task, to: Who, exec: PersonId) {
    let (at, fence, by) = (turn.now(), turn.next_fence(), heard.message);
    let until = claim::lease(turn.rules(), to, at, None);
    let (owner, how) = (to, How::Word(exec));
    let first = None;
    turn.fact(Fact::Assigned { task: task.shown.clone(), owner, fence, at, until, by, how, first });
    turn.react(by, Reaction::CarriedOut);
    let granted = say::granted(&task.shown, fence, until, &turn.rules().zone);
    turn.tell_who(to, granted, true);
    claim::tell_others_to_pause(turn, to, task, until);
}

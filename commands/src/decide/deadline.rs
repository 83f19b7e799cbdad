//! What happens because time went by: a handoff or a stand-down nobody answered, a lease that ended, a board to draw.
//!
//! A new deadline is a variant of [`Due`], a line in [`of`] that says when, one in [`fire`] that says what, and, if
//! another fact than those in [`moved`] can shift it, one there.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::agenda::Subject;
use super::{Mind, Turn, board, late, question, shared, verdict};
use crate::effect::{Button, ButtonAction, Effect, Slot};
use crate::fact::{About, Fact};
use crate::grammar::Task;
use crate::ids::{AgentId, PersonId, Who};
use crate::mesh::{Claim, Mesh, StandDown, State};
use crate::rules::Rules;
use crate::say;

/// Something that is due; of what is due at one instant, tasks come first, by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// Something about the task of that folded name.
    Task(Arc<str>, Matter),
    /// A stand-down was not confirmed.
    StandDown(AgentId),
    /// An agent was not heard for so long that it does not count as online.
    Offline(AgentId),
    /// An agent is not throttled any more.
    Unthrottled(AgentId),
    /// A question to a person was not answered: said in private.
    Question(AgentId, PersonId),
    /// ... and is forgotten.
    Forgotten(AgentId, PersonId),
    /// A new day begins, on which nothing is done yet.
    Midnight,
}

impl Due {
    /// What it belongs to.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Task(key, _) => Subject::Task(key.clone()),
            Self::StandDown(agent) | Self::Offline(agent) | Self::Unthrottled(agent) => {
                Subject::Agent(*agent)
            }
            Self::Question(agent, person) | Self::Forgotten(agent, person) => {
                Subject::Question(*agent, *person)
            }
            Self::Midnight => Subject::Day,
        }
    }
}

/// A question that nobody answered is forgotten after this.
pub(super) const QUESTION_FOR: SignedDuration = SignedDuration::from_hours(24);
/// What is due about a task. The last two only change what the board shows; the others become facts when they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Matter {
    /// An offer was not answered.
    Offer,
    /// A contest was not decided.
    Contest,
    /// Its owner, or people, are warned about the lease.
    Warning,
    /// A shared claim ends.
    Note(Who),
    /// A lease ended.
    Late,
    /// A finished task leaves the board.
    Faded,
}

/// The next instant at which something is due.
pub(super) fn next(mind: &Mind) -> Option<Timestamp> {
    let waiting = mind.agenda.first().map(|(at, _)| *at);
    waiting.into_iter().chain(mind.board_due).min().map(|at| at.max(mind.now))
}

/// Fires everything due up to `until`, in (instant, task) order, each at its own instant.
pub(super) fn fire_until(turn: &mut Turn<'_>, until: Timestamp) {
    loop {
        let board = turn.mind.board_due.map(|due| due.max(turn.now()));
        let before = board.map_or(until, |board| board.min(until));
        if let Some((at, due)) = turn.mind.agenda.pop(before) {
            turn.mind.now = at.max(turn.now());
            fire(turn, &due);
        } else if let Some(at) = board.filter(|at| *at <= until) {
            turn.mind.now = at;
        } else {
            return;
        }
        board::redraw(turn);
    }
}

/// Whose deadlines a fact that has just come true may have moved.
pub(super) fn moved(fact: &Fact, mesh: &Mesh) -> Vec<Subject> {
    let task = |task: &str| vec![Subject::Task(Task::fold(task).into())];
    let agent = |agent: AgentId| vec![Subject::Agent(agent)];
    let with_tasks = |id: AgentId| {
        let held = mesh.claims.held_by(Who::Agent(id));
        agent(id).into_iter().chain(held.map(|(key, _)| Subject::Task(key.into()))).collect()
    };
    match fact {
        Fact::Claimed { task: name, .. }
        | Fact::Accepted { task: name, .. }
        | Fact::Assigned { task: name, .. }
        | Fact::Contested { task: name, .. }
        | Fact::Renewed { task: name, .. }
        | Fact::Warned { task: name, .. }
        | Fact::Paused { task: name, .. }
        | Fact::Resumed { task: name, .. }
        | Fact::SharedNoted { task: name, .. }
        | Fact::SharedEnded { task: name, .. }
        | Fact::Offered { task: name, .. }
        | Fact::OfferEnded { task: name }
        | Fact::AskedAgain { about: About::Offer(name), .. } => task(name),
        Fact::Done { task: name, .. } => vec![Subject::Task(Task::fold(name).into()), Subject::Day],
        Fact::StoodDown { agent: id, .. }
        | Fact::StoodUp { agent: id, .. }
        | Fact::Throttled { agent: id, .. }
        | Fact::Unthrottled { agent: id, .. } => with_tasks(*id),
        Fact::Alive { agent: id, .. }
        | Fact::Confirmed { agent: id, .. }
        | Fact::AskedAgain { about: About::StandDown(id), .. } => agent(*id),
        Fact::Asked { agent, person, .. }
        | Fact::QuestionPassedOn { agent, person }
        | Fact::QuestionEnded { agent, person } => vec![Subject::Question(*agent, *person)],
        _ => Vec::new(),
    }
}

/// Everything that has deadlines, after a start.
pub(super) fn subjects(mesh: &Mesh) -> Vec<Subject> {
    let tasks = mesh.claims.iter().map(|(key, _)| Subject::Task(key.into()));
    let tasks = tasks.chain(mesh.shared.iter().map(|(key, _)| Subject::Task(key.into())));
    let quiet = mesh.floor.stood_down.keys().chain(mesh.floor.throttled.keys()).chain(mesh.alive.keys());
    let asked = mesh.questions.iter().map(|(agent, person, _)| Subject::Question(agent, person));
    let quiet = quiet.map(|agent| Subject::Agent(*agent));
    tasks.chain(quiet).chain(asked).chain([Subject::Day]).collect()
}

/// The deadlines of one subject after `now`, and those of before that nothing has come of yet.
pub(super) fn of(subject: &Subject, mesh: &Mesh, rules: &Rules, now: Timestamp) -> Vec<(Timestamp, Due)> {
    match subject {
        Subject::Task(key) => Some(of_name(key, mesh, rules, now)),
        Subject::Agent(agent) => Some(of_agent(*agent, mesh, rules, now)),
        Subject::Question(agent, person) => Some(of_question(*agent, *person, mesh, rules)),
        Subject::Day => Some(of_day(mesh, rules, now)),
    }
    .unwrap_or_default()
}

/// A name may stand on the board more than once: claimed anew, shared, and done within the hour.
fn of_name(key: &Arc<str>, mesh: &Mesh, rules: &Rules, now: Timestamp) -> Vec<(Timestamp, Due)> {
    let notes = mesh.shared.on(key).map(|note| (after(note.at, rules.note_for), Matter::Note(note.who)));
    let claim = mesh.claims.open(key).map(|claim| of_task(claim, mesh, rules, now)).unwrap_or_default();
    let faded = mesh.claims.done(key).and_then(|claim| match claim.state {
        State::Done { at, .. } => Some((after(at, rules.done_shown), Matter::Faded)),
        _ => None,
    });
    let faded = faded.filter(|(at, _)| *at > now);
    let due = |(at, matter)| (at, Due::Task(key.clone(), matter));
    claim.into_iter().chain(notes).chain(faded).map(due).collect()
}

fn of_task(claim: &Claim, mesh: &Mesh, rules: &Rules, now: Timestamp) -> Vec<(Timestamp, Matter)> {
    let offer = claim.offer().and_then(|offer| {
        let wait = step(offer.asked, rules.handoff_again, rules.handoff_people)?;
        Some((after(offer.at, wait), Matter::Offer))
    });
    let contest = claim.contest().map(|contest| (after(contest.at, rules.contested_rule), Matter::Contest));
    let warning = late::next(mesh, rules, claim).map(|(at, _)| (at, Matter::Warning));
    let late = claim.runs_out().map(|until| (until, Matter::Late)).filter(|(at, _)| *at > now);
    offer.into_iter().chain(contest).chain(warning).chain(late).collect()
}

fn of_agent(agent: AgentId, mesh: &Mesh, rules: &Rules, now: Timestamp) -> Vec<(Timestamp, Due)> {
    let order = mesh.floor.stood_down.get(&agent).filter(|order| order.confirmed.is_none());
    let order = order.and_then(|order| {
        let wait = step(order.asked, rules.stand_down_again, rules.stand_down_people)?;
        Some((after(order.at, wait), Due::StandDown(agent)))
    });
    let alive = mesh.alive.get(&agent);
    let offline = alive.map(|at| (after(*at, rules.online_within), Due::Offline(agent)));
    let throttle = mesh.floor.throttled.get(&agent);
    let throttle = throttle.map(|throttle| (throttle.until, Due::Unthrottled(agent)));
    order.into_iter().chain(offline.filter(|(at, _)| *at > now)).chain(throttle).collect()
}

fn of_question(agent: AgentId, person: PersonId, mesh: &Mesh, rules: &Rules) -> Vec<(Timestamp, Due)> {
    let Some(question) = mesh.questions.get(agent, person) else { return Vec::new() };
    let forgotten = (after(question.at, QUESTION_FOR), Due::Forgotten(agent, person));
    let passed_on = (after(question.at, rules.question_dm), Due::Question(agent, person));
    [forgotten].into_iter().chain(Some(passed_on).filter(|_| !question.passed_on)).collect()
}

/// Only a day on which something was done is worth its end.
fn of_day(mesh: &Mesh, rules: &Rules, now: Timestamp) -> Vec<(Timestamp, Due)> {
    let today = now.to_zoned(rules.zone.clone());
    let start = today.start_of_day().map_or(now, |start| start.timestamp());
    let tomorrow = today.checked_add(1.day()).and_then(|day| day.start_of_day());
    let busy = mesh.claims.count_done_since(start) > 0;
    let tomorrow = tomorrow.ok().filter(|_| busy);
    tomorrow.map(|tomorrow| (tomorrow.timestamp(), Due::Midnight)).into_iter().collect()
}

/// Asked once, asked again, asked of people; then no more.
fn step(asked: u8, again: SignedDuration, people: SignedDuration) -> Option<SignedDuration> {
    match asked {
        0 => Some(again),
        1 => Some(people),
        _ => None,
    }
}

pub(super) fn after(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.saturating_add(wait).unwrap_or(at)
}

fn fire(turn: &mut Turn<'_>, due: &Due) {
    match due {
        Due::Offline(agent) => {
            let heard_since = say::board::is_online(turn.mesh(), turn.rules(), *agent, turn.now());
            if heard_since {
                turn.mind.look_up(Subject::Agent(*agent));
            } else {
                turn.mind.board_is_stale(true);
            }
        }
        Due::Unthrottled(agent) => {
            let at = turn.now();
            turn.fact(Fact::Unthrottled { agent: *agent, at });
        }
        Due::Midnight => turn.mind.board_is_stale(true),
        Due::Task(key, matter) => fire_of_task(turn, key, *matter),
        Due::Question(agent, person) => question::pass_on(turn, *agent, *person),
        Due::Forgotten(agent, person) => question::forget(turn, *agent, *person),
        Due::StandDown(agent) => {
            if let Some(order) = turn.mesh().floor.stood_down.get(agent).cloned() {
                ask_about_stand_down(turn, *agent, &order);
            }
        }
    }
}

fn fire_of_task(turn: &mut Turn<'_>, key: &Arc<str>, matter: Matter) {
    match (turn.mesh().claims.open(key).cloned(), matter) {
        (_, Matter::Note(who)) => _ = shared::end(turn, key, who),
        (_, Matter::Late | Matter::Faded) => turn.mind.board_is_stale(true),
        (Some(claim), Matter::Offer) => ask_about_offer(turn, &claim),
        (Some(claim), Matter::Contest) => verdict::by_rule(turn, &claim),
        (Some(claim), Matter::Warning) => {
            let next = late::next(turn.mesh(), turn.rules(), &claim);
            match next.filter(|(at, _)| *at <= turn.now()) {
                Some((_, warning)) => late::warn(turn, &claim, warning),
                // Its owner was heard since.
                None => turn.mind.look_up(Subject::Task(key.clone())),
            }
        }
        (None, _) => {}
    }
}

fn ask_about_offer(turn: &mut Turn<'_>, claim: &Claim) {
    let Some(offer) = claim.offer() else { return };
    let times = offer.asked + 1;
    turn.fact(Fact::AskedAgain { about: About::Offer(claim.task.clone()), times });
    let answer_by = after(offer.at, turn.rules().handoff_people);
    if times == 1 {
        let zone = &turn.rules().zone;
        let from = turn.name(claim.owner);
        let text = say::offer(&from, &claim.task, offer.result.as_deref(), answer_by, zone);
        return turn.ask_who(offer.to, text);
    }
    let (to, from) = (turn.name(offer.to), turn.name(claim.owner));
    let minutes = turn.now().duration_since(offer.at).as_mins();
    let text = say::offer_unanswered(&claim.task, &to, &from, minutes);
    let fence = claim.fence.map_or(0, |fence| fence.0);
    let buttons = vec![vec![
        Button { label: format!("{to} takes it"), action: ButtonAction::Give { fence } },
        Button { label: format!("Back to {from}"), action: ButtonAction::Back { fence } },
    ]];
    ask_people(turn, Slot::Question(claim.task.clone()), text, buttons);
}

fn ask_about_stand_down(turn: &mut Turn<'_>, agent: AgentId, order: &StandDown) {
    let times = order.asked + 1;
    turn.fact(Fact::AskedAgain { about: About::StandDown(agent), times });
    if times == 1 {
        let text = say::stand_down(&turn.name(Who::Person(order.by)));
        return turn.order(agent, text, None);
    }
    let name = turn.name(Who::Agent(agent));
    let text = say::unconfirmed(&name, order.at, order.delivered, &turn.rules().zone);
    let buttons = vec![vec![
        Button { label: format!("Pause {name}"), action: ButtonAction::PauseAgent { agent } },
        Button { label: "Ask again".into(), action: ButtonAction::AskAgain { agent } },
    ]];
    ask_people(turn, Slot::Unconfirmed(agent), text, buttons);
}

/// With a sound: an Exec must decide.
fn ask_people(turn: &mut Turn<'_>, slot: Slot, text: String, buttons: Vec<Vec<Button>>) {
    let chat = turn.rules().group;
    turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons, sound: true });
}

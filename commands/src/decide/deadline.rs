//! What happens because time went by: a handoff or a stand-down nobody answered, a lease that ended, a board to draw.

use jiff::{SignedDuration, Timestamp};

use super::{Turn, board};
use crate::effect::{Button, ButtonAction, Effect, Slot};
use crate::fact::{About, Fact};
use crate::ids::{AgentId, Who};
use crate::mesh::{Claim, Mesh, StandDown};
use crate::rules::Rules;
use crate::say;

/// A question that waits for its answer, and when it is asked louder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Offer(String),
    StandDown(AgentId),
    Late(String),
}

/// The next instant at which something is due after `now`.
pub(super) fn next(mesh: &Mesh, rules: &Rules, now: Timestamp) -> Option<Timestamp> {
    let waiting = all(mesh, rules, now).into_iter().map(|(at, _)| at).min();
    let board = board::due(mesh, rules, now).map(|due| due.max(now));
    waiting.into_iter().chain(board).min()
}

/// Fires everything due up to `until`, in (instant, task) order, each at its own instant.
pub(super) fn fire_until(turn: &mut Turn<'_>, until: Timestamp) {
    loop {
        let first = all(turn.mesh(), turn.rules(), turn.now()).into_iter().min();
        let board = board::due(turn.mesh(), turn.rules(), turn.now()).map(|due| due.max(turn.now()));
        match (first, board) {
            (Some((at, due)), board) if at <= until && board.is_none_or(|board| at <= board) => {
                turn.mind.now = at.max(turn.now());
                fire(turn, &due);
                board::redraw(turn);
            }
            (_, Some(at)) if at <= until => {
                turn.mind.now = at;
                board::redraw(turn);
            }
            _ => return,
        }
    }
}

fn all(mesh: &Mesh, rules: &Rules, now: Timestamp) -> Vec<(Timestamp, Due)> {
    let offers = mesh.claims.iter().filter_map(|(key, claim)| {
        let offer = claim.offer()?;
        let wait = step(offer.asked, rules.handoff_again, rules.handoff_people)?;
        Some((after(offer.at, wait), Due::Offer(key.to_owned())))
    });
    let orders = mesh.floor.stood_down.iter().filter_map(|(agent, order)| {
        let unconfirmed = order.confirmed.is_none();
        let wait = step(order.asked, rules.stand_down_again, rules.stand_down_people)?;
        unconfirmed.then(|| (after(order.at, wait), Due::StandDown(*agent)))
    });
    let late = mesh.claims.iter().filter_map(|(key, claim)| {
        let until = claim.runs_out().filter(|until| *until > now)?;
        Some((until, Due::Late(key.to_owned())))
    });
    offers.chain(orders).chain(late).collect()
}

/// Asked once, asked again, asked of people; then no more.
fn step(asked: u8, again: SignedDuration, people: SignedDuration) -> Option<SignedDuration> {
    match asked {
        0 => Some(again),
        1 => Some(people),
        _ => None,
    }
}

fn after(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.saturating_add(wait).unwrap_or(at)
}

fn fire(turn: &mut Turn<'_>, due: &Due) {
    match due {
        Due::Late(_) => {}
        Due::Offer(key) => {
            if let Some(claim) = turn.mesh().claims.get(key).cloned() {
                ask_about_offer(turn, &claim);
            }
        }
        Due::StandDown(agent) => {
            if let Some(order) = turn.mesh().floor.stood_down.get(agent).cloned() {
                ask_about_stand_down(turn, *agent, &order);
            }
        }
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
        return turn.tell_who(offer.to, text, true);
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
        return turn.effect(Effect::Tell { agent, text, urgent: true, order: None });
    }
    let text = say::unconfirmed(&turn.name(Who::Agent(agent)), order.at, &turn.rules().zone);
    let buttons = vec![vec![Button { label: "Ask again".into(), action: ButtonAction::AskAgain { agent } }]];
    ask_people(turn, Slot::Unconfirmed(agent), text, buttons);
}

/// With a sound: an Exec must decide.
fn ask_people(turn: &mut Turn<'_>, slot: Slot, text: String, buttons: Vec<Vec<Button>>) {
    let chat = turn.rules().group;
    turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons, sound: true });
}

//! A lease that ends: its owner is warned, asked, and at last people hear that the task is free to take over. Never
//! does it become free by itself.

use jiff::Timestamp;

use super::{Turn, others, takeover};
use crate::effect::{Button, ButtonAction, Effect, Slot};
use crate::fact::{Fact, Warning};
use crate::ids::{AgentId, Who};
use crate::mesh::{Claim, Mesh};
use crate::rules::Rules;
use crate::say;

/// The next warning about a lease that runs, and when it is due.
pub(super) fn next(mesh: &Mesh, rules: &Rules, held: &Claim) -> Option<(Timestamp, Warning)> {
    let until = held.runs_out()?;
    let Some(Who::Agent(_)) = held.holder() else { return None };
    let warned = held.warned;
    match (warned.soon, warned.ended, warned.free) {
        (_, Some(_), true) => None,
        (_, Some(_), false) => Some((takeover::allowed_from(mesh, rules, held)?, Warning::Free)),
        (true, None, _) => Some((until, Warning::Ended)),
        (false, None, _) => Some((soon(held.leased, until), Warning::Soon)),
    }
}

/// At four fifths of the lease.
fn soon(leased: Timestamp, until: Timestamp) -> Timestamp {
    let most = until.duration_since(leased) / 5 * 4;
    leased.saturating_add(most).unwrap_or(until).min(until)
}

pub(super) fn warn(turn: &mut Turn<'_>, held: &Claim, warning: Warning) {
    let (task, at) = (held.task.clone(), turn.now());
    turn.fact(Fact::Warned { task: task.clone(), warning, at });
    let Some(until) = held.until else { return };
    let zone = turn.rules().zone.clone();
    match warning {
        Warning::Soon if until <= at => {}
        Warning::Soon => turn.tell_who(held.owner, say::due(&task, until, &zone), false),
        Warning::Ended => {
            let asked = turn.mesh().claims.by_fence(held.mark()).map(|(_, claim)| claim);
            let from = asked.and_then(|held| takeover::allowed_from(turn.mesh(), turn.rules(), held));
            let text = say::ran_out(&task, until, from.unwrap_or(until), &zone);
            turn.ask_who(held.owner, text);
        }
        Warning::Free => offer(turn, held),
    }
}

/// Silently: nobody has to decide, but somebody may. An agent may take it over by a word of its own.
fn offer(turn: &mut Turn<'_>, held: &Claim) {
    let Who::Agent(owner) = held.owner else { return };
    let alive = turn.mesh().alive.get(&owner).copied().unwrap_or(held.since);
    let minutes = turn.now().duration_since(alive).as_mins();
    let text = say::free_to_take(&held.task, &turn.name(held.owner), minutes);
    others::tell(turn, &text, &[held.owner]);
    let text = say::late(&text);
    let fence = held.mark().0;
    let button = |label: String, action| Button { label, action };
    let give = heir(turn.mesh(), held).map(|heir| {
        let label = format!("Give to {}", turn.name(heir));
        button(label, ButtonAction::GiveTo { who: heir.user(), fence })
    });
    let leave = button("Leave it".into(), ButtonAction::LeaveIt { fence });
    let buttons = vec![give.into_iter().chain([leave]).collect()];
    let (slot, chat) = (Slot::Overdue(held.task.clone()), turn.rules().group);
    turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons, sound: false });
}

/// Who asked for it last, else who is first in line, else who leads.
fn heir(mesh: &Mesh, held: &Claim) -> Option<Who> {
    let asked = held.notice.map(|notice| notice.who);
    let first = held.next.first().map(|waiting| waiting.who);
    let lead = mesh.floor.lead.map(Who::Agent);
    asked.or(first).or(lead).filter(|heir| *heir != held.owner)
}

/// An owner that people heard was silent speaks again: their cards say so.
pub(super) fn spoke(turn: &mut Turn<'_>, agent: AgentId) {
    let owner = Who::Agent(agent);
    let free = turn.mesh().claims.held_by(owner).filter(|(_, held)| held.warned.free);
    let tasks: Vec<String> = free.map(|(_, held)| held.task.clone()).collect();
    for task in tasks {
        if turn.mesh().voice.get(turn.rules().group, &Slot::Overdue(task.clone())).is_some() {
            others::pause(turn, owner, &task, None, &[owner]);
        }
        let text = say::owner_back(&task, &turn.name(owner), turn.now(), &turn.rules().zone);
        turn.close(turn.rules().group, Slot::Overdue(task), text);
    }
}

/// Whether every sign of life of an owner counts to the second, not to the minute: somebody waits for it to be silent.
pub(super) fn is_watched(mesh: &Mesh, agent: AgentId) -> bool {
    mesh.claims.is_watched(Who::Agent(agent))
}

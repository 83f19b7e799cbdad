//! Stand down, stand up, and the 👍 that confirms.

use super::{Turn, claim, handoff, heard};
use crate::effect::{Effect, Reaction, Slot};
use crate::fact::{Fact, Role};
use crate::grammar::{Kind, Target};
use crate::ids::{AgentId, PersonId, Who};
use crate::input::{Heard, Reacted};
use crate::mesh::{Claim, Member};
use crate::say;

/// An order to be quiet (`down`) or to speak again.
pub(super) fn order(
    turn: &mut Turn<'_>,
    heard: &Heard,
    who: Who,
    role: Option<Role>,
    target: &Target,
    down: bool,
) {
    let Who::Person(by) = who else { return };
    if role != Some(Role::Exec) {
        return heard::refuse_role(turn, heard, role, Role::Exec);
    }
    match targets(turn, heard, target) {
        Ok(agents) if agents.is_empty() => heard::reply(turn, heard, say::stand_down_whom()),
        Ok(agents) => {
            for agent in agents {
                if down { stand_down(turn, heard, by, agent) } else { stand_up(turn, heard, by, agent) }
            }
        }
        // "Daily stand up" is no order.
        Err(_) if !down => {}
        Err(missing) => heard::almost(turn, heard, who, Kind::StandDown, missing),
    }
}

/// The name, "all", else the replied-to agent, else the one that spoke within two minutes, else nobody.
fn targets(turn: &Turn<'_>, heard: &Heard, target: &Target) -> Result<Vec<AgentId>, String> {
    let mesh = turn.mesh();
    match target {
        Target::Named(name) => match mesh.roll.by_name(name) {
            Some(Member::Agent(agent)) => Ok(vec![agent.id]),
            _ => Err(format!("No agent is called \"{name}\".")),
        },
        Target::All => {
            let lead = mesh.floor.lead;
            Ok(mesh.roll.agents().map(|agent| agent.id).filter(|id| Some(*id) != lead).collect())
        }
        Target::Unsaid => Ok(replied_to(turn, heard).or_else(|| spoke_last(turn)).into_iter().collect()),
    }
}

fn replied_to(turn: &Turn<'_>, heard: &Heard) -> Option<AgentId> {
    let user = heard.reply_to_from?;
    turn.mesh().roll.agent(AgentId(user.0)).map(|agent| agent.id)
}

fn spoke_last(turn: &Turn<'_>) -> Option<AgentId> {
    let agent = turn.mesh().floor.last_spoke?;
    let at = turn.mesh().alive.get(&agent)?;
    (turn.now().duration_since(*at) <= turn.rules().spoke_within).then_some(agent)
}

fn stand_down(turn: &mut Turn<'_>, heard: &Heard, by: PersonId, agent: AgentId) {
    let (at, order) = (turn.now(), heard.message);
    if !turn.mesh().floor.stood_down.contains_key(&agent) {
        turn.fact(Fact::StoodDown { agent, by, at, order });
    }
    turn.react(order, Reaction::Waiting);
    let text = say::stand_down(&turn.name(Who::Person(by)));
    turn.effect(Effect::Tell { agent, text, urgent: true, order: Some(order) });
}

fn stand_up(turn: &mut Turn<'_>, heard: &Heard, by: PersonId, agent: AgentId) {
    turn.react(heard.message, Reaction::CarriedOut);
    if turn.mesh().floor.stood_down.contains_key(&agent) {
        let at = turn.now();
        turn.fact(Fact::StoodUp { agent, at });
        close_question(turn, agent, say::stood_up(&turn.name(Who::Agent(agent)), at, &turn.rules().zone));
        let text = say::stand_up(&turn.name(Who::Person(by)));
        turn.tell(agent, text, true);
    }
}

/// A lone 👍: counts as a reply to a question, or if exactly one question to its sender is open.
pub(super) fn thumbs_up(turn: &mut Turn<'_>, heard: &Heard, who: Who) {
    let Who::Agent(agent) = who else { return };
    let offers: Vec<Claim> = open_offers(turn, who);
    let order = open_order(turn, agent);
    let replied = heard.reply_to;
    if let Some(id) = replied {
        if order == Some(id) {
            return confirm(turn, agent);
        }
        if let Some(held) = offers.iter().find(|held| held.offer().is_some_and(|offer| offer.by.id == id)) {
            return accept(turn, heard, who, held);
        }
    }
    match (order, offers.as_slice()) {
        (Some(_), []) => confirm(turn, agent),
        (None, [held]) => accept(turn, heard, who, held),
        _ => {}
    }
}

/// A 👍 set as a reaction counts for the message it is set on.
pub(super) fn reacted(turn: &mut Turn<'_>, reacted: &Reacted) {
    let Some(Member::Agent(agent)) = turn.mesh().roll.get(reacted.from).cloned() else { return };
    let thumb = reacted.emoji.iter().any(|emoji| emoji.starts_with('👍'));
    let order = turn.mesh().floor.stood_down.get(&agent.id).map(|order| order.order);
    let same = order.is_some_and(|order| {
        (order.ear, order.chat, order.id) == (reacted.ear, reacted.chat, reacted.message)
    });
    if thumb && same && open_order(turn, agent.id).is_some() {
        confirm(turn, agent.id);
    }
}

fn open_offers(turn: &Turn<'_>, who: Who) -> Vec<Claim> {
    turn.mesh().claims.offered_to(who).into_iter().map(|(_, claim)| claim.clone()).collect()
}

fn open_order(turn: &Turn<'_>, agent: AgentId) -> Option<i32> {
    let order = turn.mesh().floor.stood_down.get(&agent)?;
    order.confirmed.is_none().then_some(order.order.id)
}

fn accept(turn: &mut Turn<'_>, heard: &Heard, who: Who, held: &Claim) {
    let until = claim::lease(turn.rules(), who, turn.now(), None);
    handoff::accept(turn, held, who, heard.message, until);
}

fn confirm(turn: &mut Turn<'_>, agent: AgentId) {
    let at = turn.now();
    let order = turn.mesh().floor.stood_down.get(&agent).map(|order| order.order);
    turn.fact(Fact::Confirmed { agent, at });
    if let Some(order) = order {
        turn.react(order, Reaction::CarriedOut);
    }
    close_question(turn, agent, say::confirmed(&turn.name(Who::Agent(agent)), at, &turn.rules().zone));
}

fn close_question(turn: &mut Turn<'_>, agent: AgentId, text: String) {
    let (chat, slot) = (turn.rules().group, Slot::Unconfirmed(agent));
    turn.edit(chat, &slot, text);
    if turn.mesh().voice.get(chat, &slot).is_some() {
        turn.fact(Fact::Cleared { slot, chat });
    }
}

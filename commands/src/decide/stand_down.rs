//! Stand down, stand up, and the 👍 that confirms.

use super::heard::{self, Speaker};
use super::{Turn, claim, handoff};
use crate::effect::{Reaction, Slot};
use crate::fact::{Fact, Role};
use crate::grammar::{Kind, Target};
use crate::ids::{AgentId, MessageRef, PersonId, Who};
use crate::input::{Heard, Reacted};
use crate::mesh::{Claim, Member, StandDown};
use crate::say;

/// An order to be quiet (`down`) or to speak again.
pub(super) fn order(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, target: &Target, down: bool) {
    let Speaker { who, role } = from;
    let Who::Person(by) = who else { return };
    let exec = role == Some(Role::Exec);
    match targets(turn, heard, target, down) {
        Ok(agents) if !exec && !agents.is_empty() => heard::refuse_role(turn, heard, role, Role::Exec),
        // "Daily stand up" is no order.
        Err(missing) if exec && down => heard::almost(turn, heard, who, Kind::StandDown, missing),
        Ok(agents) if exec && agents.is_empty() => ask_whom(turn, heard, down),
        Ok(agents) if exec && down => stand_down(turn, heard, by, &agents),
        Ok(agents) if exec => stand_up(turn, heard, by, &agents),
        _ => {}
    }
}

/// Where nobody is quiet, nobody need speak again.
fn ask_whom(turn: &mut Turn<'_>, heard: &Heard, down: bool) {
    if down || !turn.mesh().floor.stood_down.is_empty() {
        heard::reply(turn, heard, say::stand_down_whom());
    }
}

/// The name, "all", else the replied-to agent, else the one that spoke within two minutes, else nobody. A reply to
/// nobody knows whom is not guessed at.
fn targets(turn: &Turn<'_>, heard: &Heard, target: &Target, down: bool) -> Result<Vec<AgentId>, String> {
    let mesh = turn.mesh();
    match target {
        Target::Named(name) => match mesh.roll.by_name(name) {
            Some(Member::Agent(agent)) => Ok(vec![agent.id]),
            _ => Err(format!("No agent is called \"{name}\".")),
        },
        Target::All if down => {
            let lead = mesh.floor.lead;
            Ok(mesh.roll.agents().map(|agent| agent.id).filter(|id| Some(*id) != lead).collect())
        }
        Target::All => Ok(mesh.floor.stood_down.keys().copied().collect()),
        Target::Unsaid => {
            let quiet = |agent: &AgentId| mesh.floor.stood_down.contains_key(agent);
            let unclear = heard.reply_to.is_some() && heard.reply_to_from.is_none();
            let last = || spoke_last(turn).filter(|agent| !unclear && (down || quiet(agent)));
            Ok(replied_to(turn, heard).or_else(last).into_iter().collect())
        }
    }
}

fn replied_to(turn: &Turn<'_>, heard: &Heard) -> Option<AgentId> {
    let user = heard.reply_to_from?;
    turn.mesh().roll.agent(AgentId(user.0)).map(|agent| agent.id)
}

/// After a restart, as the journal knows it: to a few minutes.
fn spoke_last(turn: &Turn<'_>) -> Option<AgentId> {
    let mesh = turn.mesh();
    let journalled = || mesh.floor.last_spoke.and_then(|agent| Some((agent, *mesh.alive.get(&agent)?)));
    let (agent, at) = turn.mind.spoke.or_else(journalled)?;
    (turn.now().duration_since(at) <= turn.rules().spoke_within).then_some(agent)
}

/// An order given again to one that has not confirmed counts from the first, and either may be confirmed.
fn stand_down(turn: &mut Turn<'_>, heard: &Heard, by: PersonId, agents: &[AgentId]) {
    let order = heard.message;
    turn.react(order, Reaction::Waiting);
    let text = say::stand_down(&turn.name(Who::Person(by)));
    for &agent in agents {
        let before = turn.mesh().floor.stood_down.get(&agent).cloned();
        let (by, at) = before.as_ref().map_or((by, turn.now()), |before| (before.by, before.at));
        if before.as_ref().is_none_or(|before| before.confirmed.is_none()) {
            turn.fact(Fact::StoodDown { agent, by, at, order });
            if let Some(before) = before {
                turn.react(before.order, Reaction::Recorded);
            }
        }
        let text = text.clone();
        turn.decision.effects.retain(|effect| !effect.is_struck_for(agent));
        turn.decision.struck.push(agent);
        turn.order(agent, text, Some(order));
    }
}

fn stand_up(turn: &mut Turn<'_>, heard: &Heard, by: PersonId, agents: &[AgentId]) {
    turn.react(heard.message, Reaction::CarriedOut);
    for &agent in agents {
        if turn.mesh().floor.stood_down.contains_key(&agent) {
            let at = turn.now();
            turn.fact(Fact::StoodUp { agent, at });
            close_question(turn, agent, say::stood_up(&turn.name(Who::Agent(agent)), at, &turn.rules().zone));
            let text = say::stand_up(&turn.name(Who::Person(by)));
            turn.tell(agent, text, true);
        }
    }
}

/// A lone 👍: as a reply it counts for that message, else if exactly one question to its sender is open.
pub(super) fn thumbs_up(turn: &mut Turn<'_>, heard: &Heard, who: Who) {
    let Who::Agent(agent) = who else { return };
    let offers: Vec<Claim> = open_offers(turn, who);
    let order = open_order(turn, agent);
    let lease = claim::lease(turn.rules(), who, heard.message.at, None);
    if order.is_some_and(|order| heard.answers(&order)) {
        return confirm(turn, agent);
    }
    let replied = |held: &&Claim| held.offer().is_some_and(|offer| heard.answers(&offer.by));
    if let Some(held) = offers.iter().find(replied) {
        return handoff::accept(turn, held, who, heard.message, lease);
    }
    // A reply to something else is about that, unless the mesh said it.
    if !heard::is_free_to_mean(turn, heard, None) {
        return;
    }
    match (order, offers.as_slice()) {
        (Some(_), []) => confirm(turn, agent),
        (None, [held]) => handoff::accept(turn, held, who, heard.message, lease),
        _ => {}
    }
}

/// A 👍 set as a reaction counts for the message it is set on.
pub(super) fn reacted(turn: &mut Turn<'_>, reacted: &Reacted) {
    let Some(Member::Agent(agent)) = turn.mesh().roll.get(reacted.from).cloned() else { return };
    if !reacted.emoji.iter().any(|emoji| emoji.starts_with('👍')) {
        return;
    }
    let who = Who::Agent(agent.id);
    let on = |message: &MessageRef| {
        (message.ear, message.chat, message.id) == (reacted.ear, reacted.chat, reacted.message)
    };
    if open_order(turn, agent.id).is_some_and(|order| on(&order)) {
        return confirm(turn, agent.id);
    }
    let offered = |held: &Claim| held.offer().map(|offer| offer.by).filter(|by| on(by));
    let found = open_offers(turn, who).into_iter().find_map(|held| Some((offered(&held)?, held)));
    if let Some((by, held)) = found {
        let until = claim::lease(turn.rules(), who, turn.now(), None);
        handoff::accept(turn, &held, who, by, until);
    }
}

fn open_offers(turn: &Turn<'_>, who: Who) -> Vec<Claim> {
    turn.mesh().claims.offered_to(who).into_iter().map(|(_, claim)| claim.clone()).collect()
}

/// The order it has not confirmed.
fn open_order(turn: &Turn<'_>, agent: AgentId) -> Option<MessageRef> {
    let order = turn.mesh().floor.stood_down.get(&agent)?;
    order.confirmed.is_none().then_some(order.order)
}

/// 🫡 on the order, once all that it was given to have confirmed.
fn confirm(turn: &mut Turn<'_>, agent: AgentId) {
    let (at, order) = (turn.now(), open_order(turn, agent));
    turn.fact(Fact::Confirmed { agent, at });
    let waits = |order| turn.mesh().floor.stood_down.keys().any(|agent| open_order(turn, *agent) == order);
    if let Some(order) = order.filter(|order| !waits(Some(*order))) {
        turn.react(order, Reaction::CarriedOut);
    }
    close_question(turn, agent, say::confirmed(&turn.name(Who::Agent(agent)), at, &turn.rules().zone));
}

/// The order reached an agent that has not confirmed.
pub(super) fn delivered(turn: &mut Turn<'_>, agent: AgentId, order: MessageRef) {
    let at = turn.now();
    let waits = |down: &StandDown| down.order == order && down.delivered.is_none();
    if turn.mesh().floor.stood_down.get(&agent).is_some_and(waits) {
        turn.fact(Fact::Delivered { agent, at });
    }
}

/// An Exec keeps the agent out until it may speak again.
pub(super) fn pause_agent(turn: &mut Turn<'_>, agent: AgentId, by: PersonId) {
    let at = turn.now();
    turn.fact(Fact::AgentPaused { agent, by, at });
    let (name, by) = (turn.name(Who::Agent(agent)), turn.name(Who::Person(by)));
    close_question(turn, agent, say::agent_paused(&name, &by, at, &turn.rules().zone));
}

fn close_question(turn: &mut Turn<'_>, agent: AgentId, text: String) {
    turn.close(turn.rules().group, Slot::Unconfirmed(agent), text);
}

#[cfg(test)]
mod tests {
    use super::super::doors::{said, settled};
    use super::super::{Input, Mind, What};
    use crate::input::{Door, Heard};

    fn hear(mind: &mut Mind, heard: Heard) -> String {
        let at = heard.message.at;
        format!("{:?}", mind.decide(Input { at, what: What::Heard(heard) }).effects)
    }

    #[test]
    fn a_reply_to_nobody_knows_whom_hits_no_bystander() {
        let mut mind = settled();
        hear(&mut mind, said(11, 1, Door::Only, "on it"));
        let mut order = said(1, 2, Door::Only, "stand down");
        order.reply_to = Some(77);
        let answer = hear(&mut mind, order);
        assert!(mind.mesh().floor.stood_down.is_empty());
        assert!(answer.contains(&crate::say::stand_down_whom()), "{answer}");
        hear(&mut mind, said(1, 3, Door::Only, "stand down"));
        assert_eq!(mind.mesh().floor.stood_down.len(), 1, "without a reply the last one is meant");
    }
}

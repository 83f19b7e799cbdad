//! What is done to the gateway behind an agent: restarted, asked for its settings, changed. The mesh says that it
//! begins, then does it once, then says in the same message what came of it.

use jiff::Timestamp;

use super::super::{Audited, Mind};
use super::{Done, Given, Turn, ask, has_buttons, look, refuse, say_back};
use crate::effect::{Asker, Awaited, Deed, Effect, Look, OfAgent};
use crate::fact::{Agent, Fact, Order, Ordered};
use crate::ids::{AgentId, ChatId, MessageRef, UserId, VoiceId, Who};
use crate::input::{DriveOrder, EffectResult};
use crate::rules::Mode;
use crate::{say, secrets};

/// Asks its gateway whether it is there.
pub(super) fn ping(turn: &mut Turn<'_>, given: Given<'_>, agent: AgentId) -> Done {
    look(turn, given.heard, Look::Agent { agent, of: OfAgent::Ping })
}

/// Why an agent's gateway may not be started anew now.
fn too_soon(mind: &Mind, agent: AgentId, now: Timestamp) -> Option<String> {
    let (rules, mesh) = (&mind.rules, &mind.mesh);
    let last = mesh.orders.restarts.get(&agent)?;
    let again = last.saturating_add(rules.restart_every).unwrap_or(Timestamp::MAX);
    let name = mesh.name(Who::Agent(agent));
    (now < again).then(|| say::driven::too_soon(&name, *last, again, &rules.zone))
}

/// Where an agent holds tasks, it is asked back first.
pub(super) fn restart(turn: &mut Turn<'_>, given: Given<'_>, agent: &Agent) -> Done {
    let heard = given.heard;
    if !has_buttons(heard) {
        say_back(turn, heard, say::only_people());
        return Done::refused("only people restart agents");
    }
    if let Some(why) = too_soon(turn.mind, agent.id, turn.now()) {
        refuse(turn, heard, why);
        return Done::refused("too soon");
    }
    let held = turn.mesh().claims.of(Who::Agent(agent.id)).len();
    let (agent_id, deed) = (agent.id, Deed::Restart);
    if held == 0 {
        begin(turn, (heard.sender.id, heard.message.chat), Some(heard.message), None, (agent_id, deed));
        return Done::well("begun");
    }
    let text = say::restart_question(&agent.name, held);
    ask::ask(turn, heard.sender.id, heard.message, &Order::Drive { agent: agent_id, deed }, text);
    Done::well("asked back")
}

/// Its settings, one of them, or one to be changed: then what it is now is looked up first.
pub(super) fn config(turn: &mut Turn<'_>, given: Given<'_>, agent: AgentId) -> Done {
    let heard = given.heard;
    let (key, value) = (given.argument(1).to_owned(), given.rest(2));
    if value.is_empty() {
        let key = Some(key).filter(|key| !key.is_empty());
        return look(turn, heard, Look::Agent { agent, of: OfAgent::Config { key } });
    }
    if !has_buttons(heard) {
        say_back(turn, heard, say::only_people());
        return Done::refused("only people change settings");
    }
    if secrets::is_setting(&key, &value) {
        say_back(turn, heard, say::driven::no_secret());
        return Done::refused("a secret is never set by a chat");
    }
    look(turn, heard, Look::Agent { agent, of: OfAgent::Change { key, value } })
}

/// What it is now was found: asked back with both.
pub(in super::super) fn found(
    turn: &mut Turn<'_>,
    (agent, key, value): (AgentId, &str, &str),
    asker: Asker,
    now: &str,
) {
    let text = say::diff(&turn.name(Who::Agent(agent)), key, now, value);
    let deed = Deed::Set { key: key.to_owned(), value: value.to_owned() };
    ask::ask(turn, asker.user, asker.message, &Order::Drive { agent, deed }, text);
}

/// It was confirmed.
pub(super) fn confirmed(
    turn: &mut Turn<'_>,
    (who, chat): (UserId, ChatId),
    message: VoiceId,
    (agent, deed): (AgentId, Deed),
) -> Result<(), String> {
    if let Some(why) = too_soon(turn.mind, agent, turn.now()).filter(|_| deed == Deed::Restart) {
        return Err(why);
    }
    begin(turn, (who, chat), None, Some(message), (agent, deed));
    Ok(())
}

fn begin(
    turn: &mut Turn<'_>,
    (who, chat): (UserId, ChatId),
    reply_to: Option<MessageRef>,
    message: Option<VoiceId>,
    (agent, deed): (AgentId, Deed),
) {
    note(turn, agent, &deed);
    let text = say::driven::begins(&turn.name(Who::Agent(agent)), &deed);
    let order = Order::Driving { agent, deed: deed.clone() };
    let number = ask::begins(turn, (who, chat), (reply_to, message), &order, text);
    turn.effect(Effect::Drive { agent, deed, awaited: Awaited::InChat { number, chat } });
}

fn note(turn: &mut Turn<'_>, agent: AgentId, deed: &Deed) {
    if *deed == Deed::Restart {
        let at = turn.now();
        turn.fact(Fact::Ordered(Ordered::Restarted { agent, at }));
    }
}

/// Whether somebody at the node's shell may have that done now.
///
/// # Errors
/// Why not, as a sentence.
pub(in super::super) fn may(mind: &Mind, order: &DriveOrder, now: Timestamp) -> Result<(), String> {
    if mind.rules.mode == Mode::Observe {
        return Err(say::driven::observes());
    }
    if !mind.rules.driven.contains(&order.agent) || mind.rules.hook_alone.contains(&order.agent) {
        return Err(say::no_driver(&mind.mesh.name(Who::Agent(order.agent)), &mind.rules.node));
    }
    match too_soon(mind, order.agent, now).filter(|_| order.deed == Deed::Restart) {
        Some(why) => Err(why),
        None => Ok(()),
    }
}

/// Ordered at the node's shell, and allowed.
pub(in super::super) fn order(turn: &mut Turn<'_>, order: DriveOrder) {
    if may(turn.mind, &order, turn.now()).is_ok() {
        note(turn, order.agent, &order.deed);
        let DriveOrder { key, agent, deed } = order;
        turn.effect(Effect::Drive { agent, deed, awaited: Awaited::AtShell { key } });
    }
}

/// What became of it. Where nobody knows what became of a restart, whether the agent answers tells.
pub(in super::super) fn outcome(
    turn: &mut Turn<'_>,
    (agent, deed): (AgentId, Deed),
    awaited: &Awaited,
    result: EffectResult,
) {
    if deed == Deed::Restart && matches!(result, EffectResult::Failed(_)) {
        turn.fact(Fact::Ordered(Ordered::NotRestarted { agent }));
    }
    let Awaited::InChat { number, chat } = *awaited else { return };
    let Some(asked) = turn.mesh().orders.ask(number).cloned() else { return };
    if deed == Deed::Restart && result == EffectResult::Unknown {
        let awaited = Awaited::InChat { number, chat };
        return turn.effect(Effect::Drive { agent, deed: Deed::Look, awaited });
    }
    let (name, at, zone) = (turn.name(Who::Agent(agent)), turn.now(), turn.rules().zone.clone());
    let text = say::driven::ended(&name, &deed, &result, at, &zone);
    let told = match result {
        _ if deed == Deed::Look => Err("outcome unknown".to_owned()),
        EffectResult::Found(_) | EffectResult::Done(_) => Ok("done".to_owned()),
        EffectResult::Failed(why) => Err(why),
        _ => Err("outcome unknown".to_owned()),
    };
    let user = asked.who;
    let by = turn.mesh().roll.get(user).map(|member| turn.name(member.who())).unwrap_or_default();
    let command = say::driven::outcome_of(&deed).to_owned();
    turn.decision.audit.push(Audited {
        user,
        name: by,
        command,
        target: Some(name),
        result: told,
        anchor: None,
    });
    ask::ends(turn, number, chat, text);
}

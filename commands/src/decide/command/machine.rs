//! What is done to an agent, or to the node itself: `/mesh agent …`, `ping`, `logs`.
//!
//! What only the gateway behind an agent knows or does goes to whatever drives it (`driven.rs`).

use super::answer::with_lines;
use super::{Done, Given, Turn, ask, driven, has_buttons, look, refuse, say_back};
use crate::effect::{Asker, Effect, Envelope, Look, OfAgent, Reaction, Slot, Way};
use crate::fact::{Agent, Fact, Order, Role};
use crate::ids::{AgentId, ChatId, MessageRef, PersonId, UserId, Who};
use crate::input::{EffectResult, Tap};
use crate::mesh::Member;
use crate::rules::settings::{SETTINGS, Setting};
use crate::say;
use crate::slash::Verb;

/// Beyond so many messages a text is sent as a file.
const PARTS_MOST: usize = 3;

/// In at most so many parts is an agent told something: each may be a run of its model.
const TOLD_MOST: usize = 6;

/// Whom a command means.
enum Machine {
    Node,
    Agent(Agent),
}

/// An agent goes before a node of the same name.
fn named(turn: &mut Turn<'_>, given: Given<'_>) -> Option<Machine> {
    let name = given.argument(0);
    let node = [turn.rules().node.as_str(), "node"];
    match turn.mesh().roll.by_name(name) {
        Some(Member::Agent(agent)) => Some(Machine::Agent(agent.clone())),
        _ if node.iter().any(|node| node.eq_ignore_ascii_case(name)) => Some(Machine::Node),
        _ => {
            refuse(turn, given.heard, say::no_agent_called(name));
            None
        }
    }
}

fn no_such(given: Given<'_>) -> Done {
    Done::refused("no such agent").about(given.argument(0))
}

pub(super) fn ping(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    match named(turn, given) {
        None => no_such(given),
        Some(Machine::Agent(agent)) if !is_driven(turn, &agent) => unreachable(turn, given, &agent),
        Some(Machine::Agent(agent)) => driven::ping(turn, given, agent.id).about(agent.name),
        Some(Machine::Node) => look(turn, given.heard, Look::Ping).about(turn.rules().node.clone()),
    }
}

pub(super) fn logs(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    match named(turn, given) {
        None => no_such(given),
        Some(Machine::Agent(agent)) if !is_driven(turn, &agent) => unreachable(turn, given, &agent),
        Some(Machine::Agent(agent)) if !has_driver(turn, &agent) => by_hook_alone(turn, given, &agent),
        Some(Machine::Agent(Agent { id: agent, name, .. })) => {
            let of = |lines| OfAgent::Logs { lines };
            with_lines(turn, given, 1, |lines| Look::Agent { agent, of: of(lines) }).about(name)
        }
        Some(Machine::Node) => with_lines(turn, given, 1, |lines| Look::Logs { lines }).about("node"),
    }
}

pub(super) fn order(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let machine = named(turn, given);
    let about = given.argument(0).to_owned();
    let done = match (given.command.verb, machine) {
        (_, None) => return no_such(given),
        (Verb::AgentInfo, Some(Machine::Agent(agent))) => {
            let text = say::agent(turn.mesh(), turn.rules(), &agent, turn.now());
            say_back(turn, given.heard, text);
            Done::well("answered")
        }
        (Verb::AgentInfo, Some(Machine::Node)) => look(turn, given.heard, Look::Metrics),
        (Verb::AgentPause, Some(Machine::Agent(agent))) => pause(turn, given, agent.id),
        (Verb::AgentResume, Some(Machine::Agent(agent))) => resume(turn, given, agent.id),
        (Verb::AgentPause | Verb::AgentResume, Some(Machine::Node)) => {
            refuse(turn, given.heard, say::node_is_stopped());
            Done::refused("the node is stopped by /mesh stop")
        }
        (_, Some(Machine::Agent(agent))) if !is_driven(turn, &agent) => unreachable(turn, given, &agent),
        (_, Some(Machine::Agent(agent))) if !has_driver(turn, &agent) => by_hook_alone(turn, given, &agent),
        (Verb::AgentRestart, Some(Machine::Agent(agent))) => driven::restart(turn, given, &agent),
        (_, Some(Machine::Agent(agent))) => driven::config(turn, given, agent.id),
        (Verb::AgentRestart, Some(Machine::Node)) => restart(turn, given),
        (_, Some(Machine::Node)) => config(turn, given),
    };
    done.about(about)
}

fn is_driven(turn: &Turn<'_>, agent: &Agent) -> bool {
    turn.rules().driven.contains(&agent.id)
}

/// More than asking it at its hook.
fn has_driver(turn: &Turn<'_>, agent: &Agent) -> bool {
    is_driven(turn, agent) && !turn.rules().hook_alone.contains(&agent.id)
}

/// An agent can't be reached, and when it last could.
fn gone(turn: &Turn<'_>, agent: AgentId) -> String {
    let mesh = turn.mesh();
    let down = mesh.health.down.get(&agent).and_then(|down| down.seen);
    let seen = down.or(mesh.alive.get(&agent).copied());
    say::health::unreachable(&turn.name(Who::Agent(agent)), seen, &turn.rules().zone)
}

/// There is no way to it: none is configured.
fn unreachable(turn: &mut Turn<'_>, given: Given<'_>, agent: &Agent) -> Done {
    let text = gone(turn, agent.id);
    let text = format!("{text}\n{}", say::no_driver(&agent.name, &turn.rules().node));
    refuse(turn, given.heard, text);
    Done::refused("unreachable").about(agent.name.clone())
}

/// It answers at its hook, and nothing more can be done to it.
fn by_hook_alone(turn: &mut Turn<'_>, given: Given<'_>, agent: &Agent) -> Done {
    refuse(turn, given.heard, say::no_driver(&agent.name, &turn.rules().node));
    Done::refused("no driver").about(agent.name.clone())
}

/// It is kept out; what it says is held back.
fn pause(turn: &mut Turn<'_>, given: Given<'_>, agent: AgentId) -> Done {
    if turn.mesh().floor.paused.contains_key(&agent) {
        turn.react(given.heard.message, Reaction::Recorded);
        return Done::refused("paused already");
    }
    let Who::Person(by) = given.from.who else {
        refuse(turn, given.heard, say::only_people());
        return Done::refused("only people pause agents");
    };
    let (at, name) = (turn.now(), turn.name(given.from.who));
    turn.fact(Fact::AgentPaused { agent, by, at });
    turn.react(given.heard.message, Reaction::CarriedOut);
    let envelope = Envelope { passes: true, origin: Some(given.heard.message), ..Envelope::default() };
    let text = say::you_are_paused(&name);
    turn.effect(Effect::Tell { agent, text, urgent: true, order: None, envelope });
    Done::well("paused")
}

/// What an Exec ordered, an Exec ends.
fn resume(turn: &mut Turn<'_>, given: Given<'_>, agent: AgentId) -> Done {
    let floor = &turn.mesh().floor;
    let by_exec = floor.stood_down.contains_key(&agent)
        || floor.paused.get(&agent).is_some_and(|(by, _)| {
            let by = turn.mesh().roll.get(UserId(by.0)).and_then(Member::role);
            by == Some(Role::Exec)
        });
    if !by_exec && !floor.paused.contains_key(&agent) {
        turn.react(given.heard.message, Reaction::Recorded);
        return Done::refused("not paused");
    }
    if by_exec && given.from.role < Some(Role::Exec) {
        refuse(turn, given.heard, say::requires(Role::Exec, given.from.role));
        return Done::refused(format!("requires {}", say::role(Some(Role::Exec))));
    }
    stand_up(turn, given, agent);
    Done::well("resumed")
}

fn stand_up(turn: &mut Turn<'_>, given: Given<'_>, agent: AgentId) {
    let (at, name) = (turn.now(), turn.name(given.from.who));
    let zone = turn.rules().zone.clone();
    turn.fact(Fact::StoodUp { agent, at });
    turn.react(given.heard.message, Reaction::CarriedOut);
    let text = say::stood_up(&turn.name(Who::Agent(agent)), at, &zone);
    turn.close(turn.rules().group, Slot::Unconfirmed(agent), text);
    turn.tell(agent, say::stand_up(&name), true);
}

/// Typed with nothing held, it asks nothing back.
fn restart(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let heard = given.heard;
    if !has_buttons(heard) {
        say_back(turn, heard, say::only_people());
        return Done::refused("only people restart the node");
    }
    match turn.mesh().claims.count_open() {
        0 => {
            ask::restart(turn, heard.sender.id, heard.message.chat, Some(heard.message), None);
            Done::well("begun")
        }
        held => {
            let text = say::restart_question(&turn.rules().node, held);
            ask::ask(turn, heard.sender.id, heard.message, &Order::Restart, text);
            Done::well("asked back")
        }
    }
}

/// From the status card it always asks back: a finger slips.
pub(in super::super) fn restart_by_tap(turn: &mut Turn<'_>, tap: &Tap) -> String {
    let held = turn.mesh().claims.count_open();
    let text = say::restart_question(&turn.rules().node, held);
    let message = super::super::tap::cause(turn, tap);
    ask::ask(turn, tap.from, message, &Order::Restart, text);
    say::sure()
}

/// All settings, one, or one to be changed.
fn config(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let heard = given.heard;
    if given.arguments.len() == 1 {
        let text = settings(turn);
        say_back(turn, heard, text);
        return Done::well("answered");
    }
    let Some(setting) = Setting::named(given.argument(1)) else {
        refuse(turn, heard, say::no_setting(given.argument(1), nearest(given.argument(1))));
        return Done::refused("no such setting");
    };
    let value = given.rest(2);
    let now = setting.show(turn.rules());
    if value.is_empty() {
        say_back(turn, heard, format!("`{} = {now}`", setting.key));
        return Done::well("answered");
    }
    if !has_buttons(heard) {
        say_back(turn, heard, say::only_people());
        return Done::refused("only people change settings");
    }
    let mut rules = turn.rules().clone();
    let back = value.eq_ignore_ascii_case("default");
    let set = if back {
        rules = turn.mind.configured.clone();
        Ok(())
    } else {
        setting.set(&mut rules, &value)
    };
    if let Err(why) = set {
        refuse(turn, heard, say::not_set(setting.key, &why));
        return Done::refused(why);
    }
    let new = setting.show(&rules);
    let text = say::diff(&turn.rules().node, setting.key, &now, &new);
    let (key, value) = (setting.key.to_owned(), (!back).then_some(new));
    ask::ask(turn, heard.sender.id, heard.message, &Order::Set { key, value }, text);
    Done::well("asked back")
}

fn nearest(key: &str) -> Option<&'static str> {
    let key = key.to_lowercase();
    let near = SETTINGS.iter().map(|setting| (strsim::jaro_winkler(&key, setting.key), setting.key));
    near.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(near, _)| *near > 0.7).map(|(_, key)| key)
}

/// Every setting of the node.
pub(super) fn settings(turn: &Turn<'_>) -> String {
    let set = &turn.mesh().orders.settings;
    let lines = SETTINGS.iter().map(|setting| {
        let by = set.get(setting.key).map(|(_, by)| turn.name(Who::Person(*by)));
        say::setting(setting.key, &setting.show(turn.rules()), by.as_deref())
    });
    let head = format!("⚙️ {}", turn.rules().node);
    std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
}

/// What was looked up goes to the one who asked.
pub(in super::super) fn found(turn: &mut Turn<'_>, what: &Look, asker: Asker, result: EffectResult) {
    let text = match (what, result) {
        (Look::Agent { agent, of: OfAgent::Change { key, value } }, EffectResult::Found(now)) => {
            return driven::found(turn, (*agent, key, value), asker, &now);
        }
        (Look::Agent { agent, of: OfAgent::Ping }, EffectResult::Found(how)) => {
            say::driven::answers(&turn.name(Who::Agent(*agent)), &how)
        }
        (Look::Agent { agent, of: OfAgent::Ping }, EffectResult::Failed(why)) => {
            format!("{}\n{}", gone(turn, *agent), say::short(&why))
        }
        (Look::Agent { agent, .. }, EffectResult::Failed(why)) => {
            say::driven::not_had(&turn.name(Who::Agent(*agent)), &why)
        }
        (_, EffectResult::Found(text)) => text,
        (_, EffectResult::Failed(why)) => say::not_found_out(&why),
        _ => return,
    };
    let private = what.private_name().filter(|_| !asker.message.chat.is_private());
    match (asker.way, private) {
        (Way::Tell(agent), _) => tell(turn, agent, &text),
        (Way::Dm, _) => {
            let (to, reply_to) = (asker.user, Some(asker.message));
            for text in say::parts(&text) {
                turn.effect(Effect::Dm { to, text, reply_to, at_once: false });
            }
        }
        (Way::Private, _) => send(turn, asker, text),
        (Way::Reply, Some(what)) => {
            let slot = Slot::Sent { to: asker.message, what: what.to_owned() };
            post(turn, (asker.private_chat(), None), &slot, text);
        }
        (Way::Reply, None) => {
            let to = (asker.message.chat, Some(asker.message));
            post(turn, to, &Slot::Reply(asker.message), text);
        }
    }
}

/// To the one who tapped, in private.
pub(super) fn send(turn: &mut Turn<'_>, asker: Asker, text: String) {
    let slot = Slot::Shown { under: asker.message, to: asker.user };
    post(turn, (asker.private_chat(), None), &slot, text);
}

/// A long text is told in parts: some of an agent's doors are Telegram's.
fn tell(turn: &mut Turn<'_>, agent: AgentId, text: &str) {
    let mut parts = say::parts(text);
    if parts.len() > TOLD_MOST {
        parts.truncate(TOLD_MOST);
        parts.push(say::left_out());
    }
    for part in parts {
        turn.tell(agent, part, true);
    }
}

/// In as many messages as it takes; a long one is a file. The last message has the slot.
fn post(turn: &mut Turn<'_>, (chat, reply_to): (ChatId, Option<MessageRef>), slot: &Slot, text: String) {
    let mut parts = say::parts(&text);
    let file = parts.len() > PARTS_MOST;
    if file {
        parts = vec![say::as_file()];
    }
    let last = parts.len() - 1;
    let part = match slot {
        Slot::Sent { to, .. } => Slot::Reply(*to),
        other => other.clone(),
    };
    for (at, text) in parts.into_iter().enumerate() {
        let slot = if at == last { slot.clone() } else { part.clone() };
        turn.effect(Effect::Post { slot, chat, text, reply_to, buttons: Vec::new(), sound: false });
    }
    if file {
        turn.effect(Effect::File { chat, name: "mesh.txt".into(), text });
    }
}

/// What a tap asked for could not be sent to whoever tapped: said under the button, once in a while.
pub(in super::super) fn not_shown(turn: &mut Turn<'_>, under: MessageRef, to: UserId) {
    let at = turn.now();
    let text = say::open_a_chat_and_tap(
        &turn.name(Who::Person(PersonId(to.0))),
        turn.rules().bot_username.as_deref(),
    );
    if turn.mind.refusals.is_new(to, &text, at) {
        let (slot, chat, reply_to) = (Slot::Reply(under), under.chat, Some(under));
        turn.effect(Effect::Post { slot, chat, text, reply_to, buttons: Vec::new(), sound: false });
    }
}

/// What was asked for in a group has arrived in private, or could not: said where it was asked.
pub(in super::super) fn sent(turn: &mut Turn<'_>, message: MessageRef, what: &str, ok: bool) {
    let bot = turn.rules().bot_username.clone();
    let text = if ok { say::sent_to_you(what) } else { say::open_a_chat(bot.as_deref()) };
    let (slot, chat, reply_to) = (Slot::Reply(message), message.chat, Some(message));
    turn.effect(Effect::Post { slot, chat, text, reply_to, buttons: Vec::new(), sound: false });
}

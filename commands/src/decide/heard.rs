//! A message: who may say what, and through which door.

use jiff::{SignedDuration, Timestamp};

use super::{
    Turn, assign, call, claim, command, conflict, delivery, done, edit, forward, guard, handoff, hold, late,
    question, queue, quiet, relay, release, shared, stand_down, takeover,
};
use crate::effect::{Button, ButtonAction, Effect, Reaction, Slot};
use crate::fact::{Fact, Once, Role};
use crate::grammar::{self, Almost, Kind, Reading, Target, Utterance};
use crate::ids::{AgentId, ChatId, MessageRef, UserId, Who};
use crate::input::{Door, Heard, SenderKind};
use crate::mesh::{Claim, Member};
use crate::say;

/// A sign of life is recorded at most so often: a holder's, on which a takeover depends, and an utterance's ...
const HOLDER_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// ... that of one whose silence somebody waits for: every one, as Telegram dates them ...
const WATCHED_EVERY: SignedDuration = SignedDuration::from_secs(1);
/// ... and that of others' chatter, which only tells who is online.
const OTHERS_EVERY: SignedDuration = SignedDuration::from_mins(5);

pub(super) fn hear(turn: &mut Turn<'_>, heard: &Heard) {
    let known_as = turn.mesh().seen.get(&heard.message).copied();
    let again = known_as.is_some_and(|known| !heard.edited || known.message.print == heard.message.print);
    if turn.rules().own.contains(&heard.sender.id) || again || relay::is_ours(turn, heard) {
        return;
    }
    command::met(turn, &heard.sender);
    let member = known(turn, heard);
    if heard.door != Door::Bot {
        sign_of_life(turn, heard, member);
    }
    if heard.forwarded {
        return;
    }
    let is_reply = heard.reply_to.is_some();
    let reading = grammar::read(&heard.said, is_reply);
    if guard::holds_back(turn, heard, member.map(|member| member.who), &reading) {
        return;
    }
    if let Some(Who::Person(person)) = member.map(|member| member.who) {
        question::answered(turn, heard, person, &reading);
    }
    if known_as.is_some_and(|known| known.read) {
        return hear_edit(turn, heard, member, &reading);
    }
    match (reading, member) {
        (Reading::Utterance(Utterance::Command(line)), member) => {
            command::route(turn, heard, member, &line);
        }
        (reading, Some(member)) if hears_grammar(heard.door) => {
            quiet::listen(turn, heard, member.who, &reading);
            listen(turn, heard, member, reading);
        }
        (_, member) if matches!(heard.door, Door::BotDm) => {
            command::route_bare(turn, heard, member);
        }
        (_, None) if heard.door == Door::Dm => greet_stranger(turn, heard),
        _ => {}
    }
}

/// An edit of what counted: whoever may not say it anew may not amend it either.
fn hear_edit(turn: &mut Turn<'_>, heard: &Heard, member: Option<Speaker>, reading: &Reading) {
    let Some(member) = member.filter(|member| member.role >= Some(Role::Operator)) else { return };
    if hears_grammar(heard.door) && !is_quiet(turn, member.who) {
        edit::amend(turn, heard, member.who, reading);
    }
}

/// A member who speaks, and what he may do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Speaker {
    pub who: Who,
    pub role: Option<Role>,
}

impl From<&Member> for Speaker {
    fn from(member: &Member) -> Self {
        Self { who: member.who(), role: member.role() }
    }
}

fn known(turn: &Turn<'_>, heard: &Heard) -> Option<Speaker> {
    match heard.sender.kind {
        SenderKind::Impersonal => None,
        SenderKind::Person | SenderKind::Bot => turn.mesh().roll.get(heard.sender.id).map(Speaker::from),
    }
}

fn hears_grammar(door: Door) -> bool {
    matches!(door, Door::Ear | Door::Only | Door::Dm | Door::Call)
}

/// Counted from the message, and never backwards.
fn sign_of_life(turn: &mut Turn<'_>, heard: &Heard, member: Option<Speaker>) {
    let Some(Who::Agent(agent)) = member.map(|member| member.who) else { return };
    let last = turn.mesh().alive.get(&agent).copied();
    let at = last.map_or(heard.message.at, |last| last.max(heard.message.at));
    if matches!(heard.door, Door::Ear | Door::Only) {
        turn.mind.spoke = Some((agent, at));
    }
    let mesh = turn.mesh();
    let every = match mesh.claims.owns(Who::Agent(agent)) {
        true if late::is_watched(mesh, agent) => WATCHED_EVERY,
        true => HOLDER_EVERY,
        false => OTHERS_EVERY,
    };
    record_life(turn, agent, at, every);
}

fn record_life(turn: &mut Turn<'_>, agent: AgentId, at: Timestamp, every: SignedDuration) {
    let last = turn.mesh().alive.get(&agent);
    if last.is_none_or(|last| at.duration_since(*last) >= every) {
        turn.fact(Fact::Alive { agent, at });
        late::spoke(turn, agent);
    }
}

fn listen(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, reading: Reading) {
    let Speaker { who, role } = from;
    let utterance = match reading {
        Reading::Chatter => return chat(turn, heard, from),
        Reading::Almost(almost) => return ask(turn, heard, from, &almost),
        Reading::Utterance(utterance) => utterance,
    };
    let is_order = matches!(utterance, Utterance::StandDown { .. } | Utterance::StandUp { .. });
    let may = role >= Some(Role::Operator) || is_order;
    if !may && is_between_people(&utterance) {
        return;
    }
    if is_said_twice(turn, who, &heard.message) {
        return call::show_outcome(turn, heard.message);
    }
    turn.fact(Fact::Noted { message: heard.message });
    if let Who::Agent(agent) = who {
        record_life(turn, agent, heard.message.at, HOLDER_EVERY);
    }
    if !may {
        return refuse_role(turn, heard, role, Role::Operator);
    }
    let always = matches!(utterance, Utterance::Acknowledgement | Utterance::Done { .. });
    if !always && !quiet::may_answer(turn, who) {
        return turn.react(heard.message, Reaction::HeldBack);
    }
    act(turn, heard, from, utterance);
}

/// What was said does what it says: about owning a task here, about its rest below.
fn act(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, utterance: Utterance) {
    match utterance {
        Utterance::ExclusiveClaim { task, eta, fields } => {
            claim::claim(turn, heard, from, &task, eta.as_ref(), &fields);
        }
        Utterance::Claim { task, .. } => shared::claiming(turn, heard, from, &task),
        Utterance::Done { task, result, handoff_to, .. } => {
            done::done(turn, heard, from, task, result, handoff_to);
        }
        Utterance::Handoff { to, task, fields } => {
            handoff::handoff(turn, heard, from, task.as_ref(), &to, &fields);
        }
        Utterance::HandoffAck { task, eta } => {
            handoff::acknowledge(turn, heard, from.who, task.as_ref(), eta.as_ref());
        }
        Utterance::Refuse { rest } => handoff::refuse(turn, heard, from.who, rest.as_deref()),
        Utterance::Conflict { task, status } => {
            conflict::conflict(turn, heard, from, task.as_ref(), status.as_deref());
        }
        Utterance::Collision { task } => conflict::collision(turn, heard, from, &task),
        Utterance::TakeoverNotice { task, new_owner, .. } => {
            takeover::notice(turn, heard, from, &task, new_owner.as_deref());
        }
        Utterance::TakeoverAck { task } => takeover::acknowledge(turn, heard, from, task.as_ref()),
        Utterance::TakeoverConflict { task, status } => {
            takeover::conflict(turn, heard, from, task.as_ref(), status.as_deref());
        }
        other => act_else(turn, heard, from, other),
    }
}

fn act_else(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, utterance: Utterance) {
    match utterance {
        Utterance::Queue { task } => queue::queue(turn, heard, from, &task),
        Utterance::Extend { task, by } => queue::extend(turn, heard, from, &task, by.as_ref()),
        Utterance::Release { task } => release::release(turn, heard, from, task.as_ref()),
        Utterance::Pause { task } => hold::pause_word(turn, heard, from, task.as_ref()),
        Utterance::Resume { task } if !hold::resume_word(turn, heard, from, task.as_ref()) => {
            stand_down::order(turn, heard, from, &Target::Unsaid, false);
        }
        Utterance::Paused { task, .. } => hold::report(turn, heard, from, &task, None),
        Utterance::Blocked { task, fields } => hold::report(turn, heard, from, &task, Some(&fields)),
        Utterance::Acknowledgement => stand_down::thumbs_up(turn, heard, from.who),
        Utterance::StandDown { target } => stand_down::order(turn, heard, from, &target, true),
        Utterance::StandUp { target } if !hold::resumes(turn, heard, from, &target) => {
            stand_down::order(turn, heard, from, &target, false);
        }
        Utterance::ConfigUpdate { .. }
        | Utterance::CodePush { .. }
        | Utterance::CodeReceived { .. }
        | Utterance::Deploy { .. } => forward::forward(turn, heard, from.who, &utterance),
        Utterance::Override { .. } => forward::note(turn, heard, &utterance),
        _ => {}
    }
}

/// Talk, unless an Exec gives somebody a task.
fn chat(turn: &mut Turn<'_>, heard: &Heard, from: Speaker) {
    if !assign::by_words(turn, heard, from) {
        if heard.door != Door::Call {
            delivery::pass_on(turn, from.who, heard.message, &heard.said);
        }
        chatter(turn, heard, from.who);
    }
}

/// Words that people also say to each other; those who are offered nothing mean nothing by them.
fn is_between_people(utterance: &Utterance) -> bool {
    matches!(
        utterance,
        Utterance::Done { task: None, .. }
            | Utterance::HandoffAck { .. }
            | Utterance::Refuse { .. }
            | Utterance::Acknowledgement
            | Utterance::ConfigUpdate { .. }
            | Utterance::CodePush { .. }
            | Utterance::CodeReceived { .. }
            | Utterance::Deploy { .. }
            | Utterance::Override { .. }
    )
}

/// Agents publish in the group and by hook.
fn is_said_twice(turn: &Turn<'_>, who: Who, message: &MessageRef) -> bool {
    matches!(who, Who::Agent(_)) && turn.mesh().seen.has_twin(message)
}

fn is_quiet(turn: &Turn<'_>, who: Who) -> bool {
    matches!(who, Who::Agent(agent) if turn.mesh().floor.is_quiet(agent))
}

/// Whether a message that names nothing may mean a question (by `asker`, if it is not the mesh's): it is no reply, or
/// one to him or to the mesh, or in a private chat.
pub(super) fn is_free_to_mean(turn: &Turn<'_>, heard: &Heard, asker: Option<UserId>) -> bool {
    let to_us = heard.reply_to_from.is_some_and(|to| Some(to) == asker || turn.rules().own.contains(&to));
    heard.reply_to.is_none() || to_us || heard.message.chat != turn.rules().group
}

/// Almost grammar: 🤔, and a word to whoever meant it.
fn ask(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, almost: &Almost) {
    if from.role >= Some(Role::Operator) {
        turn.fact(Fact::Unread { message: heard.message });
        if !quiet::may_answer(turn, from.who) {
            return turn.react(heard.message, Reaction::HeldBack);
        }
        not_read(turn, heard, from.who, almost);
    }
}

/// Says what was missing: 🤔 in the chat, the sentence to the agent, a question to a person who led with the emoji.
pub(super) fn not_read(turn: &mut Turn<'_>, heard: &Heard, who: Who, almost: &Almost) {
    turn.react(heard.message, Reaction::NotUnderstood);
    match who {
        Who::Agent(agent) => turn.tell(agent, say::not_read(&almost.missing), true),
        Who::Person(_) if almost.emphatic && almost.looks_like == Kind::ExclusiveClaim => {
            reply(turn, heard, say::which_task());
        }
        // Whoever typed a command waits for words.
        Who::Person(_) if matches!(heard.door, Door::Bot | Door::BotDm) => {
            reply(turn, heard, say::not_read(&almost.missing));
        }
        Who::Person(_) => {}
    }
}

/// An almost that only the state of the mesh could tell.
pub(super) fn almost(turn: &mut Turn<'_>, heard: &Heard, who: Who, looks_like: Kind, missing: String) {
    not_read(turn, heard, who, &Almost { looks_like, missing, emphatic: false });
}

/// What only its holder may say. An Operator may have the holder asked.
pub(super) fn not_yours(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, held: &Claim) {
    let text = say::not_yours(&turn.name(held.owner), held.fence);
    refuse_with(turn, heard, text.clone(), &held.task, ask_holder(turn, heard, from, held));
    turn.tell_who(from.who, text, true);
}

fn ask_holder(turn: &Turn<'_>, heard: &Heard, from: Speaker, held: &Claim) -> Vec<Vec<Button>> {
    let (Who::Person(who), Who::Agent(_), Some(fence)) = (from.who, held.owner, held.fence) else {
        return Vec::new();
    };
    if heard.door == Door::Dm {
        return Vec::new();
    }
    let fence = fence.0;
    let ask = format!("Ask {}", turn.name(held.owner));
    vec![vec![
        Button { label: ask, action: ButtonAction::AskHolder { who, fence } },
        Button { label: "Leave it".into(), action: ButtonAction::LeaveHolder { who, fence } },
    ]]
}

pub(super) fn refuse_role(turn: &mut Turn<'_>, heard: &Heard, role: Option<Role>, needed: Role) {
    refuse(turn, heard, say::requires(needed, role), "");
}

/// 👎, and a silent word to a person; the same refusal again, about the same, is the 👎 only.
pub(super) fn refuse(turn: &mut Turn<'_>, heard: &Heard, text: String, about: &str) {
    refuse_with(turn, heard, text, about, Vec::new());
}

fn refuse_with(turn: &mut Turn<'_>, heard: &Heard, text: String, about: &str, rows: Vec<Vec<Button>>) {
    turn.react(heard.message, Reaction::Refused);
    let (user, at) = (heard.sender.id, turn.now());
    let new = turn.mind.refusals.is_new(user, &format!("{text}\n{about}"), at);
    if new && heard.sender.kind == SenderKind::Person {
        let mut effect = answer(heard, text);
        if let Effect::Post { buttons, .. } = &mut effect {
            *buttons = rows;
        }
        turn.effect(effect);
    }
}

/// Answers one message, silently, where it was said.
pub(super) fn reply(turn: &mut Turn<'_>, heard: &Heard, text: String) {
    turn.effect(answer(heard, text));
}

pub(super) fn answer(heard: &Heard, text: String) -> Effect {
    if heard.door == Door::Dm {
        let (to, reply_to) = (heard.sender.id, Some(heard.message));
        return Effect::Dm { to, text, reply_to, at_once: false };
    }
    Effect::Post {
        slot: Slot::Reply(heard.message),
        chat: heard.message.chat,
        text,
        reply_to: Some(heard.message),
        buttons: Vec::new(),
        sound: false,
    }
}

fn chatter(turn: &mut Turn<'_>, heard: &Heard, who: Who) {
    match who {
        Who::Agent(agent) if quiet::may_answer(turn, who) => question::ask(turn, heard, agent),
        _ => chat_in_dm(turn, heard),
    }
}

/// A private chat with the account answers what it did not understand, so that nobody waits for nothing.
fn chat_in_dm(turn: &mut Turn<'_>, heard: &Heard) {
    if heard.door == Door::Dm && heard.sender.kind == SenderKind::Person {
        let member = turn.mesh().roll.get(heard.sender.id).map(Speaker::from);
        command::route_bare(turn, heard, member);
    }
}

fn greet_stranger(turn: &mut Turn<'_>, heard: &Heard) {
    let (user, at) = (heard.sender.id, turn.now());
    let private = ChatId(user.0) == heard.message.chat && heard.sender.kind == SenderKind::Person;
    if private && !turn.mesh().was_told(user, Once::Stranger, at) {
        turn.fact(Fact::Told { user, what: Once::Stranger, at });
        reply(turn, heard, say::stranger());
    }
}

//! A call: what its caller would have been told goes into the answer; everything else happens as for a message.

use super::delivery::Place;
use super::{Turn, conflict, delivery, heard, quiet, secret};
use crate::answer::Answer;
use crate::effect::{Effect, Reaction};
use crate::fact::Fact;
use crate::grammar::{self, Reading, Task, Utterance};
use crate::ids::{Ear, MessageRef, Who, fingerprint};
use crate::input::{CALL_KEY_MOST, Call, Door, Heard, Sender, SenderKind};
use crate::mesh::{Claim, State};
use crate::say;

/// What the caller is told while the call is decided.
#[derive(Debug)]
pub(super) struct Answering {
    who: Who,
    call: MessageRef,
    texts: Vec<String>,
    reaction: Option<Reaction>,
}

/// Decides a call, or gives the answer it got before.
pub(super) fn answer(turn: &mut Turn<'_>, call: &Call) {
    let user = call.who.user();
    // As Telegram has it: without what is blank at both ends.
    let print = fingerprint(call.said.text.trim());
    let call = &Call { said: secret::masked(turn, &call.said), ..call.clone() };
    let before = turn.mesh().calls.get(user, &call.key, turn.now());
    let answer = match before {
        Some(known) if known.call.print == print => known.answer.clone(),
        Some(_) => Answer::refusal(say::answers::another_call()),
        None if call.key.len() > CALL_KEY_MOST => Answer::refusal(say::answers::key_too_long(CALL_KEY_MOST)),
        None if turn.mesh().roll.get(user).is_none() => Answer::refusal(say::answers::nobody()),
        None => match delivery::place(turn, call) {
            Ok(place) => decide(turn, call, place, print),
            Err(refused) => refused,
        },
    };
    turn.decision.answer = Some((call.who, answer));
}

fn decide(turn: &mut Turn<'_>, call: &Call, place: Option<Place>, print: u64) -> Answer {
    let (chat, from) = (turn.rules().group, call.who.user());
    let id = turn.mesh().calls.next_number();
    let message = MessageRef { ear: Ear::Hook, chat, id, from, at: call.at, print };
    let before = turn.decision.facts.len();
    let may_speak = quiet::may_speak(turn, call.who);
    turn.answering = Some(Answering { who: call.who, call: message, texts: Vec::new(), reaction: None });
    turn.spoken = Some(message);
    heard::hear(turn, &as_heard(turn, call, message));
    let answering = turn.answering.take();
    let (texts, reaction) = answering.map(|told| (told.texts, told.reaction)).unwrap_or_default();
    let mut answer = standing(turn, call, reaction, before);
    if !texts.is_empty() {
        answer.text = texts.join("\n");
    }
    if let Some(place) = place {
        let reading = grammar::read(&call.said, false);
        delivery::send_on(
            turn,
            (call, message),
            &reading,
            (place, may_speak && reaction != Some(Reaction::HeldBack)),
            &mut answer,
        );
    }
    turn.fact(Fact::Answered { call: message, key: call.key.clone(), answer: answer.clone() });
    answer
}

fn as_heard(turn: &Turn<'_>, call: &Call, message: MessageRef) -> Heard {
    let kind = match call.who {
        Who::Agent(_) => SenderKind::Bot,
        Who::Person(_) => SenderKind::Person,
    };
    Heard {
        door: Door::Call,
        message,
        sender: Sender { id: message.from, name: turn.name(call.who), username: None, kind },
        said: call.said.clone(),
        reply_to: None,
        reply_to_from: None,
        edited: false,
        forwarded: false,
        heard_at: call.at,
    }
}

/// What was called and is then said in the group shows there what came of it.
pub(super) fn show_outcome(turn: &mut Turn<'_>, said: MessageRef) {
    let ok = turn.mesh().calls.twin_of(&said).map(|call| call.answer.ok);
    if let Some(ok) = ok {
        turn.react(said, if ok { Reaction::Recorded } else { Reaction::Refused });
    }
}

/// What is left to do of an effect: a word to the caller is kept for the answer, and on a call nobody can react.
pub(super) fn kept_from_the_caller(answering: &mut Option<Answering>, effect: Effect) -> Option<Effect> {
    let answered = |message: &MessageRef| answering.as_ref().is_some_and(|told| told.call == *message);
    match effect {
        Effect::React { to, with } if to.ear == Ear::Hook => {
            let told = answering.as_mut().filter(|told| told.call == to);
            if let Some(told) = told {
                told.reaction = Some(with);
            }
            None
        }
        Effect::Tell { agent, ref text, .. } => {
            let Some(told) = answering.as_mut().filter(|told| told.who == Who::Agent(agent)) else {
                return Some(effect);
            };
            told.texts.push(text.clone());
            None
        }
        Effect::Post { reply_to: Some(to), text, .. } if answered(&to) => {
            answering.as_mut()?.texts.push(text);
            None
        }
        effect => Some(unbound(effect)),
    }
}

/// Nothing can be a reply to a call later on.
fn unbound(mut effect: Effect) -> Effect {
    if let Effect::Post { reply_to, .. } = &mut effect {
        *reply_to = reply_to.filter(|to| to.ear != Ear::Hook);
    }
    effect
}

/// How things stand for the caller after the call, in the words for a caller who was told nothing else. `before`: so
/// many facts of the decision are older than the call.
fn standing(turn: &Turn<'_>, call: &Call, reaction: Option<Reaction>, before: usize) -> Answer {
    let reading = grammar::read(&call.said, false);
    let named = match &reading {
        Reading::Utterance(utterance) => utterance.task().map(|task| task.key.clone()),
        _ => None,
    };
    let key = named.or_else(|| touched(turn, before));
    let claim = key.as_deref().and_then(|key| turn.mesh().claims.get(key));
    let (ok, text) = verdict(turn, call, &reading, claim, reaction);
    let own = claim.filter(|claim| claim.holder() == Some(call.who));
    Answer {
        ok,
        text,
        task: claim.map(|claim| claim.task.clone()),
        fence: own.and_then(|claim| claim.fence),
        until: own.and_then(|claim| claim.until),
        reason: None,
    }
}

/// The task that the call changed, where it named none.
fn touched(turn: &Turn<'_>, before: usize) -> Option<String> {
    turn.decision.facts.get(before..)?.iter().rev().find_map(|fact| match fact {
        Fact::Claimed { task, .. }
        | Fact::Accepted { task, .. }
        | Fact::Offered { task, .. }
        | Fact::Done { task, .. } => Some(Task::fold(task)),
        _ => None,
    })
}

fn verdict(
    turn: &Turn<'_>,
    call: &Call,
    reading: &Reading,
    claim: Option<&Claim>,
    reaction: Option<Reaction>,
) -> (bool, String) {
    let own = claim.filter(|claim| claim.owner == call.who);
    match (reading, own) {
        (Reading::Almost(almost), _) => (false, say::not_read(&almost.missing)),
        (Reading::Utterance(Utterance::ExclusiveClaim { .. }), _) if reaction != Some(Reaction::HeldBack) => {
            claimed(turn, call.who, claim)
        }
        (Reading::Utterance(_), Some(Claim { state: State::Offered(offer), fence, task, .. }))
            if reaction == Some(Reaction::Waiting) =>
        {
            (true, say::answers::offered(task, &turn.name(offer.to), *fence))
        }
        (Reading::Utterance(_), Some(Claim { state: State::Done { .. }, task, .. }))
            if matches!(reaction, None | Some(Reaction::Recorded)) =>
        {
            (true, say::answers::done(task))
        }
        _ => by_reaction(turn, call, reaction),
    }
}

fn claimed(turn: &Turn<'_>, who: Who, claim: Option<&Claim>) -> (bool, String) {
    let zone = &turn.rules().zone;
    let Some(held) = claim.filter(|claim| claim.is_open()) else { return (false, say::uncertain()) };
    if let Some(contest) = held.contest() {
        return (false, say::contested(&conflict::names(turn, &contest.rivals), None));
    }
    let Some(fence) = held.fence else { return (false, say::answers::contested(&held.task)) };
    if held.owner == who {
        return (true, say::granted(&held.task, fence, held.until, zone));
    }
    let place = held.next.iter().position(|waiting| waiting.who == who).unwrap_or(held.next.len()) + 1;
    let until = held.runs_out().filter(|until| *until > turn.now());
    (false, say::held(&turn.name(held.owner), until, fence, Some(place), zone))
}

fn by_reaction(turn: &Turn<'_>, call: &Call, reaction: Option<Reaction>) -> (bool, String) {
    match reaction {
        None => (true, say::answers::heard()),
        Some(Reaction::Refused) => (false, say::answers::refused()),
        Some(Reaction::NotUnderstood) => (false, say::answers::not_understood()),
        Some(Reaction::HeldBack) => (false, held_back(turn, call.who)),
        Some(Reaction::Waiting) => (true, say::answers::waiting()),
        Some(Reaction::Recorded | Reaction::Accepted | Reaction::CarriedOut | Reaction::Secret) => {
            (true, say::answers::recorded())
        }
    }
}

pub(super) fn held_back(turn: &Turn<'_>, who: Who) -> String {
    let order = match who {
        Who::Agent(agent) => turn.mesh().floor.stood_down.get(&agent),
        Who::Person(_) => None,
    };
    let by = order.map(|order| (turn.name(Who::Person(order.by)), order.at));
    say::answers::held_back(by, &turn.rules().zone)
}

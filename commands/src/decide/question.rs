//! An agent's question to a person: 👀, a line on the board, after half an hour one private word, and its end.

use super::{Turn, deadline};
use crate::effect::{Effect, Reaction, Slot};
use crate::fact::Fact;
use crate::grammar::{Reading, Said, Utterance};
use crate::ids::{AgentId, ChatId, Ear, MessageRef, PersonId, UserId, Who};
use crate::input::{Door, Heard, Reacted};
use crate::say;

/// Chatter of an agent: a question to somebody?
pub(super) fn ask(turn: &mut Turn<'_>, heard: &Heard, agent: AgentId) {
    if !heard.said.text.contains('?') || !is_in_the_group(turn, heard) {
        return;
    }
    let Some(person) = addressee(turn, heard) else { return };
    let name = turn.name(Who::Person(person));
    let Some(text) = question(&heard.said, &name).map(|text| say::short(text).into_owned()) else { return };
    let (message, mut at) = (heard.message, turn.now());
    let before = turn.mesh().questions.get(agent, person).map(|before| (before.message, before.at));
    match before {
        Some((before, since)) if is_same(&before, &message) => at = since,
        Some((before, _)) => turn.react(before, Reaction::Recorded),
        None => {}
    }
    turn.fact(Fact::Unread { message });
    turn.fact(Fact::Asked { agent, person, message, at, text });
    turn.react(message, Reaction::Waiting);
}

fn is_in_the_group(turn: &Turn<'_>, heard: &Heard) -> bool {
    let ear = matches!(heard.door, Door::Ear | Door::Only) && heard.message.ear != Ear::Hook;
    ear && heard.message.chat == turn.rules().group
}

fn is_same(one: &MessageRef, other: &MessageRef) -> bool {
    (one.ear, one.chat, one.id) == (other.ear, other.chat, other.id)
}

/// The person named first, unless an agent is named before; where nobody is named, the one replied to.
fn addressee(turn: &Turn<'_>, heard: &Heard) -> Option<PersonId> {
    let roll = &turn.mesh().roll;
    let first = roll.named_in(&heard.said.text).find(|named| *named != heard.sender.id);
    match roll.get(first.or(heard.reply_to_from)?)?.who() {
        Who::Person(person) => Some(person),
        Who::Agent(_) => None,
    }
}

/// Whether it asks something: a question mark in an address, in quotes or in code asks nothing.
pub(super) fn is_asked(said: &Said) -> bool {
    mark(said).is_some()
}

/// Where the first question mark is that ends a sentence, outside of quotes and code.
fn mark(said: &Said) -> Option<usize> {
    let text = said.text.as_str();
    let ends = |at: usize| {
        let next = text[at + 1..].chars().next();
        next.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | '*' | '_' | '?' | '!'))
    };
    let quoted = |at: usize| said.quoted.iter().any(|range| range.contains(&at));
    text.match_indices('?').map(|(at, _)| at).find(|at| ends(*at) && !quoted(*at))
}

/// The first sentence that ends in a question mark outside of quotes and code, without the name it begins with.
fn question<'a>(said: &'a Said, name: &str) -> Option<&'a str> {
    let text = said.text.as_str();
    let end = mark(said)?;
    let ended = |(at, c): (usize, char)| {
        let before =
            c == '\n' || (matches!(c, '.' | '!' | '?') && text[at + 1..].starts_with(char::is_whitespace));
        before.then_some(at + 1)
    };
    let start = text[..end].char_indices().rev().find_map(ended).unwrap_or(0);
    let sentence = text[start..=end].trim();
    Some(without_name(sentence, name))
}

fn without_name<'a>(sentence: &'a str, name: &str) -> &'a str {
    let words = sentence.trim_start_matches('@');
    let named = words.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let rest = words.get(name.len()..).filter(|_| named).unwrap_or_default();
    let separated =
        rest.starts_with(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | ';' | '-' | '–' | '—'));
    let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '?');
    if separated && rest.len() > 1 { rest } else { sentence }
}

/// A person said something in the group: what ends the questions to him. A reply to somebody else ends none.
pub(super) fn answered(turn: &mut Turn<'_>, heard: &Heard, person: PersonId, reading: &Reading) {
    let command = matches!(reading, Reading::Utterance(Utterance::Command(_)));
    if command || heard.edited || !is_in_the_group(turn, heard) {
        return;
    }
    let to = heard.reply_to_from;
    let free = heard.reply_to.is_none();
    let open = turn.mesh().questions.to(person).filter(|(agent, question)| {
        let replied = heard.answers(&question.message) || to == Some(UserId(agent.0));
        (free || replied) && heard.message.at >= question.message.at
    });
    let agents: Vec<_> = open.map(|(agent, _)| agent).collect();
    for agent in agents {
        settle(turn, agent, person);
    }
}

/// A person set a reaction on the question itself.
pub(super) fn reacted(turn: &mut Turn<'_>, reacted: &Reacted) {
    let person = PersonId(reacted.from.0);
    let on = |message: &MessageRef| {
        (message.ear, message.chat, message.id) == (reacted.ear, reacted.chat, reacted.message)
    };
    let asked = turn.mesh().questions.to(person).find(|(_, question)| on(&question.message));
    if let Some(agent) = asked.map(|(agent, _)| agent).filter(|_| !reacted.emoji.is_empty()) {
        settle(turn, agent, person);
    }
}

fn settle(turn: &mut Turn<'_>, agent: AgentId, person: PersonId) {
    let Some(message) = turn.mesh().questions.get(agent, person).map(|question| question.message) else {
        return;
    };
    turn.fact(Fact::QuestionEnded { agent, person });
    turn.react(message, Reaction::Recorded);
}

/// Nobody answered for so long: one word in private.
pub(super) fn pass_on(turn: &mut Turn<'_>, agent: AgentId, person: PersonId) {
    let Some(question) = turn.mesh().questions.get(agent, person).filter(|question| !question.passed_on)
    else {
        return;
    };
    let (slot, chat) = (Slot::Reply(question.message), ChatId(person.0));
    let text = say::question::asks(&turn.name(Who::Agent(agent)), &question.text);
    turn.fact(Fact::QuestionPassedOn { agent, person });
    turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons: Vec::new(), sound: false });
}

/// Nobody answered within a day: it is no question any more.
pub(super) fn forget(turn: &mut Turn<'_>, agent: AgentId, person: PersonId) {
    let forgotten = turn
        .mesh()
        .questions
        .get(agent, person)
        .is_some_and(|question| deadline::after(question.at, deadline::QUESTION_FOR) <= turn.now());
    if forgotten {
        turn.fact(Fact::QuestionEnded { agent, person });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_the_sentence_that_asks() {
        let cases = [
            ("@Ely which domain?", Some("which domain?")),
            ("Ely, which domain? I wait.", Some("which domain?")),
            ("I am stuck. ely: v1.2 or v1.3? Tell me", Some("v1.2 or v1.3?")),
            ("Ely?", Some("Ely?")),
            ("Elysium, is it open?", Some("Elysium, is it open?")),
            ("see https://x.example/?a=b Ely", None),
            ("Which domain, Ely?!", Some("Which domain, Ely?")),
            ("Ely 🙂?", Some("Ely 🙂?")),
        ];
        for (text, expected) in cases {
            assert_eq!(question(&Said::plain(text), "Ely"), expected, "{text}");
        }
        let quoted = Said { text: "Ely said: what? ok: why? x".into(), quoted: vec![10..15, 16..24] };
        assert_eq!(question(&quoted, "Ely"), None, "{quoted:?}");
    }
}

//! What a call is answered, and that it is answered once.

use jiff::{SignedDuration, Timestamp};

use super::tests::{mind, roster};
use super::*;
use crate::effect::Effect;
use crate::fact::Once;
use crate::grammar::Said;
use crate::ids::{Ear, PersonId};
use crate::input::{Call, Handing};

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(100_000 + seconds)
}

fn settled() -> Mind {
    let mut mind = mind();
    mind.decide(Input { at: at(0), what: What::Roster(roster()) });
    mind
}

const SANDMAN: Who = Who::Agent(AgentId(11));
const ORACLE: Who = Who::Agent(AgentId(12));
const ELY: Who = Who::Person(PersonId(1));
const VIC: Who = Who::Person(PersonId(3));

fn called(mind: &mut Mind, seconds: i64, who: Who, key: &str, text: &str) -> Decision {
    let at = at(seconds);
    let call = Call { who, key: key.into(), at, said: Said::plain(text), handing: Handing::Answered };
    mind.decide(Input { at, what: What::Called(call) })
}

fn said(mind: &mut Mind, seconds: i64, who: Who, text: &str) -> (bool, String) {
    let answer = called(mind, seconds, who, &seconds.to_string(), text).answer.unwrap().1;
    (answer.ok, answer.text)
}

#[test]
fn the_caller_is_answered_and_the_others_are_told() {
    let mut mind = settled();
    let decision = called(&mut mind, 1, SANDMAN, "a", "EXCLUSIVE CLAIM: alpha\nETA: 20 min");
    let (_, answer) = decision.answer.unwrap();
    assert_eq!(answer.text, "Granted: \"alpha\". Fence 1, until 04:21 UTC.");
    assert_eq!((answer.ok, answer.task.as_deref()), (true, Some("alpha")));
    assert_eq!((answer.fence, answer.until), (Some(Fence::first(1).next()), Some(at(1 + 35 * 60))));
    let told: Vec<_> = decision
        .effects
        .iter()
        .map(|effect| match effect {
            Effect::Tell { agent, .. } => agent.0,
            Effect::Post { slot: Slot::Board, .. } => 0,
            effect => panic!("{effect:?}"),
        })
        .collect();
    assert_eq!(told, [12, 13, 0]);
    assert!(mind.mesh().alive.contains_key(&AgentId(11)), "a call is a sign of life");
}

#[test]
fn the_same_key_gets_the_same_answer_for_a_day() {
    let mut mind = settled();
    let first = called(&mut mind, 1, SANDMAN, "a", "EXCLUSIVE CLAIM: alpha");
    called(&mut mind, 2, SANDMAN, "b", "DONE: alpha");
    let before = mind.mesh().clone();
    let again = called(&mut mind, 3, SANDMAN, "a", "EXCLUSIVE CLAIM: alpha");
    assert_eq!(again.answer, first.answer);
    assert_eq!((again.facts, again.effects.len()), (vec![], 0));
    assert_eq!(*mind.mesh(), before);
    let other = called(&mut mind, 4, SANDMAN, "a", "EXCLUSIVE CLAIM: beta").answer.unwrap().1;
    assert!(!other.ok && other.text.contains("another call"), "{other:?}");
    let oracles = called(&mut mind, 5, ORACLE, "a", "EXCLUSIVE CLAIM: beta").answer.unwrap().1;
    assert!(oracles.ok, "a key is its caller's: {oracles:?}");
    let tomorrow = called(&mut mind, 1 + 24 * 3600, SANDMAN, "a", "EXCLUSIVE CLAIM: gamma").answer.unwrap().1;
    assert!(tomorrow.ok, "{tomorrow:?}");
}

#[test]
fn every_refusal_is_answered() {
    let mut mind = settled();
    said(&mut mind, 1, SANDMAN, "EXCLUSIVE CLAIM: alpha");
    let next = "Held by Sandman until 04:16 UTC (fence 1). You are next.";
    for second in [2, 3] {
        assert_eq!(said(&mut mind, second, ORACLE, "EXCLUSIVE CLAIM: alpha"), (false, next.into()));
    }
    let not_yours = (false, "Not yours: Sandman holds it (fence 1).".to_owned());
    for second in [4, 5] {
        assert_eq!(said(&mut mind, second, ORACLE, "DONE: alpha"), not_yours);
    }
    let (ok, text) = said(&mut mind, 6, ORACLE, "EXCLUSIVE CLAIM:");
    assert_eq!((ok, text.as_str()), (false, "Not read: EXCLUSIVE CLAIM needs a task after the colon."));
    for second in [7, 8] {
        let (ok, text) = said(&mut mind, second, VIC, "EXCLUSIVE CLAIM: beta");
        assert!(!ok && !text.is_empty(), "{text}");
    }
    let (ok, text) = said(&mut mind, 9, ELY, "EXCLUSIVE CLAIM: alpha");
    assert_eq!((ok, text.as_str()), (false, "🔒 Sandman has this until 04:16. You are number 2 in line."));
    let (ok, text) = said(&mut mind, 10, Who::Agent(AgentId(99)), "DONE: alpha");
    assert!(!ok && text.starts_with("Refused"), "{text}");
    assert!(!mind.mesh().was_told(UserId(99), Once::NoRole, at(10)));
    said(&mut mind, 11, ELY, "Oracle stand down");
    let (ok, text) = said(&mut mind, 12, ORACLE, "EXCLUSIVE CLAIM: beta");
    assert_eq!((ok, text.as_str()), (false, "Held back. Ely told you to stand down at 03:46 UTC."));
    let long = "k".repeat(129);
    assert!(!called(&mut mind, 13, SANDMAN, &long, "DONE: alpha").answer.unwrap().1.ok);
}

#[test]
fn what_is_done_and_offered_is_said_so() {
    let mut mind = settled();
    said(&mut mind, 1, SANDMAN, "EXCLUSIVE CLAIM: alpha");
    let offered = "Offered to Oracle: \"alpha\". Yours (fence 1) until it is accepted.";
    assert_eq!(said(&mut mind, 2, SANDMAN, "DONE: alpha\nHANDOFF to: Oracle"), (true, offered.into()));
    let accepted = called(&mut mind, 3, ORACLE, "c", "ACK").answer.unwrap().1;
    assert_eq!(accepted.text, "Granted: \"alpha\". Fence 2, until 04:16 UTC.");
    assert_eq!(accepted.fence.map(Fence::counter), Some(2));
    assert_eq!(said(&mut mind, 4, ORACLE, "DONE: alpha"), (true, "Done: \"alpha\".".into()));
    assert_eq!(said(&mut mind, 5, ORACLE, "half way there"), (true, "Heard.".into()));
    let (ok, text) = said(&mut mind, 6, ORACLE, "/mesh claims");
    assert_eq!((ok, text.as_str()), (true, "Nothing is claimed."));
}

#[test]
fn nobody_reacts_to_a_call_not_even_later() {
    let mut mind = settled();
    for mode in [Mode::Enforce, Mode::Observe] {
        mind.rules.mode = mode;
        let start = if mode == Mode::Enforce { 10 } else { 100 };
        let texts = ["EXCLUSIVE CLAIM: alpha", "DONE: alpha\nHANDOFF to: Oracle"];
        for (second, text) in (start..).zip(texts) {
            assert!(said(&mut mind, second, SANDMAN, text).0, "who observes answers, too");
        }
        let taken = called(&mut mind, start + 5, ORACLE, &start.to_string(), "ACK: alpha");
        let on_calls = |effect: &Effect| matches!(effect, Effect::React { to, .. } if to.ear == Ear::Hook);
        assert!(!taken.effects.iter().any(on_calls), "{taken:?}");
        said(&mut mind, start + 6, ORACLE, "DONE: alpha");
    }
}

#[test]
fn four_thousand_calls_are_kept_and_numbers_go_on() {
    let mut mind = settled();
    for second in 0..5_000 {
        called(&mut mind, second, SANDMAN, &second.to_string(), "hello");
    }
    let kept = mind.mesh().to_facts().into_iter().filter(|fact| matches!(fact, Fact::Answered { .. }));
    assert_eq!(kept.count(), crate::mesh::calls::CALLS_MOST);
    assert_eq!(mind.mesh().calls.next_number(), 5_001);
}

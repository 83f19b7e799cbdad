//! What may be said through which door, and what a gap does: the promises a log can't show.

use jiff::{SignedDuration, Timestamp};

use super::tests::{GROUP, mind, roster};
use super::*;
use crate::effect::Effect;
use crate::grammar::Said;
use crate::ids::{Ear, fingerprint};
use crate::input::{Door, EffectResult, Heard, Outcome, Sender, SenderKind};

const CLAIM: &str = "EXCLUSIVE CLAIM: alpha";

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(100_000 + seconds)
}

fn told(mind: &mut Mind, seconds: i64, what: What) -> Vec<Effect> {
    mind.decide(Input { at: at(seconds), what }).effects
}

pub(super) fn settled() -> Mind {
    let mut mind = mind();
    told(&mut mind, 0, What::Roster(roster()));
    mind
}

/// `from` says something at that second, which is also the message's id.
pub(super) fn said(from: i64, second: i32, door: Door, text: &str) -> Heard {
    let kind = if from > 10 { SenderKind::Bot } else { SenderKind::Person };
    let from = UserId(from);
    let chat = if matches!(door, Door::Dm | Door::BotDm) { ChatId(from.0) } else { GROUP };
    let at = at(i64::from(second));
    Heard {
        door,
        message: MessageRef { ear: Ear::Log, chat, id: second, from, at, print: fingerprint(text) },
        sender: Sender { id: from, name: "somebody".into(), username: None, kind },
        said: Said::plain(text),
        reply_to: None,
        reply_to_from: None,
        edited: false,
        forwarded: false,
        heard_at: at,
    }
}

fn hear(mind: &mut Mind, heard: Heard) -> Vec<Effect> {
    told(mind, heard.message.at.duration_since(at(0)).as_secs(), What::Heard(heard))
}

#[test]
fn grammar_is_heard_by_the_ear_and_commands_of_people_by_the_bot() {
    let mut mind = settled();
    for (second, door) in [(1, Door::Bot), (2, Door::BotDm)] {
        hear(&mut mind, said(1, second, door, CLAIM));
        assert!(mind_is_free(&mind), "{door:?}");
    }
    let mut answered = |from, second, door, text| !hear(&mut mind, said(from, second, door, text)).is_empty();
    assert!(!answered(1, 3, Door::Ear, "/mesh claims"));
    assert!(answered(1, 4, Door::Bot, "/mesh claims"));
    assert!(answered(11, 5, Door::Ear, "/mesh claims"));
    assert!(!answered(11, 6, Door::Bot, "/mesh claims"));
    assert!(answered(1, 7, Door::BotDm, "claims"));
    assert!(answered(1, 8, Door::Ear, CLAIM));
}

fn mind_is_free(mind: &Mind) -> bool {
    mind.mesh().claims.count_open() == 0
}

#[test]
fn the_group_itself_has_no_role() {
    let mut mind = settled();
    let mut anonymous = said(1, 1, Door::Only, CLAIM);
    anonymous.sender.kind = SenderKind::Impersonal;
    assert_eq!(hear(&mut mind, anonymous), []);
    assert!(mind_is_free(&mind));
}

#[test]
fn nothing_new_is_granted_between_a_gap_and_its_refetching() {
    let mut mind = settled();
    told(&mut mind, 1, What::Gap(GROUP));
    hear(&mut mind, said(11, 2, Door::Only, CLAIM));
    assert!(mind_is_free(&mind));
    told(&mut mind, 3, What::Refetched(GROUP));
    hear(&mut mind, said(11, 4, Door::Only, CLAIM));
    assert!(!mind_is_free(&mind));
    assert_eq!(Mesh::fold(&mind.mesh().to_facts()), *mind.mesh());
}

#[test]
fn a_thumb_in_private_confirms_and_a_reply_to_somebody_else_does_not() {
    let mut mind = settled();
    hear(&mut mind, said(1, 1, Door::Only, "Oracle stand down"));
    let mut elsewhere = said(12, 2, Door::Only, "👍");
    (elsewhere.reply_to, elsewhere.reply_to_from) = (Some(77), Some(UserId(11)));
    hear(&mut mind, elsewhere);
    let confirmed =
        |mind: &Mind| mind.mesh().floor.stood_down.values().all(|order| order.confirmed.is_some());
    assert!(!confirmed(&mind));
    let mut private = said(12, 3, Door::Dm, "👍");
    (private.reply_to, private.reply_to_from) = (Some(5), Some(UserId(9)));
    hear(&mut mind, private);
    assert!(confirmed(&mind));
}

#[test]
fn a_question_answered_while_it_was_posted_loses_its_buttons() {
    let mut mind = settled();
    hear(&mut mind, said(11, 1, Door::Only, CLAIM));
    hear(&mut mind, said(11, 2, Door::Only, "DONE: alpha\nHANDOFF to: Oracle"));
    let mut asked = told(&mut mind, 2 + 5 * 60, What::Tick);
    asked.extend(told(&mut mind, 2 + 15 * 60, What::Tick));
    let effect = asked.into_iter().find(|effect| matches!(effect.slot(), Some(Slot::Question(_)))).unwrap();
    hear(&mut mind, said(12, 1_000, Door::Only, "ACK"));
    let result = EffectResult::Done(Some(crate::ids::VoiceId(7)));
    let effects = told(&mut mind, 1_001, What::Outcome(Outcome { effect, result }));
    assert!(matches!(effects[..], [Effect::Disarm { .. }]), "{effects:?}");
}

#[test]
fn a_bot_that_is_nobody_is_not_answered() {
    let mut mind = settled();
    assert_eq!(hear(&mut mind, said(99, 1, Door::Only, "/mesh status")), []);
}

//! What a log can't show of secrets: known tokens, private doors, the deletion that fails, the mesh's own words.

use jiff::{SignedDuration, Timestamp};

use super::tests::{GROUP, mind, roster};
use super::*;
use crate::effect::{ButtonAction, Envelope};
use crate::grammar::Said;
use crate::ids::{ChatId, Ear, VoiceId, fingerprint};
use crate::input::{Door, EffectResult, Heard, Outcome, Sender, SenderKind, Tap};
use crate::mesh::leaks;
use crate::secrets::KnownTokens;

const HOOK: &str = "mesh-hooks-0123456789abcdef";

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(100_000 + seconds)
}

fn settled() -> Mind {
    let mut mind = mind();
    mind.rules.known_tokens = KnownTokens::new([3; 32]);
    mind.rules.known_tokens.learn("a hooks token", Some(AgentId(12)), HOOK);
    mind.rules.own = vec![UserId(9)];
    mind.decide(Input { at: at(0), what: What::Roster(roster()) });
    mind
}

/// `from` says something at that second, which is also the message's id.
fn hear(mind: &mut Mind, from: i64, second: i32, door: Door, text: &str) -> Decision {
    let kind = if from > 10 { SenderKind::Bot } else { SenderKind::Person };
    let (from, at) = (UserId(from), at(i64::from(second)));
    let chat = if matches!(door, Door::Dm | Door::BotDm) { ChatId(from.0) } else { GROUP };
    let heard = Heard {
        door,
        message: MessageRef { ear: Ear::Log, chat, id: second, from, at, print: fingerprint(text) },
        sender: Sender { id: from, name: "somebody".into(), username: None, kind },
        said: Said::plain(text),
        reply_to: None,
        reply_to_from: None,
        edited: false,
        forwarded: false,
        heard_at: at,
    };
    mind.decide(Input { at, what: What::Heard(heard) })
}

fn outcome(mind: &mut Mind, effect: &Effect, result: EffectResult) -> Vec<Effect> {
    let (at, effect) = (mind.now(), effect.clone());
    mind.decide(Input { at, what: What::Outcome(Outcome { effect, result }) }).effects
}

fn tap(mind: &mut Mind, from: i64, action: ButtonAction) -> Vec<Effect> {
    let (from, at) = (UserId(from), mind.now());
    let (query, name) = ("q".to_owned(), "somebody".to_owned());
    let tap =
        Tap { query, from, name, username: None, chat: GROUP, message: VoiceId(70), action: Some(action) };
    mind.decide(Input { at, what: What::Tapped(tap) }).effects
}

fn texts(effects: &[Effect]) -> String {
    format!("{effects:?}")
}

#[test]
fn a_known_token_is_named_deleted_and_belongs_to_its_agent() {
    let mut mind = settled();
    let effects = hear(&mut mind, 11, 1, Door::Only, &format!("use {HOOK} here")).effects;
    let [_, card, delete] = &effects[..] else { panic!("{effects:?}") };
    assert!(texts(&effects).contains("🙈 Sandman posted a hooks token. Treat it as public."));
    assert!(matches!(delete, Effect::Delete { message } if message.id == 1));
    // The deletion fails before the bot has told the number of its card: the card is put right when it does.
    assert_eq!(outcome(&mut mind, delete, EffectResult::Failed("not an admin.".into())), []);
    let late = outcome(&mut mind, card, EffectResult::Done(Some(VoiceId(70))));
    assert!(texts(&late).contains("could not be deleted: not an admin."), "{late:?}");
    let ruled = tap(&mut mind, 1, ButtonAction::RotateNow { leak: 1 });
    let told = "Rotate now, by order of Ely: a hooks token that Sandman posted is public.";
    assert!(
        ruled.iter().any(|e| matches!(e, Effect::Tell { agent: AgentId(12), text, .. } if text == told)),
        "{ruled:?}"
    );
    assert_eq!(Mesh::fold(&mind.mesh().to_facts()), *mind.mesh());
}

#[test]
fn in_private_it_is_masked_and_nobody_is_alarmed() {
    for door in [Door::Dm, Door::BotDm, Door::Bot] {
        let mut mind = settled();
        let decision = hear(&mut mind, 1, 1, door, &format!("/mesh help {HOOK}"));
        assert!(mind.mesh().leaks.iter().next().is_none(), "{door:?}");
        assert!(!format!("{decision:?}").contains(HOOK), "{decision:?}");
        assert_eq!(decision.audit.first().map(|line| line.command.as_str()), Some("help secret"));
    }
}

#[test]
fn only_an_exec_decides() {
    let mut mind = settled();
    hear(&mut mind, 12, 1, Door::Only, "password: hunter2-hunter2");
    for action in [ButtonAction::RotateNow { leak: 1 }, ButtonAction::DeleteLeaked { leak: 1 }] {
        let refused = tap(&mut mind, 2, action);
        assert!(matches!(&refused[..], [Effect::AnswerTap { alert: true, .. }]), "{refused:?}");
    }
    assert!(mind.mesh().leaks.iter().all(|leak| leak.ruling.is_none() && leak.deletion.is_none()));
}

#[test]
fn a_flood_of_them_rings_three_times_a_minute_and_is_bounded() {
    let (mut mind, mut cards) = (settled(), 0);
    for second in 1..=100 {
        let effects = hear(&mut mind, 4, second, Door::Only, "key=abcd-efgh-ijkl").effects;
        cards += effects.iter().filter(|effect| matches!(effect, Effect::Post { sound: true, .. })).count();
        assert!(effects.iter().any(|effect| matches!(effect, Effect::React { with: Reaction::Secret, .. })));
    }
    assert_eq!((cards, mind.mesh().leaks.iter().count()), (6, leaks::MOST));
    assert_eq!(Mesh::fold(&mind.mesh().to_facts()), *mind.mesh());
}

#[test]
fn a_code_is_one_only_while_it_is_expected() {
    let mut mind = settled();
    let text = "EXCLUSIVE CLAIM: code 12345";
    mind.expect_code(true);
    assert!(!texts(&hear(&mut mind, 1, 1, Door::Only, text).effects).contains("12345"));
    mind.expect_code(false);
    assert!(texts(&hear(&mut mind, 1, 2, Door::Only, text).effects).contains("12345"));
}

#[test]
fn what_the_mesh_would_say_with_a_secret_in_it_is_kept_back() {
    let mind = settled();
    let say = |text: &str| Effect::Tell {
        agent: AgentId(12),
        text: text.into(),
        urgent: true,
        order: None,
        envelope: Envelope::default(),
    };
    let mut decision =
        Decision { effects: vec![say(&format!("take {HOOK}")), say("fine")], ..Decision::default() };
    secret::keep_back(&mut decision, mind.rules());
    assert_eq!(decision.effects, [say("fine")]);
    assert!(matches!(&decision.audit[..], [Audited { result: Err(_), .. }]));
}

//! Where a hook's message goes on, and where it may not.

use jiff::{SignedDuration, Timestamp};

use super::tests::{GROUP, mind, roster};
use super::*;
use crate::answer::Refused;
use crate::effect::Effect;
use crate::fact::Letter;
use crate::grammar::Said;
use crate::input::{Call, Handing};
use crate::rules::Accepts;

const SANDMAN: Who = Who::Agent(AgentId(11));
const ORACLE: Who = Who::Agent(AgentId(12));

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(100_000 + seconds)
}

/// Oracle takes Sandman's messages and Ely's, the others nobody's.
fn settled() -> Mind {
    let mut mind = mind();
    mind.decide(Input { at: at(0), what: What::Roster(roster()) });
    let senders = Accepts::These([UserId(11), UserId(1)].into());
    mind.rules.accepts_from.insert(AgentId(12), senders);
    mind
}

fn hook(deliver: bool, to: Option<&str>) -> Handing {
    Handing::Delivered { deliver, to: to.map(str::to_owned) }
}

fn called(mind: &mut Mind, seconds: i64, who: Who, text: &str, handing: Handing) -> (Answer, Vec<Effect>) {
    let at = at(seconds);
    let call = Call { who, key: seconds.to_string(), at, said: Said::plain(text), handing };
    let decision = mind.decide(Input { at, what: What::Called(call) });
    (decision.answer.unwrap().1, decision.effects)
}

fn posts(effects: &[Effect]) -> Vec<&str> {
    let texts = effects.iter().filter_map(|effect| match effect {
        Effect::Post { slot: Slot::Hooked(_), chat, text, sound: false, .. } if *chat == GROUP => {
            Some(text.as_str())
        }
        _ => None,
    });
    texts.collect()
}

fn told(effects: &[Effect]) -> Vec<(i64, &str, bool)> {
    let told = effects.iter().filter_map(|effect| match effect {
        Effect::Tell { agent, text, .. } => Some((agent.0, text.as_str(), effect.is_run())),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_message_is_posted_in_its_senders_name_unless_that_is_not_wanted() {
    let mut mind = settled();
    let (answer, effects) = called(&mut mind, 1, SANDMAN, "half way there", hook(true, None));
    assert_eq!((answer.text.as_str(), posts(&effects)), ("Heard.", vec!["Sandman: half way there"]));
    let group = GROUP.to_string();
    for (second, to) in [(2, group.clone()), (3, format!("{group}:topic:42"))] {
        let (_, effects) = called(&mut mind, second, SANDMAN, "still at it", hook(true, Some(&to)));
        assert_eq!(posts(&effects).len(), 1, "{to}");
    }
    let (answer, effects) = called(&mut mind, 4, SANDMAN, "half way there", hook(false, None));
    assert!(answer.ok && effects.is_empty(), "{effects:?}");
}

#[test]
fn a_foreign_chat_is_refused() {
    let mut mind = settled();
    for (second, to) in (1..).zip(["-4000000009", "-100555", "@somewhere", "11", "-x"]) {
        let (answer, effects) = called(&mut mind, second, SANDMAN, "hello", hook(true, Some(to)));
        let reason = if to == "-x" { Refused::NoSuchAgent } else { Refused::ForeignChat };
        assert_eq!((answer.ok, answer.reason), (false, Some(reason)), "{to}");
        assert_eq!(effects, [], "{to}");
    }
}

#[test]
fn an_agent_is_handed_what_it_accepts() {
    let mut mind = settled();
    let (answer, effects) = called(&mut mind, 1, SANDMAN, "look at the log", hook(true, Some("oracle")));
    assert_eq!(answer.text, "Handed to Oracle.");
    assert_eq!(told(&effects), [(12, "Sandman: look at the log", true)]);
    assert_eq!(posts(&effects), ["Sandman → Oracle: look at the log"]);
    let (_, effects) = called(&mut mind, 2, SANDMAN, "and at this", hook(false, Some("Oracle")));
    assert_eq!((told(&effects).len(), posts(&effects).len()), (1, 0));
    for (second, from, to, reason) in [
        (3, ORACLE, "Sandman", Refused::NotAccepted),
        (4, SANDMAN, "Sandman", Refused::NoSuchAgent),
        (5, SANDMAN, "Ely", Refused::NoSuchAgent),
        (6, SANDMAN, "nobody", Refused::NoSuchAgent),
    ] {
        let (answer, effects) = called(&mut mind, second, from, "hello", hook(true, Some(to)));
        assert_eq!((answer.reason, effects), (Some(reason), vec![]), "{to}");
    }
}

#[test]
fn what_came_to_nothing_is_not_posted() {
    let mut mind = settled();
    called(&mut mind, 1, SANDMAN, "EXCLUSIVE CLAIM: alpha", Handing::Answered);
    let (answer, effects) = called(&mut mind, 2, ORACLE, "EXCLUSIVE CLAIM: alpha", Handing::Announced);
    assert!(!answer.ok && posts(&effects).is_empty(), "{effects:?}");
    let (answer, effects) = called(&mut mind, 3, ORACLE, "EXCLUSIVE CLAIM: beta", Handing::Announced);
    assert!(answer.ok);
    assert_eq!(posts(&effects), ["Oracle: EXCLUSIVE CLAIM: beta"]);
    let (_, effects) = called(&mut mind, 4, ORACLE, "/mesh claims", hook(true, None));
    assert_eq!(posts(&effects), Vec::<&str>::new(), "a command is answered, not posted");
}

#[test]
fn whoever_was_told_to_stand_down_is_held_back_until_spoken_to() {
    let mut mind = settled();
    called(&mut mind, 1, Who::Person(crate::ids::PersonId(1)), "Oracle stand down", Handing::Answered);
    let (answer, effects) = called(&mut mind, 2, ORACLE, "but I was nearly done", hook(true, None));
    assert_eq!((answer.ok, answer.reason, posts(&effects).len()), (false, Some(Refused::HeldBack), 0));
    called(&mut mind, 3, Who::Person(crate::ids::PersonId(1)), "Oracle, what is left?", Handing::Answered);
    let (answer, effects) = called(&mut mind, 4, ORACLE, "one test", hook(true, None));
    assert!(answer.ok && posts(&effects) == ["Oracle: one test"], "{effects:?}");
    assert!(!called(&mut mind, 5, ORACLE, "and another", hook(true, None)).0.ok);
}

#[test]
fn whoever_is_named_hears_of_it_and_a_question_is_worth_a_run() {
    let mut mind = settled();
    let (_, effects) = called(&mut mind, 1, SANDMAN, "Oracle did well", hook(true, None));
    assert_eq!(told(&effects), [(12, "Sandman: Oracle did well", false)]);
    let (_, effects) = called(&mut mind, 2, SANDMAN, "Oracle, are you done?", hook(true, None));
    assert_eq!(told(&effects), [(12, "Sandman: Oracle, are you done?", true)]);
    let (_, effects) = called(&mut mind, 3, ORACLE, "Sandman, are you?", hook(true, None));
    assert_eq!(told(&effects), [], "Sandman accepts nobody's messages");
    let heard = super::doors::said(11, 4, crate::input::Door::Only, "Oracle, are you there?");
    let effects = mind.decide(Input { at: at(4), what: What::Heard(heard) }).effects;
    assert_eq!(told(&effects), [(12, "Sandman: Oracle, are you there?", true)], "bots don't hear each other");
}

#[test]
fn two_agents_cannot_talk_for_ever() {
    let mut mind = settled();
    mind.rules.accepts_from.insert(AgentId(11), Accepts::Everybody);
    let mut handed = 0;
    for second in 1..40 {
        let (who, to) = if second % 2 == 0 { (SANDMAN, "Oracle") } else { (ORACLE, "Sandman") };
        let (answer, _) = called(&mut mind, second, who, "after you", hook(false, Some(to)));
        handed += usize::from(answer.ok);
        assert!(answer.ok || answer.reason == Some(Refused::HeldBack));
    }
    assert_eq!(handed, mind.rules.loop_turns);
}

#[test]
fn an_answer_is_no_run_and_a_pause_is_one_for_whoever_was_at_it() {
    let mut mind = settled();
    let claim = |mind: &mut Mind, second, from, text: &str| {
        let heard = super::doors::said(from, second, crate::input::Door::Only, text);
        mind.decide(Input { at: at(i64::from(second)), what: What::Heard(heard) }).effects
    };
    let effects = claim(&mut mind, 1, 11, "EXCLUSIVE CLAIM: alpha");
    let runs: Vec<_> = told(&effects).into_iter().filter(|(.., run)| *run).collect();
    assert_eq!(runs, [], "a grant is read at the next heartbeat, and so is PAUSE: {effects:?}");
    let effects = claim(&mut mind, 2, 11, "DONE: alpha\nHANDOFF to: Oracle");
    let runs: Vec<_> = told(&effects).into_iter().filter(|(.., run)| *run).map(|(to, ..)| to).collect();
    assert_eq!(runs, [12], "an offer is a question: {effects:?}");
    let effects = claim(&mut mind, 3, 1, "Sandman stand down");
    let runs: Vec<_> = told(&effects).into_iter().filter(|(.., run)| *run).map(|(to, ..)| to).collect();
    assert_eq!(runs, [11], "an order: {effects:?}");
}

#[test]
fn execs_hear_once_of_what_does_not_arrive_until_something_does() {
    let mut mind = settled();
    mind.rules.bot_username = Some("mesh_bot".into());
    let came = |mind: &mut Mind, second, result: crate::input::EffectResult| {
        let envelope = Envelope::default();
        let effect =
            Effect::Tell { agent: AgentId(12), text: "PAUSE".into(), urgent: false, order: None, envelope };
        let what = What::Outcome(crate::input::Outcome { effect, result });
        let effects = mind.decide(Input { at: at(second), what }).effects;
        effects.iter().filter(|effect| matches!(effect.slot(), Some(Slot::Undelivered(_)))).count()
    };
    let failed = || crate::input::EffectResult::Failed("401 Unauthorized".into());
    let told: Vec<_> = (1..4).map(|second| came(&mut mind, second, failed())).collect();
    assert_eq!(told, [1, 0, 0]);
    assert_eq!(came(&mut mind, 4, crate::input::EffectResult::Done(None)), 0);
    assert_eq!(came(&mut mind, 5, failed()), 1, "and again once something has arrived");
    for second in 6..40 {
        came(&mut mind, second, failed());
    }
    assert_eq!(mind.mesh().letters.of(AgentId(12)).unwrap().letters.len(), 20);
    assert_eq!(Mesh::fold(&mind.mesh().to_facts()), *mind.mesh());
}

/// In the group, as the same second's message.
fn in_the_group(mind: &mut Mind, second: i32, from: i64, text: &str) -> Vec<Effect> {
    let heard = super::doors::said(from, second, crate::input::Door::Only, text);
    mind.decide(Input { at: at(i64::from(second)), what: What::Heard(heard) }).effects
}

/// As after a restart.
fn again(mind: &Mind) -> Mind {
    let mesh = Mesh::fold(&mind.mesh().to_facts());
    assert_eq!(mesh, *mind.mesh());
    Mind::new(mesh, mind.rules.clone(), mind.now())
}

#[test]
fn the_same_words_over_two_doors_are_handed_on_once() {
    const ASKED: &str = "Oracle, are you done?";
    for to in [None, Some("Oracle")] {
        let mut mind = settled();
        let (answer, effects) = called(&mut mind, 1, SANDMAN, ASKED, hook(true, to));
        assert_eq!((answer.ok, told(&effects).len()), (true, 1));
        let mut mind = again(&mind);
        assert_eq!(told(&in_the_group(&mut mind, 2, 11, ASKED)), [], "the hook came first");
        assert_eq!(told(&in_the_group(&mut mind, 2, 11, ASKED)), [], "heard again");
        assert_eq!(told(&in_the_group(&mut mind, 3, 1, ASKED)).len(), 1, "somebody else asks");
        assert_eq!(
            told(&in_the_group(&mut mind, 122, 11, ASKED)).len(),
            1,
            "two minutes later it is another"
        );

        let mut mind = settled();
        assert_eq!(told(&in_the_group(&mut mind, 1, 11, ASKED)).len(), 1);
        let mut mind = again(&mind);
        let (answer, effects) = called(&mut mind, 2, SANDMAN, ASKED, hook(true, to));
        assert_eq!((answer.ok, told(&effects)), (true, vec![]), "the group came first");
        assert_eq!(told(&in_the_group(&mut mind, 3, 11, ASKED)).len(), 1, "one door tells by the message");
    }
}

#[test]
fn words_that_went_to_another_are_still_handed_on() {
    let mut mind = settled();
    mind.rules.accepts_from.insert(AgentId(13), Accepts::Everybody);
    let asked = "Local, are you done?";
    called(&mut mind, 1, SANDMAN, asked, hook(false, Some("Oracle")));
    assert_eq!(told(&in_the_group(&mut mind, 2, 11, asked)), [(13, "Sandman: Local, are you done?", true)]);
    let noticed = "Oracle did well";
    assert_eq!(told(&in_the_group(&mut mind, 3, 11, noticed)), [(12, "Sandman: Oracle did well", false)]);
    let (_, effects) = called(&mut mind, 4, SANDMAN, noticed, hook(false, Some("Oracle")));
    assert_eq!(told(&effects), [(12, "Sandman: Oracle did well", true)], "said of it, then to it");
    assert_eq!(told(&in_the_group(&mut mind, 5, 11, "is it Oracle's?")).len(), 1);
    for second in 6..700 {
        mind.decide(Input {
            at: at(second),
            what: What::Heard(super::doors::said(
                1,
                i32::try_from(second).unwrap(),
                crate::input::Door::Only,
                "Oracle, look",
            )),
        });
    }
    let facts = mind.mesh().to_facts();
    let handed = facts.iter().filter(|fact| matches!(fact, Fact::Letter(Letter::Handed { .. }))).count();
    assert_eq!(handed, crate::mesh::letters::HANDED_MOST, "they are bounded");
    again(&mind);
}

#[test]
fn a_question_mark_in_an_address_or_in_code_is_no_question() {
    let mut mind = settled();
    for (second, text) in [(1, "Oracle see https://x.example/?a=1"), (2, "Oracle said \"x?y\" to me")] {
        let (_, effects) = called(&mut mind, second, SANDMAN, text, hook(true, None));
        let run: Vec<_> = told(&effects).into_iter().map(|(.., run)| run).collect();
        assert_eq!(run, [false], "{text}");
    }
    let mut heard = super::doors::said(11, 3, crate::input::Door::Only, "Oracle, I ran what? and it failed");
    heard.said.quoted.push(14..19);
    let effects = mind.decide(Input { at: at(3), what: What::Heard(heard) }).effects;
    let run: Vec<_> = told(&effects).into_iter().map(|(.., run)| run).collect();
    assert_eq!(run, [false], "in code");
}

#[test]
fn an_agent_may_be_called_like_a_chat() {
    let mut mind = settled();
    let mut named = roster();
    named.agents[1].name = "4o-mini".into();
    named.agents[1].aliases = vec!["@o4_bot".into()];
    mind.decide(Input { at: at(1), what: What::Roster(named) });
    for (second, to) in [(2, "4o-mini"), (3, "@4o-mini"), (4, "@o4_bot")] {
        let (answer, effects) =
            called(&mut mind, second, SANDMAN, &format!("letter {to}"), hook(true, Some(to)));
        assert_eq!((answer.text.as_str(), told(&effects).len()), ("Handed to 4o-mini.", 1), "{to}");
    }
    for (second, to) in [(5, "4o-maxi"), (6, "12"), (7, "@12")] {
        let (answer, _) = called(&mut mind, second, SANDMAN, "hello", hook(true, Some(to)));
        assert_eq!(answer.reason, Some(Refused::ForeignChat), "{to}: a number is a chat's");
    }
}

#[test]
fn what_is_too_long_says_so() {
    let mut mind = settled();
    for (second, line) in [(1, "x".repeat(56_000)), (2, "word by word \u{1f600}\n".repeat(4_000))] {
        let (answer, effects) = called(&mut mind, second, SANDMAN, &line, hook(true, None));
        let posts = posts(&effects);
        assert_eq!(posts.len(), 4);
        let last = posts.last().unwrap().lines().last().unwrap();
        let shown: usize = posts.iter().map(|post| post.matches('x').count()).sum();
        assert!(last.ends_with(" characters more were left out: too long for the group."), "{last}");
        let left: usize = last.split(' ').nth(1).unwrap().parse().unwrap();
        assert!(answer.text.ends_with(&words_of(left)), "{}", answer.text);
        if second == 1 {
            assert_eq!(left + shown, 56_000, "to the character");
        }
        assert!(posts.iter().all(|post| post.encode_utf16().count() <= 4_000));
    }
    let (answer, effects) = called(&mut mind, 3, SANDMAN, &"@o1y ".repeat(12_000), hook(true, None));
    let told = answer.text.split(' ').find_map(|word| word.parse::<usize>().ok()).unwrap();
    let shown: usize = posts(&effects).iter().map(|post| post.matches('@').count()).sum();
    assert!((told + 5 * shown).abs_diff(60_000) < 20, "{told} were left out, {shown} mentions shown");
    let mentions = "@o1y ".repeat(2_400);
    let (_, effects) = called(&mut mind, 4, SANDMAN, &mentions, hook(true, None));
    let posts = posts(&effects);
    assert!(posts.iter().all(|post| post.encode_utf16().count() <= 4_096), "what breaks mentions counts");
    assert_eq!(posts.iter().map(|post| post.matches('@').count()).sum::<usize>(), 2_400, "none is lost");
    let (answer, effects) = called(&mut mind, 5, SANDMAN, &"y".repeat(15_000), hook(true, None));
    assert_eq!((answer.text.as_str(), self::posts(&effects).len()), ("Heard.", 4), "all of it");
}

fn words_of(left: usize) -> String {
    crate::say::delivery::cut_short(left)
}

#[test]
fn what_finds_no_door_is_a_dead_letter_unless_it_is_a_notice() {
    let mut mind = settled();
    mind.rules.bot_username = Some("mesh_bot".into());
    let no_door = |mind: &mut Mind, second, effect: &Effect| {
        let result = crate::input::EffectResult::NoDoor(AgentId(12));
        let what = What::Outcome(crate::input::Outcome { effect: effect.clone(), result });
        let effects = mind.decide(Input { at: at(second), what }).effects;
        effects
            .into_iter()
            .filter(|effect| matches!(effect.slot(), Some(Slot::Undelivered(_))))
            .collect::<Vec<_>>()
    };
    let effects = in_the_group(&mut mind, 1, 11, "EXCLUSIVE CLAIM: alpha");
    let pause = effects.iter().find(|effect| matches!(effect, Effect::Tell { agent: AgentId(12), .. }));
    assert_eq!(no_door(&mut mind, 2, pause.unwrap()), [], "it reads the group");
    assert!(mind.mesh().letters.of(AgentId(12)).is_none());
    let (_, effects) = called(&mut mind, 3, SANDMAN, "look at the log", hook(false, Some("Oracle")));
    let said = no_door(&mut mind, 4, &effects[0]);
    let [Effect::Post { chat, text, .. }] = &said[..] else { panic!("Execs hear of it: {said:?}") };
    assert!(*chat == crate::ids::ChatId(1) && text.contains("no door to it works"), "{text}");
    let effects = in_the_group(&mut mind, 5, 11, "DONE: alpha\nHANDOFF to: Oracle");
    let offer = effects.iter().find(|effect| effect.is_run()).unwrap();
    assert_eq!(no_door(&mut mind, 6, offer), [], "once");
    let letters = &mind.mesh().letters.of(AgentId(12)).unwrap().letters;
    let texts: Vec<_> = letters.iter().map(|(_, _, text)| text.as_str()).collect();
    assert_eq!(texts.len(), 2);
    assert!(
        texts[0] == "Sandman: look at the log" && texts[1].starts_with("HANDOFF from Sandman"),
        "{texts:?}"
    );
    again(&mind);
}

/// While what is urgent passes the hook by: Execs hear of it once, however often something arrives in private, and again
/// only once the hook has taken something.
#[test]
fn execs_hear_once_of_a_hook_that_is_passed_by() {
    let mut mind = settled();
    mind.rules.bot_username = Some("mesh_bot".into());
    let said = |mind: &mut Mind, second, what: What| {
        let effects = mind.decide(Input { at: at(second), what }).effects;
        effects.iter().filter(|effect| matches!(effect.slot(), Some(Slot::Undelivered(_)))).count()
    };
    let came = |urgent, result| {
        let (agent, text, envelope) = (AgentId(12), "PAUSE".into(), Envelope::default());
        let effect = Effect::Tell { agent, text, urgent, order: None, envelope };
        What::Outcome(crate::input::Outcome { effect, result })
    };
    let shut = |why: Option<&str>| What::HookShut { agent: AgentId(12), why: why.map(str::to_owned) };
    assert_eq!(said(&mut mind, 1, shut(None)), 0, "no news");
    assert!(mind.mesh().letters.of(AgentId(12)).is_none());
    assert_eq!(said(&mut mind, 2, shut(Some("401 Unauthorized"))), 1);
    for second in 3..6 {
        let dead = came(false, crate::input::EffectResult::Failed("401 Unauthorized".into()));
        let arrived = came(true, crate::input::EffectResult::Done(None));
        let told = [shut(Some("401 Unauthorized")), dead, arrived].map(|what| said(&mut mind, second, what));
        assert_eq!(told, [0, 0, 0]);
    }
    assert_eq!(Mesh::fold(&mind.mesh().to_facts()), *mind.mesh());
    said(&mut mind, 7, shut(None));
    assert_eq!(mind.mesh().letters.shut(AgentId(12)), None);
    assert_eq!(said(&mut mind, 8, shut(Some("404 Not Found"))), 1, "and again once the hook was open");
    said(&mut mind, 9, shut(None));
    assert_eq!(Mesh::fold(&mind.mesh().to_facts()), *mind.mesh());
}

//! What always holds, whatever is said in which order.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::fact::{Agent, Person, Role, Roster};
use crate::grammar::Said;
use crate::ids::{ChatId, Ear, PersonId, VoiceId, fingerprint};
use crate::input::{Call, Door, EffectResult, Handing, Heard, Outcome, Reacted, Sender, SenderKind};
use crate::mesh::Got;

pub(super) const GROUP: ChatId = ChatId(-4_000_000_001);

/// People 1 (Exec), 2 (Operator), 3 (Viewer), 4 (nobody); agents 11, 12, 13.
pub(super) fn roster() -> Roster {
    let person = |id, name: &str, role| Person { id: PersonId(id), name: name.into(), role: Some(role) };
    let agent = |id, name: &str| Agent {
        id: AgentId(id),
        name: name.into(),
        aliases: vec![],
        address: None,
        always_on: true,
    };
    Roster {
        people: vec![
            person(1, "Ely", Role::Exec),
            person(2, "Olga", Role::Operator),
            person(3, "Vic", Role::Viewer),
        ],
        agents: vec![agent(11, "Sandman"), agent(12, "Oracle"), agent(13, "Local")],
        lead: Some("Sandman".into()),
        domains: BTreeMap::new(),
    }
}

const SAID: &[&str] = &[
    "🔒 EXCLUSIVE CLAIM: alpha\nETA: 20 min",
    "EXCLUSIVE CLAIM: beta",
    "EXCLUSIVE CLAIM: Alpha",
    "EXCLUSIVE CLAIM:",
    "✅ DONE: alpha",
    "DONE: beta\nResult: fine\nHANDOFF to: Oracle",
    "DONE: alpha\nHANDOFF to: Sandman",
    "DONE: alpha\nHANDOFF to: Ely",
    "DONE: alpha\nHANDOFF to: nobody we know",
    "DONE",
    "ACK: alpha",
    "ACK: beta",
    "REFUSE: alpha no time",
    "👍",
    "Oracle stand down",
    "stand down",
    "all stand down",
    "Oracle stand up",
    "/mesh status",
    "/mesh claims",
    "/mesh nothing",
    "good morning",
    "EXCLUSIVE CLAIM: DONE: ask @oracle_bot",
    "EXCLUSIVE CLAIM: stand down",
    "DONE: stand down\nHANDOFF to: Local",
    "REFUSE: stand down, alpha",
    "everyone stand down",
    "all resume",
    "EXCLUSIVE CLAIM: try token=abcd1234efgh5678 on beta",
    "password: hunter2-hunter2",
    "Ely, which domain?",
    "@olga why? Sandman?",
    "CODE PUSH: sync.py\nTo: Oracle",
    "CODE RECEIVED: sync.py",
    "DONE: try token=abcd1234efgh5678 on beta",
    "⚠️ CONFLICT — I already started alpha. Half of it.",
    "CONFLICT: beta",
    "CONFLICT",
    "🚨 COLLISION on alpha",
    "🎯 CLAIMING: alpha",
    "🎯 CLAIMING: gamma",
    "🔒 EXCLUSIVE CLAIM: gamma\n⚠️ Type: auth/api",
    "🔄 HANDOFF to Oracle: alpha",
    "HANDOFF to Sandman:",
    "📢 TAKEOVER NOTICE: alpha\nReason: Unresponsive for 30 min",
    "📢 TAKEOVER NOTICE: beta\nNew owner: Local",
    "✅ TAKEOVER ACK — I was not working on alpha. Proceed.",
    "⚠️ TAKEOVER CONFLICT — I have WIP.",
    "⏸️ TASK PAUSED: alpha",
    "🔴 TASK BLOCKED: beta\nBlocker: the vault",
    "PAUSE",
    "RESUME",
    "RESUME: alpha",
    "RELEASE",
    "RELEASE: alpha",
    "QUEUE: alpha",
    "EXTEND: alpha 2h",
    "EXTEND: beta",
    "Oracle takes alpha",
    "Local takes [delta]",
    "Sandman",
    "Oracle, are you there?",
];

#[derive(Clone, Debug)]
struct Step {
    seconds: i64,
    from: i64,
    said: usize,
    reply_to: Option<i32>,
    again: bool,
    way: Way,
}

/// How it is said.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Message,
    Edit,
    Reaction,
    Call,
    Health,
}

fn step() -> impl Strategy<Value = Step> {
    let from = prop::sample::select(vec![1, 1, 2, 3, 4, 11, 11, 12, 12, 13]);
    let gap = prop_oneof![4 => 0_i64..90, 1 => 200_i64..3_000];
    (
        gap,
        from,
        0..SAID.len(),
        prop::option::of(0..40_i32),
        prop::bool::weighted(0.1),
        prop_oneof![6 => Just(Way::Message), 1 => Just(Way::Edit), 1 => Just(Way::Reaction), 2 => Just(Way::Call), 1 => Just(Way::Health)],
    )
        .prop_map(|(seconds, from, said, reply_to, again, way)| Step {
            seconds,
            from,
            said,
            reply_to,
            again,
            way,
        })
}

pub(super) fn mind() -> Mind {
    Mind::new(Mesh::default(), Rules::new(GROUP, 1), Timestamp::UNIX_EPOCH)
}

fn inputs(steps: &[Step]) -> Vec<Input> {
    let mut at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24);
    let mut inputs = vec![Input { at, what: What::Roster(roster()) }];
    for (id, step) in (1..).zip(steps) {
        at += SignedDuration::from_secs(step.seconds);
        let input = Input { at, what: what(id, at, step) };
        inputs.extend(step.again.then(|| input.clone()));
        inputs.push(input);
    }
    inputs
}

fn what(id: i32, at: Timestamp, step: &Step) -> What {
    let (chat, from, text) = (GROUP, UserId(step.from), SAID[step.said]);
    if step.way == Way::Reaction {
        let message = step.reply_to.unwrap_or(id - 1);
        return What::Reacted(Reacted { ear: Ear::Log, chat, message, from, emoji: vec!["👍".into()] });
    }
    if step.way == Way::Health {
        let agent = AgentId(step.from);
        return if step.from > 10 {
            What::Health { agent, up: step.said.is_multiple_of(2) }
        } else {
            absence(step, at)
        };
    }
    if step.way == Way::Call {
        let person = Who::Person(PersonId(step.from));
        let who = if step.from > 10 { Who::Agent(AgentId(step.from)) } else { person };
        return What::Called(Call {
            who,
            key: id.to_string(),
            at,
            said: Said::plain(text),
            handing: Handing::Answered,
        });
    }
    let kind = if step.from > 10 { SenderKind::Bot } else { SenderKind::Person };
    let reply_to = step.reply_to.filter(|to| *to < id);
    let edited = step.way == Way::Edit && reply_to.is_some();
    let id = reply_to.filter(|_| edited).unwrap_or(id);
    What::Heard(Heard {
        door: Door::Only,
        message: MessageRef { ear: Ear::Log, chat, id, from, at, print: fingerprint(text) },
        sender: Sender { id: from, name: "somebody".into(), username: None, kind },
        said: Said::plain(text),
        reply_to,
        reply_to_from: reply_to.map(|to| UserId(i64::from(to % 3) + 11)),
        edited,
        forwarded: false,
        heard_at: at,
    })
}

fn absence(step: &Step, at: Timestamp) -> What {
    if step.said.is_multiple_of(2) {
        What::Away { since: at - SignedDuration::from_secs(400) }
    } else {
        What::Back
    }
}

fn is_quiet(mind: &Mind, who: Who) -> bool {
    matches!(who, Who::Agent(agent) if mind.mesh.floor.stood_down.contains_key(&agent))
}

/// It was told to stand down, and nobody has spoken to it lately.
fn is_silenced(mind: &Mind, user: UserId, at: Timestamp) -> bool {
    let order = mind.mesh.floor.stood_down.get(&AgentId(user.0));
    let lately = |then: Timestamp| at.duration_since(then) <= mind.rules.answer_within;
    order.is_some_and(|order| !order.addressed.is_some_and(lately))
}

/// The message that a fact about owning something comes from; what a quiet agent may always say is left out.
fn said_by(fact: &Fact) -> Option<MessageRef> {
    match fact {
        Fact::Claimed { by, .. }
        | Fact::Queued { by, .. }
        | Fact::Assigned { by, .. }
        | Fact::TakeoverAsked { by, .. }
        | Fact::SharedNoted { by, .. } => Some(*by),
        Fact::Contested { rivals, .. } => rivals.last().map(|rival| rival.by),
        _ => None,
    }
}

fn everybody() -> impl Iterator<Item = Who> {
    let people = (1..=4).map(|id| Who::Person(PersonId(id)));
    people.chain((11..=13).map(|id| Who::Agent(AgentId(id))))
}

/// Decides an input and lets its effects succeed at once, as the engine would.
fn put(mind: &mut Mind, input: Input, posts: &mut i32, see: &mut impl FnMut(&Mind, &Decision)) {
    let decision = mind.decide(input);
    see(mind, &decision);
    for effect in decision.effects {
        let result = match effect {
            Effect::Post { .. } => {
                *posts += 1;
                EffectResult::Done(Some(VoiceId(*posts)))
            }
            _ => EffectResult::Done(None),
        };
        let at = mind.now();
        put(mind, Input { at, what: What::Outcome(Outcome { effect, result }) }, posts, see);
    }
}

fn run(inputs: &[Input], mut see: impl FnMut(&Mind, &Decision)) -> Mind {
    let (mut mind, mut posts) = (mind(), 0);
    for input in inputs {
        put(&mut mind, input.clone(), &mut posts, &mut see);
    }
    mind
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn the_mesh_is_the_fold_of_its_facts(steps in prop::collection::vec(step(), 0..60)) {
        let mut facts = Vec::new();
        let mind = run(&inputs(&steps), |_, decision| facts.extend(decision.facts.clone()));
        prop_assert_eq!(&Mesh::fold(&facts), mind.mesh());
        prop_assert_eq!(&Mesh::fold(&mind.mesh().to_facts()), mind.mesh());
    }

    #[test]
    fn fences_never_fall_and_none_belongs_to_two(steps in prop::collection::vec(step(), 0..60)) {
        let mut owners = BTreeMap::new();
        let mut last = Fence(0);
        run(&inputs(&steps), |_, decision| {
            for fact in &decision.facts {
                if let Fact::Claimed { owner, fence, .. }
                | Fact::Accepted { owner, fence, .. }
                | Fact::Assigned { owner, fence, .. } = fact
                {
                    assert!(*fence > last, "{fence} after {last}");
                    assert!(owners.insert(*fence, *owner).is_none());
                    last = *fence;
                }
            }
        });
    }

    #[test]
    fn a_repeated_message_changes_nothing(steps in prop::collection::vec(step(), 1..60)) {
        let once: Vec<_> = steps.iter().map(|s| Step { again: false, ..s.clone() }).collect();
        let once = inputs(&once);
        let twice: Vec<_> = once.iter().flat_map(|input| [input.clone(), input.clone()]).collect();
        let (once, twice) = (run(&once, |_, _| {}), run(&twice, |_, _| {}));
        prop_assert_eq!(twice.mesh(), once.mesh());
    }

    #[test]
    fn a_restart_in_the_middle_changes_nothing(
        steps in prop::collection::vec(step(), 1..60),
        cut in any::<prop::sample::Index>(),
    ) {
        let inputs = inputs(&steps);
        let whole = run(&inputs, |_, _| {});
        let (mut first, mut posts) = (mind(), 0);
        let cut = cut.index(inputs.len());
        for input in &inputs[..cut] {
            put(&mut first, input.clone(), &mut posts, &mut |_, _| {});
        }
        let mesh = Mesh::fold(&first.mesh().to_facts());
        let mut second = Mind::new(mesh, first.rules().clone(), first.now());
        // The guards are volatile: they belong to neither half.
        second.commands = first.commands.clone();
        second.refusals = first.refusals.clone();
        second.leaks = first.leaks.clone();
        second.guard = first.guard.clone();
        second.spoke = first.spoke;
        for input in &inputs[cut..] {
            put(&mut second, input.clone(), &mut posts, &mut |_, _| {});
        }
        prop_assert_eq!(second.mesh(), whole.mesh());
    }

    #[test]
    fn who_observes_is_silent_and_who_reacts_says_little(steps in prop::collection::vec(step(), 0..60)) {
        for mode in [Mode::Observe, Mode::React] {
            let mut mind = mind();
            mind.rules.mode = mode;
            for input in inputs(&steps) {
                put(&mut mind, input, &mut 0, &mut |_, decision| {
                    for effect in &decision.effects {
                        let board = effect.slot() == Some(&Slot::Board);
                        let small = matches!(effect, Effect::React { .. } | Effect::Pin { .. });
                        assert!(mode == Mode::React && (board || small), "{effect:?}");
                    }
                });
            }
        }
    }

    #[test]
    fn a_task_has_one_owner_and_none_while_it_is_contested(steps in prop::collection::vec(step(), 0..60)) {
        run(&inputs(&steps), |mind, _| {
            let claims = &mind.mesh.claims;
            for (key, claim) in claims.all_open() {
                let owners = everybody().filter(|who| claims.held_by(*who).any(|(held, _)| held == key));
                let contested = claim.contest().is_some();
                assert_eq!(owners.count(), usize::from(!contested), "{claim:?}");
                assert!(claims.holds(key, claim.mark()) != contested, "{claim:?}");
                assert!(claim.contest().is_none_or(|contest| contest.rivals.len() > 1), "{claim:?}");
            }
        });
    }

    #[test]
    fn an_offer_ends_with_one_owner(steps in prop::collection::vec(step(), 0..60)) {
        let mut before: BTreeMap<String, (Who, Who)> = BTreeMap::new();
        run(&inputs(&steps), |mind, _| {
            let claims = &mind.mesh.claims;
            for (key, (from, to)) in std::mem::take(&mut before) {
                let claim = claims.get(&key).unwrap();
                let owner = claim.holder().unwrap_or(claim.owner);
                let settled = claim.contest().is_some() || !claim.is_open() || matches!(claim.got, Got::Assigned(_));
                // Its sender may hand it to a person instead, who owns it at once.
                let handed = matches!(owner, Who::Person(_));
                assert!(settled || handed || owner == from || owner == to, "{claim:?}");
            }
            let offered = claims.offered().filter_map(|(key, claim)| Some((key, claim.owner, claim.offer()?.to)));
            before.extend(offered.map(|(key, from, to)| (key.to_owned(), (from, to))));
        });
    }

    #[test]
    fn who_is_quiet_and_not_spoken_to_does_nothing(steps in prop::collection::vec(step(), 0..60)) {
        let (mut mind, mut posts) = (mind(), 0);
        for input in inputs(&steps) {
            let message = match &input.what {
                What::Heard(heard) if is_silenced(&mind, heard.sender.id, input.at) => Some(heard.message),
                _ => None,
            };
            put(&mut mind, input, &mut posts, &mut |_, decision| {
                let done = decision.facts.iter().find(|fact| message.is_some() && said_by(fact) == message);
                assert!(done.is_none(), "{done:?}");
            });
        }
    }

    #[test]
    fn who_is_quiet_has_no_clock_that_runs(steps in prop::collection::vec(step(), 0..60)) {
        run(&inputs(&steps), |mind, _| {
            for (_, claim) in mind.mesh.claims.iter() {
                let quiet = claim.holder().is_some_and(|owner| is_quiet(mind, owner));
                assert_eq!(claim.stopped.is_some(), quiet || claim.hold.is_some(), "{claim:?}");
            }
        });
    }

    #[test]
    fn the_loop_never_asks_to_be_woken_in_the_past(steps in prop::collection::vec(step(), 0..60)) {
        run(&inputs(&steps), |mind, _| {
            assert!(mind.next_deadline().is_none_or(|at| at >= mind.now()));
        });
    }

    #[test]
    fn what_the_mesh_posts_in_the_group_is_never_grammar(steps in prop::collection::vec(step(), 0..60)) {
        run(&inputs(&steps), |_, decision| {
            for effect in &decision.effects {
                if let Effect::Post { text, .. } | Effect::Edit { text, .. } = effect {
                    assert_eq!(crate::grammar::read(&Said::plain(text), false), crate::grammar::Reading::Chatter);
                    assert!(!text.contains("@oracle_bot") && !text.contains("abcd1234"), "{text}");
                }
            }
        });
    }
}

use std::time::Duration;

use commands::effect::{Class, Envelope, Reaction, Slot};
use commands::fact::{Fact, Person, Role};
use commands::ids::{AgentId, Ear, MessageRef, PersonId, UserId, VoiceId};
use commands::mesh::Mesh;
use sessions::Progress;

use super::*;

const CHAT: ChatId = ChatId(-4_000_000_001);
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn entry(id: u64, effect: Effect) -> OutboxEntry {
    let (class, lane) = (Class::Idempotent, effect.lane(&mesh()));
    let (at, not_before, tries) = (NOW, NOW, 0);
    let state = Progress::Waiting;
    OutboxEntry { id: EffectId(id), effect, class, lane, random_id: 1, at, not_before, tries, state }
}

/// A mesh whose Exec is the user 7, and an Operator 8.
fn mesh() -> Mesh {
    let person =
        |id, role| Fact::PersonKnown(Person { id: PersonId(id), name: id.to_string(), role: Some(role) });
    Mesh::fold(&[person(7, Role::Exec), person(8, Role::Operator)])
}

/// What an agent is told because somebody said so.
fn stand_down(by: i64) -> Effect {
    let order = MessageRef { ear: Ear::Bot, chat: CHAT, id: 1, from: UserId(by), at: NOW, print: 0 };
    let (agent, text, envelope) = (AgentId(12), "Stand down.".to_owned(), Envelope::default());
    Effect::Tell { agent, text, urgent: true, order: Some(order), envelope }
}

/// A private answer of the bot's.
fn answer_to(user: i64) -> Effect {
    let (slot, text) = (Slot::Status, "an answer".to_owned());
    Effect::Post { slot, chat: ChatId(user), text, reply_to: None, buttons: Vec::new(), sound: false }
}

fn react(message: i32, with: Reaction) -> Effect {
    let (ear, at) = (Ear::Bot, NOW);
    Effect::React { to: MessageRef { ear, chat: CHAT, id: message, from: UserId(1), at, print: 0 }, with }
}

fn board(text: &str) -> Effect {
    let (slot, text) = (Slot::Board, text.to_owned());
    Effect::Edit { slot, chat: CHAT, message: VoiceId(9), text, buttons: Vec::new() }
}

fn order() -> Effect {
    Effect::AnswerTap { query: "1".into(), text: None, alert: false }
}

fn post(text: &str) -> Effect {
    let (slot, text) = (Slot::Status, text.to_owned());
    Effect::Post { slot, chat: CHAT, text, reply_to: None, buttons: Vec::new(), sound: false }
}

fn lifted() -> Dispatch {
    Dispatch::new(Limits::new(0, 0, 0), Doors::default())
}

fn take(dispatch: &mut Dispatch, now: Timestamp) -> Option<u64> {
    match dispatch.next(now) {
        Next::Perform(entry) => Some(entry.id.0),
        Next::Wait(_) | Next::Idle => None,
    }
}

#[test]
fn orders_go_before_answers_and_boards() {
    let mut dispatch = lifted();
    for (id, effect) in [(1, board("a")), (2, react(5, Reaction::Recorded)), (3, order())] {
        dispatch.add(entry(id, effect));
    }
    let taken: Vec<_> = std::iter::from_fn(|| take(&mut dispatch, NOW)).collect();
    assert_eq!(taken, [3, 2, 1]);
}

/// ... and what an Exec waits for goes before all of it, whoever waits longer.
#[test]
fn an_execs_goes_first() {
    let mut dispatch = Dispatch::new(Limits::new(0, 0, 1), Doors::default());
    let waiting = [answer_to(8), stand_down(8), board("a"), answer_to(7)];
    for (id, effect) in (1..).zip(waiting) {
        dispatch.add(entry(id, effect));
    }
    let mut taken = Vec::new();
    for second in 0..10 {
        if let Some(id) = take(&mut dispatch, NOW + SignedDuration::from_secs(second)) {
            dispatch.finished(EffectId(id));
            taken.push(id);
        }
    }
    assert_eq!(taken, [4, 2, 1, 3]);
}

#[test]
fn thirty_a_second_go_out_in_all() {
    let mut dispatch = Dispatch::new(Limits::new(1, 20, 30), Doors::default());
    for id in 1..=40 {
        dispatch.add(entry(id, answer_to(i64::try_from(id).unwrap())));
    }
    let now = |dispatch: &mut Dispatch, at| std::iter::from_fn(|| take(dispatch, at)).count();
    assert_eq!(now(&mut dispatch, NOW), 30);
    assert!(matches!(dispatch.next(NOW), Next::Wait(at) if at > NOW));
    assert_eq!(now(&mut dispatch, NOW + SignedDuration::from_secs(1)), 10);
}

#[test]
fn one_call_at_a_time_goes_to_one_place() {
    let mut dispatch = lifted();
    dispatch.add(entry(1, post("a")));
    dispatch.add(entry(2, post("b")));
    assert_eq!(take(&mut dispatch, NOW), Some(1));
    assert_eq!(take(&mut dispatch, NOW), None);
    dispatch.finished(EffectId(1));
    assert_eq!(take(&mut dispatch, NOW), Some(2));
}

#[test]
fn the_later_edit_and_reaction_make_the_earlier_needless() {
    let mut dispatch = lifted();
    dispatch.add(entry(1, board("a")));
    dispatch.add(entry(2, react(5, Reaction::Waiting)));
    assert_eq!(dispatch.add(entry(3, board("b"))), [EffectId(1)]);
    assert_eq!(dispatch.add(entry(4, react(5, Reaction::Accepted))), [EffectId(2)]);
    assert_eq!(dispatch.add(entry(5, react(6, Reaction::Accepted))), []);
    assert_eq!(dispatch.queue(NOW).waiting(), 3);
}

#[test]
fn what_is_put_off_holds_back_its_place_only() {
    let mut dispatch = lifted();
    dispatch.add(entry(1, post("a")));
    dispatch.add(entry(2, post("b")));
    dispatch.add(entry(3, react(5, Reaction::Recorded)));
    let Next::Perform(mut first) = dispatch.next(NOW) else { panic!("the first goes") };
    let until = NOW + SignedDuration::from_secs(7);
    first.not_before = until;
    dispatch.later(*first);
    assert_eq!(take(&mut dispatch, NOW), Some(3));
    assert!(matches!(dispatch.next(NOW), Next::Wait(at) if at == until));
    assert_eq!(take(&mut dispatch, until), Some(1));
}

#[test]
fn a_longer_wait_elsewhere_ends_none_here() {
    let mut dispatch = lifted();
    dispatch.add(entry(1, post("a")));
    dispatch.add(entry(2, answer_to(7)));
    let mut put_off = |id: u64, seconds: i64| {
        let Next::Perform(mut entry) = dispatch.next(NOW) else { panic!("it may go") };
        assert_eq!(entry.id, EffectId(id));
        entry.not_before = NOW + SignedDuration::from_secs(seconds);
        dispatch.later(*entry);
    };
    put_off(2, 15);
    put_off(1, 300);
    dispatch.add(entry(3, answer_to(7)));
    assert_eq!(take(&mut dispatch, NOW + SignedDuration::from_secs(14)), None);
    assert_eq!(take(&mut dispatch, NOW + SignedDuration::from_secs(15)), Some(2));
}

#[test]
fn a_chat_gets_one_message_a_second() {
    let mut dispatch = Dispatch::new(Limits::new(1, 20, 30), Doors::default());
    dispatch.add(entry(1, post("a")));
    dispatch.add(entry(2, post("b")));
    assert_eq!(take(&mut dispatch, NOW), Some(1));
    dispatch.finished(EffectId(1));
    assert!(matches!(dispatch.next(NOW), Next::Wait(at) if at > NOW));
}

/// However often it is asked in between: what one limit granted is not lost to another that refuses.
#[test]
fn twenty_a_minute_go_to_a_group_and_no_token_is_lost() {
    let mut dispatch = Dispatch::new(Limits::new(1, 20, 30), Doors::default());
    for id in 1..=40 {
        dispatch.add(entry(id, post("a")));
    }
    let mut taken = Vec::new();
    for tenth in 0..1_200_i64 {
        let now = NOW + SignedDuration::from_millis(tenth * 100);
        if let Some(id) = take(&mut dispatch, now) {
            dispatch.finished(EffectId(id));
            taken.push(tenth);
        }
    }
    let within = |from: i64| taken.iter().filter(|at| (from..from + 600).contains(at)).count();
    assert_eq!(taken.len(), 40, "{taken:?}");
    assert!(taken.windows(2).all(|pair| pair[1] - pair[0] >= 10), "one a second: {taken:?}");
    assert!(within(600) <= 21, "{taken:?}");
}

#[test]
fn a_group_that_moved_keeps_its_limits_and_what_waits_for_it() {
    const NEW: ChatId = ChatId(-1_000_000_000_077);
    let mut dispatch = Dispatch::new(Limits::new(1, 20, 30), Doors::default());
    dispatch.add(entry(1, post("a")));
    dispatch.add(entry(2, post("b")));
    dispatch.add(entry(3, order()));
    let Next::Perform(first) = dispatch.next(NOW) else { panic!("the tap's answer goes") };
    assert_eq!(first.id, EffectId(3));
    dispatch.finished(first.id);
    assert_eq!(take(&mut dispatch, NOW), Some(1));
    dispatch.finished(EffectId(1));
    let waiting = dispatch.moved(CHAT, NEW);
    let [Gone::Here(second)] = &waiting[..] else { panic!("{waiting:?}") };
    assert_eq!(second.id, EffectId(2));
    let effect = second.effect.clone().moved(NEW).expect("a post");
    dispatch.add(entry(2, effect));
    assert!(matches!(dispatch.next(NOW), Next::Wait(at) if at > NOW), "one a second, wherever it is");
    assert_eq!(take(&mut dispatch, NOW + SignedDuration::from_secs(2)), Some(2));
}

#[test]
fn waits_double_up_to_five_minutes() {
    assert_eq!(delay(Some(Duration::from_secs(9)), 3, 1), Duration::from_secs(9));
    assert_eq!(delay(None, 0, 0), Duration::from_secs(1));
    assert_eq!(delay(None, 3, 0), Duration::from_secs(8));
    assert_eq!(delay(None, 40, 0), Duration::from_mins(5));
    assert!(delay(None, 40, u64::MAX) <= Duration::from_secs(375));
}

#[test]
fn a_pause_is_news_once_and_shown_until_it_is_over() {
    let mut dispatch = lifted();
    let at = |second| Timestamp::from_second(second).unwrap();
    dispatch.add(entry(1, post("a")));
    let mut pause = |now: i64, until: i64| {
        let Next::Perform(mut entry) = dispatch.next(at(now)) else { panic!("it may go") };
        let news = dispatch.paused(entry.id, at(now), at(until));
        entry.not_before = at(until);
        dispatch.later(*entry);
        let shown = dispatch.queue(at(until - 1)).paused;
        assert_eq!(shown, [Pause { what: "posts", chat: CHAT.0, until: at(until) }]);
        assert_eq!(dispatch.queue(at(until)).paused, []);
        news.is_some()
    };
    assert!(pause(0, 30));
    assert!(!pause(30, 60), "the same trouble");
    assert!(pause(661, 700), "another one");
}

fn told(id: u64, urgent: bool, order: Option<MessageRef>) -> OutboxEntry {
    let (agent, text, envelope) = (AgentId(12), "x".to_owned(), Envelope::default());
    entry(id, Effect::Tell { agent, text, urgent, order, envelope })
}

/// What was begun in private goes so though the hook is well, when it is due, and nothing overtakes it by the hook.
#[test]
fn what_was_begun_in_private_keeps_its_way_and_its_place() {
    let doors = [(AgentId(12), vec![Door::Hook, Door::Dm])].into();
    let mut dispatch = Dispatch::new(Limits::new(0, 0, 0), Doors::new(doors, SignedDuration::from_secs(60)));
    let Effect::Tell { order, .. } = stand_down(7) else { panic!("an order") };
    let mut begun = told(1, true, None);
    begun.state = begun.state.by_dm();
    begun.not_before = NOW + SignedDuration::from_secs(5);
    dispatch.add(begun.clone());
    for entry in [told(2, true, order), told(3, true, None), told(4, false, None)] {
        dispatch.add(entry);
    }
    assert_eq!(take(&mut dispatch, NOW), None);
    assert!(matches!(dispatch.next(NOW), Next::Wait(until) if until == begun.not_before));
    assert_eq!(take(&mut dispatch, begun.not_before), Some(1));
    assert!(!dispatch.is_by_hook(EffectId(1)));
    dispatch.doors().begin_in_private(AgentId(12), false);
    assert_eq!(take(&mut dispatch, begun.not_before), None, "while it is under way");
    dispatch.doors().end_in_private(AgentId(12));
    dispatch.finished(EffectId(1));
    assert_eq!(take(&mut dispatch, begun.not_before), Some(2));
    assert!(dispatch.is_by_hook(EffectId(2)));
}

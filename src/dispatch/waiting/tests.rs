use std::collections::BTreeSet;

use commands::effect::{Awaited, Class, Deed, Envelope, Slot};
use commands::ids::{Ear, MessageRef, UserId};
use jiff::{SignedDuration, Timestamp};
use sessions::Progress;

use super::super::{Dispatch, Door, Doors, Limits, destination};
use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const CHATS: [ChatId; 2] = [ChatId(-4_000_000_001), ChatId(12)];
const AGENTS: [AgentId; 2] = [AgentId(12), AgentId(13)];

fn entry(id: u64, effect: Effect) -> OutboxEntry {
    let (class, lane, state) = (Class::Idempotent, Lane::Answer, Progress::Waiting);
    let (at, not_before, tries) = (NOW, NOW, 0);
    OutboxEntry { id: EffectId(id), effect, class, lane, random_id: 1, at, not_before, tries, state }
}

fn tells(agent: AgentId) -> impl Iterator<Item = Effect> {
    (0_u8..32).map(move |bits| {
        let [urgent, ordered, passes, answers, long] = [1, 2, 4, 8, 16].map(|bit| bits & bit != 0);
        let text = if long { "x".repeat(4_097) } else { "x".to_owned() };
        let order = ordered.then_some(said(1));
        let envelope = Envelope { passes, answers, ..Envelope::default() };
        Effect::Tell { agent, text, urgent, order, envelope }
    })
}

fn said(id: i32) -> MessageRef {
    MessageRef { ear: Ear::Bot, chat: CHATS[0], id, from: UserId(1), at: NOW, print: 0 }
}

/// Twice one of each kind that differs in what may hold it back.
fn all_kinds() -> Vec<OutboxEntry> {
    let mut effects: Vec<_> = AGENTS.into_iter().flat_map(tells).collect();
    for chat in CHATS {
        let text = || "x".to_owned();
        for slot in [Slot::Status, Slot::Stop(said(1))] {
            effects.push(Effect::Post {
                slot,
                chat,
                text: text(),
                reply_to: None,
                buttons: Vec::new(),
                sound: false,
            });
        }
        effects.push(Effect::Restart { number: 1, chat });
        for agent in AGENTS {
            let awaited = Awaited::InChat { number: 1, chat };
            effects.push(Effect::Drive { agent, deed: Deed::Restart, awaited });
        }
        for at_once in [false, true] {
            effects.push(Effect::Dm { to: UserId(12), text: text(), reply_to: None, at_once });
        }
    }
    for agent in AGENTS {
        let awaited = Awaited::AtShell { key: "a".into() };
        effects.push(Effect::Drive { agent, deed: Deed::Restart, awaited });
    }
    effects.push(Effect::AnswerTap { query: "1".into(), text: None, alert: false });
    let twice = effects.clone().into_iter().chain(effects);
    (1..).zip(twice).map(|(id, effect)| entry(id, effect)).collect()
}

/// A scheduler for each state of the node that holds something back.
fn states() -> Vec<Dispatch> {
    let mut states = Vec::new();
    for bits in 0_u8..16 {
        let [stopped, paused, failing, shut] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
        let both = vec![Door::Hook, Door::Dm];
        let mut doors = Doors::new(
            [(AGENTS[0], both), (AGENTS[1], vec![Door::Hook])].into(),
            SignedDuration::from_secs(60),
        );
        for agent in AGENTS {
            if failing {
                doors.failed(agent, NOW - SignedDuration::from_secs(61), None, 0);
            }
            if shut {
                doors.shut(agent, NOW, 0);
            }
        }
        let mut dispatch = Dispatch::new(Limits::new(0, 0, 0), doors);
        dispatch.stop(stopped);
        dispatch.pause(if paused { AGENTS.into() } else { BTreeSet::new() });
        states.push(dispatch);
    }
    states
}

/// What holds back the first of a line holds back the others: where it goes, and whether, is the same for all of them.
#[test]
fn those_of_one_line_go_the_same_way_at_the_same_time() {
    let kinds = all_kinds();
    let (mut alike, states) = (0, states());
    for (one, other) in kinds.iter().flat_map(|one| kinds.iter().map(move |other| (one, other))) {
        if one.id >= other.id || Line::of(one) != Line::of(other) {
            continue;
        }
        alike += 1;
        for state in &states {
            let what = |entry: &OutboxEntry| {
                (
                    destination(entry, &state.doors, NOW),
                    state.is_held(&entry.effect),
                    state.doors.is_passed_by(&entry.effect, NOW),
                    state.doors.passed_by_from(&entry.effect),
                    says_first(&entry.effect),
                )
            };
            assert_eq!(what(one), what(other), "{} {}", one.id, other.id);
        }
    }
    assert!(alike > kinds.len() / 2, "{alike}");
}

#[test]
fn the_first_of_each_line_is_found_however_it_changes() {
    let mut waiting = Waiting::default();
    let kinds = all_kinds();
    for entry in kinds.iter().rev() {
        waiting.insert(entry.clone());
    }
    let mut left: BTreeSet<_> = kinds.iter().map(|entry| entry.id).collect();
    let mut step = 0;
    while !left.is_empty() {
        let firsts: Vec<_> = waiting.firsts().map(|(key, entry)| (key, Line::of(entry))).collect();
        let lines: BTreeSet<_> = firsts.iter().map(|(_, line)| *line).collect();
        assert!(firsts.is_sorted_by_key(|(key, _)| *key) && lines.len() == firsts.len());
        for (key, line) in &firsts {
            let of_it = waiting.all().filter(|entry| Line::of(entry) == *line);
            assert_eq!(of_it.map(|entry| entry.id).min(), Some(key.1));
        }
        let (key, line) = firsts[step % firsts.len()];
        step += 1;
        if step % 3 == 0 {
            let gone = waiting.take_all(|at| at == line.place, |entry| Line::of(entry) == line);
            assert!(gone.iter().all(|entry| left.remove(&entry.id)) && !gone.is_empty());
        } else {
            let taken = waiting.take_first(key).expect("it waits");
            assert!(left.remove(&taken.id));
        }
        let known: BTreeSet<_> = waiting.all().map(|entry| entry.id).collect();
        assert_eq!(known, left);
    }
}

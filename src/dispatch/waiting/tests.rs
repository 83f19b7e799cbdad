use std::collections::{BTreeMap, BTreeSet};

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
    let mut lines: BTreeMap<Line, Vec<&OutboxEntry>> = BTreeMap::new();
    for kind in &kinds {
        lines.entry(Line::of(kind)).or_default().push(kind);
    }
    assert!(lines.len() > 20 && lines.len() <= kinds.len() / 2, "{}", lines.len());
    for state in states() {
        let what = |entry: &&OutboxEntry| {
            let (effect, doors) = (&entry.effect, &state.doors);
            let door = (doors.is_passed_by(effect, NOW), doors.passed_by_from(effect));
            (destination(entry, doors, NOW), state.is_held(effect), door, says_first(effect))
        };
        for alike in lines.values().filter(|line| line[0].effect.chat().is_some()) {
            let first = what(&alike[0]);
            assert!(alike.iter().all(|other| what(other) == first), "{:?}", alike[0].effect.kind());
        }
    }
}

/// What waits beside a store that has all of it, as one has it that looks at everything.
#[derive(Default)]
struct Model {
    waiting: Waiting,
    store: BTreeMap<EffectId, OutboxEntry>,
    chance: u64,
    next: u64,
}

impl Model {
    fn below(&mut self, most: usize) -> usize {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.chance >> 33).unwrap() % most
    }

    fn add(&mut self, kinds: &[OutboxEntry]) {
        self.next += 1;
        let id = EffectId(self.next);
        let entry = OutboxEntry { id, ..kinds[self.below(kinds.len())].clone() };
        self.store.insert(id, entry.clone());
        self.waiting.insert(entry);
    }

    /// What the first of each line is, for one who looks at everything.
    fn firsts(&self) -> BTreeMap<Key, Line> {
        let mut firsts = BTreeMap::new();
        for entry in self.store.values() {
            let key = firsts.entry(Line::of(entry)).or_insert(key_of(entry));
            *key = (*key).min(key_of(entry));
        }
        firsts.into_iter().map(|(line, key)| (key, line)).collect()
    }

    fn agrees(&mut self) {
        while let Some(id) = self.waiting.lacks() {
            self.waiting.put(self.store[&id].clone());
        }
        let firsts: BTreeMap<_, _> =
            self.waiting.firsts().map(|(key, entry)| (key, Line::of(entry))).collect();
        assert_eq!(firsts, self.firsts());
        assert!(self.waiting.firsts().is_sorted_by_key(|(key, _)| key));
        assert_eq!(self.waiting.all().count(), self.store.len());
    }

    fn is_gone(&mut self, id: EffectId) {
        assert!(self.store.remove(&id).is_some());
    }
}

#[test]
fn the_first_of_each_line_is_found_however_long_it_is_and_whatever_happens() {
    // Two kinds are common, so that their lines get long.
    let mut kinds = all_kinds();
    let common: Vec<_> = kinds.iter().filter(|kind| may_be_kept(&kind.effect)).take(2).cloned().collect();
    kinds.extend(std::iter::repeat_n(common, 100).flatten());
    let mut model = Model::default();
    let mut longest = 0;
    for step in 0..2_700 {
        model.add(&kinds);
        if step % 9 == 0 {
            model.agrees();
            let (key, _) = model.waiting.firsts().next().unwrap();
            let taken = model.waiting.take_first(key).expect("it is there");
            assert_eq!(taken.id, key.1);
            if model.below(4) == 0 {
                model.waiting.put(*taken);
            } else {
                model.is_gone(taken.id);
            }
        }
        if step % 700 == 699 {
            let struck = model.waiting.take_lines(|line| line.is_struck_for(AGENTS[1]));
            let wanted = |entry: &&OutboxEntry| entry.effect.is_struck_for(AGENTS[1]);
            let wanted: Vec<_> = model.store.values().filter(wanted).map(|entry| entry.id).collect();
            let mut ids: Vec<_> = struck.iter().map(Gone::id).collect();
            ids.sort_unstable();
            assert_eq!(ids, wanted);
            for id in ids {
                model.is_gone(id);
            }
        }
        let lines = &model.waiting.lines;
        let here = |line: &BTreeMap<Key, Entry>| line.values().filter(|entry| entry.here().is_some()).count();
        let kept = lines.iter().filter(|(_, line)| line.values().any(|entry| entry.here().is_none()));
        assert!(kept.clone().all(|(_, line)| here(line) <= HERE_MOST));
        longest = longest.max(kept.map(|(_, line)| line.len()).max().unwrap_or(0));
    }
    model.agrees();
    assert!(longest > 2 * HERE_MOST, "{longest}");
    let chat = CHATS[0];
    let moved = model.waiting.take_lines(|line| line.concerns(chat));
    let concerned = |entry: &&OutboxEntry| {
        matches!(entry.effect, Effect::AnswerTap { .. }) || entry.effect.chat() == Some(chat)
    };
    assert_eq!(moved.len(), model.store.values().filter(concerned).count());
}

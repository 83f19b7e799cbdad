//! Commits, restarts, the outbox and snapshots.

use commands::effect::{Class, Lane};
use commands::fact::Fact;
use commands::ids::AgentId;

use super::samples::{alive, at, became, effects, facts, react};
use crate::trees::Writes;
use crate::{
    Batch, Cause, EffectId, NodeKey, OUTBOX_MOST, OutboxEntry, Progress, Retry, Seq, Store, StoreError,
};

fn waiting(store: &Store) -> Vec<OutboxEntry> {
    store.outbox().map(Result::unwrap).collect()
}

fn ids(store: &Store) -> Vec<u64> {
    waiting(store).iter().map(|entry| entry.id.0).collect()
}

fn replayed(store: &Store) -> Vec<Fact> {
    store.replay().map(|entry| entry.unwrap().fact).collect()
}

#[test]
fn everything_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let committed = store
        .commit(Batch {
            facts: vec![became(vec![alive(1), alive(2)]), became(vec![alive(3)])],
            effects: vec![react(1), react(2)],
            cursors: vec![("bot".to_owned(), vec![0, 255])],
            ..Batch::default()
        })
        .unwrap();
    let key = store.node_key().derive("taps");
    assert_eq!(committed.head, Seq(3));
    drop(store);

    let store = Store::open(dir.path()).unwrap();
    assert_eq!(replayed(&store), [alive(1), alive(2), alive(3)]);
    let seqs: Vec<_> = store.replay().map(|entry| entry.unwrap().seq.0).collect();
    assert_eq!(seqs, [1, 2, 3]);
    assert_eq!(waiting(&store), committed.entries);
    assert_eq!(store.cursor("bot").unwrap(), Some(vec![0, 255]));
    assert_eq!(store.cursor("ear").unwrap(), None);
    assert_eq!(store.node_key().derive("taps"), key);
    assert_eq!(store.commit(facts(vec![alive(4)])).unwrap().head, Seq(4));
}

#[test]
fn an_entry_says_how_and_when_it_goes() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let entry = store.commit(effects(1)).unwrap().entries.remove(0);
    assert_eq!((entry.class, entry.lane), (Class::Idempotent, Lane::Answer));
    assert_eq!((entry.random_id, entry.tries), (-17, 0));
    assert_eq!(entry.state, Progress::Waiting);
}

#[test]
fn effects_are_started_retried_and_struck() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(effects(3)).unwrap();
    store.start(EffectId(1)).unwrap();
    store.start(EffectId(2)).unwrap();
    drop(store);

    let store = Store::open(dir.path()).unwrap();
    let states: Vec<_> = waiting(&store).iter().map(|entry| entry.state).collect();
    assert_eq!(states, [Progress::Started, Progress::Started, Progress::Waiting]);
    let retry = |id| Retry { id: EffectId(id), not_before: at(60), tries: 1 };
    store
        .commit(Batch {
            struck: vec![EffectId(1), EffectId(3)],
            retried: vec![retry(2), retry(3), retry(99)],
            ..Batch::default()
        })
        .unwrap();
    let left = waiting(&store);
    assert_eq!(ids(&store), [2]);
    assert_eq!((left[0].not_before, left[0].tries), (at(60), 1));
    assert_eq!(left[0].state, Progress::Waiting);
    let error = store.start(EffectId(1)).unwrap_err();
    assert_eq!(error.to_string(), "effect 1 is not in the outbox");
}

/// What was begun by private message is not begun anew by a retry, and is written as below.
#[test]
fn what_goes_by_private_message_stays_so() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let mut entry = store.commit(effects(1)).unwrap().entries.remove(0);
    for (before, again) in [(Progress::Waiting, false), (Progress::Started, true)] {
        entry.state = before.by_dm();
        assert_eq!(entry.state, Progress::ByDm { again });
        assert_eq!([false, true].map(|may| entry.state.put_off(may)), [entry.state; 2]);
        assert_eq!((entry.state.by_dm(), entry.state.not_by_dm()), (entry.state, before));
    }
    let retry = Retry { id: entry.id, not_before: at(60), tries: 1 };
    store.commit(Batch { replaced: vec![entry.clone()], ..Batch::default() }).unwrap();
    store.commit(Batch { retried: vec![retry], ..Batch::default() }).unwrap();
    let kept = waiting(&store).remove(0);
    assert_eq!((kept.state, kept.tries), (Progress::ByDm { again: true }, 1));
    let bytes = store.trees().outbox.iter().next().unwrap().unwrap().1;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(text.contains(r#""state":{"by_dm":{"again":true}}"#), "{text}");
}

#[test]
fn an_effect_s_number_is_never_given_out_twice() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(effects(2)).unwrap();
    let strike = Batch { struck: vec![EffectId(1), EffectId(2)], ..Batch::default() };
    store.commit(strike.clone()).unwrap();
    store.commit(strike).unwrap();
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    store.commit(effects(1)).unwrap();
    assert_eq!(ids(&store), [3]);
}

#[test]
fn a_full_outbox_refuses_the_whole_batch() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let most = i32::try_from(OUTBOX_MOST).unwrap();
    let mut too_much = effects(most + 1);
    too_much.facts = vec![became(vec![alive(1)])];
    let error = store.commit(too_much).unwrap_err();
    assert!(matches!(error, StoreError::OutboxFull { waiting: 0, .. }), "{error}");
    assert_eq!(store.last(), Seq(0));
    assert_eq!(replayed(&store), []);
    assert_eq!(store.commit(effects(1)).unwrap().entries[0].id, EffectId(1));
}

#[test]
fn a_snapshot_stands_for_what_was_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(facts((0..100).map(alive).collect())).unwrap();
    let summed_up = Fact::LeadNamed { agent: Some(AgentId(4101)) };
    let through = Seq(90);
    assert_eq!(store.since_snapshot(), 100);
    store.snapshot(at(500), through, vec![summed_up.clone(), alive(7)]).unwrap();
    assert_eq!(store.since_snapshot(), 10);
    drop(store);

    let store = Store::open(dir.path()).unwrap();
    let mut expected = vec![summed_up, alive(7)];
    expected.extend((90..100).map(alive));
    assert_eq!(replayed(&store), expected);
    let entries: Vec<_> = store.replay().map(Result::unwrap).collect();
    assert_eq!((entries[0].seq, &entries[0].cause), (through, &Cause::Snapshot));
    assert_eq!(entries[1].seq, Seq(8), "a fact that still stands keeps its number");
    assert_eq!(entries[1].cause, entries[2].cause, "and its cause");

    store.snapshot(at(501), Seq(100), vec![alive(7)]).unwrap();
    let entries: Vec<_> = store.replay().map(Result::unwrap).collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].seq, Seq(8), "through a second snapshot too");
    assert_eq!(store.commit(facts(vec![alive(1)])).unwrap().head, Seq(101));
}

/// Whatever a crash leaves of a snapshot, before it counts or of what it replaced, is passed over and swept away.
#[test]
fn half_a_snapshot_is_none_and_what_it_replaced_does_not_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let lie = |store: &Store| (store.trees().journal.len(), store.trees().snapshot.len());
    let all: Vec<_> = (0..1_000).map(alive).collect();
    store.commit(facts(all.clone())).unwrap();
    let trees = store.trees();
    let mut numbers = trees.numbers().unwrap();
    crate::snapshot::write(trees, &mut numbers, (at(500), Seq(1_000)), all[..600].to_vec()).unwrap();
    assert_eq!(lie(&store), (1_000, 600), "it was written, and does not count");
    assert!(replayed(&store) == all);

    let left: Vec<_> = trees.journal.iter().map(Result::unwrap).collect();
    store.snapshot(at(501), Seq(1_000), all[..700].to_vec()).unwrap();
    assert!(replayed(&store) == all[..700]);
    assert_eq!(lie(&store), (0, 700));
    for (key, value) in left {
        trees.journal.insert(key, value).unwrap();
    }
    assert!(replayed(&store) == all[..700], "what it replaced lies there, and does not count");
    drop(store);

    let store = Store::open(dir.path()).unwrap();
    assert!(replayed(&store) == all[..700]);
    store.commit(facts(vec![alive(2_000)])).unwrap();
    store.snapshot(at(502), Seq(1_001), vec![alive(3), alive(2_000)]).unwrap();
    assert_eq!(replayed(&store), [alive(3), alive(2_000)]);
    assert_eq!(lie(&store), (0, 2));
}

/// A store of a time when there was only ever one snapshot, whose keys began at one.
#[test]
fn a_snapshot_of_before_counts() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(facts((0..9).map(alive).collect())).unwrap();
    store.snapshot(at(500), Seq(6), vec![alive(2), alive(5)]).unwrap();
    let mut numbers = store.trees().numbers().unwrap();
    assert_eq!(numbers.snapshot_keys.take(), Some((1, 2)));
    let mut writes = Writes::default();
    writes.numbers(&numbers);
    store.trees().write(&writes).unwrap();
    drop(store);

    let store = Store::open(dir.path()).unwrap();
    assert_eq!(replayed(&store), [2, 5, 6, 7, 8].map(alive));
}

#[test]
fn a_snapshot_lies_between_the_last_one_and_the_head() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(facts((0..10).map(alive).collect())).unwrap();
    store.snapshot(at(0), Seq(5), vec![alive(4)]).unwrap();
    for outside in [4, 11] {
        let error = store.snapshot(at(0), Seq(outside), Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), format!("a snapshot through {outside} does not lie between 5 and 10"));
    }
    assert_eq!(replayed(&store).len(), 6);
}

#[test]
fn keys_are_derived_by_label_and_never_shown() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let key: &NodeKey = store.node_key();
    assert_eq!(key.derive("taps"), key.derive("taps"));
    assert_ne!(key.derive("taps"), key.derive("hooks"));
    assert_eq!(format!("{key:?}"), "NodeKey(…)");
    let other = tempfile::tempdir().unwrap();
    let other = Store::open(other.path()).unwrap();
    assert_ne!(other.node_key().derive("taps"), key.derive("taps"));
}

/// A disk that was full while sled took a snapshot leaves an unfinished one.
#[test]
fn an_unfinished_snapshot_of_a_full_disk_is_no_corruption() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(facts(vec![alive(1)])).unwrap();
    let last = store.last();
    drop(store);
    let left = dir.path().join("store").join("snap.0000000000000001.generating");
    std::fs::write(&left, "").unwrap();
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(store.last(), last);
    assert!(!left.exists());
}

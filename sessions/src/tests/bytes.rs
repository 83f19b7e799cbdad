//! The bytes on disk are pinned: a change of them must be meant, and raise the version.

use std::fmt::Write as _;

use commands::effect::Lane;
use commands::ids::{Ear, UserId, VoiceId};
use grammers_session::types::{ChannelState, UpdatesState};

use super::orders::{facts_of_commands, word};
use super::samples::{GROUP, at, every_fact, is_pinned, line, message, post, sighting};
use crate::trees::Trees;
use crate::{Batch, Became, Cause, NewEffect, Reached, Store, StoreError, decode_updates, encode_updates};

fn causes() -> Vec<Cause> {
    vec![
        Cause::message(&message(7)),
        Cause::Tap { chat: GROUP, message: VoiceId(3), from: UserId(4001) },
        Cause::Reaction { ear: Ear::Bot, chat: GROUP, message: 7, from: UserId(4101) },
        Cause::Roster,
        Cause::Clock,
        Cause::Outcome,
        Cause::Gap { chat: GROUP },
        Cause::Snapshot,
        Cause::Call { from: UserId(4101), key: "k-1".to_owned() },
    ]
}

/// One fact of each kind, and one of each cause.
fn everything() -> Batch {
    let mut all = causes().into_iter().cycle();
    let facts = every_fact().into_iter().inspect(is_pinned).map(|fact| Became {
        at: at(0),
        cause: all.next().unwrap(),
        facts: vec![fact],
    });
    let also = [Cause::Permissions, Cause::Invitation].into_iter().cycle().zip(facts_of_commands());
    let also = also.map(|(cause, fact)| Became { at: at(0), cause, facts: vec![fact] });
    Batch {
        facts: facts.chain(also).collect(),
        effects: vec![
            NewEffect {
                effect: post(),
                lane: Lane::Answer,
                random_id: i64::MIN,
                at: at(0),
                not_before: at(1),
            },
            NewEffect { effect: word(), lane: Lane::Order, random_id: 7, at: at(0), not_before: at(1) },
        ],
        cursors: vec![("bot".to_owned(), b"\x00\xff42".to_vec())],
        sightings: vec![sighting(0, "DONE", 7)],
        audit: vec![line("/mesh agent stop Oracle")],
        ..Batch::default()
    }
}

fn dump(tree: &sled::Tree) -> String {
    tree.iter().fold(String::new(), |mut text, item| {
        let (key, value) = item.unwrap();
        writeln!(text, "{} {}", key.escape_ascii(), String::from_utf8_lossy(&value)).unwrap();
        text
    })
}

fn escaped(tree: &sled::Tree) -> String {
    let item = tree.iter().next().unwrap().unwrap();
    format!("{} {}", item.0.escape_ascii(), item.1.escape_ascii())
}

#[test]
fn records_are_written_like_this() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(everything()).unwrap();
    let trees = store.trees();
    insta::assert_snapshot!("journal", dump(&trees.journal));
    insta::assert_snapshot!("outbox", dump(&trees.outbox));
    insta::assert_snapshot!("cursors", escaped(&trees.cursors));
    insta::assert_snapshot!("sightings", escaped(&trees.sightings));
    insta::assert_snapshot!("audit", escaped(&trees.audit));
}

#[test]
fn an_update_state_is_written_like_this() {
    let state = UpdatesState {
        pts: 10,
        qts: 1,
        date: 1_770_000_000,
        seq: 0,
        channels: vec![ChannelState { id: 2_000_001, pts: 5 }],
    };
    insta::assert_snapshot!(
        String::from_utf8(encode_updates(&state, None)).unwrap(),
        @r#"{"v":1,"pts":10,"qts":1,"date":1770000000,"seq":0,"channels":[[2000001,5]]}"#
    );
    let reached = Reached { chat: -1_000_002_000_001, message: Some(77), date: 1_769_999_999 };
    let bytes = encode_updates(&state, Some(reached));
    insta::assert_snapshot!(
        String::from_utf8(bytes.clone()).unwrap(),
        @r#"{"v":1,"pts":10,"qts":1,"date":1770000000,"seq":0,"channels":[[2000001,5]],"reached":{"chat":-1000002000001,"message":77,"date":1769999999}}"#
    );
    assert_eq!(decode_updates(&bytes).unwrap(), (state, Some(reached)));
}

#[test]
fn every_fact_and_cause_is_read_as_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let batch = everything();
    store.commit(batch.clone()).unwrap();
    let read: Vec<_> = store.replay().map(Result::unwrap).collect();
    let written = batch.facts.iter();
    for (read, written) in read.iter().zip(written) {
        assert_eq!((&read.fact, &read.cause), (&written.facts[0], &written.cause));
        assert_eq!(read.at, written.at);
    }
    assert_eq!(read.len(), batch.facts.len());
    assert_eq!(store.outbox().next().unwrap().unwrap().effect, post());
}

/// Writes `bytes` over the one record that `of` finds, and tells how reading says so.
fn spoil(of: impl Fn(&Trees) -> &sled::Tree, bytes: &[u8]) -> Vec<StoreError> {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(everything()).unwrap();
    let tree = of(store.trees());
    let key = tree.iter().keys().next().unwrap().unwrap();
    tree.insert(key, bytes).unwrap();
    let journal = store.replay().filter_map(Result::err);
    let outbox = store.outbox().find_map(Result::err);
    let cursor = store.cursor("bot").err();
    let audit = store.audit().filter_map(Result::err);
    journal.chain(outbox).chain(cursor).chain(audit).collect()
}

#[test]
fn a_record_of_another_version_is_named() {
    let errors = [
        spoil(|trees| &trees.journal, br#"{"v":9,"more":1}"#),
        spoil(|trees| &trees.outbox, br#"{"v":2}"#),
        spoil(|trees| &trees.cursors, b"\x03abc"),
    ];
    let said: Vec<_> = errors.iter().flatten().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "journal 1 has version 9, this mesh reads version 1: start the mesh that wrote it",
            "outbox 1 has version 2, this mesh reads version 1: start the mesh that wrote it",
            "cursor bot has version 3, this mesh reads version 1: start the mesh that wrote it",
        ]
    );
}

#[test]
fn a_torn_record_is_named() {
    let errors = [
        spoil(|trees| &trees.journal, br#"{"v":1,"seq":1,"at""#),
        spoil(|trees| &trees.outbox, b"\xff\xfe"),
        spoil(|trees| &trees.cursors, b""),
        spoil(|trees| &trees.audit, b"short"),
    ];
    let said: Vec<_> = errors.iter().flatten().map(ToString::to_string).collect();
    assert_eq!(said.len(), 4, "{said:?}");
    for (said, record) in said.iter().zip(["journal 1", "outbox 1", "cursor bot", "audit 1"]) {
        assert!(said.starts_with(&format!("{record} is damaged (")), "{said}");
        assert!(said.ends_with("): restore the state directory from a backup"), "{said}");
    }
}

#[test]
fn a_fact_this_mesh_does_not_know_is_an_error_and_not_skipped() {
    let unknown =
        br#"{"v":1,"seq":1,"at":"2026-02-01T10:00:00Z","cause":{"why":"clock"},"fact":{"fact":"danced"}}"#;
    let errors = spoil(|trees| &trees.journal, unknown);
    assert!(errors[0].to_string().starts_with("journal 1 is damaged (unknown variant `danced`"));
}

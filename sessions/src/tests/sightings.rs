//! The voice's numbers are found again, and only so many are kept.

use commands::ids::{ChatId, MessageRef, UserId};

use super::samples::sighting;
use crate::{Batch, SIGHTINGS_MOST, Store};

fn keep(store: &Store, sightings: Vec<MessageRef>) {
    let batch = Batch { sightings, ..Batch::default() };
    store.commit(batch).unwrap();
}

fn find(store: &Store, second: i64, text: &str, ordinal: usize) -> Option<i32> {
    store.sighted(&sighting(second, text, 0), ordinal).unwrap()
}

#[test]
fn a_message_is_found_by_sender_second_text_and_ordinal() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    keep(&store, vec![sighting(0, "DONE", 12), sighting(0, "DONE", 11), sighting(0, "ACK", 13)]);
    keep(&store, vec![sighting(1, "DONE", 14), sighting(0, "DONE", 11)]);
    drop(store);

    let store = Store::open(dir.path()).unwrap();
    assert_eq!(find(&store, 0, "DONE", 0), Some(11));
    assert_eq!(find(&store, 0, "DONE", 1), Some(12));
    assert_eq!(find(&store, 0, "DONE", 2), None);
    assert_eq!(find(&store, 0, "ACK", 0), Some(13));
    assert_eq!(find(&store, 1, "DONE", 0), Some(14));
    let like = sighting(0, "DONE", 0);
    assert_eq!(store.sighted(&MessageRef { from: UserId(1), ..like }, 0).unwrap(), None);
    assert_eq!(store.sighted(&MessageRef { chat: ChatId(1), ..like }, 0).unwrap(), None);
}

#[test]
fn a_fraction_of_a_second_does_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let mut late = sighting(5, "DONE", 9);
    late.at += jiff::SignedDuration::from_millis(700);
    keep(&store, vec![late]);
    assert_eq!(find(&store, 5, "DONE", 0), Some(9));
}

#[test]
fn the_oldest_of_a_chat_go() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let other = MessageRef { chat: ChatId(-4_000_000_002), ..sighting(0, "other", 1) };
    keep(&store, vec![other]);
    let most = i32::try_from(SIGHTINGS_MOST).unwrap();
    keep(&store, (1..=most).map(|id| sighting(id.into(), "DONE", id)).collect());
    assert_eq!(find(&store, 1, "DONE", 0), Some(1));
    drop(store);

    let store = Store::open(dir.path()).unwrap();
    keep(&store, vec![sighting(9_000, "DONE", 9_000), sighting(9_001, "DONE", 9_001)]);
    assert_eq!(find(&store, 1, "DONE", 0), None);
    assert_eq!(find(&store, 2, "DONE", 0), None);
    assert_eq!(find(&store, 3, "DONE", 0), Some(3));
    assert_eq!(find(&store, 9_001, "DONE", 0), Some(9_001));

    keep(&store, vec![sighting(-5, "late", 1)]);
    assert_eq!(find(&store, -5, "late", 0), None, "older than all that are kept");
    assert_eq!(store.trees().sightings.len(), SIGHTINGS_MOST + 1);
    let found = store.sighted(&other, 0).unwrap();
    assert_eq!(found, Some(1), "another chat's stay");
}

//! The audit's chain.

use super::samples::line;
use crate::{Batch, Seq, SignedHead, Store, StoreError, VerifyError};

fn audited(count: u32) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    for number in 0..count {
        add(&store, &format!("/mesh {number}"));
    }
    (dir, store)
}

fn broken_from(store: &Store) -> Option<Seq> {
    broken_since(store, None)
}

fn broken_since(store: &Store, kept: Option<&SignedHead>) -> Option<Seq> {
    match store.verify_audit(kept) {
        Ok(()) => None,
        Err(VerifyError::Broken(seq)) => Some(seq),
        Err(error) => panic!("{error}"),
    }
}

fn unsigned(store: &Store, kept: Option<&SignedHead>) -> bool {
    matches!(store.verify_audit(kept), Err(VerifyError::Unsigned))
}

fn add(store: &Store, command: &str) {
    store.commit(Batch { audit: vec![line(command)], ..Batch::default() }).unwrap();
}

#[test]
fn an_untouched_audit_is_whole_after_a_restart() {
    let (dir, store) = audited(3);
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(broken_from(&store), None);
    let lines: Vec<_> = store.audit().map(Result::unwrap).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[2].seq, Seq(3));
    assert_eq!(lines[2].line, line("/mesh 2"));
    assert_ne!(lines[1].hash, lines[2].hash);
    assert_eq!(broken_from(&audited(0).1), None);
}

#[test]
fn an_altered_line_is_found() {
    let (_dir, store) = audited(4);
    let (key, mut value) = (2_u64.to_be_bytes(), Vec::new());
    value.extend_from_slice(&store.trees().audit.get(key).unwrap().unwrap());
    let name = value.windows(3).position(|bytes| bytes == b"Ely").unwrap();
    value[name] = b'O';
    store.trees().audit.insert(key, value).unwrap();
    assert_eq!(broken_from(&store), Some(Seq(2)));
}

#[test]
fn a_line_taken_out_is_found_wherever_it_was() {
    for gone in [1, 3, 4] {
        let (_dir, store) = audited(4);
        store.trees().audit.remove(u64::to_be_bytes(gone)).unwrap();
        assert_eq!(broken_from(&store), Some(Seq(gone)));
    }
}

#[test]
fn an_audit_that_was_emptied_is_found() {
    let (_dir, store) = audited(2);
    store.trees().audit.clear().unwrap();
    assert_eq!(broken_from(&store), Some(Seq(1)));
    let errors: Vec<StoreError> = store.audit().filter_map(Result::err).collect();
    assert!(errors.is_empty());
}

#[test]
fn the_last_line_is_signed_by_the_node() {
    let (_dir, store) = audited(3);
    let head = store.audit_head().unwrap().unwrap();
    assert_eq!(head.seq, Seq(3));
    let key = store.node_key();
    assert_eq!(head.hash_of(&key.public()), Some(store.audit().next_back().unwrap().unwrap().hash));
    store.commit(Batch::default()).unwrap();
    assert_eq!(store.audit_head().unwrap().unwrap(), head, "nothing was added");
    assert_eq!(audited(0).1.audit_head().unwrap(), None);
}

#[test]
fn an_audit_whose_last_line_another_signed_is_found() {
    let (_dir, store) = audited(2);
    let (_other, foreign) = audited(2);
    let foreign = foreign.audit_head().unwrap().unwrap();
    assert!(unsigned(&store, Some(&foreign)));
    let mut writes = crate::trees::Writes::default();
    writes.audit_head(&foreign);
    store.trees().write(&writes).unwrap();
    assert!(unsigned(&store, None));
    add(&store, "/mesh again");
    assert_eq!(broken_from(&store), None, "the next line is the node's");
}

#[test]
fn a_head_that_was_kept_holds_the_node_to_what_was_said_until_then() {
    let (_dir, store) = audited(2);
    let kept = store.audit_head().unwrap().unwrap();
    let kept = SignedHead::read(&serde_json::to_string(&kept).unwrap()).unwrap();
    add(&store, "/mesh more");
    assert_eq!(broken_since(&store, Some(&kept)), None);
    // Written anew from the first line by whoever has all of the node, its key too.
    let dir = tempfile::tempdir().unwrap();
    drop(Store::open(&dir.path().join("state")).unwrap());
    std::fs::copy(store.dir().join("node.key"), dir.path().join("state/node.key")).unwrap();
    let forged = Store::open(&dir.path().join("state")).unwrap();
    add(&forged, "/mesh nothing");
    assert_eq!(broken_from(&forged), None);
    assert_eq!(broken_since(&forged, Some(&kept)), Some(Seq(2)), "it ends before the head");
    add(&forged, "/mesh nothing more");
    assert_eq!(broken_since(&forged, Some(&kept)), Some(Seq(2)));
    let altered = SignedHead { seq: Seq(1), ..kept };
    assert!(unsigned(&store, Some(&altered)));
}

#[test]
fn what_is_no_head_is_said_to_be_none() {
    for text in ["", "{}", "null", "{\"seq\":1}"] {
        assert!(matches!(SignedHead::read(text), Err(VerifyError::NotAHead(_))), "{text}");
    }
    let long = format!("{}{{}}", " ".repeat(2000));
    assert!(SignedHead::read(&long).unwrap_err().to_string().contains("longer than 1024 bytes"));
}

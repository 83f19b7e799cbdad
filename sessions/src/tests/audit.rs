//! The audit's chain.

use super::samples::line;
use crate::{Batch, Seq, Store, StoreError, VerifyError};

fn audited(count: u32) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    for number in 0..count {
        let audit = vec![line(&format!("/mesh {number}"))];
        let batch = Batch { audit, ..Batch::default() };
        store.commit(batch).unwrap();
    }
    (dir, store)
}

fn broken_from(store: &Store) -> Option<Seq> {
    match store.verify_audit() {
        Ok(()) => None,
        Err(VerifyError::Broken(seq)) => Some(seq),
        Err(VerifyError::Store(error)) => panic!("{error}"),
    }
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

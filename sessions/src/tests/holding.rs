//! One holder, and nobody else looks in.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::samples::{effects, facts};
use crate::{OpenError, Store};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: std::path::PathBuf| {
        let mut found = if path.is_dir() { files(&path) } else { Vec::new() };
        found.push(path);
        found
    };
    entries.flat_map(below).collect()
}

#[test]
fn a_held_directory_says_who_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let account = store.account("bridge").unwrap();
    drop(store);
    let error = Store::open(dir.path()).unwrap_err();
    let OpenError::Held { pid, ref host, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(pid, std::process::id());
    assert_eq!(
        error.to_string(),
        format!(
            "{} is held by process {pid} on {host}: stop it first, or give this node its own directory",
            dir.path().display()
        )
    );
    drop(account);
    Store::open(dir.path()).unwrap();
}

#[test]
fn a_lock_whose_holder_is_gone_is_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let lock = dir.path().join("lock");
    fs::set_permissions(dir.path(), Permissions::from_mode(0o700)).unwrap();
    fs::write(&lock, r#"{"pid":4194304,"host":"elsewhere"}"#).unwrap();
    let _store = Store::open(dir.path()).unwrap();
    let text = fs::read_to_string(&lock).unwrap();
    assert!(text.contains(&format!("\"pid\":{}", std::process::id())), "{text}");
    assert!(!text.contains("elsewhere"), "{text}");
}

#[test]
fn only_the_owner_can_read_anything() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("deep/state");
    for _ in 0..2 {
        let store = Store::open(&dir).unwrap();
        store.commit(facts(super::samples::every_fact())).unwrap();
        store.commit(effects(3)).unwrap();
        store.account("bridge").unwrap();
        drop(store);
        assert_eq!(mode(&dir), 0o700);
        for path in files(&dir) {
            let wanted = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(&path), wanted, "{}", path.display());
        }
    }
}

#[test]
fn a_directory_open_to_others_is_refused_unless_it_is_empty() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("state");
    fs::create_dir(&dir).unwrap();
    fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
    drop(Store::open(&dir).unwrap());
    assert_eq!(mode(&dir), 0o700);

    fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
    let shown = dir.display();
    assert_eq!(
        Store::open(&dir).unwrap_err().to_string(),
        format!("{shown} can be read by others (mode 755): run `chmod 700 {shown}`")
    );
    assert_eq!(mode(&dir), 0o755);
}

#[test]
fn a_node_key_that_is_none_or_is_shown_to_others_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::open(dir.path()).unwrap());
    let key = dir.path().join("node.key");
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let shown = key.display();
    assert_eq!(
        Store::open(dir.path()).unwrap_err().to_string(),
        format!("{shown} can be read by others (mode 644): run `chmod 600 {shown}`")
    );
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    fs::write(&key, b"half").unwrap();
    let error = Store::open(dir.path()).unwrap_err();
    assert!(matches!(error, OpenError::NotAKey { length: 4, .. }), "{error}");
}

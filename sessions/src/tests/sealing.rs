//! Auth keys encrypted at rest.

use std::fs;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::Path;

use super::account::now;
use super::samples::{every_fact, facts};
use crate::hex::hex;
use crate::{SessionKey, Store, StoreError};
use grammers_session::Session as _;
use grammers_session::types::{PeerAuth, PeerInfo, UpdateState, UpdatesState};

const SANDBOX: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 4430);
const AUTH_KEY: [u8; 256] = [0xa7; 256];

fn key(byte: u8) -> SessionKey {
    SessionKey::new([byte; 32])
}

/// Every byte of every file below a directory.
fn bytes_below(dir: &Path) -> Vec<u8> {
    let below = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    below.flat_map(|path| if path.is_dir() { bytes_below(&path) } else { fs::read(path).unwrap() }).collect()
}

fn lies_there(dir: &Path) -> bool {
    let (raw, digits) = (&AUTH_KEY[..32], hex(&AUTH_KEY[..32]));
    let bytes = bytes_below(dir);
    bytes.windows(32).any(|window| window == raw)
        || bytes.windows(64).any(|window| window == digits.as_bytes())
}

fn me() -> PeerInfo {
    PeerInfo::User { id: 4009, auth: Some(PeerAuth::from_hash(1)), bot: Some(false), is_self: Some(true) }
}

#[test]
fn a_key_in_the_clear_is_encrypted_at_the_next_start_and_stays_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(facts(every_fact())).unwrap();
    let session = store.account("bridge").unwrap();
    session.data_centers_at(SANDBOX, Some(&AUTH_KEY)).unwrap();
    now(session.cache_peer(me())).unwrap();
    let state = UpdatesState { pts: 7, ..UpdatesState::default() };
    now(session.set_update_state(UpdateState::All(state.clone()))).unwrap();
    let journal: Vec<_> = store.replay().map(Result::unwrap).collect();
    drop((store, session));
    assert!(lies_there(dir.path()));

    let store = Store::open(dir.path()).unwrap().sealing("bridge", &key(1)).unwrap();
    let session = store.account_with("bridge", Some(&key(1))).unwrap();
    assert_eq!(session.auth_key(2), Some(AUTH_KEY));
    assert!(session.is_signed_in().unwrap());
    assert_eq!(now(session.updates_state()).unwrap(), state);
    assert!(session.summary().unwrap().encrypted);
    assert_eq!(store.replay().map(Result::unwrap).collect::<Vec<_>>(), journal);
    drop((store, session));
    assert!(!lies_there(dir.path()), "the key is still in a file");

    let store = Store::open(dir.path()).unwrap().sealing("bridge", &key(1)).unwrap();
    let session = store.account_with("bridge", Some(&key(1))).unwrap();
    assert_eq!(session.auth_key(5), Some(AUTH_KEY));
    drop((store, session));
    assert!(!lies_there(dir.path()));
}

#[test]
fn a_wrong_key_and_none_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let session = store.account_with("bridge", Some(&key(1))).unwrap();
    session.data_centers_at(SANDBOX, Some(&AUTH_KEY)).unwrap();
    drop(session);
    let missing = store.account("bridge").unwrap_err();
    assert!(matches!(missing, StoreError::Sealed { .. }), "{missing}");
    let wrong = store.account_with("bridge", Some(&key(2))).unwrap_err();
    assert!(matches!(wrong, StoreError::WrongSessionKey { .. }), "{wrong}");
    for error in [missing, wrong] {
        assert!(error.to_string().contains("[account] session_key"), "{error}");
    }
    // Sealed for one account, it is none of another's.
    let tree = |name: &str| store.trees().db.open_tree(format!("account/{name}")).unwrap();
    for item in &tree("bridge") {
        let (key, value) = item.unwrap();
        tree("other").insert(key, value).unwrap();
    }
    let other = store.account_with("other", Some(&key(1))).unwrap_err();
    assert!(matches!(other, StoreError::WrongSessionKey { .. }), "{other}");
}

#[test]
fn every_crash_while_writing_anew_leaves_a_whole_store() {
    for crashed in ["wanted", "copied", "renamed", "swapped"] {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        store.account("bridge").unwrap().data_centers_at(SANDBOX, Some(&AUTH_KEY)).unwrap();
        drop(store);
        let at = |name: &str| dir.path().join(name);
        fs::write(at("store.rewrite"), "").unwrap();
        match crashed {
            "copied" => {
                fs::create_dir(at("store.fresh")).unwrap();
                fs::write(at("store.fresh/db"), "half of it").unwrap();
            }
            "renamed" => fs::rename(at("store"), at("store.old")).unwrap(),
            "swapped" => {
                fs::create_dir(at("store.old")).unwrap();
                fs::write(at("store.old/db"), "the old one").unwrap();
            }
            _ => {}
        }
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.account("bridge").unwrap().auth_key(2), Some(AUTH_KEY), "{crashed}");
        for left in ["store.rewrite", "store.fresh", "store.old"] {
            assert!(!at(left).exists(), "{crashed} leaves {left}");
        }
    }
}

#[test]
fn an_erased_account_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let session = store.account("bridge").unwrap();
    session.data_centers_at(SANDBOX, Some(&AUTH_KEY)).unwrap();
    now(session.cache_peer(me())).unwrap();
    let state = UpdatesState { pts: 7, ..UpdatesState::default() };
    now(session.set_update_state(UpdateState::All(state))).unwrap();
    assert_eq!(store.accounts(), ["bridge"]);
    drop(session);
    store.erase_account("bridge").unwrap();
    assert_eq!(store.accounts(), [""; 0]);
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert!(!lies_there(dir.path()));
    let session = store.account("bridge").unwrap();
    assert!(!session.is_signed_in().unwrap());
    assert_eq!(now(session.updates_state()).unwrap(), UpdatesState::default());
}

#[test]
fn a_sealed_record_and_an_attempt_are_written_like_this() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let at: jiff::Timestamp = "2026-02-01T10:00:00Z".parse().unwrap();
    store.note_sign_in("bridge", crate::SignInAttempt { at, not_before: None }).unwrap();
    let until = crate::SignInAttempt { at, not_before: Some("2026-02-01T10:05:00Z".parse().unwrap()) };
    store.note_sign_in("other", until).unwrap();
    assert_eq!(store.last_sign_in("other").unwrap(), Some(until));
    assert_eq!(store.last_sign_in("nobody").unwrap(), None);
    let tree = store.trees().db.open_tree("attempts").unwrap();
    let attempts: Vec<_> = tree
        .iter()
        .map(|item| {
            item.map(|(key, value)| format!("{} {}", key.escape_ascii(), value.escape_ascii())).unwrap()
        })
        .collect();
    insta::assert_snapshot!("attempts", attempts.join("\n"));
    insta::assert_snapshot!("sealed", crate::account::sealed_sample(&key(1), &AUTH_KEY));
}

/// Everything in the database.
fn everything(store: &Store) -> Vec<(sled::IVec, sled::IVec)> {
    let db = &store.trees().db;
    let trees = db.tree_names().into_iter().map(|name| db.open_tree(name).unwrap());
    trees.flat_map(|tree| tree.iter().map(Result::unwrap).collect::<Vec<_>>()).collect()
}

#[test]
fn looking_at_a_session_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    for name in ["bridge", "voice"] {
        let session = store.account(name).unwrap();
        session.data_centers_at(SANDBOX, Some(&AUTH_KEY)).unwrap();
        now(session.cache_peer(me())).unwrap();
    }
    store.account_with("sealed", Some(&key(2))).unwrap().data_centers_at(SANDBOX, Some(&AUTH_KEY)).unwrap();
    let before = everything(&store);
    let encrypted: Vec<_> = store.summaries().unwrap().iter().map(|one| one.encrypted).collect();
    assert_eq!(encrypted, [false, true, false]);
    let frozen = store.account_frozen("voice", Some(&key(1))).unwrap().unwrap();
    assert!(!frozen.summary().unwrap().encrypted, "it lies there in the clear");
    frozen.data_centers_at("127.0.0.1:9".parse().unwrap(), None).unwrap();
    now(frozen.set_home_dc_id(4)).unwrap();
    now(frozen.cache_peer(PeerInfo::Chat { id: 77 })).unwrap();
    now(frozen.set_update_state(UpdateState::All(UpdatesState { pts: 7, ..UpdatesState::default() })))
        .unwrap();
    assert_eq!(frozen.home_dc_id().unwrap(), 4, "it knows, for as long as it lives");
    assert!(store.account_frozen("nobody", None).unwrap().is_none());
    assert!(matches!(store.account_frozen("sealed", None), Err(StoreError::Sealed { .. })));
    assert_eq!(everything(&store), before);
}

#[test]
fn what_is_shown_of_a_session_is_no_key() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let session = store.account_with("bridge", Some(&key(1))).unwrap();
    session.data_centers_at(SANDBOX, Some(&AUTH_KEY)).unwrap();
    now(session.cache_peer(me())).unwrap();
    let summary = session.summary().unwrap();
    assert_eq!((summary.user, summary.peers, summary.pts), (Some(4009), 1, None));
    let shown = serde_json::to_string(&summary).unwrap() + &format!("{summary:?}{session:?}{:?}", key(1));
    assert!(!shown.contains("a7a7"), "{shown}");
    assert_eq!(summary.fingerprint.map(|text| text.len()), Some(16));
}

//! Sessions of Telethon's: taken over, handed over, and damaged in every way.

use std::net::SocketAddr;

use grammers_session::Session as _;
use grammers_session::types::{ChannelState, PeerAuth, PeerId, PeerInfo, UpdatesState};
use jiff::Timestamp;
use proptest::prelude::*;

use super::account::now;
use crate::telethon::{Telethon, TelethonError, read_file, read_string, write_file, write_string};
use crate::{Store, StoreError};

/// As Telethon 1.45 of the peers' tests wrote it, against the sandbox: `tests/peers/telethon_sessions.py` plays the
/// same with files made on the spot.
fn session(address: &str) -> Telethon {
    let user = |id, is_self| PeerInfo::User {
        id,
        auth: Some(PeerAuth::from_hash(-id)),
        bot: None,
        is_self: Some(is_self),
    };
    Telethon {
        dc: 2,
        address: address.parse::<SocketAddr>().unwrap(),
        auth_key: [0xa7; 256],
        me: Some(4009),
        peers: vec![
            PeerInfo::Channel { id: 2_000_001, auth: Some(PeerAuth::from_hash(i64::MIN)), kind: None },
            PeerInfo::Chat { id: 4_000_000_001 },
            user(4001, false),
            user(4009, true),
        ],
        updates: Some(UpdatesState {
            pts: 10,
            qts: 1,
            date: 1_770_000_000,
            seq: 2,
            channels: vec![ChannelState { id: 2_000_001, pts: 5 }],
        }),
    }
}

fn bytes() -> Vec<u8> {
    write_file(&session("127.0.0.1:4430"), Timestamp::UNIX_EPOCH).unwrap()
}

fn read(bytes: &[u8]) -> Result<Telethon, TelethonError> {
    read_file(bytes)
}

/// The same file after some SQL.
fn changed(sql: &str) -> Vec<u8> {
    let mut database = rusqlite::Connection::open_in_memory().unwrap();
    let bytes = bytes();
    let length = bytes.len();
    database.deserialize_read_exact("main", &bytes[..], length, false).unwrap();
    database.execute_batch(sql).unwrap();
    database.serialize("main").unwrap().to_vec()
}

#[test]
fn a_file_is_read_as_it_was_written() {
    for address in ["127.0.0.1:4430", "[2001:db8::4]:443"] {
        let wanted = session(address);
        let bytes = write_file(&wanted, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(read(&bytes).unwrap(), wanted);
    }
}

#[test]
fn a_string_is_read_as_it_was_written() {
    for (address, length) in [("127.0.0.1:4430", 353), ("[2001:db8::4]:443", 369)] {
        let wanted = Telethon { me: None, peers: Vec::new(), updates: None, ..session(address) };
        let text = write_string(&wanted).unwrap();
        assert_eq!(text.len(), length);
        assert_eq!(read_string(&format!(" {text}\n")).unwrap(), wanted);
        assert_eq!(read_string(text.trim_end_matches('=')).unwrap(), wanted);
    }
}

#[test]
fn a_file_of_version_7_is_read_and_others_are_not() {
    let old = "alter table sessions drop column tmp_auth_key; update version set version = 7";
    assert_eq!(read(&changed(old)).unwrap(), session("127.0.0.1:4430"));
    for version in [6, 9, -1] {
        let error = read(&changed(&format!("update version set version = {version}"))).unwrap_err();
        assert_eq!(error, TelethonError::Version(version));
    }
}

#[test]
fn what_is_wrong_is_said() {
    let said = |sql: &str| read(&changed(sql)).unwrap_err();
    assert_eq!(said("update sessions set auth_key = x''"), TelethonError::NoKey);
    assert_eq!(said("update sessions set auth_key = null"), TelethonError::NoKey);
    assert_eq!(said("delete from sessions"), TelethonError::NoKey);
    for (sql, part) in [
        ("update sessions set auth_key = x'00'", "1 bytes"),
        ("update sessions set auth_key = 'text'", "no blob"),
        ("update sessions set server_address = 'nowhere'", "server address"),
        ("update sessions set server_address = 7", "server address"),
        ("update sessions set port = 70000", "server address"),
        ("update sessions set dc_id = 99999999999", "out of bounds"),
        ("drop table entities", "no table entities"),
        ("drop table entities; create view entities as select 1 as id, 2 as hash", "no table entities"),
        ("drop table update_state", "no table update_state"),
        ("update entities set hash = 'text' where id = 4001", "is no number"),
        ("update update_state set pts = 1e300", "is no number"),
        (
            "insert into sessions select 3, server_address, port, auth_key, null, null from sessions",
            "more than 1",
        ),
        ("delete from version", "no version"),
    ] {
        let error = said(sql).to_string();
        assert!(error.contains(part), "{sql}: {error}");
    }
    assert_eq!(read(b"not a database").unwrap_err(), TelethonError::NotSqlite);
    assert!(matches!(read(b"SQLite format 3\0").unwrap_err(), TelethonError::Damaged(_)));
}

#[test]
fn what_has_no_place_in_telegram_is_passed_over() {
    let odd = "insert into entities values (-1, 5, null, null, null, null), \
               (9223372036854775807, 5, null, null, null, null), (-9223372036854775808, 5, null, null, null, null); \
               insert into update_state values (-5, 1, 0, 0, 0), (1099511627776000, 1, 0, 0, 0); \
               update update_state set date = 1770000000.5 where id = 0";
    let read = read(&changed(odd)).unwrap();
    let wanted = session("127.0.0.1:4430");
    assert_eq!(read.updates, wanted.updates);
    let users = |session: &Telethon| {
        session.peers.iter().filter(|peer| matches!(peer, PeerInfo::User { .. })).cloned().collect::<Vec<_>>()
    };
    assert_eq!(users(&read), users(&wanted));
}

#[test]
fn a_session_is_taken_over_and_handed_over() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let account = store.account("bridge").unwrap();
    assert!(matches!(account.hand_over().unwrap_err(), StoreError::NoSession { .. }));
    let sandbox = std::net::SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, 4431);
    account.data_centers_at(sandbox, None).unwrap();
    let abroad = Telethon { dc: 7, ..session("127.0.0.1:4430") };
    let error = now(account.take_over(&abroad)).unwrap_err();
    assert!(matches!(error, StoreError::UnknownDataCentre { dc: 7 }), "{error}");
    let elsewhere = Telethon { dc: 4, ..session("100.64.0.9:443") };
    now(account.take_over(&elsewhere)).unwrap();
    assert!(matches!(now(account.take_over(&elsewhere)).unwrap_err(), StoreError::SignedIn { .. }));
    drop(account);

    let account = store.account("bridge").unwrap();
    assert!(account.is_signed_in().unwrap());
    assert_eq!(account.home_dc_id().unwrap(), 4);
    assert_eq!(account.dc_option(4).unwrap().unwrap().ipv4, sandbox, "where Telegram is, no file tells us");
    assert_eq!(now(account.updates_state()).unwrap(), elsewhere.updates.clone().unwrap());
    let me = now(account.peer_ref(PeerId::self_user())).unwrap().unwrap();
    assert_eq!(me.auth.hash(), -4009);
    let handed = account.hand_over().unwrap();
    assert_eq!((handed.dc, handed.me, handed.auth_key), (4, Some(4009), [0xa7; 256]));
    assert_eq!(handed.address.to_string(), "127.0.0.1:4431");
    assert_eq!(handed.peers.len(), 4);
    assert_eq!(handed.updates, elsewhere.updates);
    assert!(!format!("{handed:?}").contains("167"), "no key is shown");
}

#[test]
fn every_truncation_is_an_error_or_the_whole() {
    let whole = bytes();
    for length in (0..whole.len()).step_by(97).chain([whole.len() - 1]) {
        assert!(read(&whole[..length]).is_err(), "{length} bytes of {} were read", whole.len());
    }
    let text = write_string(&session("127.0.0.1:4430")).unwrap();
    for length in 0..text.len() - 1 {
        assert!(read_string(&text[..length]).is_err(), "{length} characters were read");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "1?[A-Za-z0-9_=-]{0,380}") {
        let _ = read_string(&text);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&bytes);
        bytes.splice(0..0, b"SQLite format 3\0".iter().copied());
        let _ = read(&bytes);
    }

    #[test]
    fn a_file_with_other_bytes_in_it_is_read_without_a_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
    ) {
        let mut bytes = bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read(&bytes);
    }
}

//! The Telegram session.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use grammers_session::Session as _;
use grammers_session::types::{
    ChannelKind, ChannelState, DcOption, PeerAuth, PeerId, PeerInfo, UpdateState, UpdatesState,
};

use super::samples::alive;
use crate::{AccountSession, Batch, Store, encode_updates, updates_cursor};

const SANDBOX: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 4430);
const KEY: [u8; 256] = [0xa7; 256];

/// The session's futures do not wait for anything.
pub(super) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the session waits"),
    }
}

fn open(dir: &tempfile::TempDir) -> AccountSession {
    Store::open(dir.path()).unwrap().account("bridge").unwrap()
}

fn user(id: i64, is_self: bool) -> PeerInfo {
    PeerInfo::User { id, auth: Some(PeerAuth::from_hash(-id)), bot: Some(false), is_self: Some(is_self) }
}

fn options(session: &AccountSession) -> Vec<DcOption> {
    (-10..=1_000).filter_map(|id| session.dc_option(id).unwrap()).collect()
}

#[test]
fn a_new_session_knows_telegram_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&dir);
    assert_eq!(session.home_dc_id().unwrap(), 2);
    assert_eq!(options(&session).len(), 5);
    assert!(!session.is_signed_in().unwrap());
    assert_eq!(now(session.peer(PeerId::self_user())).unwrap(), None);
    assert_eq!(now(session.updates_state()).unwrap(), UpdatesState::default());
}

#[test]
fn home_keys_and_peers_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&dir);
    let option = DcOption { auth_key: Some(KEY), ..session.dc_option(4).unwrap().unwrap() };
    let channel = PeerInfo::Channel {
        id: 2_000_001,
        auth: Some(PeerAuth::from_hash(i64::MIN)),
        kind: Some(ChannelKind::Megagroup),
    };
    let chat = PeerInfo::Chat { id: 4_000_000_001 };
    now(session.set_home_dc_id(4)).unwrap();
    now(session.set_dc_option(&option)).unwrap();
    let peers = vec![user(4009, true), user(4001, false), channel.clone(), chat.clone()];
    now(session.cache_peers(peers)).unwrap();
    drop(session);

    let session = open(&dir);
    assert_eq!(session.home_dc_id().unwrap(), 4);
    assert_eq!(session.dc_option(4).unwrap(), Some(option));
    assert_eq!(session.auth_key(4), Some(KEY));
    assert!(session.is_signed_in().unwrap());
    for peer in [user(4001, false), user(4009, true), channel, chat] {
        assert_eq!(now(session.peer(peer.id())).unwrap(), Some(peer));
    }
    assert_eq!(now(session.peer(PeerId::self_user())).unwrap(), Some(user(4009, true)));
    let own = now(session.peer_ref(PeerId::self_user())).unwrap().unwrap();
    assert_eq!(own.auth.hash(), -4009);
    assert_eq!(now(session.peer(PeerId::user(1).unwrap())).unwrap(), None);
}

#[test]
fn what_is_known_of_a_peer_is_added_to() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&dir);
    now(session.cache_peer(user(4001, false))).unwrap();
    now(session.cache_peer(PeerInfo::User { id: 4001, auth: None, bot: None, is_self: None })).unwrap();
    let known = now(session.peer(PeerId::user(4001).unwrap())).unwrap();
    assert_eq!(known, Some(user(4001, false)));
}

#[test]
fn an_id_outside_telegram_s_ranges_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&dir);
    let odd = vec![user(0, false), PeerInfo::Chat { id: -1 }, user(4001, false)];
    now(session.cache_peers(odd)).unwrap();
    assert!(now(session.peer(PeerId::user(4001).unwrap())).unwrap().is_some());
}

#[test]
fn no_address_remains_but_the_sandbox_s() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&dir);
    let abroad = |id| DcOption {
        id,
        ipv4: "100.64.0.99:443".parse().unwrap(),
        ipv6: "[::ffff:100.64.0.99]:443".parse().unwrap(),
        auth_key: Some([1; 256]),
    };
    now(session.set_dc_option(&abroad(203))).unwrap();
    now(session.set_dc_option(&abroad(3))).unwrap();
    session.data_centers_at(SANDBOX, None).unwrap();
    assert_eq!(session.auth_key(3), None, "a key of elsewhere is not shown to it");
    session.data_centers_at(SANDBOX, Some(&KEY)).unwrap();
    now(session.set_dc_option(&abroad(203))).unwrap();
    now(session.set_dc_option(&abroad(1))).unwrap();

    let check = |session: &AccountSession| {
        let options = options(session);
        assert_eq!(options.iter().map(|option| option.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        for option in &options {
            assert_eq!(option.ipv4, SANDBOX);
            assert_eq!(option.ipv6.ip().to_ipv4_mapped(), Some(Ipv4Addr::LOCALHOST));
            assert_eq!(option.ipv6.port(), SANDBOX.port());
        }
        assert_eq!(session.dc_option(203).unwrap(), None);
        assert_eq!(session.dc_option(0).unwrap(), None);
        assert_eq!(session.auth_key(5), Some(KEY));
        assert_eq!(session.auth_key(1), Some([1; 256]), "what it agrees with us is kept");
    };
    check(&session);
    drop(session);
    check(&open(&dir));
}

#[test]
fn a_sandbox_that_moved_keeps_its_keys() {
    let dir = tempfile::tempdir().unwrap();
    let session = open(&dir);
    session.data_centers_at(SANDBOX, Some(&KEY)).unwrap();
    let moved = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 4431);
    session.data_centers_at(moved, None).unwrap();
    assert_eq!(session.dc_option(2).unwrap().unwrap().ipv4, moved);
    assert_eq!(session.auth_key(2), Some(KEY));
}

#[test]
fn the_update_state_is_the_cursor_that_a_batch_commits() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let session = store.account("bridge").unwrap();
    assert_eq!(session.cursor(), updates_cursor("bridge"));
    let channel = |id, pts| ChannelState { id, pts };
    let mut state = UpdatesState { pts: 10, qts: 1, date: 20, seq: 0, channels: vec![channel(2_000_001, 5)] };
    store
        .commit(Batch {
            facts: vec![super::samples::became(vec![alive(1)])],
            cursors: vec![(session.cursor(), encode_updates(&state, None))],
            ..Batch::default()
        })
        .unwrap();
    assert_eq!(now(session.updates_state()).unwrap(), state);

    let primary = UpdateState::Primary { pts: 11, date: 21, seq: 2 };
    now(session.set_update_state(primary)).unwrap();
    now(session.set_update_state(UpdateState::Secondary { qts: 3 })).unwrap();
    for (id, pts) in [(2_000_001, 6), (2_000_002, 1)] {
        now(session.set_update_state(UpdateState::Channel { id, pts })).unwrap();
    }
    state = UpdatesState {
        pts: 11,
        qts: 3,
        date: 21,
        seq: 2,
        channels: vec![channel(2_000_001, 6), channel(2_000_002, 1)],
    };
    assert_eq!(now(session.updates_state()).unwrap(), state);
    let cursor = store.cursor(&session.cursor()).unwrap().unwrap();
    assert_eq!(cursor, encode_updates(&state, None));
    state.pts = 12;
    now(session.set_update_state(UpdateState::All(state.clone()))).unwrap();
    drop((store, session));
    assert_eq!(now(open(&dir).updates_state()).unwrap(), state);
}

#[test]
fn accounts_are_apart_and_show_no_key() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let (one, two) = (store.account("one").unwrap(), store.account("two").unwrap());
    one.data_centers_at(SANDBOX, Some(&KEY)).unwrap();
    now(one.cache_peer(user(4009, true))).unwrap();
    assert_eq!(two.auth_key(2), None);
    assert!(!two.is_signed_in().unwrap());
    assert_eq!(format!("{one:?}"), "AccountSession(\"one\")");
}

use std::time::Duration;

use grammers_tl_types::{Deserializable, Serializable, enums, functions, types};

use super::unpack::{GZIP_PACKED, constructor};
use super::*;
use crate::mtproto::chance::fixed::FixedChance;
use crate::mtproto::crypto::{KeyId, Message, Plain};

const SECOND: i64 = 1_770_000_000;
const NOW: Duration = Duration::new(1_770_000_000, 0);
const KEY: KeyId = KeyId(42);
const FIRST_SALT: i64 = 11;
const ID: i64 = SECOND << 32;

struct Fixture {
    salts: Salts,
    session: Session,
}

impl Fixture {
    fn new() -> Self {
        Self { salts: Salts::new(&mut FixedChance::default()), session: Session::new(KEY, 7, FIRST_SALT) }
    }

    fn salt(&self) -> i64 {
        self.salts.current(KEY, SECOND)
    }

    /// What comes of a message, without the greeting.
    fn receive(&mut self, id: i64, seq_no: i32, body: Vec<u8>) -> Vec<Event> {
        self.receive_with(self.salt(), id, seq_no, body)
    }

    fn receive_with(&mut self, salt: i64, id: i64, seq_no: i32, body: Vec<u8>) -> Vec<Event> {
        let message = Message { id, seq_no, body };
        let mut events = self.session.receive(Plain { salt, session: 7, message }, &self.salts, NOW);
        events
            .retain(|event| !matches!(event, Event::Send(out) if is::<types::NewSessionCreated>(&out.body)));
        events
    }
}

fn is<T: grammers_tl_types::Identifiable>(body: &[u8]) -> bool {
    constructor(body) == T::CONSTRUCTOR_ID
}

fn get_config() -> Vec<u8> {
    functions::help::GetConfig {}.to_bytes()
}

fn error_code(events: &[Event]) -> Option<i32> {
    match events {
        [Event::Send(out)] => {
            enums::BadMsgNotification::from_bytes(&out.body).ok().map(|bad| bad.error_code())
        }
        _ => None,
    }
}

#[test]
fn a_session_is_greeted_once() {
    let mut fixture = Fixture::new();
    let greetings = |fixture: &mut Fixture, id, seq_no| {
        let message = Message { id, seq_no, body: get_config() };
        let plain = Plain { salt: fixture.salt(), session: 7, message };
        let events = fixture.session.receive(plain, &fixture.salts, NOW);
        events.iter().filter(|event| matches!(event, Event::Send(_))).count()
    };
    assert_eq!(greetings(&mut fixture, ID, 1), 1);
    assert_eq!(greetings(&mut fixture, ID + 4, 3), 0);
}

#[test]
fn what_breaks_the_rules_is_told_so() {
    let mut fixture = Fixture::new();
    let bad_salt = fixture.receive_with(0, ID, 1, get_config());
    assert_eq!(error_code(&bad_salt), Some(48));
    let first_salt = fixture.receive_with(FIRST_SALT, ID - 4, 1, get_config());
    assert_eq!(error_code(&first_salt), None);
    let code = |fixture: &mut Fixture, id, seq_no| error_code(&fixture.receive(id, seq_no, get_config()));
    assert_eq!(code(&mut fixture, ID + 1, 1), Some(18));
    assert_eq!(code(&mut fixture, ID - (400 << 32), 1), Some(16));
    assert_eq!(code(&mut fixture, ID + (60 << 32), 1), Some(17));
    assert_eq!(code(&mut fixture, ID, 2), Some(35));
    assert_eq!(code(&mut fixture, ID + 80, 5), None);
    assert_eq!(code(&mut fixture, ID + 84, 5), Some(32));
    assert_eq!(code(&mut fixture, ID + 40, 7), Some(33));
}

#[test]
fn a_request_that_comes_twice_is_executed_once() {
    let mut fixture = Fixture::new();
    let request = Event::Request { id: ID, body: get_config() };
    assert_eq!(fixture.receive(ID, 1, get_config()), [request]);
    assert_eq!(fixture.receive(ID, 1, get_config()), []);
    fixture.session.keep_answer(ID, b"done");
    assert_eq!(fixture.receive(ID, 1, get_config()), [Event::Send(Outgoing::answer(b"done".to_vec()))]);
}

#[test]
fn an_answer_that_was_acknowledged_is_not_kept() {
    let mut fixture = Fixture::new();
    fixture.receive(ID, 1, get_config());
    let answer = rpc_result(ID, b"done");
    fixture.session.keep_answer(ID, &answer);
    let sent = fixture.session.wrap(vec![Outgoing::answer(answer.clone())], NOW).unwrap();
    assert_eq!(fixture.receive(ID, 1, get_config()), [Event::Send(Outgoing::answer(answer))]);
    let ack: enums::MsgsAck = types::MsgsAck { msg_ids: vec![sent.id] }.into();
    fixture.receive(ID + 4, 2, ack.to_bytes());
    assert_eq!(fixture.receive(ID, 1, get_config()), [], "it is neither executed nor answered again");
    let drop = functions::RpcDropAnswer { req_msg_id: ID };
    let [Event::Send(out)] = &fixture.receive(ID + 8, 3, drop.to_bytes())[..] else { panic!("one answer") };
    assert!(is::<types::RpcAnswerUnknown>(&out.body[12..]), "there is nothing left to drop");
}

#[test]
fn containers_and_compression_are_undone_and_done() {
    let mut fixture = Fixture::new();
    let long = rpc_result(1, &"again and again ".repeat(1000).into_bytes());
    assert!(long.len() < 1000);
    assert_eq!(constructor(&long[12..]), GZIP_PACKED);
    let messages = [
        Message { id: ID, seq_no: 1, body: get_config() },
        Message { id: ID + 4, seq_no: 3, body: long[12..].to_vec() },
    ];
    let events = fixture.receive(ID + 8, 4, pack::container(&messages));
    let unfolded = "again and again ".repeat(1000).into_bytes();
    assert_eq!(
        events,
        [Event::Request { id: ID, body: get_config() }, Event::Request { id: ID + 4, body: unfolded }]
    );
}

#[test]
fn broken_containers_are_refused_whole() {
    let mut fixture = Fixture::new();
    let inner = [Message { id: ID, seq_no: 1, body: get_config() }];
    let mut cut = pack::container(&inner);
    cut.pop();
    let nested = pack::container(&[Message { id: ID, seq_no: 1, body: pack::container(&inner) }]);
    let many = [&pack::container(&[])[..4], &[255; 4]].concat();
    let mut bomb = GZIP_PACKED.to_bytes();
    bomb.extend(b"\x08not gzip\0\0\0".to_vec());
    for (at, body) in (1..).zip([cut, nested, many, bomb]) {
        assert_eq!(error_code(&fixture.receive(ID + 4 * at, 0, body)), Some(64));
    }
}

#[test]
fn pings_are_answered_bare_and_salts_come_in_plenty() {
    let mut fixture = Fixture::new();
    let ping = functions::PingDelayDisconnect { ping_id: 5, disconnect_delay: 75 };
    let events = fixture.receive(ID, 1, ping.to_bytes());
    let answer = enums::Pong::Pong(types::Pong { msg_id: ID, ping_id: 5 });
    assert_eq!(events, [Event::Send(Outgoing::service(answer.to_bytes())), Event::HangUpAfter(75)]);
    let events = fixture.receive(ID + 4, 3, functions::GetFutureSalts { num: 1 }.to_bytes());
    let [Event::Send(out)] = &events[..] else { panic!("{events:?}") };
    let enums::FutureSalts::Salts(salts) = enums::FutureSalts::from_bytes(&out.body).unwrap();
    assert_eq!(salts.salts.0.len(), 2);
    assert_eq!(salts.salts.0[0].salt, fixture.salt());
    assert!(fixture.salts.accepts(KEY, salts.salts.0[1].salt, salts.now.into()));
}

#[test]
fn numbers_rise_and_tell_answers_from_news() {
    let mut session = Session::new(KEY, 7, FIRST_SALT);
    let out = vec![Outgoing::service(vec![1; 4]), Outgoing::answer(vec![2; 4]), Outgoing::push(vec![3; 4])];
    let container = session.wrap(out, NOW).unwrap();
    let inner = unpack::unpack(container.clone()).unwrap();
    let ids: Vec<i64> = inner.iter().map(|message| message.id % 4).collect();
    assert_eq!(ids, [1, 1, 3]);
    let numbers: Vec<i32> = inner.iter().map(|message| message.seq_no).collect();
    assert_eq!((numbers, container.seq_no), (vec![0, 1, 3], 4));
    assert!(inner.is_sorted_by_key(|message| message.id) && container.id > inner[2].id);
    assert_eq!(session.wrap(vec![], NOW), None);
}

#[test]
fn no_bytes_make_it_panic() {
    let mut fixture = Fixture::new();
    let mut state = 99_u64;
    let constructors = [unpack::CONTAINER, GZIP_PACKED, 0x62d6_b459, 0xda69_fb52, 0xb921_bd04];
    for round in 0..4_000_i64 {
        let mut body = constructors[usize::try_from(round % 5).unwrap()].to_bytes();
        for _ in 0..round % 13 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            body.extend_from_slice(&(state >> 33).to_le_bytes()[..4]);
        }
        fixture.receive(ID + round * 4, 1, body);
    }
}

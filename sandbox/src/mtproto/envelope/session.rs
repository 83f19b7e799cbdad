//! One client session: what its messages may look like, and how those to it are numbered.

use std::time::Duration;

use grammers_tl_types::{Deserializable, Identifiable, Serializable, enums, types};

use super::answers::{Answers, Known};
use super::ids::second_of;
use super::unacked::Unacked;
use super::unpack::{self, CONTAINER, constructor};
use super::{MessageIds, Outgoing, OutgoingKind, Salts, pack, service};
use crate::mtproto::crypto::{KeyId, Message, Plain};

/// A message may be this old, in seconds.
const OLDEST: i64 = 300;
/// A message may be this far ahead, in seconds.
const NEWEST: i64 = 30;

/// Bytes of answers kept while no connection has the session.
const PARKED_BYTES: usize = 64 * 1024;

/// What a received message asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// Send this.
    Send(Outgoing),
    /// Execute this request and answer it under its message id.
    Request {
        /// The message id.
        id: i64,
        /// TL.
        body: Vec<u8>,
    },
    /// Forget another session of the same key, and say whether there was one.
    Destroy(i64),
    /// Hang up if nothing comes for so many seconds.
    HangUpAfter(i32),
}

/// `bad_msg_notification`'s error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bad {
    TooOld = 16,
    TooNew = 17,
    IdBits = 18,
    SeqTooLow = 32,
    SeqTooHigh = 33,
    SeqNotEven = 34,
    SeqNotOdd = 35,
    Salt = 48,
    Container = 64,
}

/// One session of a key.
#[derive(Debug)]
pub struct Session {
    key: KeyId,
    id: i64,
    /// The salt made with the key, good as long as the key is.
    first_salt: i64,
    ids: MessageIds,
    /// Acknowledgeable messages sent so far.
    sent: i32,
    /// The content message with the greatest id so far: id and sequence number.
    newest: Option<(i64, i32)>,
    answers: Answers,
    unacked: Unacked,
    greeted: bool,
}

impl Session {
    /// A session the client opened.
    pub fn new(key: KeyId, id: i64, first_salt: i64) -> Self {
        let ids = MessageIds::default();
        let (answers, unacked) = (Answers::default(), Unacked::default());
        Self { key, id, first_salt, ids, sent: 0, newest: None, answers, unacked, greeted: false }
    }

    /// The client's name for it.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// What a decrypted message asks for, in order. `now` since 1970.
    pub fn receive(&mut self, plain: Plain, salts: &Salts, now: Duration) -> Vec<Event> {
        let seconds = seconds(now);
        let outer = (plain.message.id, plain.message.seq_no);
        if plain.salt != self.first_salt && !salts.accepts(self.key, plain.salt, seconds) {
            return vec![bad_salt(outer, salts.current(self.key, seconds))];
        }
        if let Err(bad) = check_id(outer.0, seconds) {
            return vec![bad_message(outer, bad)];
        }
        let is_container = constructor(&plain.message.body) == CONTAINER;
        if is_container && outer.1 % 2 != 0 {
            return vec![bad_message(outer, Bad::SeqNotEven)];
        }
        let Ok(messages) = unpack::unpack(plain.message) else {
            return vec![bad_message(outer, Bad::Container)];
        };
        let mut events = self.greeting(&messages, salts.current(self.key, seconds));
        for message in messages {
            self.take(message, salts, seconds, &mut events);
        }
        events
    }

    /// Numbers what is to be sent: one message, or a container of several. `None` for nothing.
    pub fn wrap(&mut self, outgoing: Vec<Outgoing>, now: Duration) -> Option<Message> {
        let mut messages: Vec<Message> =
            outgoing.into_iter().map(|message| self.number(message, now)).collect();
        if messages.len() < 2 {
            return messages.pop();
        }
        let body = pack::container(&messages);
        Some(Message { id: self.ids.response(now), seq_no: self.sent * 2, body })
    }

    /// Keeps the `rpc_result` of a request, should the request come again.
    pub fn keep_answer(&mut self, request: i64, body: &[u8]) {
        self.answers.keep(request, body);
    }

    /// What the client has not acknowledged, for when it comes back over another connection.
    pub fn again(&self) -> Vec<Outgoing> {
        self.unacked.all().map(Outgoing::again).collect()
    }

    /// Keeps only what a client that comes back will ask for first.
    pub fn slim(&mut self) {
        self.answers.forget_down_to(PARKED_BYTES);
    }

    fn number(&mut self, outgoing: Outgoing, now: Duration) -> Message {
        let id = match outgoing.kind {
            OutgoingKind::Again { id, seq_no } => return Message { id, seq_no, body: outgoing.body },
            OutgoingKind::Push => self.ids.news(now),
            OutgoingKind::Answer | OutgoingKind::Service => self.ids.response(now),
        };
        let mut seq_no = self.sent.wrapping_mul(2);
        if outgoing.kind == OutgoingKind::Service {
            return Message { id, seq_no, body: outgoing.body };
        }
        seq_no += 1;
        self.sent = self.sent.wrapping_add(1);
        let message = Message { id, seq_no, body: outgoing.body };
        self.unacked.sent(&message);
        message
    }

    /// `new_session_created`, once.
    fn greeting(&mut self, messages: &[Message], server_salt: i64) -> Vec<Event> {
        let Some(first) = messages.iter().map(|message| message.id).min().filter(|_| !self.greeted) else {
            return Vec::new();
        };
        self.greeted = true;
        let created =
            types::NewSessionCreated { first_msg_id: first, unique_id: self.id ^ first, server_salt };
        vec![send(&enums::NewSession::Created(created))]
    }

    fn take(&mut self, message: Message, salts: &Salts, now: i64, events: &mut Vec<Event>) {
        if let Err(bad) = self.check(&message, now) {
            return events.push(bad_message((message.id, message.seq_no), bad));
        }
        match self.answers.know(message.id) {
            Known::Answered(answer) => return events.push(Event::Send(Outgoing::answer(answer.to_vec()))),
            Known::Seen | Known::Taken => return,
            Known::New => self.answers.came(message.id),
        }
        if constructor(&message.body) == types::MsgsAck::CONSTRUCTOR_ID {
            if let Ok(ack) = types::MsgsAck::from_bytes(&message.body[4..]) {
                self.acknowledged(&ack.msg_ids);
            }
            return;
        }
        let (answers, unacked) = (&self.answers, &self.unacked);
        let around = service::Around { key: self.key, salts, now, answers, unacked };
        match service::handle(&message, &around) {
            Some(mut service) => events.append(&mut service),
            None if message.seq_no % 2 == 0 => {
                events.push(bad_message((message.id, message.seq_no), Bad::SeqNotOdd));
            }
            None => events.push(Event::Request { id: message.id, body: message.body }),
        }
    }

    /// The client has these messages, and so the answers among them.
    fn acknowledged(&mut self, ids: &[i64]) {
        for id in ids {
            let message = self.unacked.came(*id);
            if let Some(request) = message.and_then(|message| pack::answered(&message.body)) {
                self.answers.taken(request);
            }
        }
    }

    fn check(&mut self, message: &Message, now: i64) -> Result<(), Bad> {
        check_id(message.id, now)?;
        if message.seq_no % 2 == 0 {
            return Ok(());
        }
        if let Some((id, seq_no)) = self.newest {
            if message.id > id && message.seq_no <= seq_no {
                return Err(Bad::SeqTooLow);
            }
            if message.id < id && message.seq_no >= seq_no {
                return Err(Bad::SeqTooHigh);
            }
        }
        self.newest = self.newest.max(Some((message.id, message.seq_no)));
        Ok(())
    }
}

fn check_id(id: i64, now: i64) -> Result<(), Bad> {
    match second_of(id) {
        _ if id % 4 != 0 => Err(Bad::IdBits),
        second if second < now - OLDEST => Err(Bad::TooOld),
        second if second > now + NEWEST => Err(Bad::TooNew),
        _ => Ok(()),
    }
}

fn bad_message((id, seq_no): (i64, i32), bad: Bad) -> Event {
    let notification =
        types::BadMsgNotification { bad_msg_id: id, bad_msg_seqno: seq_no, error_code: bad as i32 };
    send(&enums::BadMsgNotification::Notification(notification))
}

fn bad_salt((id, seq_no): (i64, i32), new_server_salt: i64) -> Event {
    let notification = types::BadServerSalt {
        bad_msg_id: id,
        bad_msg_seqno: seq_no,
        error_code: Bad::Salt as i32,
        new_server_salt,
    };
    send(&enums::BadMsgNotification::BadServerSalt(notification))
}

pub fn send(service: &impl Serializable) -> Event {
    Event::Send(Outgoing::service(service.to_bytes()))
}

fn seconds(now: Duration) -> i64 {
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}

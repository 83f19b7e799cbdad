//! Messages about messages, which never reach the API.

use grammers_tl_types::{self as tl, Deserializable, Identifiable, RawVec, enums, functions, types};

use super::answers::{Answers, Known};
use super::session::{Event, send};
use super::unacked::Unacked;
use super::unpack::constructor;
use super::{Outgoing, Salts, rpc_result};
use crate::mtproto::crypto::{KeyId, Message};

/// Message ids one question may name.
const IDS_LIMIT: usize = 8192;
/// `msgs_state_info`: nothing is known about the message.
const UNKNOWN: u8 = 1;
/// `msgs_state_info`: the message was received.
const RECEIVED: u8 = 4;

/// What a service message may need.
pub struct Around<'a> {
    pub key: KeyId,
    pub salts: &'a Salts,
    /// Unix seconds.
    pub now: i64,
    pub answers: &'a Answers,
    pub unacked: &'a Unacked,
}

/// What a service message asks for; `None` if it is a request of the API.
pub fn handle(message: &Message, around: &Around<'_>) -> Option<Vec<Event>> {
    let handled = match constructor(&message.body) {
        functions::Ping::CONSTRUCTOR_ID => {
            parse(message, |ping: functions::Ping| vec![pong(message.id, ping.ping_id)])
        }
        functions::PingDelayDisconnect::CONSTRUCTOR_ID => {
            parse(message, |ping: functions::PingDelayDisconnect| {
                vec![pong(message.id, ping.ping_id), Event::HangUpAfter(ping.disconnect_delay)]
            })
        }
        functions::GetFutureSalts::CONSTRUCTOR_ID => {
            parse(message, |ask: functions::GetFutureSalts| vec![future_salts(message.id, ask.num, around)])
        }
        functions::DestroySession::CONSTRUCTOR_ID => {
            parse(message, |ask: functions::DestroySession| vec![Event::Destroy(ask.session_id)])
        }
        functions::RpcDropAnswer::CONSTRUCTOR_ID => parse(message, |ask: functions::RpcDropAnswer| {
            vec![drop_answer(message.id, ask.req_msg_id, around)]
        }),
        types::MsgsStateReq::CONSTRUCTOR_ID => {
            parse(message, |ask: types::MsgsStateReq| vec![states(message.id, &ask.msg_ids, around)])
        }
        types::MsgResendReq::CONSTRUCTOR_ID => {
            parse(message, |ask: types::MsgResendReq| resend(message.id, &ask.msg_ids, around))
        }
        types::MsgResendAnsReq::CONSTRUCTOR_ID => {
            parse(message, |ask: types::MsgResendAnsReq| answers_again(message.id, &ask.msg_ids, around))
        }
        types::MsgsStateInfo::CONSTRUCTOR_ID
        | types::MsgsAllInfo::CONSTRUCTOR_ID
        | types::HttpWait::CONSTRUCTOR_ID => Vec::new(),
        _ => return None,
    };
    Some(handled)
}

/// A service message that can't be read is passed over.
fn parse<T: Deserializable>(message: &Message, then: impl FnOnce(T) -> Vec<Event>) -> Vec<Event> {
    T::from_bytes(&message.body[4..]).map(then).unwrap_or_default()
}

fn pong(msg_id: i64, ping_id: i64) -> Event {
    send(&enums::Pong::Pong(types::Pong { msg_id, ping_id }))
}

fn future_salts(req_msg_id: i64, wanted: i32, around: &Around<'_>) -> Event {
    let salts = RawVec(around.salts.coming(around.key, wanted, around.now));
    let now = i32::try_from(around.now).unwrap_or(i32::MAX);
    send(&enums::FutureSalts::Salts(types::FutureSalts { req_msg_id, now, salts }))
}

/// The messages asked for, as they were; of those that are not kept, what is known of them.
fn resend(id: i64, wanted: &[i64], around: &Around<'_>) -> Vec<Event> {
    let wanted = &wanted[..wanted.len().min(IDS_LIMIT)];
    let (kept, gone): (Vec<i64>, Vec<i64>) =
        wanted.iter().partition(|id| around.unacked.find(**id).is_some());
    let kept = kept.iter().filter_map(|id| around.unacked.find(*id));
    let mut events: Vec<Event> = kept.map(|message| Event::Send(Outgoing::again(message))).collect();
    if !gone.is_empty() {
        events.push(states(id, &gone, around));
    }
    events
}

/// The answers to the requests asked for; of those that are not kept, what is known of them.
fn answers_again(id: i64, wanted: &[i64], around: &Around<'_>) -> Vec<Event> {
    let mut gone = Vec::new();
    let mut events = Vec::new();
    for request in wanted.iter().take(IDS_LIMIT) {
        match around.answers.know(*request) {
            Known::Answered(answer) => events.push(Event::Send(Outgoing::answer(answer.to_vec()))),
            Known::New | Known::Seen | Known::Taken => gone.push(*request),
        }
    }
    if !gone.is_empty() {
        events.push(states(id, &gone, around));
    }
    events
}

/// Answers are sent at once, so there is only one that still runs to be dropped, and it runs on.
fn drop_answer(id: i64, request: i64, around: &Around<'_>) -> Event {
    let answer = match around.answers.know(request) {
        Known::Seen => enums::RpcDropAnswer::RpcAnswerDroppedRunning,
        Known::New | Known::Answered(_) | Known::Taken => enums::RpcDropAnswer::RpcAnswerUnknown,
    };
    Event::Send(Outgoing::answer(rpc_result(id, &tl::Serializable::to_bytes(&answer))))
}

fn states(req_msg_id: i64, ids: &[i64], around: &Around<'_>) -> Event {
    let state = |id: &i64| if around.answers.know(*id) == Known::New { UNKNOWN } else { RECEIVED };
    let info = ids.iter().take(IDS_LIMIT).map(state).collect();
    send(&enums::MsgsStateInfo::Info(types::MsgsStateInfo { req_msg_id, info }))
}

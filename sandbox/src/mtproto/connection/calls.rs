//! Requests: executed in the order they came, answered when they are done.

use grammers_tl_types::{Serializable, enums, types};

use super::fate::Fate;
use super::feed::{self, Feed, News};
use super::{Connection, HangUp};
use crate::mtproto::envelope::{Outgoing, rpc_result};
use crate::mtproto::rpc::{Answer, Call, Request, RpcError, dispatch, unwrap};
use crate::world::{RpcFault, Update};

/// Requests of one connection that may wait at once.
const WAITING_LIMIT: usize = 64;

type Outcome = Result<Vec<u8>, RpcError>;

/// A request that waited and is answered now.
pub struct Waited {
    session: i64,
    request: i64,
    outcome: Outcome,
    lose: bool,
}

impl Connection {
    /// Executes a request; what is to be sent goes to `out`.
    pub(super) fn execute(&mut self, id: i64, body: &[u8], out: &mut Vec<Outgoing>) -> Result<(), HangUp> {
        let request = match unwrap(body) {
            Ok(request) => request,
            Err(refused) => return self.answer(id, Err(refused), &[], out),
        };
        tracing::trace!(method = request.name(), "a request");
        let fate = match self.fate_of(&request) {
            Some(RpcFault::FloodWait { seconds }) => {
                return self.answer(id, Err(RpcError::flood_wait(seconds)), &[], out);
            }
            Some(RpcFault::Refuse { code, error }) => {
                return self.answer(id, Err(RpcError::ordered(code, error)), &[], out);
            }
            Some(RpcFault::Silence) => return Ok(()),
            Some(RpcFault::LoseReply) => Fate { lose: true, ..Fate::default() },
            Some(RpcFault::Slow(late)) => Fate { late: Some(late), ..Fate::default() },
            None => Fate::default(),
        };
        self.dispatch(id, &request, fate, out)
    }

    fn dispatch(
        &mut self,
        id: i64,
        request: &Request<'_>,
        fate: Fate,
        out: &mut Vec<Outgoing>,
    ) -> Result<(), HangUp> {
        let Some(attached) = &self.attached else { return Err(HangUp::UnknownKey) };
        let session = attached.session.id();
        let mut call = Call::new(self.shared.clone(), attached.key.id());
        if !request.without_updates {
            self.follow(&call);
        }
        let clock = self.shared.world.clock().clone();
        match dispatch(&mut call, request) {
            Answer::Now(outcome) if fate.lose => self.lose(id, outcome),
            Answer::Now(outcome) if fate.late.is_some() => {
                self.waiting.spawn(async move {
                    let outcome = fate.delay(clock, async { outcome }).await;
                    Waited { session, request: id, outcome, lose: false }
                });
                Ok(())
            }
            Answer::Now(outcome) => self.answer(id, outcome, call.carried(), out),
            Answer::Later(_) if self.waiting.len() >= WAITING_LIMIT => {
                self.answer(id, Err(RpcError::BUSY), &[], out)
            }
            Answer::Later(waiting) => {
                self.waiting.spawn(async move {
                    let outcome = fate.delay(clock, waiting).await;
                    Waited { session, request: id, outcome, lose: fate.lose }
                });
                out.push(acknowledgement(id));
                Ok(())
            }
        }
    }

    /// The answer never leaves; whoever comes back to the session and asks again still gets it.
    fn lose(&mut self, request: i64, outcome: Outcome) -> Result<(), HangUp> {
        let result = outcome.unwrap_or_else(|refused| refused.to_bytes());
        if let Some(attached) = &mut self.attached {
            attached.session.keep_answer(request, &rpc_result(request, &result));
        }
        Err(HangUp::Fault)
    }

    /// Sends the answer to a request that waited, if its session is still there.
    pub(super) async fn answer_waited(&mut self, waited: Waited) -> Result<(), HangUp> {
        if self.attached.as_ref().is_none_or(|attached| attached.session.id() != waited.session) {
            return Ok(());
        }
        if waited.lose {
            return self.lose(waited.request, waited.outcome);
        }
        let mut out = Vec::new();
        self.answer(waited.request, waited.outcome, &[], &mut out)?;
        self.send(out).await
    }

    /// Sends news.
    pub(super) async fn push_news(&mut self) -> Result<(), HangUp> {
        let mut out = Vec::new();
        self.news_before(None, &[], &mut out);
        self.send(out).await
    }

    /// The answer, between the news that came before the updates it carries and those that came after: so the
    /// client never sees a gap of its own making.
    fn answer(
        &mut self,
        request: i64,
        outcome: Outcome,
        carried: &[u64],
        out: &mut Vec<Outgoing>,
    ) -> Result<(), HangUp> {
        let result = outcome.unwrap_or_else(|refused| refused.to_bytes());
        let body = rpc_result(request, &result);
        let after = self.news_before(carried.iter().min().copied(), carried, out);
        let Some(attached) = &mut self.attached else { return Err(HangUp::UnknownKey) };
        attached.session.keep_answer(request, &body);
        out.push(Outgoing::answer(body));
        if let Some(feed) = &attached.feed {
            out.extend(feed.told(&self.shared.world, &after));
        }
        Ok(())
    }

    /// Puts the news up to a cursor into `out` and returns the rest, both without what an answer carries.
    fn news_before(&mut self, cursor: Option<u64>, carried: &[u64], out: &mut Vec<Outgoing>) -> Vec<Update> {
        let feed = self.attached.as_mut().and_then(|attached| attached.feed.as_mut());
        let Some(feed) = feed else { return Vec::new() };
        let mut news = match feed.take(&self.shared.world) {
            News::Updates(news) => news,
            News::TooLong => {
                out.push(feed::too_long());
                return Vec::new();
            }
        };
        news.retain(|update| !carried.contains(&update.cursor));
        let split = cursor.map_or(news.len(), |cursor| news.partition_point(|update| update.cursor < cursor));
        let after = news.split_off(split);
        out.extend(feed.told(&self.shared.world, &news));
        after
    }

    /// From the first request of an account on, its connection is told what happens.
    fn follow(&mut self, call: &Call) {
        let Some(attached) = &mut self.attached else { return };
        let account = call.me().ok();
        if attached.feed.as_ref().map(Feed::account) != account {
            attached.feed = account.and_then(|account| Feed::begin(&self.shared.world, account));
        }
    }
}

fn acknowledgement(request: i64) -> Outgoing {
    let acknowledgement: enums::MsgsAck = types::MsgsAck { msg_ids: vec![request] }.into();
    Outgoing::service(acknowledgement.to_bytes())
}

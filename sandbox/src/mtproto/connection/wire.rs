//! Frames in and out.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use grammers_tl_types::{Serializable, enums, types};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::{Attached, Connection, HangUp};
use crate::mtproto::crypto::{AuthKey, KeyId, Plain};
use crate::mtproto::envelope::{Event, Outgoing, Session};
use crate::mtproto::handshake::Surroundings;
use crate::mtproto::parked::Kept;

/// How long a client may take to read what it is sent.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// Bytes put into one container.
const CONTAINER_BYTES: usize = 128 * 1024;
/// Messages put into one container.
const CONTAINER_MESSAGES: usize = 100;
/// The transport's word for a key the server does not know.
const UNKNOWN_KEY: i32 = 404;
/// Key id, message id and length, before a plain message.
const PLAIN_HEADER: usize = 20;

impl Connection {
    /// Handles what the socket gave.
    pub(super) async fn take_in(&mut self, bytes: &[u8]) -> Result<(), HangUp> {
        self.framing.feed(bytes);
        while let Some(frame) = self.framing.next_frame()? {
            match self.frame(&frame).await {
                Err(why @ (HangUp::UnknownKey | HangUp::Exchange(_))) => {
                    let error = self.framing.pack_error(UNKNOWN_KEY);
                    self.write(&error).await?;
                    return Err(why);
                }
                handled => handled?,
            }
        }
        Ok(())
    }

    async fn frame(&mut self, frame: &[u8]) -> Result<(), HangUp> {
        match AuthKey::id_in(frame).ok_or(HangUp::Short)? {
            KeyId(0) => self.plain_frame(frame).await,
            id => self.encrypted_frame(id, frame).await,
        }
    }

    async fn plain_frame(&mut self, frame: &[u8]) -> Result<(), HangUp> {
        let body = self.exchange(plain_body(frame).ok_or(HangUp::Short)?)?;
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let mut answer = vec![0; 8];
        answer.extend(self.plain_ids.response(now()).to_le_bytes());
        answer.extend(length.to_le_bytes());
        answer.extend(body);
        let packed = self.framing.pack(&answer);
        self.write(&packed).await
    }

    /// A step of the key exchange.
    fn exchange(&mut self, request: &[u8]) -> Result<Vec<u8>, HangUp> {
        let keys = &self.shared.keys;
        let mut around = Surroundings {
            rsa: &self.shared.rsa,
            now: i32::try_from(now().as_secs()).unwrap_or(i32::MAX),
            taken: &|id| keys.knows(id),
            chance: &mut *self.chance,
        };
        let reply = self.handshake.step(request, &mut around)?;
        if let Some(made) = reply.made {
            keys.keep(made);
        }
        Ok(reply.body)
    }

    async fn encrypted_frame(&mut self, id: KeyId, frame: &[u8]) -> Result<(), HangUp> {
        let (key, first_salt) = self.shared.keys.find(id).ok_or(HangUp::UnknownKey)?;
        let plain = key.open(frame).ok_or(HangUp::Undecryptable)?;
        let session = plain.session;
        let is_attached = |attached: &Attached| attached.key.id() == id && attached.session.id() == session;
        let mut is_back = false;
        if !self.attached.as_ref().is_some_and(is_attached) {
            self.park();
            let (claim, kept) = self.shared.parked.claim((id, session)).await;
            is_back = kept.is_some();
            let begun = || Kept { session: Session::new(id, session, first_salt), feed: None };
            let Kept { session, feed } = kept.unwrap_or_else(begun);
            self.attached = Some(Attached { key, session, feed, claim });
            self.patience = super::PATIENCE;
        }
        let out = self.handle(plain, is_back)?;
        self.send(out).await
    }

    /// What a message asks for; to a client that is back first what it missed.
    fn handle(&mut self, plain: Plain, is_back: bool) -> Result<Vec<Outgoing>, HangUp> {
        let Some(attached) = &mut self.attached else { return Err(HangUp::UnknownKey) };
        let key = attached.key.id();
        let events = attached.session.receive(plain, &self.shared.salts, now());
        let mut out = if is_back { attached.session.again() } else { Vec::new() };
        for event in events {
            match event {
                Event::Send(message) => out.push(message),
                Event::Request { id, body } => self.execute(id, &body, &mut out)?,
                Event::Destroy(session_id) => {
                    let was_there = self.shared.parked.destroy((key, session_id));
                    out.push(destroyed(session_id, was_there));
                }
                Event::HangUpAfter(seconds) => {
                    let seconds = u64::try_from(seconds).unwrap_or(0).max(1);
                    self.patience = super::PATIENCE.min(Duration::from_secs(seconds));
                }
            }
        }
        Ok(out)
    }

    /// Numbers, encrypts, frames and writes messages, in containers of a bounded size.
    pub(super) async fn send(&mut self, out: Vec<Outgoing>) -> Result<(), HangUp> {
        let account = self.account();
        if account.is_some_and(|account| self.shared.world.faults().is_muted(account)) {
            return Ok(());
        }
        let mut frames = Vec::new();
        for batch in batches(out) {
            let Some(attached) = &mut self.attached else { return Err(HangUp::UnknownKey) };
            let Some(message) = attached.session.wrap(batch, now()) else { continue };
            let id = attached.key.id();
            let seconds = i64::try_from(now().as_secs()).unwrap_or(i64::MAX);
            let salt = self.shared.salts.current(id, seconds);
            let session = self.shared.mistaken.session(account, attached.session.id());
            let plain = Plain { salt, session, message };
            let closed = attached.key.close(&plain, &mut *self.chance);
            frames.extend(self.framing.pack(&closed));
        }
        self.write(&frames).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), HangUp> {
        if bytes.is_empty() {
            return Ok(());
        }
        timeout(WRITE_PATIENCE, self.stream.write_all(bytes)).await.map_err(|_| HangUp::Slow)??;
        Ok(())
    }
}

fn destroyed(session_id: i64, was_there: bool) -> Outgoing {
    let answer: enums::DestroySessionRes = if was_there {
        types::DestroySessionOk { session_id }.into()
    } else {
        types::DestroySessionNone { session_id }.into()
    };
    Outgoing::service(answer.to_bytes())
}

fn plain_body(frame: &[u8]) -> Option<&[u8]> {
    let length = frame.get(16..PLAIN_HEADER)?.try_into().ok().map(u32::from_le_bytes)?;
    frame[PLAIN_HEADER..].get(..usize::try_from(length).ok()?)
}

fn batches(out: Vec<Outgoing>) -> Vec<Vec<Outgoing>> {
    let mut batches: Vec<Vec<Outgoing>> = Vec::new();
    let mut bytes = 0;
    for message in out {
        bytes += message.body.len();
        match batches.last_mut() {
            Some(batch) if bytes <= CONTAINER_BYTES && batch.len() < CONTAINER_MESSAGES => {
                batch.push(message);
            }
            _ => {
                bytes = message.body.len();
                batches.push(vec![message]);
            }
        }
    }
    batches
}

/// Since 1970, by the machine's clock: message ids are compared with the client's own.
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

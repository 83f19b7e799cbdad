//! What lies between an encrypted frame and a request: containers, compression, salts, ids, acknowledgements.
//!
//! Sans I/O: [`Session::receive`] takes a decrypted message and gives what to do; [`Session::wrap`] numbers what is
//! to be sent.

mod answers;
mod ids;
mod pack;
mod salts;
mod service;
mod session;
mod unacked;
mod unpack;

#[cfg(test)]
mod tests;

use crate::mtproto::crypto::Message;

pub use ids::MessageIds;
pub use pack::rpc_result;
pub use salts::Salts;
pub use session::{Event, Session};
#[cfg(test)]
pub use unpack::unpack;

/// A message on its way out, before it has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// TL.
    pub body: Vec<u8>,
    /// Answers and pushes are numbered differently.
    pub kind: OutgoingKind,
}

/// Why a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutgoingKind {
    /// The result of a request; the client acknowledges it.
    Answer,
    /// About messages; never acknowledged.
    Service,
    /// News; the client acknowledges it.
    Push,
    /// A message that was sent before, with the numbers it had then.
    Again {
        /// Its message id.
        id: i64,
        /// Its place in the sequence.
        seq_no: i32,
    },
}

impl Outgoing {
    /// A message about messages.
    pub fn service(body: Vec<u8>) -> Self {
        Self { body, kind: OutgoingKind::Service }
    }

    /// The result of a request.
    pub fn answer(body: Vec<u8>) -> Self {
        Self { body, kind: OutgoingKind::Answer }
    }

    /// A message that was sent before.
    pub fn again(message: &Message) -> Self {
        let kind = OutgoingKind::Again { id: message.id, seq_no: message.seq_no };
        Self { body: message.body.clone(), kind }
    }

    /// News.
    pub fn push(body: Vec<u8>) -> Self {
        Self { body, kind: OutgoingKind::Push }
    }
}

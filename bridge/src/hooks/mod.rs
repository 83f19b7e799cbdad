//! HTTP hooks, as the agents' gateways speak them: what is posted at the node's own door, and what the node posts at
//! theirs.

mod probe;
mod receive;
mod send;

pub use self::probe::Probed;
pub use self::receive::{
    Answer, Ask, BODY_MOST, Door, Good, Known, OtherNode, Params, Refusal, Register, Request, Say, Speaking,
    description, serve,
};
pub use self::send::{Hook, Letter, Post, Sent};

//! The user account against the sandbox, over real sockets: sign in, hear, perform, and lose nothing.

#![allow(clippy::unwrap_used, reason = "what helps a test is no test to the lint")]

mod doing;
mod flow;
mod gaps;
mod gate;
mod health;
mod hearing;
mod making_up;
mod migration;
mod personal;
mod probing;
mod session;
mod signing_in;
mod stage;

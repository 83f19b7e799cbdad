//! The mesh's bot: the Bot API over teloxide's `Bot`, with a listener of our own over raw updates.
//!
//! Inwards, [`listen`](listen::listen) turns updates into [`commands::input::Input`], one committed batch after the
//! other. Outwards, each effect is one call ([`perform`]) that returns an [`Outcome`]: nothing here retries or queues.

mod bot;
mod buttons;
pub mod examine;
mod fault;
mod html;
mod lean;
pub mod listen;
pub mod perform;
mod place;
mod token;
mod translate;
mod trouble;

#[cfg(test)]
mod tests;

pub use crate::bot::{Bot, Identity, Params};
pub use crate::fault::Fault;
pub use crate::listen::{Batch, Health, Listener, Listening, Notice, Webhook, listen};
pub use crate::perform::{Menu, MenuScope, Outcome, Post};
pub use crate::token::Token;

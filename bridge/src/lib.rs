//! The worlds that the mesh spans: here the Telegram user account; hooks to agents come beside it.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod telegram;

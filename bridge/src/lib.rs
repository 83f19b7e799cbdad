//! The worlds that the mesh spans: the Telegram user account, the chats that Telegram Desktop exports, and the hooks by
//! which agents and the mesh speak to each other.

pub mod export;
pub mod hooks;
pub mod telegram;

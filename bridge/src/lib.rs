//! The worlds that the mesh spans: the Telegram user account, the chats that Telegram Desktop exports, the hooks by
//! which agents and the mesh speak to each other, and the gateways behind those agents.

pub mod agents;
mod answers;
pub mod export;
pub mod hooks;
pub mod telegram;
pub mod words;

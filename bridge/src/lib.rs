//! The worlds that the mesh spans: the Telegram user account, and the chats that Telegram Desktop exports; hooks to
//! agents come beside them.

pub mod export;
pub mod telegram;

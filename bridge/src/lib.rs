//! The worlds that the mesh spans: here the Telegram user account; hooks to agents come beside it.

pub mod telegram;

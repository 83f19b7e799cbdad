//! A small Telegram in one process: one world behind an MTProto door, a Bot API door and a control door.

pub mod botapi;
pub mod mtproto;
pub mod world;

//! The world in TL, as one account sees it.

mod access;
mod cast;
mod document;
mod entities;
mod keyboard;
mod message;
mod participants;
mod people;
mod reactions;
mod typing;
mod updates;

use grammers_tl_types::{Deserializable, enums, types};

use crate::world::Peer;

pub use access::access_hash;
pub use cast::{Cast, People};
pub use document::{file_hash, file_reference};
pub use entities::{from_tl as entities_from_tl, to_tl as entities_to_tl};
pub use message::message;
pub use participants::participants;
pub use people::{admin_rights, chat, user};
pub use reactions::{peer_reaction, reactions};
pub use typing::action_from_tl;
pub use updates::{update, updates};

/// Enough zeros for any type without a mandatory boxed field.
const ZEROS: [u8; 512] = [0; 512];

/// A type with nothing set, to be filled by `..blank()`.
pub fn blank<T: Deserializable>() -> T {
    T::from_bytes(&ZEROS).expect("only used for types that zeros describe, which the tests run through")
}

/// A chat's name in TL.
pub fn peer(peer: Peer) -> enums::Peer {
    match peer {
        Peer::User(user) => types::PeerUser { user_id: user.0 }.into(),
        Peer::Group(chat_id) => types::PeerChat { chat_id }.into(),
        Peer::Channel(channel_id) => types::PeerChannel { channel_id }.into(),
    }
}

/// Unix seconds as TL has them.
pub fn date(seconds: i64) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

/// A count as TL has it.
pub fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// No settings of one's own.
pub fn notify_settings() -> enums::PeerNotifySettings {
    blank::<types::PeerNotifySettings>().into()
}

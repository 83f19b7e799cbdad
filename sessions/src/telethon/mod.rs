//! Sessions as Telethon keeps them: `.session` files (versions 7 and 8) and strings, read and written.
//!
//! What is read was written by others: anything that is not as it should be is an error, never a panic.

mod file;
mod string;

use std::fmt;
use std::net::SocketAddr;

use grammers_session::types::{PeerInfo, UpdatesState};

pub use self::file::{FILE_MOST, read_file, write_file};
pub use self::string::{read_string, write_string};

/// An auth key's length, in bytes.
const KEY: usize = 256;

/// What a session of Telethon's holds. Its `Debug` shows no key.
#[derive(Clone, PartialEq)]
pub struct Telethon {
    /// The home data centre.
    pub dc: i32,
    /// Where Telethon found it.
    pub address: SocketAddr,
    /// The key agreed with it.
    pub auth_key: [u8; KEY],
    /// The own user, where it is told.
    pub me: Option<i64>,
    /// Users and chats with their access hashes; none in a string.
    pub peers: Vec<PeerInfo>,
    /// How far updates were heard; none in a string.
    pub updates: Option<UpdatesState>,
}

impl fmt::Debug for Telethon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telethon").field("dc", &self.dc).field("me", &self.me).finish_non_exhaustive()
    }
}

/// Why something is no session that can be taken over.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TelethonError {
    /// Another kind of file.
    #[error("this is no Telethon session: a .session file is an SQLite database")]
    NotSqlite,
    /// Longer than any session is.
    #[error("this is longer than {FILE_MOST} bytes: no Telethon session is")]
    TooLong,
    /// A layout that is not known here.
    #[error(
        "this is a Telethon session of version {0}, and 7 and 8 are read here: open it once with a current Telethon, \
         which brings it up to date"
    )]
    Version(i64),
    /// Nobody signed in with it.
    #[error("nobody is signed in with this Telethon session: it has no key")]
    NoKey,
    /// Parts are missing, or are not what they should be.
    #[error(
        "this Telethon session is damaged ({0}): take a copy from a backup, or sign in with `mesh login`"
    )]
    Damaged(String),
    /// Another kind of text.
    #[error(
        "this is no Telethon StringSession: one begins with 1 and has 352 or 368 more characters, letters, digits, - \
         and _ ({0})"
    )]
    NotAString(&'static str),
}

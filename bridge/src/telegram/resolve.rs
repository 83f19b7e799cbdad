//! A name to a number.

use commands::ids::UserId;
use grammers_tl_types::enums::{Peer, contacts};
use grammers_tl_types::functions;

use super::account::Account;
use super::call::CallError;
use super::peers::Peers;

impl Account {
    /// The user of a username, with or without `@`; none where nobody has it, or a group or channel. Whoever was found
    /// can be written to.
    pub async fn resolve(&self, username: &str) -> Result<Option<UserId>, CallError> {
        let username = username.trim().trim_start_matches('@').to_owned();
        let request = functions::contacts::ResolveUsername { username, referer: None };
        let found = match self.shared.caller.call(&request).await {
            Ok(contacts::ResolvedPeer::Peer(found)) => found,
            Err(error) if error.is("USERNAME_NOT_OCCUPIED") || error.is("USERNAME_INVALID") => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        self.shared.remember(Peers::new().learn(&found.users, &found.chats)).await;
        Ok(match found.peer {
            Peer::User(user) => Some(UserId(user.user_id)),
            Peer::Chat(_) | Peer::Channel(_) => None,
        })
    }
}

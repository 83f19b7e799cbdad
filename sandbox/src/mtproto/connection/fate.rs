//! What a request meets on its way: the faults that were ordered.

use std::time::Duration;

use grammers_tl_types::{Cursor, Deserializable, Identifiable, enums, functions::messages as f, name_for_id};

use super::Connection;
use crate::mtproto::rpc::Request;
use crate::world::{Clock, Peer, RpcFault, UserId};

/// How the answer to an executed request goes astray.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fate {
    /// The connection is cut instead.
    pub lose: bool,
    /// It goes out so much later.
    pub late: Option<Duration>,
}

impl Fate {
    /// Waits for the outcome, and then as long as was ordered, by the world's clock.
    pub async fn delay<T>(self, clock: Clock, outcome: impl Future<Output = T>) -> T {
        let outcome = outcome.await;
        if let Some(late) = self.late {
            clock.sleep(late).await;
        }
        outcome
    }
}

impl Connection {
    /// The fault that a request meets, if one waits for it.
    pub(super) fn fate_of(&self, request: &Request<'_>) -> Option<RpcFault> {
        let account = self.account();
        let chat = || chat_of(request, account?);
        self.shared.world.faults().rpc(request.name(), account, chat)
    }
}

/// Methods that name a chat: the name of each, and the chat a request of it is about.
macro_rules! chats {
    ($($method:ident),*) => {
        const WITH_CHAT: &[u32] = &[$(f::$method::CONSTRUCTOR_ID),*];

        fn peer_of(request: &Request<'_>) -> Option<enums::InputPeer> {
            match request.method {
                $(f::$method::CONSTRUCTOR_ID => {
                    Some(f::$method::deserialize(&mut Cursor::from_slice(request.arguments)).ok()?.peer)
                })*
                _ => None,
            }
        }
    };
}

chats!(
    SendMessage,
    EditMessage,
    SendReaction,
    GetHistory,
    ReadHistory,
    Search,
    SetTyping,
    GetBotCallbackAnswer,
    UpdatePinnedMessage,
    SendMedia
);

/// Whether requests of a method name a chat, by which a fault can find them.
pub fn names_a_chat(method: &str) -> bool {
    WITH_CHAT.iter().any(|id| name_for_id(*id).eq_ignore_ascii_case(method))
}

/// The chat a request is about, in the Bot API's form, for the methods that name one.
fn chat_of(request: &Request<'_>, account: UserId) -> Option<i64> {
    let peer = match peer_of(request)? {
        enums::InputPeer::PeerSelf => Peer::User(account),
        enums::InputPeer::User(user) => Peer::User(UserId(user.user_id)),
        enums::InputPeer::Chat(chat) => Peer::Group(chat.chat_id),
        enums::InputPeer::Channel(channel) => Peer::Channel(channel.channel_id),
        _ => return None,
    };
    Some(peer.to_bot_api())
}

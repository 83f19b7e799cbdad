//! Who is who: ids between Telegram's numbering and the Bot API's, names, and the hashes that let us address people.

use commands::ids::{ChatId, UserId};
use commands::input::{Sender, SenderKind};
use grammers_session::types::{ChannelKind, PeerAuth, PeerId, PeerInfo};
use grammers_tl_types::enums::{Chat, Peer, User};

use super::recent::Recent;

/// Users whose names are kept.
const USERS_KNOWN: usize = 4_096;
/// Telegram's own service account, which sends login codes: never heard.
pub(super) const SERVICE: i64 = 777_000;
/// Stand-ins that Telegram shows where nobody in particular speaks: itself, an anonymous admin, a channel.
const NOBODY: [i64; 3] = [SERVICE, 1_087_968_824, 136_817_688];
/// What a channel's id is shifted by in the Bot API.
const CHANNEL_SHIFT: i64 = 1_000_000_000_000;

/// A peer as the Bot API numbers it.
pub(super) fn chat_id(peer: &Peer) -> ChatId {
    ChatId(match peer {
        Peer::User(user) => user.user_id,
        Peer::Chat(chat) => -chat.chat_id,
        Peer::Channel(channel) => supergroup(channel.channel_id).0,
    })
}

/// A supergroup or channel by its own id.
pub(super) fn supergroup(channel: i64) -> ChatId {
    ChatId(-CHANNEL_SHIFT - channel)
}

/// The channel's own id, where the chat is a supergroup or channel.
pub(super) fn channel_of(chat: ChatId) -> Option<i64> {
    chat.shares_message_ids().then(|| -chat.0 - CHANNEL_SHIFT)
}

/// What is known of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    name: String,
    username: Option<String>,
    bot: bool,
}

/// The names of the users met lately.
pub(super) struct Peers {
    users: Recent<i64, Known>,
    hashes: Recent<i64, i64>,
}

impl Peers {
    pub(super) fn new() -> Self {
        Self { users: Recent::new(USERS_KNOWN), hashes: Recent::new(USERS_KNOWN) }
    }

    /// Takes over what an answer says about its people and chats; returns what the session does not know yet.
    pub(super) fn learn(&mut self, users: &[User], chats: &[Chat]) -> Vec<PeerInfo> {
        let mut news: Vec<PeerInfo> = users.iter().filter_map(|user| self.learn_user(user)).collect();
        news.extend(chats.iter().filter_map(|chat| self.learn_chat(chat)));
        news
    }

    fn learn_user(&mut self, user: &User) -> Option<PeerInfo> {
        let User::User(user) = user else { return None };
        PeerId::user(user.id)?;
        let known = Known { name: display_name(user), username: username(user), bot: user.bot };
        self.users.insert(user.id, known);
        // A "min" user's hash opens nothing.
        let hash = user.access_hash.filter(|_| !user.min)?;
        self.is_news(user.id, hash).then_some(PeerInfo::User {
            id: user.id,
            auth: Some(PeerAuth::from_hash(hash)),
            bot: Some(user.bot),
            is_self: user.is_self.then_some(true),
        })
    }

    fn learn_chat(&mut self, chat: &Chat) -> Option<PeerInfo> {
        match chat {
            Chat::Chat(chat) => {
                PeerId::chat(chat.id)?;
                self.is_news(-chat.id, 0).then_some(PeerInfo::Chat { id: chat.id })
            }
            Chat::Channel(channel) if !channel.min => {
                PeerId::channel(channel.id)?;
                let hash = channel.access_hash?;
                let kind = if channel.megagroup { ChannelKind::Megagroup } else { ChannelKind::Broadcast };
                self.is_news(-CHANNEL_SHIFT - channel.id, hash).then_some(PeerInfo::Channel {
                    id: channel.id,
                    auth: Some(PeerAuth::from_hash(hash)),
                    kind: Some(kind),
                })
            }
            _ => None,
        }
    }

    fn is_news(&mut self, marked: i64, hash: i64) -> bool {
        let news = self.hashes.get(&marked) != Some(&hash);
        self.hashes.insert(marked, hash);
        news
    }

    /// Whether the name of a sender is known; nobody in particular needs none.
    pub(super) fn knows(&self, sender: UserId) -> bool {
        kind_of(sender, false) == SenderKind::Impersonal || self.users.contains(&sender.0)
    }

    /// The sender with what is known of it.
    pub(super) fn sender(&self, id: UserId) -> Sender {
        let known = self.users.get(&id.0);
        Sender {
            id,
            name: known.map(|user| user.name.clone()).unwrap_or_default(),
            username: known.and_then(|user| user.username.clone()),
            kind: kind_of(id, known.is_some_and(|user| user.bot)),
        }
    }
}

fn kind_of(id: UserId, bot: bool) -> SenderKind {
    if id.0 <= 0 || NOBODY.contains(&id.0) {
        SenderKind::Impersonal
    } else if bot {
        SenderKind::Bot
    } else {
        SenderKind::Person
    }
}

/// First and last name.
pub(super) fn display_name(user: &grammers_tl_types::types::User) -> String {
    [&user.first_name, &user.last_name]
        .into_iter()
        .flatten()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn username(user: &grammers_tl_types::types::User) -> Option<String> {
    user.username.clone().or_else(|| {
        let names = user.usernames.as_ref()?;
        names.iter().find_map(|grammers_tl_types::enums::Username::Username(name)| {
            name.active.then(|| name.username.clone())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_tl_types::types;

    #[test]
    fn chats_are_numbered_as_in_the_bot_api() {
        assert_eq!(chat_id(&types::PeerUser { user_id: 5 }.into()), ChatId(5));
        assert_eq!(chat_id(&types::PeerChat { chat_id: 5 }.into()), ChatId(-5));
        let channel = chat_id(&types::PeerChannel { channel_id: 5 }.into());
        assert_eq!(channel, ChatId(-1_000_000_000_005));
        assert_eq!(channel_of(channel), Some(5));
        assert_eq!(channel_of(ChatId(-5)), None);
    }

    #[test]
    fn nobody_in_particular_has_no_role() {
        let peers = Peers::new();
        for id in [-1_000_000_000_005, -5, 1_087_968_824, SERVICE] {
            assert_eq!(peers.sender(UserId(id)).kind, SenderKind::Impersonal);
            assert!(peers.knows(UserId(id)));
        }
        assert_eq!(peers.sender(UserId(7)).kind, SenderKind::Person);
        assert!(!peers.knows(UserId(7)));
    }
}

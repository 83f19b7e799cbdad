//! What a client has to know to connect, as one JSON object.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::world::{ChatKind, User, UserId, World};

/// What there is to connect to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// `host:port`.
    pub mtproto: String,
    /// The base address of the Bot API.
    pub bot_api: String,
    /// The base address of the control door.
    pub control: String,
    /// The page with the chats, for a browser.
    pub page: String,
    /// The RSA public key of the MTProto door, PKCS#1 PEM.
    pub rsa_key_pem: String,
    /// The people, by id.
    pub accounts: Vec<ReadyAccount>,
    /// The bots, by id.
    pub bots: Vec<ReadyBot>,
    /// The groups.
    pub chats: Vec<ReadyChat>,
}

/// A person one can sign in as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyAccount {
    /// The user id.
    pub id: UserId,
    /// The first name.
    pub name: String,
    /// Without `@`.
    pub username: String,
    /// International form.
    pub phone: String,
    /// The login code.
    pub code: String,
    /// The second password, of those who have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// A bot one can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyBot {
    /// The user id.
    pub id: UserId,
    /// Without `@`.
    pub username: String,
    /// For the Bot API.
    pub token: String,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyChat {
    /// In the Bot API's form: negative.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// "group" or "supergroup".
    pub kind: String,
}

/// Where the doors are.
pub(crate) struct Addresses {
    pub mtproto: SocketAddr,
    pub bot_api: SocketAddr,
    pub control: SocketAddr,
}

impl Ready {
    pub(crate) fn of(world: &World, addresses: &Addresses, rsa_key_pem: &str) -> Self {
        let users = world.users();
        Self {
            mtproto: addresses.mtproto.to_string(),
            bot_api: format!("http://{}", addresses.bot_api),
            control: format!("http://{}", addresses.control),
            page: format!("http://{}/", addresses.control),
            rsa_key_pem: rsa_key_pem.to_owned(),
            accounts: users.iter().filter_map(account).collect(),
            bots: users.iter().filter_map(bot).collect(),
            chats: chats(world),
        }
    }
}

fn account(user: &User) -> Option<ReadyAccount> {
    let person = user.person()?;
    Some(ReadyAccount {
        id: user.id,
        name: user.name.clone(),
        username: user.username.clone().unwrap_or_default(),
        phone: person.phone.clone(),
        code: person.code.clone(),
        password: person.password.clone(),
    })
}

fn bot(user: &User) -> Option<ReadyBot> {
    let bot = user.bot()?;
    let username = user.username.clone().unwrap_or_default();
    Some(ReadyBot { id: user.id, username, token: bot.token.clone() })
}

fn chats(world: &World) -> Vec<ReadyChat> {
    let kind = |kind| if kind == ChatKind::Supergroup { "supergroup" } else { "group" };
    let ready = |chat: crate::world::ChatView| ReadyChat {
        id: chat.peer.to_bot_api(),
        title: chat.title,
        kind: kind(chat.kind).to_owned(),
    };
    world.groups().into_iter().map(ready).collect()
}

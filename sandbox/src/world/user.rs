//! People and bots, and how they are found.

use super::{UserId, World};

/// A person or a bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Unique in the world.
    pub id: UserId,
    /// The first name, as shown.
    pub name: String,
    /// Without the `@`; compared without regard to case.
    pub username: Option<String>,
    /// What only people, or only bots, have.
    pub kind: UserKind,
}

/// What only people, or only bots, have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserKind {
    /// Signs in over MTProto.
    Person(Person),
    /// Speaks the Bot API.
    Bot(Bot),
}

/// How a person signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// International form with `+`.
    pub phone: String,
    /// The five-digit login code, always the same.
    pub code: String,
    /// The second password, if signing in takes one.
    pub password: Option<String>,
}

/// A bot's token and its settings at `BotFather`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    /// `<id>:<secret>`.
    pub token: String,
    /// Privacy mode (Telegram's default: on).
    pub privacy: bool,
    /// Bot-to-bot communication mode (default: off).
    pub hears_bots: bool,
    /// Whether it may be added to groups.
    pub can_join_groups: bool,
}

impl User {
    /// Whether this is a bot.
    pub fn is_bot(&self) -> bool {
        self.bot().is_some()
    }

    /// The bot's part.
    pub fn bot(&self) -> Option<&Bot> {
        match &self.kind {
            UserKind::Bot(bot) => Some(bot),
            UserKind::Person(_) => None,
        }
    }

    /// The person's part.
    pub fn person(&self) -> Option<&Person> {
        match &self.kind {
            UserKind::Person(person) => Some(person),
            UserKind::Bot(_) => None,
        }
    }

    /// Whether `username` is this user's, case and a leading `@` disregarded.
    pub fn is_called(&self, username: &str) -> bool {
        let wanted = username.trim_start_matches('@');
        self.username.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(wanted))
    }
}

impl World {
    /// The user with this id.
    pub fn user(&self, id: UserId) -> Option<User> {
        self.lock().users.get(&id).cloned()
    }

    /// Everybody, people and bots, by id.
    pub fn users(&self) -> Vec<User> {
        self.lock().users.values().cloned().collect()
    }

    /// The user with this username (with or without `@`).
    pub fn user_by_username(&self, username: &str) -> Option<User> {
        self.lock().users.values().find(|user| user.is_called(username)).cloned()
    }

    /// The person with this phone number; only its digits count.
    pub fn user_by_phone(&self, phone: &str) -> Option<User> {
        let wanted = digits(phone);
        let is_wanted = |user: &&User| user.person().is_some_and(|person| digits(&person.phone) == wanted);
        self.lock().users.values().find(is_wanted).cloned()
    }

    /// The bot with this token.
    pub fn bot_by_token(&self, token: &str) -> Option<User> {
        let is_wanted = |user: &&User| user.bot().is_some_and(|bot| bot.token == token);
        self.lock().users.values().find(is_wanted).cloned()
    }
}

fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

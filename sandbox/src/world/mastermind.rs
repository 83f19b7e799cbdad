//! Building a world, and the one that tests and the demo start with.

use std::collections::BTreeMap;

use super::chat::Chat;
use super::mailbox::Mailbox;
use super::message::Body;
use super::state::State;
use super::{
    Bot, ChatKey, ChatKind, Clock, MessageKey, Peer, Person, Rank, Seen, User, UserId, UserKind, World,
};

const FIRST_PERSON: i64 = 7_000_001_001;
const FIRST_BOT: i64 = 7_100_000_101;
const FIRST_GROUP: i64 = 4_000_000_001;
const FIRST_CHANNEL: i64 = 2_100_000_001;

/// Where a user's message ids begin; each user stands this far from the next.
const IDS_APART: i32 = 10_000;

impl World {
    /// Ely, Alex, the stranger Sam and the mesh's own account; the mesh's bot and three agents; one basic group.
    pub fn mastermind() -> Self {
        Self::mastermind_at(Clock::System)
    }

    /// [`World::mastermind`] with a clock of one's own.
    pub fn mastermind_at(clock: Clock) -> Self {
        let world = Self::empty(clock);
        let ely = world.add_person("Ely", "ely_exec", "+15550100001", "10001");
        let mut members = vec![
            world.add_person("Alex", "alex_ops", "+15550100002", "20002"),
            world.add_person("Sam", "sam_stranger", "+15550100003", "30003"),
            world.add_person("Mesh Bridge", "mesh_bridge", "+15550100004", "40004"),
        ];
        let mesh = world.add_bot("Mesh", "mesh_mastermind_bot", false);
        members.extend([
            mesh,
            world.add_bot("Sandman", "sandman_agent_bot", true),
            world.add_bot("Oracle", "oracle_agent_bot", true),
            world.add_bot("OracleLocalBot", "oraclelocal_agent_bot", true),
        ]);
        let group = world.add_group(ChatKind::Group, "Mesh Mastermind", ely, &members);
        world.set_rank(group, mesh, Rank::Admin);
        // The group is old: no bot is told again of its making.
        for bot in world.users().iter().filter(|user| user.is_bot()) {
            world.drop_updates(bot.id);
        }
        world
    }

    /// Adds a person who signs in with this phone number and code; an empty `username` is none.
    pub fn add_person(&self, name: &str, username: &str, phone: &str, code: &str) -> UserId {
        let person = Person { phone: phone.to_owned(), code: code.to_owned(), password: None };
        self.lock().add_user(FIRST_PERSON, name, username, |_| UserKind::Person(person))
    }

    /// Sets a person's second password, or takes it away.
    pub fn set_password(&self, person: UserId, password: Option<&str>) {
        let mut state = self.lock();
        if let Some(UserKind::Person(person)) = state.users.get_mut(&person).map(|user| &mut user.kind) {
            person.password = password.map(str::to_owned);
        }
    }

    /// Adds a bot, with or without privacy mode; its token follows from its id.
    pub fn add_bot(&self, name: &str, username: &str, privacy: bool) -> UserId {
        self.lock().add_user(FIRST_BOT, name, username, |id| {
            let token = format!("{id}:SANDBOX-{username}");
            UserKind::Bot(Bot { token, privacy, hears_bots: false, can_join_groups: true })
        })
    }

    /// Switches a bot's bot-to-bot mode.
    pub fn set_hears_bots(&self, bot: UserId, on: bool) {
        let mut state = self.lock();
        if let Some(UserKind::Bot(bot)) = state.users.get_mut(&bot).map(|user| &mut user.kind) {
            bot.hears_bots = on;
        }
    }

    /// Switches whether a bot may be added to groups.
    pub fn set_can_join_groups(&self, bot: UserId, on: bool) {
        let mut state = self.lock();
        if let Some(UserKind::Bot(bot)) = state.users.get_mut(&bot).map(|user| &mut user.kind) {
            bot.can_join_groups = on;
        }
    }

    /// Makes a basic group or a supergroup; `creator` is in it anyway. For `Private` a basic group is made.
    pub fn add_group(&self, kind: ChatKind, title: &str, creator: UserId, members: &[UserId]) -> Peer {
        let now = self.now();
        let mut state = self.lock();
        let (peer, key) = state.add_group(kind, title, creator, members, now);
        self.show(Seen::posted(&state, key));
        peer
    }
}

impl State {
    fn add_user(
        &mut self,
        first: i64,
        name: &str,
        username: &str,
        kind: impl FnOnce(UserId) -> UserKind,
    ) -> UserId {
        let taken = self.users.keys().filter(|id| id.0 >= first && id.0 < first + 1_000_000).count();
        let id = UserId(first + i64::try_from(taken).unwrap_or(0));
        let number = i32::try_from(self.users.len()).unwrap_or(0);
        let name = name.to_owned();
        let username = Some(username.to_owned()).filter(|username| !username.is_empty());
        self.users.insert(id, User { id, name, username, kind: kind(id) });
        self.mailboxes.insert(id, Mailbox::new((number + 1) * IDS_APART + 137 * number));
        id
    }

    fn add_group(
        &mut self,
        kind: ChatKind,
        title: &str,
        creator: UserId,
        members: &[UserId],
        now: i64,
    ) -> (Peer, MessageKey) {
        let (kind, chat) = match kind {
            ChatKind::Supergroup => (kind, ChatKey::Channel(self.next_channel())),
            ChatKind::Group | ChatKind::Private => {
                (ChatKind::Group, ChatKey::Group(FIRST_GROUP + self.chat_count()))
            }
        };
        let mut ranks: BTreeMap<UserId, Rank> = members.iter().map(|user| (*user, Rank::Member)).collect();
        ranks.insert(creator, Rank::Creator);
        let members: Vec<UserId> = ranks.keys().copied().collect();
        self.chats.insert(chat, Chat::new(kind, title, now, ranks));
        self.tell_channel(chat, now);
        self.tell_members(chat, now);
        let key = self.announce(chat, creator, Body::Created { title: title.to_owned(), members }, now);
        (chat.peer_for(creator), key)
    }

    /// A bare id that no supergroup has.
    pub(super) fn next_channel(&self) -> i64 {
        FIRST_CHANNEL + self.chat_count()
    }

    fn chat_count(&self) -> i64 {
        i64::try_from(self.chats.len()).unwrap_or(0)
    }

    pub(super) fn announce(&mut self, chat: ChatKey, by: UserId, body: Body, now: i64) -> MessageKey {
        let message = self.blank(chat, by, body, now);
        let key = message.key;
        self.keep(message);
        self.tell_new(key, now);
        key
    }
}

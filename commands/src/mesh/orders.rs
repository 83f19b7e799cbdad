//! What commands left behind: usernames and whose they are, promises, open questions, the stop.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::fact::{Ask, Fact, Ordered, Role};
use crate::ids::{AgentId, PersonId, UserId};

/// So many usernames are pinned at most; beyond that no more are.
pub const PINS_MOST: usize = 4_096;
/// So many open questions are kept; the oldest goes first.
pub const ASKS_MOST: usize = 64;
/// So many strangers who asked are remembered; the one with the lowest number goes first.
pub const REQUESTS_MOST: usize = 256;
/// So many promises wait at most; the oldest goes first.
pub const PROMISES_MOST: usize = 256;
/// A question can be answered for so long.
pub const ASK_FOR: SignedDuration = SignedDuration::from_mins(5);
/// Who promised what a person wrote into `permissions.json`: it holds as long as it stands there.
pub const BY_FILE: PersonId = PersonId(0);
/// What somebody promised by a command holds for so long.
pub const PROMISE_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What commands left behind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Orders {
    /// Everything that the mesh says and does is held: by whom, and since when.
    pub stopped: Option<(PersonId, Timestamp)>,
    /// Another program takes the bot's updates, since then.
    pub taken: Option<Timestamp>,
    /// Settings that differ from the configuration's, and who said so.
    pub settings: BTreeMap<String, (String, PersonId)>,
    /// When each agent's gateway was last started anew.
    pub restarts: BTreeMap<AgentId, Timestamp>,
    pins: BTreeMap<String, UserId>,
    promises: BTreeMap<String, Promise>,
    asks: BTreeMap<u64, Ask>,
    last_ask: u64,
    requests: BTreeMap<UserId, Request>,
    invitations: BTreeMap<String, Timestamp>,
}

/// What somebody gets who has not been heard yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The role; none leaves it as it is.
    pub role: Option<Role>,
    /// How the mesh is to call them.
    pub persona: Option<String>,
    /// Who said so.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A stranger who asked for `/mesh`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Their display name then.
    pub name: String,
    /// Nobody wants to hear of them.
    pub ignored: bool,
}

/// Usernames are compared in lower case, without `@`.
pub fn fold_username(username: &str) -> String {
    username.trim().trim_start_matches('@').to_lowercase()
}

impl Orders {
    /// Whose that username is, folded, as far as it was ever seen.
    pub fn pinned(&self, username: &str) -> Option<UserId> {
        self.pins.get(username).copied()
    }

    /// The username of somebody.
    pub fn username_of(&self, user: UserId) -> Option<&str> {
        self.pins.iter().find(|(_, owner)| **owner == user).map(|(username, _)| username.as_str())
    }

    /// Whether one more can be pinned.
    pub fn has_room(&self) -> bool {
        self.pins.len() < PINS_MOST
    }

    /// What whoever bears that username, folded, is to get, unless it is too old.
    pub fn promise(&self, username: &str, now: Timestamp) -> Option<&Promise> {
        self.promises
            .get(username)
            .filter(|promise| promise.by == BY_FILE || now.duration_since(promise.at) < PROMISE_FOR)
    }

    /// Promises that were not kept yet, by username.
    pub fn promises(&self) -> impl Iterator<Item = (&str, &Promise)> {
        self.promises.iter().map(|(username, promise)| (username.as_str(), promise))
    }

    /// The number of the next question.
    pub fn next_ask(&self) -> u64 {
        self.last_ask + 1
    }

    /// A question that waits for its answer, however old.
    pub fn ask(&self, number: u64) -> Option<&Ask> {
        self.asks.get(&number)
    }

    /// A stranger who asked.
    pub fn request(&self, user: UserId) -> Option<&Request> {
        self.requests.get(&user)
    }

    /// Whether the word of that hash makes an Exec now.
    pub fn invites(&self, hash: &str, now: Timestamp) -> bool {
        self.invitations.get(hash).is_some_and(|until| now < *until)
    }

    pub(super) fn forget_request(&mut self, user: UserId) {
        self.requests.remove(&user);
    }

    pub(super) fn apply(&mut self, ordered: &Ordered) {
        match ordered {
            Ordered::Pinned { username, user } => _ = self.pins.insert(username.clone(), *user),
            Ordered::Promised { username, role, persona, by, at } => {
                let promise = Promise { role: *role, persona: persona.clone(), by: *by, at: *at };
                self.promises.insert(username.clone(), promise);
                self.drop_old_promises();
            }
            Ordered::PromiseEnded { username } => _ = self.promises.remove(username),
            Ordered::Asked { number, ask } => {
                self.last_ask = self.last_ask.max(*number);
                self.asks.insert(*number, ask.clone());
                while self.asks.len() > ASKS_MOST {
                    self.asks.pop_first();
                }
            }
            Ordered::Settled { number } => _ = self.asks.remove(number),
            Ordered::Counted { last } => self.last_ask = self.last_ask.max(*last),
            Ordered::Requested { user, name } => {
                self.requests.insert(*user, Request { name: name.clone(), ignored: false });
                while self.requests.len() > REQUESTS_MOST {
                    self.requests.pop_first();
                }
            }
            Ordered::Ignored { user } => {
                if let Some(request) = self.requests.get_mut(user) {
                    request.ignored = true;
                }
            }
            Ordered::Stopped { by, at } => self.stopped = Some((*by, *at)),
            Ordered::Started => self.stopped = None,
            Ordered::Taken { at } => self.taken = Some(*at),
            Ordered::HeardAgain => self.taken = None,
            Ordered::Set { key, value: Some(value), by } => {
                self.settings.insert(key.clone(), (value.clone(), *by));
            }
            Ordered::Set { key, value: None, .. } => _ = self.settings.remove(key),
            Ordered::Restarted { agent, at } => _ = self.restarts.insert(*agent, *at),
            Ordered::NotRestarted { agent } => _ = self.restarts.remove(agent),
            Ordered::CameLate(_) | Ordered::LateSettled | Ordered::Returned { .. } => {}
            Ordered::Invited { hash, until } => _ = self.invitations.insert(hash.clone(), *until),
            Ordered::InvitationEnded { hash } => _ = self.invitations.remove(hash),
        }
    }

    fn drop_old_promises(&mut self) {
        while self.promises.len() > PROMISES_MOST {
            let oldest = self.promises.iter().min_by_key(|(_, promise)| promise.at);
            let Some(oldest) = oldest.map(|(username, _)| username.clone()) else { return };
            self.promises.remove(&oldest);
        }
    }

    pub(super) fn to_facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let pins = self.pins.iter();
        facts.extend(pins.map(|(username, &user)| Ordered::Pinned { username: username.clone(), user }));
        facts.extend(self.promises.iter().map(|(username, promise)| {
            let Promise { role, persona, by, at } = promise.clone();
            Ordered::Promised { username: username.clone(), role, persona, by, at }
        }));
        let asks = self.asks.iter();
        facts.extend(asks.map(|(&number, ask)| Ordered::Asked { number, ask: ask.clone() }));
        if self.last_ask > 0 {
            facts.push(Ordered::Counted { last: self.last_ask });
        }
        for (&user, request) in &self.requests {
            facts.push(Ordered::Requested { user, name: request.name.clone() });
            facts.extend(request.ignored.then_some(Ordered::Ignored { user }));
        }
        facts.extend(self.stopped.map(|(by, at)| Ordered::Stopped { by, at }));
        facts.extend(self.taken.map(|at| Ordered::Taken { at }));
        facts.extend(self.settings.iter().map(|(key, (value, by))| {
            let (key, value) = (key.clone(), Some(value.clone()));
            Ordered::Set { key, value, by: *by }
        }));
        facts.extend(self.restarts.iter().map(|(&agent, &at)| Ordered::Restarted { agent, at }));
        let invited = self.invitations.iter();
        facts.extend(invited.map(|(hash, &until)| Ordered::Invited { hash: hash.clone(), until }));
        facts.into_iter().map(Fact::Ordered).collect()
    }
}

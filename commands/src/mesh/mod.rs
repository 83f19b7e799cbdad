//! What is true: the fold of facts. Nothing here decides anything.

pub mod calls;
pub mod claims;
pub mod floor;
pub mod health;
pub mod leaks;
pub mod letters;
mod moved;
mod names;
pub mod not_run;
pub mod orders;
pub mod pushes;
pub mod questions;
pub mod relays;
pub mod roster;
pub mod seen;
pub mod shared;
pub mod voice;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use calls::{Answered, Calls};
pub use claims::{Claim, Claims, Contest, Got, Hold, Notice, State};
pub use floor::{Floor, StandDown};
pub use health::{Away, Down, Health};
pub use leaks::{Leak, Leaks};
pub use letters::{Dead, Letters};
pub use moved::Moved;
pub use not_run::{NOT_RUN_MOST, NotRun};
pub use orders::{Orders, Promise, fold_username};
pub use pushes::Pushes;
pub use questions::{Question, Questions};
pub use relays::{Relayed, Relays};
pub use roster::{Member, Roll};
pub use seen::{Known, Seen};
pub use shared::{Note, Shared};
pub use voice::{Standing, Voice};

use crate::fact::{About, Fact, Once};
use crate::ids::{AgentId, ChatId, Fence, MessageRef, UserId, Who};

/// Things said once are forgotten after a day.
const TOLD_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// Everything the mesh holds to be true. Two equal journals give two equal meshes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mesh {
    /// People, agents, roles.
    pub roll: Roll,
    /// Tasks and who owns them.
    pub claims: Claims,
    /// Who is at what, beside others.
    pub shared: Shared,
    /// The domain registry: the agent of each word, folded.
    pub domains: BTreeMap<String, AgentId>,
    /// Who leads and who is quiet.
    pub floor: Floor,
    /// Messages that were acted on.
    pub seen: Seen,
    /// Calls that were answered.
    pub calls: Calls,
    /// The mesh's own messages that still matter.
    pub voice: Voice,
    /// What agents asked people.
    pub questions: Questions,
    /// Files that were announced.
    pub pushes: Pushes,
    /// Secrets that were posted.
    pub leaks: Leaks,
    /// What did not reach an agent.
    pub letters: Letters,
    /// What commands left behind.
    pub orders: Orders,
    /// Commands that came while nobody listened.
    pub not_run: NotRun,
    /// Who can't be reached.
    pub health: Health,
    /// When an agent last gave a sign of life.
    pub alive: BTreeMap<AgentId, Timestamp>,
    /// Chats in which something may have been missed, and since when that is known.
    pub missed: BTreeMap<ChatId, Timestamp>,
    /// What accounts of the node were ordered to say.
    pub relays: Relays,
    /// Groups that go on as supergroups.
    pub moved: Moved,
    told: BTreeMap<(UserId, Once), Timestamp>,
}

impl Mesh {
    /// The mesh that these facts make.
    pub fn fold<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        let mut mesh = Self::default();
        for fact in facts {
            mesh.apply(fact);
        }
        mesh
    }

    /// Makes one fact true.
    pub fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::PersonKnown(person) => {
                self.orders.forget_request(UserId(person.id.0));
                self.roll.know_person(person.clone());
            }
            Fact::Ordered(ordered) => {
                self.orders.apply(ordered);
                self.not_run.apply(ordered);
            }
            Fact::Letter(letter) => self.letters.apply(letter),
            Fact::AgentKnown(agent) => self.roll.know_agent(agent.clone()),
            Fact::Forgotten { user } => {
                self.roll.forget(*user);
                self.health.forget(*user);
                self.floor.throttled.remove(&AgentId(user.0));
                self.letters.forget(*user);
            }
            Fact::LeadNamed { agent } => self.floor.lead = *agent,
            Fact::Noted { message } => {
                self.seen.note(*message, true);
                self.health.acted_on(message);
            }
            Fact::Unread { message } => self.seen.note(*message, false),
            Fact::Answered { call, key, answer } => self.calls.keep(*call, key, answer),
            Fact::Alive { agent, at } => {
                self.alive.insert(*agent, *at);
                self.floor.last_spoke = Some(*agent);
            }
            Fact::StoodDown { agent, by, at, order } => {
                self.floor.stand_down(*agent, *by, *at, *order);
                self.claims.stop_clocks(*agent, *at);
            }
            Fact::Delivered { .. }
            | Fact::Confirmed { .. }
            | Fact::Addressed { .. }
            | Fact::SpokeOnce { .. }
            | Fact::AgentPaused { .. } => self.floor.apply(fact),
            Fact::DomainsNamed { domains } => self.domains.clone_from(domains),
            Fact::SharedNoted { .. } | Fact::SharedEnded { .. } => self.shared.apply(fact),
            Fact::Throttled { .. } | Fact::Unthrottled { .. } => self.throttle(fact),
            Fact::StoodUp { agent, at } => {
                self.floor.stand_up(*agent);
                self.run_clocks(*agent, *at);
            }
            Fact::AskedAgain { about: About::StandDown(agent), times } => {
                self.floor.asked_again(*agent, *times);
            }
            Fact::Told { user, what, at } => {
                self.told.retain(|_, then| at.duration_since(*then) < TOLD_FOR);
                self.told.insert((*user, *what), *at);
            }
            Fact::Missed { chat, at } => {
                self.missed.insert(*chat, *at);
            }
            Fact::Refetched { chat } => {
                self.missed.remove(chat);
            }
            Fact::Relayed(relay) => self.relays.apply(relay),
            Fact::Migrated { from, to, at } => self.migrate(*from, *to, *at),
            Fact::Asked { .. } | Fact::QuestionPassedOn { .. } | Fact::QuestionEnded { .. } => {
                self.questions.apply(fact);
            }
            Fact::Pushed { .. } => self.pushes.apply(fact),
            Fact::Leaked(_) | Fact::LeakRuled { .. } | Fact::LeakDeletion { .. } | Fact::LeakDue { .. } => {
                self.leaks.apply(fact);
            }
            Fact::Unreachable { .. }
            | Fact::Reachable { .. }
            | Fact::Silenced { .. }
            | Fact::Away { .. }
            | Fact::Back { .. } => self.health.apply(fact),
            Fact::Posted { .. } | Fact::Drawn { .. } | Fact::Cleared { .. } => self.voice.apply(fact),
            _ => self.claims.apply(fact, &self.floor),
        }
    }

    fn throttle(&mut self, fact: &Fact) {
        self.floor.apply(fact);
        match fact {
            Fact::Throttled { agent, at, .. } => self.claims.stop_clocks(*agent, *at),
            Fact::Unthrottled { agent, at } => self.run_clocks(*agent, *at),
            _ => {}
        }
    }

    /// One of the reasons for which an agent's leases stood still is over.
    fn run_clocks(&mut self, agent: AgentId, at: Timestamp) {
        match self.floor.stopped_since(agent) {
            None => self.claims.run_clocks(agent, at),
            Some(since) => self.claims.stop_clocks_since(agent, since),
        }
    }

    /// Nothing of ours in the old chat can be changed any more; what may have been missed there is missed here.
    fn migrate(&mut self, from: ChatId, to: ChatId, at: Timestamp) {
        self.moved.learn(from, to, at);
        self.voice.leave(from);
        if let Some(since) = self.missed.remove(&from) {
            self.missed.insert(to, since);
        }
    }

    /// Facts that make this mesh, and nothing else: `fold(to_facts(m)) = m`.
    pub fn to_facts(&self) -> Vec<Fact> {
        let mut facts = self.roll.to_facts();
        facts.extend(self.moved.to_facts());
        facts.extend(self.seen.to_facts());
        facts.extend(self.calls.to_facts());
        facts.extend(self.alive_facts());
        if !self.domains.is_empty() {
            facts.push(Fact::DomainsNamed { domains: self.domains.clone() });
        }
        facts.extend(self.claims.to_facts());
        facts.extend(self.shared.to_facts());
        facts.extend(self.floor.to_facts());
        facts.extend(self.voice.to_facts());
        facts.extend(self.leaks.to_facts());
        facts.extend(self.orders.to_facts());
        facts.extend(self.letters.to_facts());
        facts.extend(self.not_run.to_facts());
        facts.extend(self.questions.to_facts());
        facts.extend(self.pushes.to_facts());
        facts.extend(self.relays.to_facts());
        facts.extend(self.told.iter().map(|(&(user, what), &at)| Fact::Told { user, what, at }));
        facts.extend(self.health.to_facts());
        facts.extend(self.missed.iter().map(|(&chat, &at)| Fact::Missed { chat, at }));
        facts
    }

    fn alive_facts(&self) -> Vec<Fact> {
        let last = self.floor.last_spoke;
        let mut agents: Vec<_> = self.alive.iter().collect();
        agents.sort_by_key(|(agent, _)| Some(**agent) == last);
        agents.into_iter().map(|(&agent, &at)| Fact::Alive { agent, at }).collect()
    }

    /// Whether this was already said to somebody within the last day.
    pub fn was_told(&self, user: UserId, what: Once, at: Timestamp) -> bool {
        self.told.get(&(user, what)).is_some_and(|then| at.duration_since(*then) < TOLD_FOR)
    }

    /// The messages on which an agent's 👍 would answer something: open orders and open offers.
    pub fn awaits_thumb(&self) -> impl Iterator<Item = MessageRef> {
        let orders = self.floor.stood_down.values().filter(|order| order.confirmed.is_none());
        let offers = self.claims.offered().filter_map(|(_, claim)| claim.offer());
        let asked = orders.map(|order| order.order).chain(offers.map(|offer| offer.by));
        asked.filter(|message| !self.moved.is(message.chat))
    }

    /// The highest fence drawn so far.
    pub fn last_fence(&self) -> Fence {
        self.claims.last_fence()
    }

    /// How somebody is called.
    pub fn name(&self, who: Who) -> String {
        self.roll.name(who).into_owned()
    }
}

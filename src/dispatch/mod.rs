//! The one scheduler over the durable outbox: what is due, in which order, within Telegram's limits. Adapters make one
//! call and say how it went; nothing sleeps in here, the engine does.

mod doors;
mod limits;
mod notices;
mod pauses;
mod queue;
mod retry;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use commands::effect::Effect;
use commands::ids::{AgentId, ChatId};
use jiff::{SignedDuration, Timestamp};
use sessions::{EffectId, OutboxEntry};

pub use doors::{Door, Doors};
pub use limits::Limits;
pub use pauses::Pause;
pub use queue::Queue;
pub use retry::delay;
pub use waiting::Gone;

/// A tap whose answer waited for so long is no longer worth one; Telegram has given it up.
const TAP_ANSWER_FOR: SignedDuration = SignedDuration::from_secs(60);

/// What may go on at one time: calls of different kinds don't wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Posts,
    Reactions,
    Private,
    Hooks,
    Taps,
    Spoken,
    Pressed,
    Looks,
    Driven,
}

type Destination = (Way, ChatId);

/// The effects that wait or are under way.
pub struct Dispatch {
    waiting: waiting::Waiting,
    running: BTreeMap<EffectId, Destination>,
    busy: BTreeSet<Destination>,
    held: BTreeMap<Destination, Timestamp>,
    pauses: pauses::Pauses,
    limits: Limits,
    doors: Doors,
    /// Entries that say something else than in the outbox.
    rewritten: Vec<OutboxEntry>,
    stopped: bool,
    /// Agents that are paused: what is for them waits.
    paused: BTreeSet<AgentId>,
}

/// What the scheduler says to do now.
#[derive(Debug)]
pub enum Next {
    /// Perform this one, then call [`Dispatch::finished`] or [`Dispatch::later`].
    Perform(Box<OutboxEntry>),
    /// Come back then.
    Wait(Timestamp),
    /// Nothing waits, or everything waits for something under way.
    Idle,
}

impl Dispatch {
    /// A scheduler with nothing to do.
    pub fn new(limits: Limits, doors: Doors) -> Self {
        Self {
            waiting: waiting::Waiting::default(),
            running: BTreeMap::new(),
            busy: BTreeSet::new(),
            held: BTreeMap::new(),
            pauses: pauses::Pauses::default(),
            limits,
            doors,
            rewritten: Vec::new(),
            stopped: false,
            paused: BTreeSet::new(),
        }
    }

    /// Takes an effect on. Returns those it makes needless: an earlier edit of the same message, an earlier reaction
    /// to the same one.
    pub fn add(&mut self, entry: OutboxEntry) -> Vec<EffectId> {
        let mut needless = self.take_replaced(&entry);
        let told = match entry.effect {
            Effect::Tell { agent, .. } if !entry.effect.is_run() => Some(agent),
            _ => None,
        };
        self.waiting.insert(entry);
        needless.extend(told.map(|agent| self.bound(agent)).into_iter().flatten());
        needless
    }

    /// Takes off what an edit or a reaction makes needless.
    fn take_replaced(&mut self, newer: &OutboxEntry) -> Vec<EffectId> {
        if !matches!(newer.effect, Effect::Edit { .. } | Effect::React { .. }) {
            return Vec::new();
        }
        let replaced = |older: &OutboxEntry| older.id < newer.id && replaces(&newer.effect, &older.effect);
        let place = place_of(newer);
        self.waiting.take_at(place, replaced).iter().map(|older| older.id).collect()
    }

    /// Holds everything back, but for what goes even so; or lets it go again.
    pub fn stop(&mut self, stopped: bool) {
        self.stopped = stopped;
    }

    /// Holds back what is for these agents, but for the word that they are paused.
    pub fn pause(&mut self, paused: BTreeSet<AgentId>) {
        self.paused = paused;
    }

    fn is_held(&self, effect: &Effect) -> bool {
        self.stopped && !effect.goes_while_stopped()
            || matches!(effect, Effect::Tell { agent, envelope, .. }
                if !envelope.passes && self.paused.contains(agent))
    }

    /// Takes off what waits for an agent that was told to stand down; returns it, to be struck off the outbox, too.
    pub fn strike(&mut self, agent: AgentId) -> Vec<EffectId> {
        self.waiting.take_lines(|line| line.is_struck_for(agent)).iter().map(Gone::id).collect()
    }

    /// A group goes on as another, and its limits with it; a pause that was asked for in the old one is over. Takes off
    /// what waits for the old one, and every answer to a tap.
    pub fn moved(&mut self, from: ChatId, to: ChatId) -> Vec<Gone> {
        self.limits.moved(from, to);
        self.waiting.take_lines(|line| line.concerns(from))
    }

    /// One that must be read from the outbox before [`Self::next`] is asked: [`Self::supply`] or [`Self::forget`] it.
    pub fn lacks(&self) -> Option<EffectId> {
        self.waiting.lacks()
    }

    /// What lies in the outbox under the number that was lacking.
    pub fn supply(&mut self, entry: OutboxEntry) {
        self.waiting.put(entry);
    }

    /// Nothing lies there.
    pub fn forget(&mut self, id: EffectId) {
        self.waiting.forget(id);
    }

    /// The next effect that may go at `now`, by lane, then by age.
    pub fn next(&mut self, now: Timestamp) -> Next {
        self.held.retain(|_, until| *until > now);
        let mut soonest: Option<Timestamp> = None;
        let mut blocked = self.busy.clone();
        blocked.extend(self.doors.in_private().map(hook_of));
        let mut found = None;
        for (key, entry) in self.waiting.firsts() {
            if self.is_held(&entry.effect) {
                continue;
            }
            if says_first(&entry.effect).is_some_and(|posts| blocked.contains(&posts)) {
                continue;
            }
            let destination = destination(entry, &self.doors, now);
            if blocked.contains(&destination) {
                continue;
            }
            let held = self.held.get(&destination).copied().unwrap_or(Timestamp::MIN);
            let by_hook = destination.0 == Way::Hooks;
            let passed_by = !entry.state.is_by_dm() && self.doors.is_passed_by(&entry.effect, now);
            let mut due = if passed_by { held } else { entry.not_before.max(held) };
            if let Effect::Tell { agent, .. } = entry.effect
                && by_hook
            {
                due = due.max(self.doors.open_until(agent).unwrap_or(Timestamp::MIN));
            }
            let due = if due <= now && !by_hook { self.limits.check(entry, now) } else { due };
            if due <= now {
                found = Some((key, destination));
                break;
            }
            if let Some(from) = self.doors.passed_by_from(&entry.effect).filter(|from| by_hook && *from > now)
            {
                soonest = Some(soonest.map_or(from, |soonest| soonest.min(from)));
            }
            blocked.insert(destination);
            if entry.state.is_by_dm() {
                blocked.insert((Way::Hooks, destination.1));
            }
            soonest = Some(soonest.map_or(due, |soonest| soonest.min(due)));
        }
        match found.and_then(|(key, to)| self.waiting.take_first(key).map(|entry| (entry, to))) {
            Some((entry, to)) => {
                self.running.insert(entry.id, to);
                self.busy.insert(to);
                Next::Perform(entry)
            }
            None => soonest.map_or(Next::Idle, Next::Wait),
        }
    }

    /// Whether an effect that is under way goes by an agent's hook.
    pub fn is_by_hook(&self, id: EffectId) -> bool {
        self.running.get(&id).is_some_and(|(way, _)| *way == Way::Hooks)
    }

    /// How each agent can be reached.
    pub fn doors(&mut self) -> &mut Doors {
        &mut self.doors
    }

    /// What an agent was told, and how much waits for it; none where it has no door.
    pub fn of_agent(&self, agent: AgentId, now: Timestamp) -> Option<(doors::Figures, usize)> {
        Some((self.doors.figures(agent, now)?, self.waiting.told(agent)))
    }

    /// An effect came to its end.
    pub fn finished(&mut self, id: EffectId) {
        if let Some(destination) = self.running.remove(&id) {
            self.busy.remove(&destination);
        }
    }

    /// An effect is to be tried again; what goes to the same place waits with it, so that order is kept.
    pub fn later(&mut self, entry: OutboxEntry) {
        let went = self.running.get(&entry.id).copied();
        self.finished(entry.id);
        let to = went.unwrap_or_else(|| destination(&entry, &self.doors, entry.not_before));
        // How long a hook is left alone, its breaker says.
        if to.0 != Way::Hooks {
            self.held.insert(to, entry.not_before);
        }
        self.waiting.put(entry);
    }
}

/// Whether an effect has outlived its use.
pub fn outlived(entry: &OutboxEntry, now: Timestamp) -> bool {
    matches!(entry.effect, Effect::AnswerTap { .. }) && now.duration_since(entry.at) > TAP_ANSWER_FOR
}

fn replaces(newer: &Effect, older: &Effect) -> bool {
    match (newer, older) {
        (Effect::Edit { chat, message, .. }, Effect::Edit { chat: c, message: m, .. }) => {
            (chat, message) == (c, m)
        }
        (Effect::React { to, .. }, Effect::React { to: earlier, .. }) => to == earlier,
        _ => false,
    }
}

fn destination(entry: &OutboxEntry, doors: &Doors, now: Timestamp) -> Destination {
    let way = match Way::first_of(&entry.effect) {
        Way::Hooks if entry.state.is_by_dm() || doors.of(&entry.effect, now) != Some(Door::Hook) => {
            Way::Private
        }
        way => way,
    };
    (way, place_of(entry))
}

fn hook_of(agent: AgentId) -> Destination {
    (Way::Hooks, ChatId(agent.0))
}

/// Where it is said that it begins; what is said there before goes first.
fn says_first(effect: &Effect) -> Option<Destination> {
    let drives = matches!(effect, Effect::Drive { .. });
    drives.then(|| effect.chat()).flatten().map(|chat| (Way::Posts, chat))
}

/// Which of those that go the same way wait for each other.
fn place_of(entry: &OutboxEntry) -> ChatId {
    match entry.effect {
        // One thing at a time with one gateway.
        Effect::Drive { agent, .. } => ChatId(agent.0),
        // Taps have no chat; each is its own destination.
        _ => entry.effect.chat().unwrap_or(ChatId(i64::try_from(entry.id.0).unwrap_or(i64::MAX))),
    }
}

impl Way {
    /// The way of an effect, as long as all doors are open.
    fn first_of(effect: &Effect) -> Self {
        match effect {
            Effect::React { .. } => Self::Reactions,
            Effect::Tell { .. } => Self::Hooks,
            Effect::Dm { .. } => Self::Private,
            Effect::AnswerTap { .. } => Self::Taps,
            // Accounts' own, beside those of the mesh: one chat may ask only one of them to wait.
            Effect::Speak { .. } => Self::Spoken,
            Effect::Press { .. } => Self::Pressed,
            Effect::Look { .. } => Self::Looks,
            Effect::Drive { .. } => Self::Driven,
            Effect::Post { .. }
            | Effect::Edit { .. }
            | Effect::Pin { .. }
            | Effect::Disarm { .. }
            | Effect::Delete { .. }
            | Effect::File { .. }
            // After what was said before it in that chat.
            | Effect::Restart { .. } => Self::Posts,
        }
    }
}

#[cfg(test)]
mod tests;

//! The one scheduler over the durable outbox: what is due, in which order, within Telegram's limits. Adapters make one
//! call and say how it went; nothing sleeps in here, the engine does.

mod limits;
mod queue;
mod retry;

use std::collections::{BTreeMap, BTreeSet};

use commands::effect::{Effect, Lane};
use commands::ids::{AgentId, ChatId};
use jiff::{SignedDuration, Timestamp};
use sessions::{EffectId, OutboxEntry};

pub use limits::Limits;
pub use queue::Queue;
pub use retry::delay;

/// A tap whose answer waited for so long is no longer worth one; Telegram has given it up.
const TAP_ANSWER_FOR: SignedDuration = SignedDuration::from_secs(60);

/// What may go on at one time: calls of different kinds don't wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Posts,
    Reactions,
    Private,
    Taps,
    Spoken,
    Pressed,
    Looks,
}

type Destination = (Way, ChatId);

/// The effects that wait or are under way.
pub struct Dispatch {
    waiting: BTreeMap<(Lane, EffectId), OutboxEntry>,
    running: BTreeMap<EffectId, Destination>,
    busy: BTreeSet<Destination>,
    held: BTreeMap<Destination, Timestamp>,
    limits: Limits,
    stopped: bool,
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
    pub fn new(limits: Limits) -> Self {
        Self {
            waiting: BTreeMap::new(),
            running: BTreeMap::new(),
            busy: BTreeSet::new(),
            held: BTreeMap::new(),
            limits,
            stopped: false,
        }
    }

    /// Takes an effect on. Returns those it makes needless: an earlier edit of the same message, an earlier reaction
    /// to the same one.
    pub fn add(&mut self, entry: OutboxEntry) -> Vec<EffectId> {
        let needless: Vec<_> = self
            .waiting
            .iter()
            .filter(|(_, older)| older.id < entry.id && replaces(&entry.effect, &older.effect))
            .map(|(key, _)| *key)
            .collect();
        for key in &needless {
            self.waiting.remove(key);
        }
        self.waiting.insert((entry.lane, entry.id), entry);
        needless.into_iter().map(|(_, id)| id).collect()
    }

    /// Holds everything back, but for what goes even so; or lets it go again.
    pub fn stop(&mut self, stopped: bool) {
        self.stopped = stopped;
    }

    /// Takes off what waits for an agent that was told to stand down; returns it, to be struck off the outbox, too.
    pub fn strike(&mut self, agent: AgentId) -> Vec<EffectId> {
        let struck = self.waiting.extract_if(.., |_, entry| entry.effect.is_struck_for(agent));
        struck.map(|((_, id), _)| id).collect()
    }

    /// A group goes on as another, and its limits with it; a pause that was asked for in the old one is over. Takes off
    /// what waits for the old one, and every answer to a tap.
    pub fn moved(&mut self, from: ChatId, to: ChatId) -> Vec<OutboxEntry> {
        self.limits.moved(from, to);
        let concerned = |entry: &OutboxEntry| match entry.effect {
            Effect::AnswerTap { .. } => true,
            _ => entry.effect.chat() == Some(from),
        };
        self.waiting.extract_if(.., |_, entry| concerned(entry)).map(|(_, entry)| entry).collect()
    }

    /// The next effect that may go at `now`, by lane, then by age.
    pub fn next(&mut self, now: Timestamp) -> Next {
        let mut soonest: Option<Timestamp> = None;
        let mut blocked = self.busy.clone();
        let mut found = None;
        for (key, entry) in &self.waiting {
            if self.stopped && !entry.effect.goes_while_stopped() {
                continue;
            }
            let destination = destination(entry);
            if blocked.contains(&destination) {
                continue;
            }
            let held = self.held.get(&destination).copied().unwrap_or(Timestamp::MIN);
            let due = entry.not_before.max(held);
            let due = if due <= now { self.limits.check(entry, now) } else { due };
            if due <= now {
                found = Some((*key, destination));
                break;
            }
            blocked.insert(destination);
            soonest = Some(soonest.map_or(due, |soonest| soonest.min(due)));
        }
        match found.and_then(|(key, to)| self.waiting.remove(&key).map(|entry| (entry, to))) {
            Some((entry, to)) => {
                self.running.insert(entry.id, to);
                self.busy.insert(to);
                Next::Perform(Box::new(entry))
            }
            None => soonest.map_or(Next::Idle, Next::Wait),
        }
    }

    /// An effect came to its end.
    pub fn finished(&mut self, id: EffectId) {
        if let Some(destination) = self.running.remove(&id) {
            self.busy.remove(&destination);
        }
    }

    /// An effect is to be tried again; what goes to the same place waits with it, so that order is kept.
    pub fn later(&mut self, entry: OutboxEntry) {
        self.finished(entry.id);
        self.held.retain(|_, until| *until > entry.not_before);
        self.held.insert(destination(&entry), entry.not_before);
        self.waiting.insert((entry.lane, entry.id), entry);
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

fn destination(entry: &OutboxEntry) -> Destination {
    let way = match entry.effect {
        Effect::React { .. } => Way::Reactions,
        Effect::Dm { .. } | Effect::Tell { .. } => Way::Private,
        Effect::AnswerTap { .. } => Way::Taps,
        // Accounts' own, beside those of the mesh: one chat may ask only one of them to wait.
        Effect::Speak { .. } => Way::Spoken,
        Effect::Press { .. } => Way::Pressed,
        Effect::Look { .. } => Way::Looks,
        Effect::Post { .. }
        | Effect::Edit { .. }
        | Effect::Pin { .. }
        | Effect::Disarm { .. }
        | Effect::Delete { .. }
        | Effect::File { .. }
        // After what was said before it in that chat.
        | Effect::Restart { .. } => Way::Posts,
    };
    // Taps have no chat; each is its own destination.
    let place = i64::try_from(entry.id.0).unwrap_or(i64::MAX);
    (way, entry.effect.chat().unwrap_or(ChatId(place)))
}

#[cfg(test)]
mod tests;

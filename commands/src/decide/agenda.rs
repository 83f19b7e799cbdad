//! What is due when, kept in order: to know what comes next costs the same with one open task as with a thousand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::deadline::Due;
use crate::ids::{AgentId, PersonId};

/// What deadlines belong to: they are told anew, all of them, when a fact about it comes true.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// The task of that folded name.
    Task(Arc<str>),
    /// An agent.
    Agent(AgentId),
    /// A question of an agent to a person.
    Question(AgentId, PersonId),
    /// The calendar.
    Day,
}

/// Every deadline of the mesh. It follows from the facts, the rules and the time, and is never journalled.
#[derive(Clone, Debug, Default)]
pub(super) struct Agenda {
    due: BTreeSet<(Timestamp, Due)>,
    of: BTreeMap<Subject, Vec<(Timestamp, Due)>>,
}

impl Agenda {
    /// The deadlines of one subject, in the place of its earlier ones.
    pub fn put(&mut self, subject: Subject, due: Vec<(Timestamp, Due)>) {
        let before = self.of.get(&subject).map(Vec::as_slice).unwrap_or_default();
        if *before == due[..] {
            return;
        }
        for before in before {
            self.due.remove(before);
        }
        self.due.extend(due.iter().cloned());
        if due.is_empty() {
            self.of.remove(&subject);
        } else {
            self.of.insert(subject, due);
        }
    }

    /// Whether a subject has nothing due before `now`, and something later.
    pub fn waits(&self, subject: &Subject, now: Timestamp) -> bool {
        self.of.get(subject).is_some_and(|due| due.iter().all(|(at, _)| *at > now))
    }

    /// The next deadline; of two at one instant the lesser.
    pub fn first(&self) -> Option<&(Timestamp, Due)> {
        self.due.first()
    }

    /// How many subjects have one.
    #[cfg(test)]
    pub fn subjects(&self) -> usize {
        self.of.len()
    }

    /// Takes the next deadline off, if it is not after `until`.
    pub fn pop(&mut self, until: Timestamp) -> Option<(Timestamp, Due)> {
        let due = self.due.first().is_some_and(|(at, _)| *at <= until);
        let taken = due.then(|| self.due.pop_first())??;
        let subject = taken.1.subject();
        if let Some(left) = self.of.get_mut(&subject) {
            left.retain(|waiting| *waiting != taken);
            if left.is_empty() {
                self.of.remove(&subject);
            }
        }
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::super::deadline::Matter;
    use super::*;

    #[test]
    fn what_has_come_is_not_kept() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut agenda = Agenda::default();
        for number in 0..1_000 {
            let key: Arc<str> = format!("ticket {number}").into();
            let due = |second, matter| (at(number + second), Due::Task(key.clone(), matter));
            agenda.put(Subject::Task(key.clone()), vec![due(5, Matter::Late), due(9, Matter::Faded)]);
            while agenda.pop(at(number)).is_some() {}
        }
        assert_eq!(agenda.subjects(), 9, "those of the last nine seconds");
        while agenda.pop(at(2_000)).is_some() {}
        assert_eq!((agenda.subjects(), agenda.first()), (0, None));
    }
}

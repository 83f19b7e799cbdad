//! Shared claims: notes that somebody is at a task, beside others. They own nothing and have no lease.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::fact::Fact;
use crate::grammar::Task;
use crate::ids::{AgentId, MessageRef, Who};

/// So many notes are kept; one more drops the oldest.
const NOTES_MOST: usize = 256;

/// Who is at what, by folded name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shared {
    notes: BTreeMap<(String, Who), Note>,
}

/// One note.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// The task as written.
    pub task: String,
    /// Who is at it.
    pub who: Who,
    /// Since when.
    pub at: Timestamp,
    /// The message that said so.
    pub by: MessageRef,
}

impl Shared {
    /// The note of somebody about the task of that folded name.
    pub fn get(&self, key: &str, who: Who) -> Option<&Note> {
        self.notes.get(&(key.to_owned(), who))
    }

    /// Everybody who is at the task of that folded name.
    pub fn on<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Note> {
        let first = (key.to_owned(), Who::Agent(AgentId(i64::MIN)));
        self.notes.range(first..).take_while(move |((of, _), _)| of == key).map(|(_, note)| note)
    }

    /// What somebody is at, with its folded name.
    pub fn of(&self, who: Who) -> impl Iterator<Item = (&str, &Note)> {
        self.iter().filter(move |(_, note)| note.who == who)
    }

    /// Every note, by folded name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Note)> {
        self.notes.iter().map(|((key, _), note)| (key.as_str(), note))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.notes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::SharedNoted { task, who, at, by } => {
                let note = Note { task: task.clone(), who: *who, at: *at, by: *by };
                self.notes.insert((Task::fold(task), *who), note);
                self.drop_oldest();
            }
            Fact::SharedEnded { task, who } => {
                self.notes.remove(&(Task::fold(task), *who));
            }
            _ => {}
        }
    }

    fn drop_oldest(&mut self) {
        if self.notes.len() > NOTES_MOST {
            let oldest =
                self.notes.iter().min_by_key(|(key, note)| (note.at, *key)).map(|(key, _)| key.clone());
            oldest.map(|key| self.notes.remove(&key));
        }
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        self.notes.values().map(|note| {
            let (task, who, at, by) = (note.task.clone(), note.who, note.at, note.by);
            Fact::SharedNoted { task, who, at, by }
        })
    }
}

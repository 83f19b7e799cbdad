//! Shared claims: notes that somebody is at a task, beside others. They own nothing and have no lease.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::fact::Fact;
use crate::grammar::Task;
use crate::ids::{MessageRef, Who};

/// So many notes are kept; one more drops the oldest.
const NOTES_MOST: usize = 256;

/// Who is at what, by folded name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shared {
    notes: BTreeMap<String, BTreeMap<Who, Note>>,
    count: usize,
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
        self.notes.get(key)?.get(&who)
    }

    /// Everybody who is at the task of that folded name.
    pub fn on(&self, key: &str) -> impl Iterator<Item = &Note> {
        self.notes.get(key).into_iter().flat_map(BTreeMap::values)
    }

    /// What somebody is at, with its folded name.
    pub fn of(&self, who: Who) -> impl Iterator<Item = (&str, &Note)> {
        self.iter().filter(move |(_, note)| note.who == who)
    }

    /// Every note, by folded name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Note)> {
        self.notes.iter().flat_map(|(key, notes)| notes.values().map(|note| (key.as_str(), note)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::SharedNoted { task, who, at, by } => {
                let note = Note { task: task.clone(), who: *who, at: *at, by: *by };
                let before = self.notes.entry(Task::fold(task)).or_default().insert(*who, note);
                self.count += usize::from(before.is_none());
                self.drop_oldest();
            }
            Fact::SharedEnded { task, who } => self.remove(&Task::fold(task), *who),
            _ => {}
        }
    }

    fn drop_oldest(&mut self) {
        if self.count > NOTES_MOST {
            let oldest = self.iter().min_by_key(|(key, note)| (note.at, *key, note.who));
            if let Some((key, who)) = oldest.map(|(key, note)| (key.to_owned(), note.who)) {
                self.remove(&key, who);
            }
        }
    }

    fn remove(&mut self, key: &str, who: Who) {
        let Some(notes) = self.notes.get_mut(key) else { return };
        self.count -= usize::from(notes.remove(&who).is_some());
        if notes.is_empty() {
            self.notes.remove(key);
        }
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        self.iter().map(|(_, note)| {
            let (task, who, at, by) = (note.task.clone(), note.who, note.at, note.by);
            Fact::SharedNoted { task, who, at, by }
        })
    }
}

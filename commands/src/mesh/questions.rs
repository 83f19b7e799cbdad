//! What agents asked people and nobody has answered yet.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::fact::Fact;
use crate::ids::{AgentId, MessageRef, PersonId};

/// So many are open at most; for another the oldest is forgotten.
pub const MOST: usize = 20;

/// The open questions: one of an agent to a person, the newest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Questions {
    open: BTreeMap<(AgentId, PersonId), Question>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The message that asks.
    pub message: MessageRef,
    /// Since when.
    pub at: Timestamp,
    /// The question, cut short.
    pub text: String,
    /// It was passed on in private.
    pub passed_on: bool,
}

impl Questions {
    /// What this agent asks this person.
    pub fn get(&self, agent: AgentId, person: PersonId) -> Option<&Question> {
        self.open.get(&(agent, person))
    }

    /// All of them, by agent.
    pub fn iter(&self) -> impl Iterator<Item = (AgentId, PersonId, &Question)> {
        self.open.iter().map(|(&(agent, person), question)| (agent, person, question))
    }

    /// Those to one person.
    pub fn to(&self, person: PersonId) -> impl Iterator<Item = (AgentId, &Question)> {
        self.iter().filter(move |(_, to, _)| *to == person).map(|(agent, _, question)| (agent, question))
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Asked { agent, person, message, at, text } => {
                let question = Question { message: *message, at: *at, text: text.clone(), passed_on: false };
                self.open.insert((*agent, *person), question);
                if self.open.len() > MOST {
                    self.forget_oldest();
                }
            }
            Fact::QuestionPassedOn { agent, person } => {
                if let Some(question) = self.open.get_mut(&(*agent, *person)) {
                    question.passed_on = true;
                }
            }
            Fact::QuestionEnded { agent, person } => {
                self.open.remove(&(*agent, *person));
            }
            _ => {}
        }
    }

    fn forget_oldest(&mut self) {
        let oldest = self.open.iter().min_by_key(|(key, question)| (question.at, **key));
        if let Some(key) = oldest.map(|(key, _)| *key) {
            self.open.remove(&key);
        }
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        self.iter().flat_map(|(agent, person, question)| {
            let Question { message, at, ref text, passed_on } = *question;
            let asked = Fact::Asked { agent, person, message, at, text: text.clone() };
            [asked].into_iter().chain(passed_on.then_some(Fact::QuestionPassedOn { agent, person }))
        })
    }
}

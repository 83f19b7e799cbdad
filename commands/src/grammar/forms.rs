//! The table of utterances: it drives the reader, and GRAMMAR.md is checked against it.
//!
//! A new utterance is a file with its `FORM`, and a line here.

use super::lead::{Lead, Opening};
use super::{Kind, Reading, Said};
use super::{acknowledgement, claim, done, handoff, slash, stand_down};

/// One utterance of the language.
pub struct Form {
    /// What it is read as.
    pub kind: Kind,
    /// How it is written, as GRAMMAR.md shows it.
    pub usage: &'static str,
    /// How it is recognised.
    pub(super) opened: Opened,
}

/// How an utterance is recognised.
pub(super) enum Opened {
    /// By an ASCII keyword that leads the message.
    Lead {
        /// The emoji that belong before it.
        emoji: &'static [char],
        /// In ASCII capitals.
        keywords: &'static [&'static str],
        /// Reads the rest.
        read: fn(&Lead) -> Reading,
    },
    /// By the message as a whole.
    Whole(fn(&Said) -> Option<Reading>),
}

/// Every utterance, the first that fits counts.
pub const FORMS: &[Form] = &[
    slash::FORM,
    acknowledgement::FORM,
    claim::FORM,
    done::FORM,
    handoff::FORM,
    handoff::ACK,
    handoff::REFUSE,
    handoff::NO,
    stand_down::FORM,
    stand_down::UP,
];

/// Reads one message. `is_reply`: it answers another one, so that a bare `NO` means something.
pub(super) fn read(said: &Said, is_reply: bool) -> Reading {
    if said.too_long() {
        return Reading::Chatter;
    }
    let opening = Opening::of(said, is_reply);
    FORMS.iter().find_map(|form| form.read(said, opening.as_ref())).unwrap_or(Reading::Chatter)
}

impl Form {
    fn read(&self, said: &Said, opening: Option<&Opening>) -> Option<Reading> {
        match &self.opened {
            Opened::Whole(read) => read(said),
            Opened::Lead { emoji, keywords, read } => {
                let lead = |keyword: &&'static str| opening?.lead(keyword, emoji);
                keywords.iter().find_map(lead).map(|lead| read(&lead))
            }
        }
    }
}

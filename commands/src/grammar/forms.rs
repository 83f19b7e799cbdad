//! The table of utterances: it drives the reader, and GRAMMAR.md is checked against it.
//!
//! A new utterance is a file with its `FORM`, and a line here.

use super::lead::{Lead, Opening};
use super::{Kind, Reading, Said};
use super::{acknowledgement, claim, config_update, conflict, deploy, done, handoff, lease, pause, slash};
use super::{stand_down, takeover, twin};

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
    /// By the `type` of a JSON object.
    Twin {
        /// The type.
        name: &'static str,
        /// Reads the object.
        read: fn(&twin::Object) -> Reading,
    },
}

/// Every utterance, the first that fits counts. An order in plain words comes before `NO`, so that `NO! Stand down!` is
/// one.
pub const FORMS: &[Form] = &[
    slash::FORM,
    acknowledgement::FORM,
    claim::FORM,
    claim::SHARED,
    done::FORM,
    handoff::FORM,
    handoff::ACK,
    handoff::REFUSE,
    conflict::FORM,
    conflict::COLLISION,
    takeover::NOTICE,
    takeover::ACK,
    takeover::CONFLICT,
    pause::PAUSED,
    pause::BLOCKED,
    pause::PAUSE,
    pause::RESUME,
    lease::QUEUE,
    lease::EXTEND,
    lease::RELEASE,
    config_update::FORM,
    config_update::PUSH,
    config_update::RECEIVED,
    deploy::FORM,
    deploy::OVERRIDE,
    twin::CLAIM,
    twin::RELEASE,
    twin::HANDOFF,
    twin::ACK,
    stand_down::FORM,
    stand_down::UP,
    handoff::NO,
];

/// Reads one message. `is_reply`: it answers another one, so that a bare `NO` means something.
pub(super) fn read(said: &Said, is_reply: bool) -> Reading {
    if said.too_long() {
        return Reading::Chatter;
    }
    if let Some(object) = twin::object(said) {
        return twin::read(&object);
    }
    let opening = Opening::of(said, is_reply);
    let mut almost = Reading::Chatter;
    for reading in FORMS.iter().filter_map(|form| form.read(said, opening.as_ref())) {
        match reading {
            Reading::Utterance(_) => return reading,
            Reading::Almost(_) if almost == Reading::Chatter => almost = reading,
            Reading::Almost(_) | Reading::Chatter => {}
        }
    }
    almost
}

impl Form {
    fn read(&self, said: &Said, opening: Option<&Opening>) -> Option<Reading> {
        match &self.opened {
            Opened::Whole(read) => read(said),
            Opened::Lead { emoji, keywords, read } => {
                let lead = |keyword: &&'static str| opening?.lead(keyword, emoji);
                keywords.iter().find_map(lead).map(|lead| read(&lead))
            }
            Opened::Twin { .. } => None,
        }
    }
}

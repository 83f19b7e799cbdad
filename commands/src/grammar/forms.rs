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
    /// By the message as a whole; none such begins with an English letter or a digit.
    Whole(fn(&Said) -> Option<Reading>),
    /// By an order in plain words, somewhere in the message.
    Order(fn(&Said) -> Option<Reading>),
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

/// For each letter of the alphabet the forms of which a keyword begins with it, one bit each, by their place in the
/// table; then those that are told by the whole message; then the orders.
const BY_OPENING: [u64; 28] = by_opening();
const LETTERS: usize = 26;
const WHOLES: usize = 26;
const ORDERS: usize = 27;

const fn by_opening() -> [u64; 28] {
    assert!(FORMS.len() <= 64, "one bit a form");
    let mut letters = [0; 28];
    let mut form = 0;
    while form < FORMS.len() {
        match FORMS[form].opened {
            Opened::Lead { keywords, .. } => {
                let mut keyword = 0;
                while keyword < keywords.len() {
                    letters[(keywords[keyword].as_bytes()[0] - b'A') as usize] |= 1 << form;
                    keyword += 1;
                }
            }
            Opened::Whole(_) => letters[WHOLES] |= 1 << form,
            Opened::Order(_) => letters[ORDERS] |= 1 << form,
            Opened::Twin { .. } => {}
        }
        form += 1;
    }
    letters
}

/// The forms that a message may be, whose words begin with this letter.
fn candidates(said: &Said, letter: Option<u8>) -> impl Iterator<Item = &'static Form> {
    let at = letter.map(|letter| usize::from(letter.to_ascii_uppercase().wrapping_sub(b'A')));
    let mut left = at.filter(|at| *at < LETTERS).map_or(0, |at| BY_OPENING[at]);
    if !said.text.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        left |= BY_OPENING[WHOLES];
    }
    if stand_down::may_be_order(said) {
        left |= BY_OPENING[ORDERS];
    }
    std::iter::from_fn(move || {
        let form = FORMS.get(left.trailing_zeros() as usize)?;
        left &= left - 1;
        Some(form)
    })
}

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
    for form in candidates(said, opening.and_then(|opening| opening.letter())) {
        match form.read(said, opening.as_ref()) {
            Some(utterance @ Reading::Utterance(_)) => return utterance,
            Some(first @ Reading::Almost(_)) if almost == Reading::Chatter => almost = first,
            Some(_) | None => {}
        }
    }
    almost
}

impl Form {
    fn read(&self, said: &Said, opening: Option<&Opening>) -> Option<Reading> {
        match &self.opened {
            Opened::Whole(read) | Opened::Order(read) => read(said),
            Opened::Lead { emoji, keywords, read } => {
                let lead = |keyword: &&'static str| opening?.lead(keyword, emoji);
                keywords.iter().find_map(lead).map(|lead| read(&lead))
            }
            Opened::Twin { .. } => None,
        }
    }
}

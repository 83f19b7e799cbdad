//! An edit of a message that counted: the ETA of the same task amends; what was said otherwise stays said.

use super::{Turn, claim, heard};
use crate::fact::Fact;
use crate::grammar::{Reading, Utterance};
use crate::ids::{MessageRef, Who};
use crate::input::Heard;
use crate::mesh::Claim;

pub(super) const NEW_MESSAGE: &str = "An edit can't change what was said: write it as a new message.";

/// What an edit amends, if the message still has something to say.
pub(super) fn amend(turn: &mut Turn<'_>, heard: &Heard, who: Who, reading: &Reading) {
    let Some(source) = source(turn, &heard.message) else { return };
    let Reading::Utterance(utterance) = reading else { return };
    turn.fact(Fact::Noted { message: heard.message });
    match (utterance, source) {
        (Utterance::ExclusiveClaim { task, eta, .. }, Source::Claim(key, held)) if task.key == key => {
            let until = claim::lease(turn.rules(), who, heard.message.at, eta.as_ref());
            if until != held.until && held.holder().is_some() {
                claim::renew(turn, heard, who, &held, until);
            }
        }
        (Utterance::ExclusiveClaim { task, .. }, Source::Refused(key)) if task.key == key => {}
        (Utterance::Done { task: Some(task), .. }, Source::Closed(key)) if task.key == key => {}
        (Utterance::Done { task: None, .. }, Source::Closed(_)) => {}
        (utterance, _) => heard::almost(turn, heard, who, utterance.kind(), NEW_MESSAGE.into()),
    }
}

/// What an earlier message did, as far as it still matters; the folded name of its task.
enum Source {
    /// It claimed the task, which is still held by it.
    Claim(String, Box<Claim>),
    /// It was refused the task, and waits.
    Refused(String),
    /// It finished the task, or offers it.
    Closed(String),
}

fn source(turn: &Turn<'_>, message: &MessageRef) -> Option<Source> {
    let same = |by: &MessageRef| {
        (by.ear, by.chat, by.id, by.from) == (message.ear, message.chat, message.id, message.from)
    };
    turn.mesh().claims.iter().find_map(|(key, claim)| {
        let key = key.to_owned();
        if claim.offer().is_some_and(|offer| same(&offer.by)) || (same(&claim.by) && !claim.is_open()) {
            Some(Source::Closed(key))
        } else if same(&claim.by) {
            Some(Source::Claim(key, Box::new(claim.clone())))
        } else {
            claim.next.iter().any(|waiting| same(&waiting.by)).then_some(Source::Refused(key))
        }
    })
}

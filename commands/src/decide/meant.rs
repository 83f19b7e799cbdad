//! Which task a message means that names none.

use super::Turn;
use crate::effect::Slot;
use crate::grammar::Task;
use crate::ids::{Ear, MessageRef, VoiceId, Who};
use crate::input::Heard;
use crate::mesh::Claim;

/// The task of that name, if it is open.
pub(super) fn named(turn: &Turn<'_>, task: &Task) -> Option<Claim> {
    turn.mesh().claims.open(&task.key).cloned()
}

/// The named task; without a name the one replied to, else the sender's only one. Only if it is open.
pub(super) fn by_owner(turn: &Turn<'_>, heard: &Heard, who: Who, task: Option<&Task>) -> Option<Claim> {
    match task {
        Some(task) => named(turn, task),
        None => replied(turn, heard).or_else(|| only(turn, who)),
    }
}

/// The sender's only task.
pub(super) fn only(turn: &Turn<'_>, who: Who) -> Option<Claim> {
    match turn.mesh().claims.of(who).as_slice() {
        [(_, claim)] => Some((*claim).clone()),
        _ => None,
    }
}

/// The open task of the claim, the offer or the card of the mesh that a message replies to.
pub(super) fn replied(turn: &Turn<'_>, heard: &Heard) -> Option<Claim> {
    heard.reply_to?;
    let open = || turn.mesh().claims.all_open().map(|(_, claim)| claim);
    let found = open().find(|claim| messages(claim).any(|message| heard.answers(&message)));
    found.cloned().or_else(|| match card(turn, heard)? {
        Slot::Question(task) | Slot::Contest(task) | Slot::Overdue(task) => {
            turn.mesh().claims.open(&Task::fold(task)).cloned()
        }
        Slot::Reply(to) => open().find(|claim| messages(claim).any(|message| message == *to)).cloned(),
        _ => None,
    })
}

/// Everything that was said about a task and still matters.
fn messages(claim: &Claim) -> impl Iterator<Item = MessageRef> {
    let offer = claim.offer().map(|offer| offer.by);
    let notice = claim.notice.map(|notice| notice.by);
    let rivals = claim.contest().into_iter().flat_map(|contest| contest.rivals.iter().map(|rival| rival.by));
    let line = claim.next.iter().map(|waiting| waiting.by);
    [claim.by].into_iter().chain(claim.first).chain(offer).chain(notice).chain(rivals).chain(line)
}

/// The card of ours that is replied to, where the ear numbers messages as our voice does.
fn card<'a>(turn: &'a Turn<'_>, heard: &Heard) -> Option<&'a Slot> {
    let ours = heard.reply_to_from.is_none_or(|to| turn.rules().own.contains(&to));
    let (ear, chat) = (heard.message.ear, heard.message.chat);
    let same_numbers = ear == Ear::Bot || chat.shares_message_ids();
    (ours && same_numbers).then(|| turn.mesh().voice.slot_of(chat, VoiceId(heard.reply_to?)))?
}

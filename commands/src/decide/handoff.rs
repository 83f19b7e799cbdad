//! An offer: its sender owns the task, with a valid fence, until the other accepts.

use jiff::Timestamp;

use super::heard::{self, Speaker};
use super::{Turn, claim, meant, others, verdict};
use crate::effect::{Reaction, Slot};
use crate::fact::Fact;
use crate::grammar::{Eta, Fields, Kind, Task};
use crate::ids::{MessageRef, Who};
use crate::input::Heard;
use crate::mesh::{Claim, State};
use crate::say;

pub(super) fn offer(
    turn: &mut Turn<'_>,
    heard: &Heard,
    who: Who,
    held: &Claim,
    to: &str,
    result: Option<String>,
) {
    let to = match receiver(turn, who, to) {
        Ok(to) => to,
        Err(missing) => return heard::almost(turn, heard, who, Kind::Handoff, missing),
    };
    if held.offer().is_some_and(|offer| offer.to != to) {
        let closed = say::question_closed(&held.task, &turn.name(who), turn.now(), &turn.rules().zone);
        withdraw(turn, held, closed);
    }
    if let Who::Person(_) = to {
        let held = Claim { state: State::Held, ..held.clone() };
        return accept(turn, &held, to, heard.message, None);
    }
    let (task, at, by) = (held.task.clone(), turn.now(), heard.message);
    let answer_by = at.saturating_add(turn.rules().handoff_people).unwrap_or(at);
    let text = say::offer(&turn.name(who), &task, result.as_deref(), answer_by, &turn.rules().zone);
    turn.fact(Fact::Offered { task, to, at, result, by });
    turn.react(by, Reaction::Waiting);
    turn.ask_who(to, text);
}

/// `HANDOFF to name: task`, without a DONE; without a task the sender's only one.
pub(super) fn handoff(
    turn: &mut Turn<'_>,
    heard: &Heard,
    from: Speaker,
    task: Option<&Task>,
    to: &str,
    fields: &Fields,
) {
    let held = match task {
        Some(task) => meant::named(turn, task),
        None => meant::only(turn, from.who),
    };
    match held {
        Some(held) if held.holder() == Some(from.who) => {
            offer(turn, heard, from.who, &held, to, what_was_done(fields));
        }
        Some(held) if held.contest().is_some() => verdict::refuse_note(turn, heard, from.who, &held),
        Some(held) => heard::not_yours(turn, heard, from, &held),
        None => {
            let missing = task.map_or("HANDOFF needs a task after the colon.".to_owned(), |task| {
                format!("{} Claim it before you hand it off.", say::nobody_holds(&task.shown))
            });
            heard::almost(turn, heard, from.who, Kind::Handoff, missing);
        }
    }
}

/// What the receiver is told of the fields.
fn what_was_done(fields: &Fields) -> Option<String> {
    const TOLD: &[(&str, &str)] = &[
        ("result", ""),
        ("what_i_did", ""),
        ("location", "At: "),
        ("next_step", "Next: "),
        ("open_questions", "Open: "),
    ];
    let said = |(key, lead): &(&str, &str)| {
        let value = fields.get(*key).filter(|value| !value.trim().is_empty())?;
        Some(format!("{lead}{}", say::short(value).trim_end_matches('.')))
    };
    let said: Vec<_> = TOLD.iter().filter_map(said).collect();
    (!said.is_empty()).then(|| said.join(". "))
}

fn receiver(turn: &Turn<'_>, sender: Who, name: &str) -> Result<Who, String> {
    let Some(member) = turn.mesh().roll.by_name(name) else {
        return Err(format!("HANDOFF names \"{name}\", whom the mesh does not know."));
    };
    match member.who() {
        who if who == sender => Err("HANDOFF goes to somebody else, not to yourself.".into()),
        Who::Agent(agent) if turn.mesh().floor.paused.contains_key(&agent) => {
            Err(format!("HANDOFF to {} can't be: it is paused.", turn.name(Who::Agent(agent))))
        }
        Who::Agent(agent) if turn.mesh().floor.stood_down.contains_key(&agent) => {
            Err(format!("HANDOFF to {} can't be: it was told to stand down.", turn.name(Who::Agent(agent))))
        }
        Who::Agent(agent) if turn.mesh().health.down.contains_key(&agent) => {
            Err(format!("HANDOFF to {} can't be: it is unreachable.", turn.name(Who::Agent(agent))))
        }
        who => Ok(who),
    }
}

/// `ACK`: accepts the named offer, or the only one.
pub(super) fn acknowledge(
    turn: &mut Turn<'_>,
    heard: &Heard,
    who: Who,
    task: Option<&Task>,
    eta: Option<&Eta>,
) {
    match the_offer(turn, heard, who, task.map(|task| task.key.as_str())) {
        Some(held) => {
            let until = claim::lease(turn.rules(), who, heard.message.at, eta);
            accept(turn, &held, who, heard.message, until);
        }
        // People are offered nothing; among them it is a word like any other.
        None if matches!(who, Who::Person(_)) && task.is_none() => {}
        None => {
            let missing = task.map_or(NO_OFFER.to_owned(), |task| say::no_offer(&task.shown));
            heard::almost(turn, heard, who, Kind::HandoffAck, missing);
        }
    }
}

const NO_OFFER: &str = "ACK needs the task of an open handoff to you after the colon.";

/// The offer to `who` of that task; without a task the one replied to, else the only one.
fn the_offer(turn: &Turn<'_>, heard: &Heard, who: Who, task: Option<&str>) -> Option<Claim> {
    let offers = turn.mesh().claims.offered_to(who);
    let replied = |claim: &&Claim| claim.offer().is_some_and(|offer| heard.answers(&offer.by));
    let mut claims = offers.iter().map(|(_, claim)| *claim);
    match task {
        Some(key) => offers.iter().find(|(k, _)| *k == key).map(|(_, claim)| (*claim).clone()),
        None => claims.clone().find(replied).or_else(|| claims.next().filter(|_| offers.len() == 1)).cloned(),
    }
}

/// The offered task changes hands: new fence, new lease; 🤝 on the handoff.
pub(super) fn accept(turn: &mut Turn<'_>, held: &Claim, to: Who, by: MessageRef, until: Option<Timestamp>) {
    let (task, at, fence) = (held.task.clone(), turn.now(), turn.next_fence());
    turn.fact(Fact::Accepted { task: task.clone(), owner: to, fence, at, until, by });
    turn.react(held.offer().map_or(by, |offer| offer.by), Reaction::Accepted);
    let granted = say::granted(&task, fence, until, &turn.rules().zone);
    turn.tell_who(to, granted, true);
    let taken = say::taken_over(&task, &turn.name(to));
    turn.tell_who(held.owner, taken, false);
    others::pause(turn, to, &task, until, &[to, held.owner]);
    close_question(turn, held, to);
}

/// `REFUSE`, `NO`: the task is still its sender's, and not done.
pub(super) fn refuse(turn: &mut Turn<'_>, heard: &Heard, who: Who, rest: Option<&str>) {
    let (named, reason) = split_reason(turn, who, rest);
    let meant = |claim: &Claim| heard::is_free_to_mean(turn, heard, Some(claim.owner.user()));
    let unnamed = || the_offer(turn, heard, who, None).filter(meant).filter(|_| !names_another(turn, rest));
    match named.or_else(unnamed) {
        Some(held) => end(turn, &held, reason.as_deref()),
        // People say "no" to each other, too.
        None if heard.reply_to.is_some() => {}
        None => heard::almost(turn, heard, who, Kind::Refuse, NO_OFFER.replacen("ACK", "REFUSE", 1)),
    }
}

/// `REFUSE: task reason`: the task is the longest open offer the text begins with.
fn split_reason(turn: &Turn<'_>, who: Who, rest: Option<&str>) -> (Option<Claim>, Option<String>) {
    let Some(rest) = rest else { return (None, None) };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let offers = turn.mesh().claims.offered_to(who);
    for cut in (1..=words.len()).rev() {
        let key = Task::fold(&words[..cut].join(" "));
        if let Some((_, claim)) = offers.iter().find(|(k, _)| *k == key) {
            let reason = words[cut..].join(" ");
            return (Some((*claim).clone()), Some(reason).filter(|reason| !reason.is_empty()));
        }
    }
    (None, Some(rest.to_owned()))
}

/// `REFUSE: task …` of a task that is somebody's, and not on offer.
fn names_another(turn: &Turn<'_>, rest: Option<&str>) -> bool {
    let words: Vec<&str> = rest.unwrap_or_default().split_whitespace().collect();
    let begins = |key: &str| (1..=words.len()).any(|cut| Task::fold(&words[..cut].join(" ")) == key);
    turn.mesh().claims.all_open().into_iter().any(|(key, _)| begins(key))
}

/// The offer comes to nothing.
pub(super) fn end(turn: &mut Turn<'_>, held: &Claim, reason: Option<&str>) {
    let Some(offer) = held.offer() else { return };
    turn.fact(Fact::OfferEnded { task: held.task.clone() });
    turn.react(offer.by, Reaction::Refused);
    let text = say::offer_refused(&turn.name(offer.to), &held.task, reason);
    turn.tell_who(held.owner, text, true);
    close_question(turn, held, held.owner);
}

/// A later word of the owner, or of an Exec, ends the offer; whom it was made to is told, and so are the people who
/// were asked.
pub(super) fn withdraw(turn: &mut Turn<'_>, held: &Claim, closed: String) {
    let Some(offer) = held.offer() else { return };
    if turn.mesh().claims.get(&Task::fold(&held.task)).is_some_and(|now| now.offer().is_some()) {
        turn.fact(Fact::OfferEnded { task: held.task.clone() });
    }
    turn.react(offer.by, Reaction::Recorded);
    let text = say::withdrawn(&held.task);
    // No run of its model: there is nothing to do, and who accepts all the same is answered.
    turn.tell_who(offer.to, text, false);
    turn.close(turn.rules().group, Slot::Question(held.task.clone()), closed);
}

/// What people were asked about the offer shows its outcome.
fn close_question(turn: &mut Turn<'_>, held: &Claim, owner: Who) {
    let text = say::question_closed(&held.task, &turn.name(owner), turn.now(), &turn.rules().zone);
    turn.close(turn.rules().group, Slot::Question(held.task.clone()), text);
}

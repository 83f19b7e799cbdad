//! Who gets a contested task: an Exec's word, else after a while the domain registry, else the first.

use super::{Turn, assign, conflict, heard, queue};
use crate::effect::Reaction;
use crate::fact::{Fact, How, Rival};
use crate::grammar::Task;
use crate::ids::Who;
use crate::input::Heard;
use crate::mesh::{Claim, Contest, Mesh};
use crate::say;

/// One of the rivals has it; the others are first in line.
pub(super) fn decide(turn: &mut Turn<'_>, held: &Claim, winner: Rival, how: How) -> String {
    let rivals = held.contest().map(|contest| contest.rivals.clone()).unwrap_or_default();
    let outcome = assign::give(turn, held, winner.who, how, winner.by);
    for rival in rivals {
        let won = rival.who == winner.who;
        turn.react(rival.by, if won { Reaction::Recorded } else { Reaction::Refused });
    }
    outcome
}

/// Nobody decided in time.
pub(super) fn by_rule(turn: &mut Turn<'_>, held: &Claim) {
    let Some(contest) = held.contest() else { return };
    let named = of_domain(turn.mesh(), held, &contest.rivals);
    let how = if named.is_some() { How::Domain } else { How::First };
    if let Some(winner) = named.or_else(|| contest.rivals.first().copied()) {
        decide(turn, held, winner, how);
    }
}

/// The first rival that the registry names for words of the task or of its type.
fn of_domain(mesh: &Mesh, held: &Claim, rivals: &[Rival]) -> Option<Rival> {
    let text = words(&format!("{} {}", held.task, held.about.as_deref().unwrap_or_default()));
    let named = |rival: &&Rival| {
        let mut domains = mesh.domains.iter().filter(|(words, _)| text.contains(words.as_str()));
        domains.any(|(_, agent)| rival.who == Who::Agent(*agent))
    };
    rivals.iter().find(named).copied()
}

/// The words of a text, folded, each between blanks: how a domain is looked for.
pub(super) fn words(text: &str) -> String {
    let text = Task::fold(text);
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(" ".to_owned(), |all, word| all + word + " ")
}

/// A rival withdraws; the last one left has the task at once.
pub(super) fn withdraw(turn: &mut Turn<'_>, heard: &Heard, who: Who, held: &Claim) {
    let Some(contest) = held.contest() else { return };
    let rivals: Vec<Rival> = contest.rivals.iter().filter(|rival| rival.who != who).copied().collect();
    let (task, at) = (held.task.clone(), contest.at);
    turn.fact(Fact::Contested { task: task.clone(), rivals: rivals.clone(), at });
    turn.react(heard.message, Reaction::Recorded);
    turn.tell_who(who, say::withdrew(&task), true);
    let Some(held) = turn.mesh().claims.open(&Task::fold(&task)).cloned() else { return };
    match rivals.as_slice() {
        [last] => _ = decide(turn, &held, *last, How::Left),
        _ => conflict::redraw(turn, &task, &rivals, &held),
    }
}

/// While it is contested nobody owns it: refused, and noted as next unless the claimant is a rival.
pub(super) fn refuse_claim(turn: &mut Turn<'_>, heard: &Heard, who: Who, held: &Claim) {
    let Some(contest) = held.contest() else { return };
    let place = (!contest.has(who)).then(|| queue::enter(turn, heard, who, held));
    refuse(turn, heard, who, contest, place);
}

/// The same for one who would not wait in line.
pub(super) fn refuse_note(turn: &mut Turn<'_>, heard: &Heard, who: Who, held: &Claim) {
    if let Some(contest) = held.contest() {
        refuse(turn, heard, who, contest, None);
    }
}

fn refuse(turn: &mut Turn<'_>, heard: &Heard, who: Who, contest: &Contest, place: Option<usize>) {
    let names = conflict::names(turn, &contest.rivals);
    turn.react(heard.message, Reaction::Refused);
    turn.tell_who(who, say::contested(&names, place), true);
    if let Who::Person(_) = who {
        heard::reply(turn, heard, say::contested_reply(&names, place));
    }
}

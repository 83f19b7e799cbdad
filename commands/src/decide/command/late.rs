//! Commands that were given while nobody listened: answered, not carried out. What they would have changed stands on the
//! message that says that the mesh is back, and may be run after all.

use jiff::SignedDuration;

use super::super::heard::Speaker;
use super::{Turn, obey};
use crate::effect::{Button, ButtonAction, Effect, Slot};
use crate::fact::{Fact, LateCommand, Ordered, Role};
use crate::grammar::Said;
use crate::ids::{MessageRef, PersonId, UserId, Who};
use crate::input::{Door, Heard, Sender, SenderKind, Tap};
use crate::mesh::NOT_RUN_MOST;
use crate::say;
use crate::slash::Asked;

/// For so long after the mesh is back, what was not run may be run after all.
const RUN_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// Whether a command came so late that whoever gave it may have changed his mind.
pub(super) fn is_late(turn: &Turn<'_>, heard: &Heard) -> bool {
    let late = heard.heard_at.duration_since(heard.message.at);
    heard.door != Door::Call && late > turn.rules().missed_after
}

/// A new absence: what is still open of an earlier one is no longer offered.
pub(in super::super) fn forget(turn: &mut Turn<'_>) {
    if !turn.mesh().not_run.commands.is_empty() {
        turn.fact(Fact::Ordered(Ordered::LateSettled));
    }
}

/// Keeps it in mind if it was given in the group by one who may, and would have changed something.
pub(super) fn keep(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, asked: &Asked, words: &[String]) {
    let Asked::Command(command, arguments) = asked else { return };
    let may = from.role >= Some(command.role) && command.changes(arguments.len());
    let person = heard.sender.kind == SenderKind::Person;
    let here = turn.mesh().moved.home(heard.message.chat) == turn.rules().group;
    if !(may && person && here) || turn.mesh().not_run.commands.len() == NOT_RUN_MOST {
        return;
    }
    let (by, at, words) = (PersonId(heard.sender.id.0), heard.message.at, words.to_vec());
    turn.fact(Fact::Ordered(Ordered::CameLate(LateCommand { by, at, words })));
    redraw(turn);
}

/// What the mesh says when it is back, with what was not run.
pub(in super::super) fn say_back(turn: &mut Turn<'_>, text: String) {
    let (at, slot, chat) = (turn.now(), Slot::Back, turn.rules().group);
    turn.fact(Fact::Ordered(Ordered::Returned { at, text }));
    let Some((text, buttons)) = drawn(turn) else { return };
    turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons, sound: false });
}

/// It stands, in these words: more may have come while it was under way.
pub(in super::super) fn stands(turn: &mut Turn<'_>, text: &str) {
    if drawn(turn).is_some_and(|(now, _)| say::for_the_group(now) != text) {
        redraw(turn);
    }
}

/// Draws it anew, once it stands.
fn redraw(turn: &mut Turn<'_>) {
    let (slot, chat) = (Slot::Back, turn.rules().group);
    let Some(message) = turn.mesh().voice.id(chat, &slot) else { return };
    let Some((text, buttons)) = drawn(turn).filter(|(_, buttons)| !buttons.is_empty()) else { return };
    turn.effect(Effect::Edit { slot, chat, message, text, buttons });
}

fn drawn(turn: &Turn<'_>) -> Option<(String, Vec<Vec<Button>>)> {
    let late = &turn.mesh().not_run;
    let (at, text) = late.told.as_ref()?;
    if late.commands.is_empty() || turn.now().duration_since(*at) > RUN_WITHIN {
        return Some((text.clone(), Vec::new()));
    }
    let button = |label: &str, action| Button { label: label.to_owned(), action };
    let buttons =
        vec![vec![button("Run now", ButtonAction::RunLate), button("Drop", ButtonAction::DropLate)]];
    let zone = &turn.rules().zone;
    let given = |given: &LateCommand| {
        say::health::not_run(&given.words, &turn.name(Who::Person(given.by)), given.at, zone)
    };
    Some((say::health::with_not_run(text, late.commands.iter().map(given)), buttons))
}

/// Runs each as the one who gave it, with the role he has by now.
pub(in super::super) fn run(turn: &mut Turn<'_>, tap: &Tap, role: Role) -> Result<String, String> {
    let commands = settle(turn, tap, role, say::health::run_late)?;
    for LateCommand { by, words, .. } in commands {
        let heard = anew(turn, tap, by, &words);
        let from = turn.mesh().roll.get(heard.sender.id).map(Speaker::from);
        match from {
            Some(from) => obey(turn, &heard, from, &words),
            None => super::say_back(turn, &heard, say::requires(Role::Viewer, None)),
        }
    }
    Ok(say::settled())
}

/// Drops them.
pub(in super::super) fn drop(turn: &mut Turn<'_>, tap: &Tap, role: Role) -> Result<String, String> {
    settle(turn, tap, role, say::health::dropped_late)?;
    Ok(say::settled())
}

/// For an Exec, or for the one who gave all of them.
fn settle(
    turn: &mut Turn<'_>,
    tap: &Tap,
    role: Role,
    said: fn(&[String]) -> String,
) -> Result<Vec<LateCommand>, String> {
    let (slot, chat, message) = (Slot::Back, tap.chat, tap.message);
    let late = turn.mesh().not_run.clone();
    let Some((at, text)) = late.told.filter(|_| turn.mesh().voice.id(chat, &slot) == Some(message)) else {
        return Err(say::stale());
    };
    if late.commands.is_empty() {
        return Err(say::stale());
    }
    if role != Role::Exec && late.commands.iter().any(|given| given.by != PersonId(tap.from.0)) {
        return Err(say::requires(Role::Exec, Some(role)));
    }
    let expired = turn.now().duration_since(at) > RUN_WITHIN;
    turn.fact(Fact::Ordered(Ordered::LateSettled));
    let shown: Vec<String> = late.commands.iter().map(|given| say::health::order(&given.words)).collect();
    let text = if expired {
        format!("{text} {}", say::expired())
    } else {
        let name = turn.name(Who::Person(PersonId(tap.from.0)));
        format!("{text} {}", say::by(&said(&shown), &name, turn.now(), &turn.rules().zone))
    };
    turn.effect(Effect::Edit { slot, chat, message, text, buttons: Vec::new() });
    if expired { Err(say::expired()) } else { Ok(late.commands) }
}

/// The command, as if it were given now, in a reply to the mesh's own message.
fn anew(turn: &Turn<'_>, tap: &Tap, by: PersonId, words: &[String]) -> Heard {
    let (from, now) = (UserId(by.0), turn.now());
    let message = MessageRef { from, ..super::super::tap::cause(turn, tap) };
    let sender =
        Sender { id: from, name: turn.name(Who::Person(by)), username: None, kind: SenderKind::Person };
    let said = Said::plain(format!("/mesh {}", words.join(" ")));
    Heard {
        door: Door::Bot,
        message,
        sender,
        said,
        reply_to: None,
        reply_to_from: None,
        edited: false,
        forwarded: false,
        heard_at: now,
    }
}

//! Each command to what answers it.

use super::{Done, Given, Turn, card, look, machine, people, say_back, stop, tasks};
use crate::effect::Look;
use crate::grammar::Task;
use crate::input::{Door, SenderKind};
use crate::say;
use crate::slash::Verb;

/// So many lines are shown where no number is said, and so many at most.
const LINES: (usize, usize) = (20, 200);

pub(super) fn answer(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    match given.command.verb {
        Verb::Help => reply(turn, given, say::help(given.from.role)),
        Verb::Agents => {
            let text = say::agents(turn.mesh(), turn.rules(), turn.now());
            reply(turn, given, text)
        }
        Verb::Claims => {
            let text = say::claims(turn.mesh(), turn.rules(), turn.now());
            reply(turn, given, text)
        }
        Verb::Status => status(turn, given),
        Verb::Ping => machine::ping(turn, given),
        Verb::Logs => machine::logs(turn, given),
        Verb::Metrics => look(turn, given.heard, Look::Metrics),
        Verb::Audit => with_lines(turn, given, 0, |lines| Look::Audit { lines }),
        Verb::PermsAudit => look(turn, given.heard, Look::PermsAudit),
        Verb::Why => tasks::why(turn, given),
        Verb::Preflight => preflight(turn, given),
        Verb::Claim | Verb::Done | Verb::Handoff | Verb::Assign => tasks::own(turn, given),
        Verb::StandDown | Verb::StandUp | Verb::Lead => tasks::floor(turn, given),
        Verb::PermsList | Verb::PermsGrant | Verb::PermsRevoke | Verb::Bind => people::order(turn, given),
        Verb::AgentInfo | Verb::AgentRestart | Verb::AgentPause | Verb::AgentResume | Verb::AgentConfig => {
            machine::order(turn, given)
        }
        Verb::Stop => stop::stop(turn, given),
        Verb::Start => stop::start(turn, given),
    }
}

fn reply(turn: &mut Turn<'_>, given: Given<'_>, text: String) -> Done {
    say_back(turn, given.heard, text);
    Done::well("answered")
}

fn status(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let heard = given.heard;
    let text = say::status(turn.mesh(), turn.rules(), turn.now());
    let shows_cards = !matches!(heard.door, Door::Dm | Door::Call);
    if heard.sender.kind != SenderKind::Person || !shows_cards {
        return reply(turn, given, text);
    }
    card::card(turn, heard, text);
    Done::well("answered")
}

/// A number of lines, as the last argument.
pub(super) fn with_lines(
    turn: &mut Turn<'_>,
    given: Given<'_>,
    at: usize,
    what: impl FnOnce(usize) -> Look,
) -> Done {
    let lines = match given.arguments.get(at) {
        None => Some(LINES.0),
        Some(number) => number.parse().ok().filter(|lines| (1..=LINES.1).contains(lines)),
    };
    match lines {
        Some(lines) => look(turn, given.heard, what(lines)),
        None => usage(turn, given),
    }
}

pub(super) fn usage(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    super::refuse(turn, given.heard, say::usage(given.command));
    Done::refused("usage")
}

fn preflight(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let Some(task) = Task::new(&given.rest(0)) else { return usage(turn, given) };
    let found = turn.mind.preflight(&task, Some(given.from.who));
    let held = turn.mesh().claims.open(&task.key);
    let text = say::similar::report(turn.mesh(), turn.rules(), &task.shown, &found, held, turn.now());
    reply(turn, given, text).about(task.shown)
}

//! `/mesh …`: whose command it is, whether it may be, and what it answers.

mod answer;
mod ask;
mod card;
mod driven;
mod late;
mod machine;
mod people;
mod requests;
mod stop;
mod tasks;

pub(super) use self::ask::{no, outcome as restarted, whose, yes};
pub(super) use self::card::{private_word, refresh_card};
pub(super) use self::driven::{may as may_drive, order as drive, outcome as driven};
pub(super) use self::late::{
    drop as drop_late, forget as forget_late, run as run_late, say_back as say_it_is_back,
    stands as back_stands,
};
pub(super) use self::machine::{found, not_shown, restart_by_tap, sent};
pub(super) use self::people::{met, settle_edit, settle_people};
pub(super) use self::requests::{grant_viewer, ignore};

use super::heard::{self, Speaker};
use super::limiter::Verdict;
use super::{Audited, Turn};
use crate::effect::{Asker, Effect, Look, Reaction, Way};
use crate::fact::{Fact, Once, Role};
use crate::ids::AgentId;
use crate::input::{Door, Heard, SenderKind};
use crate::slash::{self, Asked, Command, Line};
use crate::{say, secrets};

/// So many strangers a minute are refused in words; a crowd of them would crowd out everybody else.
const STRANGERS_A_MINUTE: usize = 10;

/// One command, by somebody who may give it.
#[derive(Clone, Copy)]
struct Given<'a> {
    heard: &'a Heard,
    from: Speaker,
    command: &'static Command,
    arguments: &'a [String],
}

impl Given<'_> {
    fn argument(&self, at: usize) -> &str {
        self.arguments.get(at).map(String::as_str).unwrap_or_default()
    }

    /// From this one on, as they were typed but for the blanks.
    fn rest(&self, from: usize) -> String {
        self.arguments.get(from..).unwrap_or_default().join(" ")
    }
}

/// What came of a command, for the audit: what it was about, and whether it was done.
struct Done {
    target: Option<String>,
    result: Result<String, String>,
}

impl Done {
    fn well(result: impl Into<String>) -> Self {
        Self { target: None, result: Ok(result.into()) }
    }

    fn refused(why: impl Into<String>) -> Self {
        Self { target: None, result: Err(why.into()) }
    }

    fn about(self, target: impl Into<String>) -> Self {
        Self { target: Some(target.into()), ..self }
    }
}

/// Commands of people come by the bot, of agents by the ear.
pub(super) fn route(turn: &mut Turn<'_>, heard: &Heard, member: Option<Speaker>, line: &Line) {
    let by_person = heard.sender.kind != SenderKind::Bot;
    let ours = match heard.door {
        Door::Ear => !by_person,
        Door::Bot => by_person,
        Door::Only | Door::Dm | Door::BotDm | Door::Call => true,
    };
    if ours && !heard.edited && names_us(turn, line) {
        run(turn, heard, member, &line.words);
    }
}

/// In a private chat the prefix may be left out.
pub(super) fn route_bare(turn: &mut Turn<'_>, heard: &Heard, member: Option<Speaker>) {
    if heard.edited {
        return;
    }
    let mut words = crate::grammar::words(&heard.said.text);
    words.truncate(WORDS_MOST);
    let Some(first) = words.first_mut() else { return };
    // What Telegram sends for a person who opens the chat with the bot, or follows a link to it. Of the menu it is also
    // the command that ends a stop.
    if first.eq_ignore_ascii_case("/start") && heard.sender.kind == SenderKind::Person {
        if let Some(word) = words.get(1)
            && people::accept_invitation(turn, heard, word)
        {
            return;
        }
        let ends_stop = turn.mesh().orders.stopped.is_some()
            && member.is_some_and(|member| member.role == Some(Role::Exec));
        let means = if ends_stop { "start" } else { "help" };
        return run(turn, heard, member, &[means.to_owned()]);
    }
    if let Some(bare) = first.strip_prefix('/') {
        *first = bare.split('@').next().unwrap_or_default().to_owned();
    }
    run(turn, heard, member, &words);
}

/// More words than any command has use for.
const WORDS_MOST: usize = 64;

fn names_us(turn: &Turn<'_>, line: &Line) -> bool {
    match (&line.to_bot, &turn.rules().bot_username) {
        (Some(named), Some(ours)) => named.eq_ignore_ascii_case(ours),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

fn run(turn: &mut Turn<'_>, heard: &Heard, member: Option<Speaker>, words: &[String]) {
    let (message, late) = (heard.message, late::is_late(turn, heard));
    // What is not run is not counted as acted on.
    turn.fact(if late { Fact::Unread { message } } else { Fact::Noted { message } });
    let member = member.filter(|member| member.role.is_some());
    let most = turn.rules().commands_a_minute;
    let at = turn.now();
    let verdict = turn.mind.commands.check(heard.sender.id, at, most);
    let from = match (member, verdict) {
        (Some(member), Verdict::Go) => member,
        (None, Verdict::Go) => return refuse_stranger(turn, heard, words),
        // Of a stranger's flood the audit holds the beginning.
        (None, _) | (_, Verdict::Silent) => return,
        (Some(_), Verdict::Warn(seconds)) => {
            audit(turn, heard, words, Done::refused("too many commands"));
            return say_back(turn, heard, say::too_many(seconds));
        }
    };
    let asked = slash::find(words);
    if late && !matches!(asked, Asked::Unknown(_)) {
        audit(turn, heard, words, Done::refused("missed while offline"));
        say_back(turn, heard, say::missed_while_offline(&words.join(" ")));
        return late::keep(turn, heard, from, &asked, words);
    }
    obey(turn, heard, from, words);
}

/// Answers a command of somebody who has a role.
fn obey(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, words: &[String]) {
    let done = match &slash::find(words) {
        Asked::Unknown(near) => {
            refuse(turn, heard, say::unknown_command(near.map(Command::words).as_deref()));
            Done::refused("unknown command")
        }
        Asked::Usage(command) | Asked::Command(command, _) if from.role < Some(command.role) => {
            denied(turn, heard, from, command)
        }
        Asked::Usage(command) => {
            refuse(turn, heard, say::usage(command));
            Done::refused("usage")
        }
        Asked::Command(command, arguments) => answer::answer(turn, Given { heard, from, command, arguments }),
    };
    audit(turn, heard, words, done);
}

fn denied(turn: &mut Turn<'_>, heard: &Heard, from: Speaker, command: &Command) -> Done {
    refuse(turn, heard, say::requires(command.role, from.role));
    Done::refused(format!("requires {}", say::role(Some(command.role))))
}

fn audit(turn: &mut Turn<'_>, heard: &Heard, words: &[String], done: Done) {
    let command = without_secret(words);
    let (user, name) = (heard.sender.id, heard.sender.name.clone());
    let Done { target, result } = done;
    let anchor = Some(heard.message);
    turn.decision.audit.push(Audited { user, name, command, target, result, anchor });
}

/// A command as the audit keeps it: what is set, if it is a secret, is not repeated.
fn without_secret(words: &[String]) -> String {
    let config = words.iter().position(|word| word == "config");
    let set = config.and_then(|at| Some((at + 2, words.get(at + 1)?, words.get(at + 2..)?)));
    match set {
        Some((from, path, value)) if !value.is_empty() && secrets::is_setting(path, &value.join(" ")) => {
            format!("{} {}", words[..from].join(" "), secrets::MASK)
        }
        _ => words.join(" "),
    }
}

/// Said once a day, and never to a bot: two bots that answer each other find no end.
fn refuse_stranger(turn: &mut Turn<'_>, heard: &Heard, words: &[String]) {
    let (user, at) = (heard.sender.id, turn.now());
    audit(turn, heard, words, Done::refused("has no role"));
    if turn.mesh().was_told(user, Once::NoRole, at) || heard.sender.kind == SenderKind::Bot {
        return;
    }
    if turn.mind.strangers.check(crate::ids::UserId(0), at, STRANGERS_A_MINUTE) != Verdict::Go {
        return;
    }
    turn.fact(Fact::Told { user, what: Once::NoRole, at });
    heard::reply(turn, heard, say::requires(Role::Viewer, None));
    requests::tell_execs(turn, heard);
}

/// The same refusal, said again within ten minutes, is a 👎 only.
fn refuse(turn: &mut Turn<'_>, heard: &Heard, text: String) {
    let (user, at) = (heard.sender.id, turn.now());
    if heard.door == Door::Call || turn.mind.refusals.is_new(user, &text, at) {
        return say_back(turn, heard, text);
    }
    turn.react(heard.message, Reaction::Refused);
}

/// People are answered where they asked, agents never in the group.
fn say_back(turn: &mut Turn<'_>, heard: &Heard, text: String) {
    if heard.sender.kind == SenderKind::Bot {
        return turn.tell(AgentId(heard.sender.id.0), text, true);
    }
    for part in say::parts(&text) {
        heard::reply(turn, heard, part);
    }
}

/// Whether whoever gave it can be asked back: a person, where the bot's buttons are.
fn has_buttons(heard: &Heard) -> bool {
    heard.sender.kind == SenderKind::Person && !matches!(heard.door, Door::Call | Door::Dm)
}

/// How the answer to that message goes, when it comes later.
fn asker(heard: &Heard) -> Asker {
    let way = match (heard.sender.kind, heard.door) {
        (SenderKind::Bot, _) => Way::Tell(AgentId(heard.sender.id.0)),
        (_, Door::Dm) => Way::Dm,
        _ => Way::Reply,
    };
    Asker { user: heard.sender.id, message: heard.message, way }
}

fn look(turn: &mut Turn<'_>, heard: &Heard, what: Look) -> Done {
    if heard.door == Door::Call {
        // A call waits for its answer, and what is looked up comes later.
        say_back(turn, heard, say::not_by_call());
        return Done::refused("not by a call");
    }
    turn.effect(Effect::Look { what, asker: asker(heard) });
    Done::well("looked up")
}

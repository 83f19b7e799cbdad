//! `/mesh …`: whose command it is, whether it may be, and what it answers.

use super::heard::Speaker;
use super::limiter::Verdict;
use super::{Audited, Turn, heard};
use crate::effect::{Button, ButtonAction, Effect, Slot};
use crate::fact::{Fact, Once, Role};
use crate::ids::{AgentId, ChatId};
use crate::input::{Door, Heard, SenderKind};
use crate::say;
use crate::slash::{self, Asked, Line, Verb};

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
    let words: Vec<String> = heard
        .said
        .text
        .split_whitespace()
        .take(WORDS_MOST)
        .map(|word| word.trim_start_matches('/').to_owned())
        .collect();
    match words.as_slice() {
        [] => {}
        _ if heard.edited => {}
        // What Telegram sends for a person who opens the chat with the bot.
        [first, ..] if first.eq_ignore_ascii_case("start") => run(turn, heard, member, &["help".to_owned()]),
        words => run(turn, heard, member, words),
    }
}

/// More words than any command has.
const WORDS_MOST: usize = 16;

fn names_us(turn: &Turn<'_>, line: &Line) -> bool {
    match (&line.to_bot, &turn.rules().bot_username) {
        (Some(named), Some(ours)) => named.eq_ignore_ascii_case(ours),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

fn run(turn: &mut Turn<'_>, heard: &Heard, member: Option<Speaker>, words: &[String]) {
    turn.fact(Fact::Noted { message: heard.message });
    let role = member.and_then(|member| member.role);
    let most = turn.rules().commands_a_minute;
    let at = turn.now();
    match (role, turn.mind.commands.check(heard.sender.id, at, most)) {
        (Some(_), Verdict::Go) => {}
        (None, Verdict::Go) => return refuse_stranger(turn, heard, words),
        // Of a stranger's flood the audit holds the beginning.
        (None, _) => return,
        (Some(_), verdict) => {
            audit(turn, heard, words, Err("too many commands".into()));
            if let Verdict::Warn(seconds) = verdict {
                say_back(turn, heard, say::too_many(seconds));
            }
            return;
        }
    }
    match slash::find(words) {
        Asked::Unknown(near) => {
            audit(turn, heard, words, Err("unknown command".into()));
            say_back(turn, heard, say::unknown_command(near.map(|command| command.name)));
        }
        Asked::Usage(command) => {
            audit(turn, heard, words, Err("usage".into()));
            say_back(turn, heard, say::usage(command));
        }
        Asked::Command(command) if role < Some(command.role) => {
            audit(turn, heard, words, Err("role".into()));
            say_back(turn, heard, say::requires(command.role, role));
        }
        Asked::Command(command) => {
            audit(turn, heard, words, Ok("answered".into()));
            answer(turn, heard, role, command.verb);
        }
    }
}

fn audit(turn: &mut Turn<'_>, heard: &Heard, words: &[String], result: Result<String, String>) {
    let command = words.join(" ");
    let (user, name) = (heard.sender.id, heard.sender.name.clone());
    turn.decision.audit.push(Audited { user, name, command, result });
}

/// Said once a day, and never to a bot: two bots that answer each other find no end.
fn refuse_stranger(turn: &mut Turn<'_>, heard: &Heard, words: &[String]) {
    let (user, at) = (heard.sender.id, turn.now());
    audit(turn, heard, words, Err("no role".into()));
    if turn.mesh().was_told(user, Once::NoRole, at) || heard.sender.kind == SenderKind::Bot {
        return;
    }
    turn.fact(Fact::Told { user, what: Once::NoRole, at });
    heard::reply(turn, heard, say::requires(Role::Viewer, None));
}

/// People are answered where they asked, agents never in the group.
fn say_back(turn: &mut Turn<'_>, heard: &Heard, text: String) {
    if heard.sender.kind == SenderKind::Bot {
        return turn.tell(AgentId(heard.sender.id.0), text, true);
    }
    heard::reply(turn, heard, text);
}

fn answer(turn: &mut Turn<'_>, heard: &Heard, role: Option<Role>, verb: Verb) {
    let (now, rules) = (turn.now(), turn.rules());
    let text = match verb {
        Verb::Help => say::help(role),
        Verb::Agents => say::agents(turn.mesh(), rules, now),
        Verb::Claims => say::claims(turn.mesh(), rules, now),
        Verb::Status => say::status(turn.mesh(), rules, now),
    };
    let shows_cards = !matches!(heard.door, Door::Dm | Door::Call);
    if verb == Verb::Status && heard.sender.kind == SenderKind::Person && shows_cards {
        return card(turn, heard, text);
    }
    say_back(turn, heard, text);
}

/// One live status card a chat: refreshed within a minute, else posted anew, and the older one loses its buttons.
fn card(turn: &mut Turn<'_>, heard: &Heard, text: String) {
    let (chat, now) = (heard.message.chat, turn.now());
    let buttons = card_buttons();
    let standing = turn.mesh().voice.get(chat, &Slot::Status).and_then(|standing| standing.posted);
    if let Some((message, at)) = standing {
        if now.duration_since(at) < turn.rules().card_every {
            let slot = Slot::Status;
            return turn.effect(Effect::Edit { slot, chat, message, text, buttons });
        }
        turn.effect(Effect::Disarm { chat, message });
    }
    let slot = Slot::Status;
    let reply_to = Some(heard.message);
    turn.effect(Effect::Post { slot, chat, text, reply_to, buttons, sound: false });
}

pub(super) fn card_buttons() -> Vec<Vec<Button>> {
    let button = |label: &str, action| Button { label: label.to_owned(), action };
    vec![vec![button("🔄 Refresh", ButtonAction::Refresh), button("🔒 Claims", ButtonAction::Claims)]]
}

/// The card of a chat, drawn anew in place.
pub(super) fn refresh_card(turn: &mut Turn<'_>, chat: ChatId, message: crate::ids::VoiceId) {
    let text = say::status(turn.mesh(), turn.rules(), turn.now());
    let slot = Slot::Status;
    turn.effect(Effect::Edit { slot, chat, message, text, buttons: card_buttons() });
}

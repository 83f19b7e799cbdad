//! Strangers who ask for `/mesh`: every Exec is told once, in private, with two buttons.

use super::super::limiter::Verdict;
use super::Turn;
use crate::effect::{Button, ButtonAction, Effect, Slot};
use crate::fact::{Fact, Ordered, Person, Role};
use crate::ids::{ChatId, PersonId, UserId, Who};
use crate::input::{Heard, SenderKind, Tap};
use crate::mesh::Member;
use crate::say;

/// So many strangers a minute are told of; a crowd asks again later.
const TOLD_A_MINUTE: usize = 3;
/// The longest name that is shown, in characters.
const NAME_MOST: usize = 64;

pub(super) fn tell_execs(turn: &mut Turn<'_>, heard: &Heard) {
    let (user, now) = (heard.sender.id, turn.now());
    let person = heard.sender.kind == SenderKind::Person && turn.rules().bot_username.is_some();
    if !person || turn.mesh().orders.request(user).is_some() {
        return;
    }
    if turn.mind.strangers.check(UserId(1), now, TOLD_A_MINUTE) != Verdict::Go {
        return;
    }
    let name = say::clean_name(&heard.sender.name, NAME_MOST);
    turn.fact(Fact::Ordered(Ordered::Requested { user, name: name.clone() }));
    let text = say::asked_for_mesh(heard.sender.username.as_deref(), &name, user);
    let button = |label: &str, action| Button { label: label.to_owned(), action };
    let buttons = vec![vec![
        button("Grant Viewer", ButtonAction::GrantViewer { user }),
        button("Ignore", ButtonAction::Ignore { user }),
    ]];
    for exec in execs(turn) {
        let (slot, chat, text, buttons) = (Slot::Request(user), exec, text.clone(), buttons.clone());
        turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons, sound: false });
    }
}

/// The private chats of the Execs.
fn execs(turn: &Turn<'_>) -> Vec<ChatId> {
    let members = turn.mesh().roll.members();
    members
        .filter_map(|member| match member {
            Member::Person(person) if person.role == Some(Role::Exec) => Some(ChatId(person.id.0)),
            _ => None,
        })
        .collect()
}

/// The first Exec who taps decides, and all of the cards say so.
pub(in super::super) fn grant_viewer(turn: &mut Turn<'_>, tap: &Tap, user: UserId) -> Result<String, String> {
    let request = turn.mesh().orders.request(user).filter(|request| !request.ignored).cloned();
    let request = request.ok_or_else(say::stale)?;
    if turn.mesh().roll.get(user).and_then(Member::role).is_some() {
        return Err(say::stale());
    }
    let taken = turn.mesh().roll.by_name(&request.name).is_some();
    let name = if taken { format!("{} {user}", request.name) } else { request.name };
    let role = Some(Role::Viewer);
    turn.fact(Fact::PersonKnown(Person { id: PersonId(user.0), name: name.clone(), role }));
    close(turn, tap, user, &say::granted_role(&name, Role::Viewer));
    Ok(say::settled())
}

pub(in super::super) fn ignore(turn: &mut Turn<'_>, tap: &Tap, user: UserId) -> Result<String, String> {
    let request = turn.mesh().orders.request(user).filter(|request| !request.ignored).cloned();
    let request = request.ok_or_else(say::stale)?;
    turn.fact(Fact::Ordered(Ordered::Ignored { user }));
    close(turn, tap, user, &say::ignored(&request.name));
    Ok(say::settled())
}

fn close(turn: &mut Turn<'_>, tap: &Tap, user: UserId, text: &str) {
    let by = turn.name(Who::Person(PersonId(tap.from.0)));
    let text = say::by(text, &by, turn.now(), &turn.rules().zone);
    for chat in execs(turn) {
        turn.close(chat, Slot::Request(user), text.clone());
    }
}

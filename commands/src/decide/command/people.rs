//! Who may do what: roles by command, by username, by a one-time word; and who bears which username.

use super::super::Audited;
use super::answer::usage;
use super::{Done, Given, Turn, ask, has_buttons, refuse, say_back};
use crate::effect::{Effect, Slot};
use crate::fact::{Fact, Once, Order, Ordered, Person, Role};
use crate::ids::{PersonId, UserId, Who};
use crate::input::{Heard, Sender, SenderKind};
use crate::mesh::orders::BY_FILE;
use crate::mesh::{Member, fold_username};
use crate::permissions::{Edit, Entry, hash_of};
use crate::say;
use crate::slash::Verb;

/// The longest name of a person, in characters.
const PERSONA_MOST: usize = 64;

/// Words that mean somebody already.
const RESERVED: [&str; 3] = ["node", "all", "none"];

/// Whom a command means.
enum Whom {
    Known(Person),
    /// A number nobody has been heard under, or a stranger's.
    Number(UserId),
    /// A username nobody has been heard under, folded.
    Unheard(String),
    /// An agent's.
    Agent(String),
    Nobody,
}

pub(super) fn order(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let verb = given.command.verb;
    if verb == Verb::PermsList {
        let text = say::permissions(turn.mesh(), turn.now());
        say_back(turn, given.heard, text);
        return Done::well("answered");
    }
    let whom = given.argument(0).to_owned();
    let done = match (verb, role(given.argument(1))) {
        (Verb::Bind, _) => bind(turn, given),
        (_, None) => usage(turn, given),
        (Verb::PermsGrant, Some(role)) => grant(turn, given, role),
        (_, Some(role)) => revoke(turn, given, role),
    };
    done.about(whom)
}

fn role(word: &str) -> Option<Role> {
    [Role::Viewer, Role::Operator, Role::Exec]
        .into_iter()
        .find(|role| say::role(Some(*role)).eq_ignore_ascii_case(word))
}

fn whom(turn: &Turn<'_>, word: &str) -> Whom {
    let mesh = turn.mesh();
    if let Some(username) = word.strip_prefix('@') {
        let username = fold_username(username);
        return match mesh.orders.pinned(&username) {
            Some(user) => by_number(turn, user),
            None if is_username(&username) => Whom::Unheard(username),
            None => Whom::Nobody,
        };
    }
    match (word.parse().map(UserId), mesh.roll.by_name(word)) {
        (Ok(user), _) if user.0 > 0 => by_number(turn, user),
        (_, Some(Member::Person(person))) => Whom::Known(person.clone()),
        (_, Some(Member::Agent(agent))) => Whom::Agent(agent.name.clone()),
        _ => Whom::Nobody,
    }
}

fn by_number(turn: &Turn<'_>, user: UserId) -> Whom {
    match turn.mesh().roll.get(user) {
        Some(Member::Person(person)) => Whom::Known(person.clone()),
        Some(Member::Agent(agent)) => Whom::Agent(agent.name.clone()),
        None => Whom::Number(user),
    }
}

/// As Telegram makes them: 4 to 32 of these.
fn is_username(folded: &str) -> bool {
    (4..=32).contains(&folded.len())
        && folded.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn grant(turn: &mut Turn<'_>, given: Given<'_>, role: Role) -> Done {
    let word = given.argument(0);
    let person = match whom(turn, word) {
        Whom::Known(person) => Person { role: Some(role), ..person },
        // A number may be mistyped, and nobody may come of it who could take it back.
        Whom::Number(user) if role == Role::Exec && turn.mesh().orders.request(user).is_none() => {
            refuse(turn, given.heard, say::exec_unheard(user));
            return Done::refused("never heard");
        }
        Whom::Number(user) => stranger(turn, user, Some(role)),
        Whom::Unheard(username) => return promise(turn, given, username, Some(role), None),
        Whom::Agent(name) => return not_a_person(turn, given, &name),
        Whom::Nobody => return nobody(turn, given),
    };
    if is_last_exec(turn, &person) {
        refuse(turn, given.heard, say::last_exec(&person.name));
        return Done::refused("the last Exec");
    }
    let name = person.name.clone();
    let has = turn.mesh().roll.get(UserId(person.id.0)).and_then(Member::role);
    if let Some(has) = has.filter(|has| *has > role) {
        return ask_to_revoke(turn, given, &person, has, Some(role));
    }
    turn.fact(Fact::PersonKnown(person));
    say_back(turn, given.heard, say::granted_role(&name, role));
    Done::well(format!("is {} now", say::role(Some(role))))
}

fn stranger(turn: &Turn<'_>, user: UserId, role: Option<Role>) -> Person {
    let asked = turn.mesh().orders.request(user).map(|request| request.name.clone());
    let name = asked.unwrap_or_else(|| user.to_string());
    Person { id: PersonId(user.0), name: free_name(turn, &name, user), role }
}

/// A name that nobody else has.
fn free_name(turn: &Turn<'_>, wanted: &str, user: UserId) -> String {
    let name = say::clean_name(wanted, PERSONA_MOST);
    let taken = turn.mesh().roll.by_name(&name).is_some_and(|member| member.who().user() != user);
    let ambiguous = turn
        .mesh()
        .roll
        .members()
        .any(|member| member.who().user() != user && turn.name(member.who()).eq_ignore_ascii_case(&name));
    if name.is_empty() || taken || ambiguous { format!("{name} {user}").trim().to_owned() } else { name }
}

/// A bot can't look usernames up: it is bound when the person is first heard.
fn promise(
    turn: &mut Turn<'_>,
    given: Given<'_>,
    username: String,
    role: Option<Role>,
    persona: Option<String>,
) -> Done {
    let (by, at) = (PersonId(given.heard.sender.id.0), turn.now());
    let before = turn.mesh().orders.promise(&username, at).cloned();
    let role = role.or(before.as_ref().and_then(|before| before.role));
    let persona = persona.or(before.and_then(|before| before.persona));
    let text = say::promised(&username, role, persona.as_deref());
    turn.fact(Fact::Ordered(Ordered::Promised { username, role, persona, by, at }));
    say_back(turn, given.heard, text);
    Done::well("waits until they are heard")
}

fn not_a_person(turn: &mut Turn<'_>, given: Given<'_>, name: &str) -> Done {
    refuse(turn, given.heard, say::agents_are_operators(name));
    Done::refused("an agent")
}

fn nobody(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    refuse(turn, given.heard, say::nobody_called(given.argument(0)));
    Done::refused("nobody of that name")
}

/// Whether, were this person as given, no Exec would be left.
fn is_last_exec(turn: &Turn<'_>, becoming: &Person) -> bool {
    let exec = |person: &Person| person.role == Some(Role::Exec);
    let mut people = turn.mesh().roll.members().filter_map(|member| match member {
        Member::Person(person) => Some(person),
        Member::Agent(_) => None,
    });
    let was = turn.mesh().roll.get(UserId(becoming.id.0)).and_then(Member::role) == Some(Role::Exec);
    was && !exec(becoming) && !people.any(|person| person.id != becoming.id && exec(person))
}

fn revoke(turn: &mut Turn<'_>, given: Given<'_>, role: Role) -> Done {
    let person = match whom(turn, given.argument(0)) {
        Whom::Known(person) => person,
        Whom::Unheard(username) if turn.mesh().orders.promise(&username, turn.now()).is_some() => {
            turn.fact(Fact::Ordered(Ordered::PromiseEnded { username: username.clone() }));
            say_back(turn, given.heard, say::promise_ended(&username));
            return Done::well("waits no more");
        }
        Whom::Agent(name) => return not_a_person(turn, given, &name),
        _ => return nobody(turn, given),
    };
    if person.role != Some(role) {
        refuse(turn, given.heard, say::has_another_role(&person.name, person.role, role));
        return Done::refused("has another role");
    }
    if is_last_exec(turn, &Person { role: None, ..person.clone() }) {
        refuse(turn, given.heard, say::last_exec(&person.name));
        return Done::refused("the last Exec");
    }
    ask_to_revoke(turn, given, &person, role, None)
}

/// A role is only taken away after a second look, also by giving a lesser one.
fn ask_to_revoke(
    turn: &mut Turn<'_>,
    given: Given<'_>,
    person: &Person,
    role: Role,
    left: Option<Role>,
) -> Done {
    let (heard, user) = (given.heard, UserId(person.id.0));
    if !has_buttons(heard) {
        say_back(turn, heard, say::only_people());
        return Done::refused("only people take roles away");
    }
    let text = say::revoke_question(&person.name, role, left);
    ask::ask(turn, heard.sender.id, heard.message, &Order::Revoke { user, role, left }, text);
    Done::well("asked back")
}

/// Confirmed: as things are by now.
pub(super) fn revoke_now(
    turn: &mut Turn<'_>,
    user: UserId,
    role: Role,
    left: Option<Role>,
) -> Result<String, String> {
    let Some(Member::Person(person)) = turn.mesh().roll.get(user).cloned() else { return Err(say::stale()) };
    let without = Person { role: left, ..person.clone() };
    if person.role != Some(role) {
        return Err(say::stale());
    }
    if is_last_exec(turn, &without) {
        return Err(say::last_exec(&person.name));
    }
    turn.fact(Fact::PersonKnown(without));
    Ok(say::revoked(&person.name, role, left))
}

fn bind(turn: &mut Turn<'_>, given: Given<'_>) -> Done {
    let persona = say::clean_name(given.argument(1), PERSONA_MOST);
    if persona.is_empty() || !given.argument(0).starts_with('@') {
        return usage(turn, given);
    }
    if RESERVED.iter().any(|word| persona.eq_ignore_ascii_case(word))
        || persona.eq_ignore_ascii_case(&turn.rules().node)
    {
        refuse(turn, given.heard, say::name_taken(&persona));
        return Done::refused("that name is taken");
    }
    let holder = turn.mesh().roll.by_name(&persona).map(|member| member.who().user());
    let person = match whom(turn, given.argument(0)) {
        Whom::Known(person) => Person { name: persona.clone(), ..person },
        Whom::Number(user) => Person { name: persona.clone(), ..stranger(turn, user, None) },
        Whom::Unheard(username) if holder.is_none() => {
            return promise(turn, given, username, None, Some(persona));
        }
        Whom::Agent(name) => return not_a_person(turn, given, &name),
        Whom::Unheard(_) => {
            refuse(turn, given.heard, say::name_taken(&persona));
            return Done::refused("that name is taken");
        }
        Whom::Nobody => return nobody(turn, given),
    };
    if holder.is_some_and(|holder| holder.0 != person.id.0) {
        refuse(turn, given.heard, say::name_taken(&persona));
        return Done::refused("that name is taken");
    }
    let text = say::bound(given.argument(0), &person.name, person.id);
    turn.fact(Fact::PersonKnown(person));
    say_back(turn, given.heard, text);
    Done::well("bound")
}

/// Somebody was heard: their username is theirs from now on, and what was promised to it is kept. Where it was pinned to
/// somebody else, it gives nothing, and Execs are told.
pub(in super::super) fn met(turn: &mut Turn<'_>, sender: &Sender) {
    let Some(username) = sender.username.as_deref().filter(|_| sender.kind == SenderKind::Person) else {
        return;
    };
    let username = fold_username(username);
    match turn.mesh().orders.pinned(&username) {
        Some(user) if user == sender.id => {}
        Some(user) => changed_hands(turn, sender, &username, user),
        None => pin(turn, sender, &username),
    }
}

/// Of strangers only those are pinned to whom something was promised.
fn pin(turn: &mut Turn<'_>, sender: &Sender, username: &str) {
    let (user, now) = (sender.id, turn.now());
    let promise = turn.mesh().orders.promise(username, now).cloned();
    let known = turn.mesh().roll.get(user).cloned();
    if (promise.is_none() && known.is_none()) || !turn.mesh().orders.has_room() {
        return;
    }
    turn.fact(Fact::Ordered(Ordered::Pinned { username: username.to_owned(), user }));
    let Some(promise) = promise else { return };
    turn.fact(Fact::Ordered(Ordered::PromiseEnded { username: username.to_owned() }));
    let person = match known {
        Some(Member::Person(person)) => person,
        Some(Member::Agent(_)) => return,
        None => Person { id: PersonId(user.0), name: free_name(turn, &sender.name, user), role: None },
    };
    let name =
        promise.persona.as_deref().map_or(person.name.clone(), |persona| free_name(turn, persona, user));
    let person = Person { role: promise.role.or(person.role), name, ..person };
    if is_last_exec(turn, &person) {
        return;
    }
    let result = Ok(format!("{} is {} now", person.name, say::role(person.role)));
    turn.fact(Fact::PersonKnown(person));
    let by = UserId(promise.by.0);
    let name = turn.name(Who::Person(promise.by));
    let (command, target) = ("perms promise kept".to_owned(), Some(format!("@{username} ({user})")));
    turn.decision.audit.push(Audited { user: by, name, command, target, result, anchor: None });
}

fn changed_hands(turn: &mut Turn<'_>, sender: &Sender, username: &str, was: UserId) {
    let (user, at, what) = (sender.id, turn.now(), Once::ChangedHands);
    let matters = turn.mesh().roll.get(was).is_some();
    if !matters || turn.mesh().was_told(user, what, at) {
        return;
    }
    turn.fact(Fact::Told { user, what, at });
    let owner = turn.mesh().roll.get(was).map(|member| turn.name(member.who())).unwrap_or_default();
    let text = say::changed_hands(username, user, &owner, was);
    let (name, command) = (say::clean_name(&sender.name, PERSONA_MOST), "username changed hands".to_owned());
    let (target, result) = (Some(format!("@{username}")), Err(text.clone()));
    turn.decision.audit.push(Audited { user, name, command, target, result, anchor: None });
    let (slot, chat) = (Slot::Alert(user), turn.rules().group);
    turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons: Vec::new(), sound: false });
}

/// `/start WORD`: whoever shows the word that `mesh init` printed becomes an Exec, once and within the hour.
pub(super) fn accept_invitation(turn: &mut Turn<'_>, heard: &Heard, word: &str) -> bool {
    let hash = hash_of(word);
    let (user, now) = (heard.sender.id, turn.now());
    if !turn.mesh().orders.invites(&hash, heard.heard_at.max(now)) {
        return false;
    }
    turn.fact(Fact::Noted { message: heard.message });
    turn.fact(Fact::Ordered(Ordered::InvitationEnded { hash }));
    let person = match turn.mesh().roll.get(user).cloned() {
        Some(Member::Person(person)) => Person { role: Some(Role::Exec), ..person },
        Some(Member::Agent(_)) => return false,
        None => {
            let name = free_name(turn, &heard.sender.name, user);
            Person { id: PersonId(user.0), name, role: Some(Role::Exec) }
        }
    };
    let name = person.name.clone();
    turn.fact(Fact::PersonKnown(person));
    met(turn, &heard.sender);
    super::audit(turn, heard, &["start".to_owned(), "‹link›".to_owned()], Done::well("is Exec now"));
    say_back(turn, heard, say::welcome(&name));
    true
}

/// A person's edit of the permissions: already decided, here it becomes facts, audited "by file".
pub(in super::super) fn settle_people(turn: &mut Turn<'_>, people: Vec<Person>, by: &str) {
    let gone = turn.mesh().roll.members().filter_map(|member| match member {
        Member::Person(person) if !people.iter().any(|other| other.id == person.id) => Some(person.clone()),
        _ => None,
    });
    for person in gone.collect::<Vec<_>>() {
        turn.fact(Fact::Forgotten { user: UserId(person.id.0) });
        note(turn, by, target(&person), "forgotten".to_owned());
    }
    for person in people {
        let before = turn.mesh().roll.get(UserId(person.id.0)).cloned();
        if before != Some(Member::Person(person.clone())) {
            let what = format!("is {}", say::role(person.role));
            note(turn, by, target(&person), what);
            turn.fact(Fact::PersonKnown(person));
        }
    }
}

/// What somebody wrote into `permissions.json`.
pub(in super::super) fn settle_edit(turn: &mut Turn<'_>, edit: Edit) {
    settle_people(turn, edit.people, FILE);
    for username in edit.ended {
        turn.fact(Fact::Ordered(Ordered::PromiseEnded { username: username.clone() }));
        note(turn, FILE, format!("@{username}"), "forgotten".to_owned());
    }
    for Entry { username, persona, role, .. } in edit.waiting {
        let username = fold_username(&username.unwrap_or_default());
        let what = format!("is {}", say::role(role));
        let person = match turn.mesh().orders.pinned(&username).map(|user| by_number(turn, user)) {
            Some(Whom::Known(person)) => Person { role, ..person },
            Some(Whom::Number(user)) => {
                Person { name: free_name(turn, &persona, user), ..stranger(turn, user, role) }
            }
            _ => {
                let (by, at, persona) = (BY_FILE, turn.now(), Some(persona));
                note(turn, FILE, format!("@{username}"), format!("{what} once heard"));
                turn.fact(Fact::Ordered(Ordered::Promised { username, role, persona, by, at }));
                continue;
            }
        };
        note(turn, FILE, target(&person), what);
        turn.fact(Fact::PersonKnown(person));
    }
}

fn target(person: &Person) -> String {
    format!("{} ({})", person.name, person.id)
}

/// What the audit calls the file.
const FILE: &str = "permissions.json";

fn note(turn: &mut Turn<'_>, by: &str, target: String, what: String) {
    let (user, name, command) = (UserId(0), by.to_owned(), format!("perms by {by}"));
    let target = Some(target);
    turn.decision.audit.push(Audited { user, name, command, target, result: Ok(what), anchor: None });
}

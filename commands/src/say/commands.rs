//! The words of `/mesh` commands.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{clock, role, short};
use crate::effect::Deed;
use crate::fact::{Agent, Order, Role};
use crate::grammar::is_invisible;
use crate::ids::{PersonId, UserId, Who};
use crate::mesh::{Member, Mesh};
use crate::rules::Rules;
use crate::rules::settings::Setting;

/// A message holds so many UTF-16 units (Bot API, sendMessage); a little less, for what markup may add.
const PART_MOST: usize = 4_000;
/// What says that the rest was left out has so much room.
const LEFT_OUT_ROOM: usize = 100;
/// Lists of people are cut after so many lines.
const PEOPLE_MOST: usize = 60;
/// Of what did not reach an agent, so many are shown, the newest first.
const LETTERS_MOST: usize = 5;

/// A long text in messages, cut at lines where that can be.
pub fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        let units = line.encode_utf16().count();
        if length + units > PART_MOST && length > 0 {
            parts.push(String::new());
            length = 0;
        }
        if units <= PART_MOST {
            length += units;
            if let Some(part) = parts.last_mut() {
                part.push_str(line);
            }
            continue;
        }
        for c in line.chars() {
            if length + c.len_utf16() > PART_MOST {
                parts.push(String::new());
                length = 0;
            }
            length += c.len_utf16();
            if let Some(part) = parts.last_mut() {
                part.push(c);
            }
        }
    }
    let mut parts: Vec<_> = parts.iter().map(|part| part.trim_end().to_owned()).collect();
    parts.retain(|part| !part.trim().is_empty());
    if parts.is_empty() { vec!["(nothing)".into()] } else { parts }
}

/// The same in so many messages at most, the last of which says what is not in them; so many characters are not.
pub fn parts_at_most(text: &str, most: usize) -> (Vec<String>, usize) {
    let mut parts = parts(text);
    if parts.len() <= most {
        return (parts, 0);
    }
    parts.truncate(most);
    if let Some(last) = parts.last_mut() {
        let mut units = 0;
        let fits = |c: &char| {
            units += c.len_utf16();
            units <= PART_MOST - LEFT_OUT_ROOM
        };
        *last = last.chars().take_while(fits).collect();
    }
    let count = |text: &str| text.chars().filter(|c| *c != super::group::JOINER).count();
    let shown: usize = parts.iter().map(|part| count(part)).sum();
    let left = count(text).saturating_sub(shown);
    if let Some(last) = parts.last_mut() {
        last.push_str(&super::delivery::left_out(left));
    }
    (parts, left)
}

/// Somebody's name without what hides or turns letters, at most so many characters.
pub fn clean_name(name: &str, most: usize) -> String {
    let shown = |c: &char| c.is_whitespace() || (!is_invisible(*c) && !c.is_control());
    let name: String = name.chars().filter(shown).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    name.chars().filter(|c| *c != '`').take(most).collect::<String>().trim().to_owned()
}

/// A command that came while nobody listened.
pub fn missed_while_offline(command: &str) -> String {
    format!(
        "Missed while offline: `/mesh {}`. Say it again if you still want it.",
        short(command).replace('`', "'")
    )
}

/// To a call that asks what takes a look at the journal.
pub fn not_by_call() -> String {
    "Not by a call: ask in the group, or by a command of its own such as `mesh why`.".into()
}

/// Only a person may.
pub fn only_people() -> String {
    "Only a person can do that, in a chat with the mesh's bot.".into()
}

/// A name that is no agent's.
pub fn no_agent_called(name: &str) -> String {
    format!("No agent is called \"{}\". Try `/mesh agents`", short(name))
}

/// A name that is nobody's.
pub fn nobody_called(name: &str) -> String {
    format!("Nobody is called \"{}\" here.", short(name))
}

/// Why an agent can't be reached.
pub fn no_driver(agent: &str, node: &str) -> String {
    format!("No driver for {agent} is configured (driver in its [[agents]]); `{node}` is the node itself.")
}

/// The node's own pause.
pub fn node_is_stopped() -> String {
    "The node itself is held by `/mesh stop`, and goes on by `/mesh start`.".into()
}

/// To an agent.
pub fn you_are_paused(by: &str) -> String {
    format!("Paused by {by}. What you say is held back until you are resumed.")
}

/// Everything about one agent.
pub fn agent(mesh: &Mesh, rules: &Rules, agent: &Agent, now: Timestamp) -> String {
    let mut text = super::cards::agent_line(mesh, rules, agent, now);
    let who = Who::Agent(agent.id);
    let _ = write!(text, "\nId: {}", agent.id);
    if !agent.aliases.is_empty() {
        let _ = write!(text, "\nAlso called: {}", agent.aliases.join(", "));
    }
    let _ = write!(text, "\n{}", if agent.always_on { "Always on" } else { "On now and then" });
    if let Some((by, at)) = mesh.floor.paused.get(&agent.id) {
        let by = mesh.name(Who::Person(*by));
        let _ = write!(text, "\n⏸️ Paused by {by} {}", clock(*at, &rules.zone));
    } else if let Some(order) = mesh.floor.stood_down.get(&agent.id) {
        let by = mesh.name(Who::Person(order.by));
        let _ = write!(text, "\n😴 Stood down by {by} {}", clock(order.at, &rules.zone));
    }
    if mesh.floor.lead == Some(agent.id) {
        text.push_str("\nLeads");
    }
    for (_, claim) in mesh.claims.of(who) {
        let _ = write!(text, "\n🔒 {}", short(&claim.task));
    }
    if let Some((at, why)) = mesh.letters.shut(agent.id) {
        let at = clock(*at, &rules.zone);
        let _ = write!(text, "\n{}", super::delivery::shut_since(&at, why));
    }
    for (at, why, letter) in
        mesh.letters.of(agent.id).iter().flat_map(|dead| dead.letters.iter().rev().take(LETTERS_MOST))
    {
        let at = clock(*at, &rules.zone);
        let _ = write!(text, "\n{}", super::delivery::dead_letter(&at, why, letter));
    }
    text
}

/// What a private message was sent about.
pub fn sent_to_you(what: &str) -> String {
    format!("{what} sent to you.")
}

/// A bot can't write to who has not written to it.
pub fn open_a_chat(bot: Option<&str>) -> String {
    cannot_write(bot, "ask again")
}

/// To whoever tapped: a tap has no message of theirs to answer.
pub fn open_a_chat_and_tap(name: &str, bot: Option<&str>) -> String {
    format!("{name}: {}", cannot_write(bot, "tap again"))
}

fn cannot_write(bot: Option<&str>, then: &str) -> String {
    let bot = bot.map_or("the mesh's bot".to_owned(), |bot| format!("@{bot}"));
    format!("I can't write to you yet: open a chat with {bot}, press Start, and {then}.")
}

/// Before a text that is too long for messages.
pub fn as_file() -> String {
    "Too long for messages: it comes as a file.".into()
}

/// Behind the beginning of a text that is too long for an agent.
pub fn left_out() -> String {
    "The rest is left out: ask for less.".into()
}

/// What could not be looked up.
pub fn not_found_out(why: &str) -> String {
    format!("⚠️ That could not be found out: {why}")
}

/// Before a restart.
pub fn restart_question(node: &str, held: usize) -> String {
    let tasks = match held {
        0 => "Nothing is held.".to_owned(),
        1 => "1 task is held, and stays so.".to_owned(),
        held => format!("{held} tasks are held, and stay so."),
    };
    format!("🔄 Restart {node}? {tasks} What is said meanwhile is heard afterwards.")
}

/// To one who tapped Restart.
pub fn sure() -> String {
    "Asked back below: confirm it there.".into()
}

/// It begins.
pub fn restarting(node: &str) -> String {
    format!("🔄 Restarting {node} …")
}

/// The same message, afterwards.
pub fn restarted(node: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("✅ {node} restarted {}.", clock(at, zone))
}

/// The same message, where it can't be told.
pub fn restart_unknown(node: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!(
        "⚠️ Restart of {node}: outcome unknown, it ended otherwise meanwhile. It runs again since {}; nothing was tried twice.",
        clock(at, zone)
    )
}

/// The same message, where it came to nothing.
pub fn not_restarted(node: &str, why: &str) -> String {
    format!("❌ {node} was not restarted: {why}")
}

/// The buttons of a question.
pub fn choices(order: &Order, of: &str) -> (String, String) {
    match order {
        Order::Restart | Order::Restarting => (format!("🔄 Restart {of}"), "❌ Don't".into()),
        Order::Drive { deed: Deed::Restart | Deed::Look, .. } => {
            (format!("🔄 Restart {of}"), "❌ Don't".into())
        }
        Order::Revoke { .. } => ("✅ Revoke".into(), "❌ Keep".into()),
        Order::Set { .. } | Order::Drive { .. } | Order::Driving { .. } => {
            ("✅ Apply".into(), "❌ Discard".into())
        }
    }
}

/// A question was answered with no.
pub fn left_alone(order: &Order, of: &str) -> String {
    match order {
        Order::Drive { deed: Deed::Set { key, .. }, .. }
        | Order::Driving { deed: Deed::Set { key, .. }, .. } => {
            format!("❌ `{}` of {of} stays as it is", short(key))
        }
        Order::Restart | Order::Restarting | Order::Drive { .. } | Order::Driving { .. } => {
            format!("❌ {of} is not restarted")
        }
        Order::Revoke { role: revoked, .. } => format!("❌ {} is not taken away", role(Some(*revoked))),
        Order::Set { key, .. } => format!("❌ `{key}` stays as it is"),
    }
}

/// What was done, by whom and when.
pub fn by(text: &str, name: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("{}, by {name} {}.", text.trim_end_matches('.'), clock(at, zone))
}

/// A question that waited too long.
pub fn expired() -> String {
    "This question has expired. Give the command again.".into()
}

/// One setting of the node.
pub fn setting(key: &str, value: &str, by: Option<&str>) -> String {
    let by = by.map(|by| format!(" (set by {by})")).unwrap_or_default();
    format!("`{key} = {value}`{by}")
}

/// A setting that does not exist.
pub fn no_setting(key: &str, near: Option<&str>) -> String {
    let near = near.map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
    format!("There is no setting \"{}\".{near}", short(key))
}

/// A value that can't be.
pub fn not_set(key: &str, why: &str) -> String {
    format!("❌ `{key}`: {why}.")
}

/// A change, before it is applied.
pub fn diff(node: &str, key: &str, from: &str, to: &str) -> String {
    format!("⚙️ {node}\n`- {key} = {from}`\n`+ {key} = {to}`")
}

/// The same message, applied.
pub fn set(key: &str, rules: &Rules) -> String {
    let value = Setting::named(key).map(|setting| setting.show(rules)).unwrap_or_default();
    format!("✅ `{key} = {value}`")
}

/// Everything is held.
pub fn stopped(by: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!(
        "🛑 Stopped by {by} {}. All that the mesh says and does is held until `/mesh start`; it goes on listening.",
        clock(at, zone)
    )
}

/// It goes on.
pub fn started(by: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("▶️ Going on. It was stopped by {by} {}; what was held goes out now.", clock(at, zone))
}

/// Nothing is held.
pub fn not_stopped() -> String {
    "It is not stopped.".into()
}

/// Who may do what.
pub fn permissions(mesh: &Mesh, now: Timestamp) -> String {
    let mut lines: Vec<String> = mesh
        .roll
        .members()
        .map(|member| {
            let who = member.who();
            let username = mesh.orders.username_of(who.user());
            let username = username.map(|username| format!(", @{username}")).unwrap_or_default();
            let agent = if matches!(member, Member::Agent(_)) { ", an agent" } else { "" };
            format!("{} — {} ({}{username}{agent})", mesh.name(who), role(member.role()), who.user())
        })
        .collect();
    let waiting = mesh.orders.promises().filter(|(username, _)| mesh.orders.promise(username, now).is_some());
    lines.extend(
        waiting
            .map(|(username, promise)| format!("@{username} — {}, once they are heard", role(promise.role))),
    );
    let more = lines.len().saturating_sub(PEOPLE_MOST);
    lines.truncate(PEOPLE_MOST);
    lines.extend((more > 0).then(|| format!("… and {more} more")));
    if lines.is_empty() { "Nobody has a role.".into() } else { lines.join("\n") }
}

/// A role was given.
pub fn granted_role(name: &str, given: Role) -> String {
    format!("✅ {name} is {} now.", role(Some(given)))
}

/// A role waits for its person.
pub fn promised(username: &str, given: Option<Role>, persona: Option<&str>) -> String {
    let given = given.map(|given| format!(" as {}", role(Some(given)))).unwrap_or_default();
    let persona = persona.map(|persona| format!(", called {persona}")).unwrap_or_default();
    format!(
        "⏳ @{username}{given}{persona}: bound when they are first heard, within a week (a bot can't look names up)."
    )
}

/// It waits no more.
pub fn promise_ended(username: &str) -> String {
    format!("✅ @{username} will be given nothing.")
}

/// Agents have one role.
pub fn agents_are_operators(name: &str) -> String {
    format!("❌ {name} is an agent: agents are Operators, and are configured in mesh.toml.")
}

/// Somebody has to be left who can grant.
pub fn last_exec(name: &str) -> String {
    format!("❌ {name} is the last Exec: make somebody else one first.")
}

/// A role that somebody does not have.
pub fn has_another_role(name: &str, has: Option<Role>, asked: Role) -> String {
    format!("❌ {name} is not {}. Current: {}", role(Some(asked)), role(has))
}

/// Before a role is taken away.
pub fn revoke_question(name: &str, taken: Role, left: Option<Role>) -> String {
    let left = left.map(|left| format!(" {} is left.", role(Some(left)))).unwrap_or_default();
    format!("Take {} from {name}?{left}", role(Some(taken)))
}

/// It was taken away.
pub fn revoked(name: &str, taken: Role, left: Option<Role>) -> String {
    let left = left.map(|left| format!(", but {}", role(Some(left)))).unwrap_or_default();
    format!("✅ {name} is no longer {}{left}", role(Some(taken)))
}

/// A name that another has.
pub fn name_taken(name: &str) -> String {
    format!("❌ Somebody else is called {name}.")
}

/// A persona has its person.
pub fn bound(username: &str, persona: &str, id: PersonId) -> String {
    format!("✅ {username} ({id}) is {persona}.")
}

/// A username that is somebody else's now.
pub fn changed_hands(username: &str, user: UserId, owner: &str, was: UserId) -> String {
    format!(
        "⚠️ @{username} is another account's now ({user}); it was {owner}'s ({was}). It gives no role: roles go by number."
    )
}

/// To Execs.
pub fn asked_for_mesh(username: Option<&str>, name: &str, user: UserId) -> String {
    match username {
        Some(username) => format!("@{} asked for `/mesh`. ({name}, {user})", clean_name(username, 32)),
        None => format!("{name} ({user}) asked for `/mesh`."),
    }
}

/// The same message, once an Exec wants to hear no more.
pub fn ignored(name: &str) -> String {
    format!("{name} is ignored")
}

/// Somebody is to be Exec whom nobody has heard of.
pub fn exec_unheard(user: UserId) -> String {
    format!(
        "❌ Nobody with the number {user} was heard yet. An Exec must have written `/mesh` once: then grant it again."
    )
}

/// To the first Exec.
pub fn welcome(name: &str) -> String {
    format!("✅ You are Exec now, {name}. `/mesh help` lists what you can do.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_at_lines() {
        let line = "x".repeat(99) + "\n";
        let text = line.repeat(100);
        let parts = parts(&text);
        assert_eq!(parts.len(), 3);
        assert!(parts.iter().all(|part| part.encode_utf16().count() <= 4_096 && part.ends_with('x')));
        assert_eq!(parts.join("\n") + "\n", text);
    }

    #[test]
    fn a_line_without_an_end_is_cut_anyway_and_no_character_in_two() {
        let parts = parts(&"🔒".repeat(5_000));
        assert_eq!(parts.iter().map(|part| part.chars().count()).sum::<usize>(), 5_000);
        assert!(parts.iter().all(|part| part.encode_utf16().count() <= 4_096));
        assert_eq!(super::parts("\n\n"), ["(nothing)"]);
    }

    #[test]
    fn names_hide_nothing() {
        assert_eq!(clean_name("\u{202e}Ely\u{200b} `the\nboss`\u{2066}", 64), "Ely the boss");
        assert_eq!(clean_name("\u{200b}\u{202e}", 64), "");
        assert_eq!(clean_name(&"e".repeat(500), 64).len(), 64);
    }
}

//! The words the mesh uses. Plain text; a pair of backticks marks code.

pub mod answers;
pub mod board;
mod cards;
mod commands;
mod contest;
pub mod delivery;
pub mod driven;
pub mod forward;
mod group;
pub mod guard;
pub mod health;
mod late;
mod page;
pub mod question;
pub mod relay;
pub mod secret;
pub mod similar;
mod tasks;

pub use commands::*;
pub use contest::*;
pub use late::*;
pub use tasks::*;

pub use cards::{agents, claims, claims_in_short, help, status};
pub use group::{for_the_group, without_mentions};

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::fact::Role;
use crate::grammar;
use crate::ids::Fence;
use crate::slash::Command;

/// Foreign words are shown with at most so many characters.
const SHOWN_MOST: usize = 120;

/// A time of day, shown as `14:40`.
#[derive(Clone, Copy, Debug)]
pub struct Clock([u8; 5]);

impl Clock {
    /// The time of day in a zone.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let time = zone.to_datetime(at).time();
        let digit = |number: i8| b'0' + number.unsigned_abs() % 10;
        let (hour, minute) = (time.hour(), time.minute());
        Self([digit(hour / 10), digit(hour), b':', digit(minute / 10), digit(minute)])
    }

    /// As it is shown.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `14:40`
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    Clock::of(at, zone).as_str().to_owned()
}

/// `14:40 UTC`
pub fn clock_zone(at: Timestamp, zone: &TimeZone) -> String {
    [Clock::of(at, zone).as_str(), zone.to_offset_info(at).abbreviation()].join(" ")
}

/// A foreign text on one line, cut where it is too long.
pub fn short(text: &str) -> Cow<'_, str> {
    if text.len() <= SHOWN_MOST && grammar::is_one_line(text) {
        return text.into();
    }
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN_MOST {
        return line.into();
    }
    line.chars().take(SHOWN_MOST - 1).chain(['…']).collect()
}

/// A role's name.
pub fn role(role: Option<Role>) -> &'static str {
    match role {
        None => "none",
        Some(Role::Viewer) => "Viewer",
        Some(Role::Operator) => "Operator",
        Some(Role::Exec) => "Exec",
    }
}

fn until_zone(until: Option<Timestamp>, zone: &TimeZone) -> String {
    until.map(|until| format!(" until {}", clock_zone(until, zone))).unwrap_or_default()
}

fn until_short(until: Option<Timestamp>, zone: &TimeZone) -> String {
    until.map(|until| format!(" until {}", clock(until, zone))).unwrap_or_default()
}

/// `Sandman, Oracle and Local`
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn place_in_line(place: usize) -> String {
    match place {
        1 => "You are next.".into(),
        place => format!("You are number {place} in line."),
    }
}

/// To a holder: it has the task, under which fence, until when.
pub fn granted(task: &str, fence: Fence, until: Option<Timestamp>, zone: &TimeZone) -> String {
    let until = until.map(|until| format!(", until {}", clock_zone(until, zone))).unwrap_or_default();
    format!("Granted: \"{}\". Fence {}{until}.", short(task), fence.counter())
}

/// To the other agents.
pub fn pause(task: &str, owner: &str, until: Option<Timestamp>, zone: &TimeZone) -> String {
    let until = until_zone(until, zone);
    format!("PAUSE: \"{}\" is {owner}'s{until}. Wait for DONE or HANDOFF.", short(task))
}

/// To an agent whose claim was refused.
pub fn held(
    owner: &str,
    until: Option<Timestamp>,
    fence: Fence,
    place: Option<usize>,
    zone: &TimeZone,
) -> String {
    let (until, fence) = (until_zone(until, zone), fence.counter());
    let place = place.map(|place| format!(" {}", place_in_line(place))).unwrap_or_default();
    format!("Held by {owner}{until} (fence {fence}).{place}")
}

/// To a person whose claim was refused.
pub fn has_this(owner: &str, until: Option<Timestamp>, place: Option<usize>, zone: &TimeZone) -> String {
    let place = place.map(|place| format!(" {}", place_in_line(place))).unwrap_or_default();
    format!("🔒 {owner} has this{}.{place}", until_short(until, zone))
}

/// The same message, once the task is free.
pub fn free_since(at: Timestamp, zone: &TimeZone) -> String {
    format!("🔓 Free since {}. Claim it again if you still want it.", clock(at, zone))
}

/// To the agent that was next.
pub fn free_again(task: &str) -> String {
    format!("Free: \"{}\". You are next; claim it if you still want it.", short(task))
}

/// To a claimant while it is not known what was missed.
pub fn uncertain() -> String {
    "Not granted: part of the chat was missed. Claim again in a minute.".into()
}

/// To an agent that almost spoke the grammar.
pub fn not_read(missing: &str) -> String {
    format!("Not read: {missing}")
}

/// To a person who led with the emoji and the keyword, and no task.
pub fn which_task() -> String {
    "Which task? Write it after \"EXCLUSIVE CLAIM:\".".into()
}

/// To one who is not the holder.
pub fn not_yours(owner: &str, fence: Option<Fence>) -> String {
    let fence = fence.map(|fence| format!(" (fence {})", fence.counter())).unwrap_or_default();
    format!("Not yours: {owner} holds it{fence}.")
}

/// To a holder whose task somebody else closed.
pub fn done_by(task: &str, by: &str) -> String {
    format!("Closed by {by}: \"{}\". Your fence is dead.", short(task))
}

/// To the other agents: nobody has it any more.
pub fn done_for_others(task: &str, by: &str, result: Option<&str>) -> String {
    format!("DONE by {by}: \"{}\".{}", short(task), with_result(result))
}

/// The same of a task that was let go.
pub fn released(task: &str, by: &str) -> String {
    format!("RELEASE by {by}: \"{}\".", short(task))
}

fn with_result(result: Option<&str>) -> String {
    result.map(|result| format!(" Result: {}.", short(result).trim_end_matches('.'))).unwrap_or_default()
}

/// An offer, to the agent it is made to.
pub fn offer(from: &str, task: &str, result: Option<&str>, by: Timestamp, zone: &TimeZone) -> String {
    let result = with_result(result);
    let by = clock_zone(by, zone);
    format!("HANDOFF from {from}: \"{}\".{result} Answer ACK or REFUSE <reason> by {by}.", short(task))
}

/// To the one who offered.
pub fn taken_over(task: &str, by: &str) -> String {
    format!("{by} took over \"{}\". Your fence is dead.", short(task))
}

/// To the one it was offered to, when the offer is taken back.
pub fn withdrawn(task: &str) -> String {
    format!("Withdrawn: \"{}\" is not handed to you any more.", short(task))
}

/// To an agent that accepts what is not offered.
pub fn no_offer(task: &str) -> String {
    format!("no handoff of \"{}\" to you is open.", short(task))
}

/// To the one who offered.
pub fn offer_refused(by: &str, task: &str, reason: Option<&str>) -> String {
    let reason =
        reason.map(|reason| format!(": {}", short(reason).trim_end_matches('.'))).unwrap_or_default();
    format!("{by} does not take \"{}\"{reason}. Still yours.", short(task))
}

/// To people, with sound.
pub fn offer_unanswered(task: &str, to: &str, from: &str, minutes: i64) -> String {
    format!("🤝 \"{}\": no answer from {to} for {minutes} min. Still {from}'s.", short(task))
}

/// The same message, once it is settled.
pub fn question_closed(task: &str, owner: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("🤝 \"{}\" → {owner} {}.", short(task), clock(at, zone))
}

/// The same message, once the task is finished without the handoff.
pub fn question_done(task: &str, by: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("🤝 \"{}\": done by {by} {}.", short(task), clock(at, zone))
}

/// The order, to the agent.
pub fn stand_down(by: &str) -> String {
    format!("Stand down, by order of {by}. Confirm with 👍 and stay quiet unless addressed.")
}

/// Its end, to the agent.
pub fn stand_up(by: &str) -> String {
    format!("You may speak again, by order of {by}. What was ordered before is void.")
}

/// To an Exec whose order names nobody.
pub fn stand_down_whom() -> String {
    "Who? Name the agent, or reply to one of its messages.".into()
}

/// To people, with sound.
pub fn unconfirmed(agent: &str, ordered: Timestamp, delivered: Option<Timestamp>, zone: &TimeZone) -> String {
    let (word, at) = delivered.map_or(("ordered", ordered), |at| ("delivered", at));
    format!("⚠️ {agent} has not confirmed \"stand down\" ({word} {}).", clock(at, zone))
}

/// The same message, once an Exec keeps the agent out.
pub fn agent_paused(agent: &str, by: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("⏸️ {agent} paused by {by} {}.", clock(at, zone))
}

/// The same message, once confirmed.
pub fn confirmed(agent: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("👍 {agent} confirmed {}.", clock(at, zone))
}

/// The same message, once it no longer matters.
pub fn stood_up(agent: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("{agent} may speak again since {}.", clock(at, zone))
}

/// Permission denied.
pub fn requires(needed: Role, current: Option<Role>) -> String {
    format!("❌ Requires {} role. Current: {}", role(Some(needed)), role(current))
}

/// Too many commands.
pub fn too_many(seconds: i64) -> String {
    format!("Too many commands. Again in {seconds} s.")
}

/// Too many taps.
pub fn too_many_taps(seconds: i64) -> String {
    format!("Too many taps. Again in {seconds} s.")
}

/// Unknown command, with the nearest if one is near.
pub fn unknown_command(near: Option<&str>) -> String {
    let near = near.map(|near| format!(" Did you mean `/mesh {near}`?")).unwrap_or_default();
    format!("Unknown command. Try `/mesh help`{near}")
}

/// Invalid arguments.
pub fn usage(command: &Command) -> String {
    format!("Usage: `{}`", invocation(command))
}

/// `/mesh name args`
pub fn invocation(command: &Command) -> String {
    format!("/mesh {}", command.form)
}

/// To a stranger who writes to the account.
pub fn stranger() -> String {
    "This account belongs to a mesh of agents and answers only its members.".into()
}

/// A button whose data is not ours, or of an earlier key.
pub fn button_dead() -> String {
    "This button is no longer valid.".into()
}

/// A button made for somebody else.
pub fn not_your_button() -> String {
    "This button is not for you.".into()
}

/// A button whose matter was settled otherwise.
pub fn stale() -> String {
    "That was settled in the meantime.".into()
}

/// The card was drawn anew.
pub fn refreshed() -> String {
    "Refreshed.".into()
}

/// A task was taken.
pub fn yours(task: &str) -> String {
    format!("\"{}\" is yours.", short(task))
}

/// He waits.
pub fn waiting() -> String {
    "You will be told when it is free.".into()
}

/// A question was decided.
pub fn settled() -> String {
    "Settled.".into()
}

/// An agent was asked once more.
pub fn asked_again() -> String {
    "Asked again.".into()
}

//! The words about a task that are neither a claim nor an offer nor a contest.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{clock, clock_zone, listed, short};

/// To an agent whose shared claim is on the board.
pub fn noted(task: &str, others: &[String]) -> String {
    format!("Noted: \"{}\". No fence: others may be at it, too.{}", short(task), also(others))
}

/// To the other agents, of one who is at it, too.
pub fn noted_by(task: &str, by: &str) -> String {
    format!("Noted by {by}: \"{}\". No fence: others may be at it, too.", short(task))
}

/// ` Also at it: Oracle.`
pub fn also(others: &[String]) -> String {
    if others.is_empty() { String::new() } else { format!(" Also at it: {}.", listed(others)) }
}

/// To a person who claims what others noted.
pub fn also_reply(others: &[String]) -> String {
    format!("🎯 Also at it: {}.", listed(others))
}

/// To a person whose shared claim somebody claimed exclusively.
pub fn claimed_over(owner: &str) -> String {
    format!("🔒 {owner} has claimed this exclusively.")
}

/// To one whose shared claim ended.
pub fn note_ended(task: &str) -> String {
    format!("Taken off the board: \"{}\".", short(task))
}

/// To an agent that would wait for what is free.
pub fn free_now(task: &str) -> String {
    format!("Free: \"{}\". Claim it.", short(task))
}

/// The same to a person.
pub fn free_reply() -> String {
    "🔓 Free. Claim it if you want it.".into()
}

/// To an agent that waits: who has it, and its place.
pub fn queued(task: &str, owner: &str, place: usize) -> String {
    format!("\"{}\" is {owner}'s. {}", short(task), super::place_in_line(place))
}

/// To an owner whose lease is longer.
pub fn extended(task: &str, until: Timestamp, zone: &TimeZone) -> String {
    format!("Extended: \"{}\", until {}.", short(task), clock_zone(until, zone))
}

/// To an owner: its lease does not run. `by` where an Exec said so.
pub fn paused(task: &str, by: Option<&str>, blocked: bool) -> String {
    let (task, word) = (short(task), if blocked { "Blocked" } else { "Paused" });
    match by {
        Some(by) => format!("PAUSE: \"{task}\", by order of {by}. It stays yours, its lease does not run."),
        None => format!("{word}: \"{task}\". It stays yours, its lease does not run."),
    }
}

/// To the other agents: it is still its owner's, and nobody knows until when.
pub fn stands_still(task: &str, owner: &str, blocked: bool) -> String {
    let word = if blocked { "Blocked" } else { "Paused" };
    format!("{word}: \"{}\". It stays {owner}'s, its lease does not run.", short(task))
}

/// To an owner: its lease runs on.
pub fn resumed(task: &str, by: Option<&str>, until: Option<Timestamp>, zone: &TimeZone) -> String {
    let until = until.map(|until| format!(", until {}", clock_zone(until, zone))).unwrap_or_default();
    let by = by.map(|by| format!(" by order of {by}")).unwrap_or_default();
    format!("Resumed{by}: \"{}\"{until}.", short(task))
}

/// To an owner that would go on with what an Exec paused.
pub fn paused_by(by: &str) -> String {
    format!("Paused by {by}, who has to end it.")
}

/// To a holder, on an Operator's behalf.
pub fn is_it_done(who: &str, task: &str) -> String {
    format!("{who} asks whether \"{}\" is done. Answer DONE: … or send progress.", short(task))
}

/// The card of that question, once it was asked.
pub fn was_asked(owner: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("{owner} was asked {}.", clock(at, zone))
}

/// The same, once it was left.
pub fn was_left(owner: &str) -> String {
    format!("Left with {owner}.")
}

/// Of a task that nobody holds.
pub fn nobody_holds(task: &str) -> String {
    format!("Nobody holds \"{}\".", short(task))
}

/// Of a task that the sender holds already.
pub fn yours_already(task: &str) -> String {
    format!("\"{}\" is yours already.", short(task))
}

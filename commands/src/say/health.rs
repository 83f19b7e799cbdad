//! Who can't be reached, and who is back.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{clock, clock_zone, short};
use crate::mesh::Unheard;

/// An agent can't be reached.
pub fn unreachable(name: &str, seen: Option<Timestamp>, zone: &TimeZone) -> String {
    let seen = seen.map_or("never".to_owned(), |seen| clock_zone(seen, zone));
    format!("⚠️ {name} unreachable. Last seen: {seen}")
}

/// The same card, once somebody wants to hear no more of it.
pub fn silenced(card: &str, until: Timestamp, by: &str, zone: &TimeZone) -> String {
    format!("{card}\nSilent until {}, by {by}.", clock(until, zone))
}

/// The same card, once the agent is back.
pub fn reachable(name: &str, at: Timestamp, gone: SignedDuration, zone: &TimeZone) -> String {
    format!("🟢 {name} back {} ({})", clock(at, zone), long(gone))
}

/// The mesh was away.
pub fn back(gone: SignedDuration, applied: u32, missed: bool) -> String {
    let missed = if missed { " Part of the chat was missed." } else { "" };
    format!("Back after {}. Applied: {applied}.{missed}", long(gone))
}

/// Part of the chat could not be heard, nor can it be read now.
pub fn unheard(unheard: Unheard, zone: &TimeZone) -> String {
    let (from, to) = (clock(unheard.since, zone), clock_zone(unheard.until, zone));
    format!("Not heard: what was said from {from} to {to}. Say again what matters of it.")
}

/// What a command orders, as people say it: `restart Oracle`.
pub fn order(words: &[String]) -> String {
    let ordered = match words {
        [agent, name, verb, rest @ ..] if agent.eq_ignore_ascii_case("agent") => {
            [&[verb.clone(), name.clone()], rest].concat().join(" ")
        }
        _ => words.join(" "),
    };
    short(&ordered).into_owned()
}

/// One command that was not run: `restart Oracle (Ely, 14:05)`.
pub fn not_run(words: &[String], name: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("{} ({name}, {})", order(words), clock(at, zone))
}

/// The mesh was away, and these were not run.
pub fn with_not_run(back: &str, commands: impl Iterator<Item = String>) -> String {
    format!("{back} Not run: {}.", commands.collect::<Vec<_>>().join("; "))
}

/// They were run after all.
pub fn run_late(orders: &[String]) -> String {
    format!("Run: {}", orders.join("; "))
}

/// They were not.
pub fn dropped_late(orders: &[String]) -> String {
    format!("Dropped: {}", orders.join("; "))
}

/// `12 min`, `3 h 20 min`, `2 d 4 h`
fn long(time: SignedDuration) -> String {
    let minutes = time.as_mins().max(0);
    match minutes {
        ..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1_440, minutes % 1_440 / 60),
    }
}

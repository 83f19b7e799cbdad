//! The words about a lease that ends, and about taking over.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{clock, clock_zone, short};

/// To an owner, before its lease ends.
pub fn due(task: &str, until: Timestamp, zone: &TimeZone) -> String {
    format!("\"{}\" is due {}. Send progress to keep it.", short(task), clock_zone(until, zone))
}

/// To an owner, at the end of its lease.
pub fn ran_out(task: &str, until: Timestamp, from: Timestamp, zone: &TimeZone) -> String {
    let (until, from) = (clock_zone(until, zone), clock_zone(from, zone));
    format!("\"{}\" ran out {until}. Answer, or it may be taken over from {from}.", short(task))
}

/// To people, silently, of a task that is late.
pub fn late(what: &str) -> String {
    format!("🟡 {what}")
}

/// To all but its owner: anybody may take it over by now.
pub fn free_to_take(task: &str, owner: &str, minutes: i64) -> String {
    format!("\"{}\": {owner} silent for {minutes} min. Free to take over.", short(task))
}

/// The same message, once it is settled: `→ Sandman, …`, or that it was left.
pub fn late_settled(task: &str, outcome: &str) -> String {
    format!("🟡 \"{}\" {outcome}", short(task))
}

/// The same message, when the owner speaks again.
pub fn owner_back(task: &str, owner: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("🟡 \"{}\": {owner} is back {}.", short(task), clock(at, zone))
}

/// Who left it with whom.
pub fn left_with(owner: &str, by: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("left with {owner}, by {by} {}.", clock(at, zone))
}

/// To one whose takeover comes too early.
pub fn too_early(owner: &str, task: &str, from: Timestamp, zone: &TimeZone) -> String {
    format!("Not yet: \"{}\" is {owner}'s. Free to take over from {}.", short(task), clock_zone(from, zone))
}

/// To one who may not take it over: an Exec has to say so.
pub fn not_to_take(owner: &str, task: &str, why: &str) -> String {
    format!("Not free to take over: \"{}\" is {owner}'s, {why}. Ask an Exec.", short(task))
}

/// To an owner whom somebody would replace.
pub fn notice(who: &str, task: &str, from: Timestamp, zone: &TimeZone) -> String {
    let from = clock_zone(from, zone);
    format!("{who} would take over \"{}\" from {from}. Answer to keep it, or let it go.", short(task))
}

/// To one whose notice the owner answered.
pub fn kept(owner: &str, task: &str, status: Option<&str>) -> String {
    let status = status.map(|status| format!(": {}", short(status))).unwrap_or_default();
    let said = format!("{owner} keeps \"{}\"{status}", short(task));
    format!("{}.", said.trim_end_matches('.'))
}

/// To an owner whose task was taken over.
pub fn lost(task: &str, to: &str) -> String {
    format!("{to} took over \"{}\". Your fence is dead.", short(task))
}

/// To an Exec who gives a task to whoever has it.
pub fn has_it_already(who: &str, task: &str) -> String {
    format!("{who} has \"{}\" already.", short(task))
}

/// Who finished it after all.
pub fn finished_by(by: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("done by {by} {}.", clock(at, zone))
}

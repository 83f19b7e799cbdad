//! The words of a contest: who started what, who has it in the end.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{clock, listed, short};
use crate::fact::How;
use crate::ids::Fence;

/// One who started a task, and when.
pub type Started = (String, Timestamp);

/// To each of those who started the same, the owner by then with the fence that died.
pub fn contest_stop(task: &str, rivals: &[String], dead: Option<Fence>) -> String {
    let dead = dead.map(|fence| format!(" Fence {} is dead.", fence.counter())).unwrap_or_default();
    format!("PAUSE: \"{}\" is contested by {}.{dead} Wait for the verdict.", short(task), listed(rivals))
}

/// To people, with sound.
pub fn contest(task: &str, rivals: &[Started], zone: &TimeZone) -> String {
    let second = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string();
    let names: Vec<_> = rivals.iter().map(|(name, at)| format!("{name} ({})", second(*at))).collect();
    let all = if rivals.len() > 2 { ("all", "All") } else { ("both", "Both") };
    format!("⚖️ \"{}\": {} {} started. {} pause. Who?", short(task), listed(&names), all.0, all.1)
}

/// The same message, once somebody has it.
pub fn verdict(task: &str, outcome: &str) -> String {
    format!("⚖️ \"{}\" {outcome}", short(task))
}

/// The same message, once the task is finished instead.
pub fn contest_done(task: &str, by: &str, at: Timestamp, zone: &TimeZone) -> String {
    format!("⚖️ \"{}\": done by {by} {}.", short(task), clock(at, zone))
}

/// Who decided, in the words of a card; `person` where it was somebody.
pub fn ground(how: How, person: &str) -> String {
    match how {
        How::Word(_) => format!("by {person}"),
        How::Domain => "by the domain registry".into(),
        How::First => "by the first claim".into(),
        How::Left => "the only one left".into(),
        How::Takeover => "by takeover".into(),
    }
}

/// An assignment in one line: `→ Oracle, by Ely 14:04. Sandman pauses.`
pub fn given(to: &str, ground: &str, at: Timestamp, zone: &TimeZone, pausing: &[String]) -> String {
    let pauses = match pausing {
        [] => String::new(),
        [one] => format!(" {one} pauses."),
        several => format!(" {} pause.", listed(several)),
    };
    format!("→ {to}, {ground} {}.{pauses}", clock(at, zone))
}

/// To a claimant while nobody owns the task.
pub fn contested(rivals: &[String], place: Option<usize>) -> String {
    let place = place.map_or("Wait for the verdict.".to_owned(), super::place_in_line);
    format!("Contested by {}. {place}", listed(rivals))
}

/// The same to a person.
pub fn contested_reply(rivals: &[String], place: Option<usize>) -> String {
    let place = place.map(|place| format!(" {}", super::place_in_line(place))).unwrap_or_default();
    format!("⚖️ {} started this; it waits for a verdict.{place}", listed(rivals))
}

/// To a holder whose window is over, or whose task somebody else is at, too.
pub fn started_too(who: &str, task: &str, status: Option<&str>) -> String {
    let status = status.map(|status| format!(": {}", short(status))).unwrap_or_default();
    let said = format!("{who} says it has started \"{}\"{status}", short(task));
    format!("{}. Still yours.", said.trim_end_matches('.'))
}

/// To an agent that withdrew from a contest.
pub fn withdrew(task: &str) -> String {
    format!("Withdrawn: \"{}\" is contested without you.", short(task))
}

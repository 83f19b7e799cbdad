//! Who can't be reached, and who is back.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{clock, clock_zone};

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

/// `12 min`, `3 h 20 min`, `2 d 4 h`
fn long(time: SignedDuration) -> String {
    let minutes = time.as_mins().max(0);
    match minutes {
        ..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1_440, minutes % 1_440 / 60),
    }
}

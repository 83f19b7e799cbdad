//! Tasks like the one somebody begins.

use jiff::{SignedDuration, Timestamp};

use super::short;
use crate::mesh::{Claim, Mesh};
use crate::preflight::{Level, Preflight, Similar};
use crate::rules::Rules;

/// `Similar: "api key rotation" (Oracle, open); "api keys" (done 2 d ago).` Nothing where there is nothing.
pub fn sentence(mesh: &Mesh, similar: &[Similar], now: Timestamp) -> Option<String> {
    let each: Vec<_> = similar.iter().map(|similar| one(mesh, similar, now)).collect();
    (!each.is_empty()).then(|| format!("Similar: {}.", each.join("; ")))
}

/// `"api key rotation" (Oracle, open)`
pub fn one(mesh: &Mesh, similar: &Similar, now: Timestamp) -> String {
    let standing = match similar.done {
        Some(done) => format!("done {} ago", long(now.duration_since(done))),
        None => similar.who.map_or("contested".to_owned(), |who| format!("{}, open", mesh.name(who))),
    };
    format!("\"{}\" ({standing})", short(&similar.task))
}

/// What stands in the way of a task, to whoever asked before beginning it; `held` where it is open, be it theirs.
pub fn report(
    mesh: &Mesh,
    rules: &Rules,
    task: &str,
    found: &Preflight,
    held: Option<&Claim>,
    now: Timestamp,
) -> String {
    let task = short(task);
    let until = held.and_then(|claim| claim.until).filter(|until| *until > now);
    let until = until.map(|until| format!(" until {}", super::clock_zone(until, &rules.zone)));
    let verdict = match (found.level, held) {
        (Level::Blocked, Some(held)) => {
            format!("blocked: {} has \"{task}\"{}.", mesh.name(held.owner), until.unwrap_or_default())
        }
        (Level::Blocked, None) => format!("blocked: \"{task}\" is open."),
        (Level::Warning, _) => "warning: something very like it is open.".to_owned(),
        (Level::Review, _) => "review: something like it is open, or was done lately.".to_owned(),
        (Level::Clear, Some(_)) => {
            format!("clear: you have \"{task}\" yourself{}.", until.unwrap_or_default())
        }
        (Level::Clear, None) => format!("clear: nothing like \"{task}\" is open, nor was done lately."),
    };
    let similar = found.similar.iter().map(|similar| one(mesh, similar, now));
    std::iter::once(verdict).chain(similar).collect::<Vec<_>>().join("\n")
}

/// `5 min`, `3 h`, `2 d`
fn long(time: SignedDuration) -> String {
    match time.as_mins() {
        minutes @ ..120 => format!("{} min", minutes.max(0)),
        minutes @ 120..2_880 => format!("{} h", minutes / 60),
        minutes => format!("{} d", minutes / 1_440),
    }
}

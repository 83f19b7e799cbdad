//! Tasks like the one somebody begins.

use jiff::{SignedDuration, Timestamp};

use super::short;
use crate::mesh::Mesh;
use crate::preflight::Similar;

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

/// `5 min`, `3 h`, `2 d`
fn long(time: SignedDuration) -> String {
    match time.as_mins() {
        minutes @ ..120 => format!("{} min", minutes.max(0)),
        minutes @ 120..2_880 => format!("{} h", minutes / 60),
        minutes => format!("{} d", minutes / 1_440),
    }
}

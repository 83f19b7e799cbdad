//! The words about a secret that was posted.

use jiff::tz::TimeZone;

use super::{clock, short};
use crate::fact::{Deletion, Ruling};
use crate::mesh::Leak;

/// The card, with sound at first; later what was decided, `by` whom.
pub fn card(leak: &Leak, by: &str, zone: &TimeZone) -> String {
    let posted = &leak.posted;
    let task = short(posted.task.as_deref().unwrap_or_default());
    let state = match leak.ruling {
        None => "Treat it as public.".into(),
        Some((Ruling::RotateNow, _, at)) => format!("Rotate now, by {by} {}.", clock(at, zone)),
        Some((Ruling::RotateAfter, ..)) if leak.due => format!("Rotate now: \"{task}\" is done."),
        Some((Ruling::RotateAfter, _, at)) => {
            format!("Rotate after \"{task}\", by {by} {}.", clock(at, zone))
        }
        Some((Ruling::FalseAlarm, _, at)) => format!("False alarm, by {by} {}.", clock(at, zone)),
    };
    let message = match &leak.deletion {
        None | Some(Deletion::Asked) => String::new(),
        Some(Deletion::Done) => " The message is deleted.".into(),
        Some(Deletion::Failed(why)) => {
            format!(" The message could not be deleted: {}.", short(why).trim_end_matches('.'))
        }
    };
    format!("🙈 {} posted {}. {state}{message}", short(&posted.name), posted.what)
}

/// On the button that puts the rotation off.
pub fn rotate_after(task: &str) -> String {
    const MOST: usize = 32;
    let task = short(task);
    let more = if task.chars().count() > MOST { "…" } else { "" };
    let shown: String = task.chars().take(MOST - more.chars().count()).collect();
    format!("Rotate after \"{shown}{more}\"")
}

/// The order, to the agent. `poster`: who posted it, if that was somebody else.
pub fn rotate(leak: &Leak, by: &str, poster: Option<&str>) -> String {
    let when = match leak.posted.task.as_deref().filter(|_| leak.waits() || leak.due) {
        None => format!("now, by order of {by}"),
        Some(task) if leak.due => format!("now, by order of {by}, as \"{}\" is done", short(task)),
        Some(task) => format!("after \"{}\", by order of {by}", short(task)),
    };
    let who = poster.map_or("you".into(), short);
    format!("Rotate {when}: {} that {who} posted is public.", leak.posted.what)
}

/// Several kinds as one: `a bot token and a password`.
pub fn kinds<'a>(kinds: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 3;
    let mut different: Vec<&str> = Vec::new();
    kinds.for_each(|kind| {
        if !different.contains(&kind) {
            different.push(kind);
        }
    });
    if different.len() > MOST {
        different.truncate(MOST);
        different.push("more");
    }
    match different.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

/// To an Exec who tapped.
pub fn noted() -> String {
    "Noted.".into()
}

/// In the audit, for what the mesh was about to send itself.
pub fn kept_back() -> String {
    "there is a secret in it".into()
}

//! The board: what is open, on one pinned message.

use jiff::Timestamp;

use super::{clock, clock_zone, short};
use crate::ids::{AgentId, Who};
use crate::mesh::{Claim, Mesh, StandDown, State};
use crate::rules::Rules;

/// The board shows at most so many open tasks ...
const TASKS_MOST: usize = 20;
/// ... so many finished ones, the newest ...
const DONE_MOST: usize = 5;
/// ... and so many quiet agents.
const QUIET_MOST: usize = 10;

/// After a gap in what was heard.
const UNCERTAIN: &str = "\n❓ Part of the chat was missed: what follows is uncertain";

/// The board's text. Without `clocks`, only what is worth an edit when it changes: no "late 6 min", no time of day.
pub fn lines(mesh: &Mesh, rules: &Rules, now: Timestamp, clocks: bool) -> String {
    let mut lines = vec![head(mesh, rules, now)];
    let open = mesh.claims.all_open();
    lines.extend(open.iter().take(TASKS_MOST).map(|(_, claim)| task(mesh, rules, claim, now, clocks)));
    if open.len() > TASKS_MOST {
        lines.push(format!("… and {} more", open.len() - TASKS_MOST));
    }
    lines.extend(finished(mesh, rules, now));
    let quiet = mesh.floor.stood_down.iter().take(QUIET_MOST);
    lines.extend(quiet.map(|(agent, order)| stood_down(mesh, rules, *agent, order)));
    lines.push(foot(mesh, rules, now, clocks));
    lines.join("\n")
}

fn head(mesh: &Mesh, rules: &Rules, now: Timestamp) -> String {
    let (online, all) = online(mesh, rules, now);
    let lead =
        mesh.floor.lead.map(|lead| format!(" · Lead: {}", mesh.name(Who::Agent(lead)))).unwrap_or_default();
    let missed = if mesh.missed.contains_key(&rules.group) { UNCERTAIN } else { "" };
    format!("🟢 Mesh · {online}/{all} online{lead}{missed}")
}

/// Agents heard of within the configured time, and all of them.
pub fn online(mesh: &Mesh, rules: &Rules, now: Timestamp) -> (usize, usize) {
    let online = mesh.roll.agents().filter(|agent| is_online(mesh, rules, agent.id, now));
    (online.count(), mesh.roll.agents().count())
}

/// Whether an agent was heard of within the configured time.
pub fn is_online(mesh: &Mesh, rules: &Rules, agent: AgentId, now: Timestamp) -> bool {
    mesh.alive.get(&agent).is_some_and(|at| now.duration_since(*at) < rules.online_within)
}

fn task(mesh: &Mesh, rules: &Rules, claim: &Claim, now: Timestamp, clocks: bool) -> String {
    let (task, owner) = (short(&claim.task), mesh.name(claim.owner));
    let minutes = |since: Timestamp| {
        if clocks { format!(" {} min", now.duration_since(since).as_mins()) } else { String::new() }
    };
    let mut line = match (&claim.state, claim.until) {
        (State::Offered(offer), _) => {
            format!("🤝 {task} — {owner} → {} · waiting{}", mesh.name(offer.to), minutes(offer.at))
        }
        (_, Some(until)) if claim.overdue(now) => format!("🟡 {task} — {owner} · late{}", minutes(until)),
        (_, Some(_)) if claim.stopped.is_some() => format!("🔒 {task} — {owner} · clock stopped"),
        (_, Some(until)) => format!("🔒 {task} — {owner} · until {}", clock(until, &rules.zone)),
        (_, None) => format!("🔒 {task} — {owner}"),
    };
    if let Some(next) = claim.next.first() {
        line = format!("{line} · next: {}", mesh.name(next.who));
    }
    line
}

fn stood_down(mesh: &Mesh, rules: &Rules, agent: AgentId, order: &StandDown) -> String {
    let (agent, by) = (mesh.name(Who::Agent(agent)), mesh.name(Who::Person(order.by)));
    let thumb = if order.confirmed.is_some() { " 👍" } else { "" };
    format!("😴 {agent} stood down by {by} {}{thumb}", clock(order.at, &rules.zone))
}

/// Finished tasks stay for an hour.
fn finished(mesh: &Mesh, rules: &Rules, now: Timestamp) -> Vec<String> {
    let since = now.saturating_sub(rules.done_shown).unwrap_or(now);
    let lately = mesh.claims.done_since(since).filter_map(|(_, claim)| match claim.state {
        State::Done { at, .. } if at > since => Some((claim, at)),
        _ => None,
    });
    let mut lines: Vec<_> = lately
        .map(|(claim, at)| {
            format!("✅ {} — {} {}", short(&claim.task), mesh.name(claim.owner), clock(at, &rules.zone))
        })
        .collect();
    lines.split_off(lines.len().saturating_sub(DONE_MOST))
}

fn foot(mesh: &Mesh, rules: &Rules, now: Timestamp, clocks: bool) -> String {
    let midnight = now.to_zoned(rules.zone.clone()).start_of_day();
    let midnight = midnight.map_or(now, |midnight| midnight.timestamp());
    let done = mesh.claims.done_since(midnight).count();
    let time = if clocks { format!(" · {}", clock_zone(now, &rules.zone)) } else { String::new() };
    format!("✅ {done} done today{time}")
}

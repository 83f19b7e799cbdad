//! What `/mesh` answers.

use jiff::{SignedDuration, Timestamp};

use super::{board, clock, invocation, short};
use crate::fact::{Agent, Role};
use crate::ids::Who;
use crate::mesh::{Claim, Mesh};
use crate::rules::{Followed, Pulse, Rules};
use crate::slash::COMMANDS;

/// An alert over a chat holds 200 characters (Bot API, answerCallbackQuery).
const ALERT_MOST: usize = 200;
/// A list answers with at most so many lines.
const LINES_MOST: usize = 25;
/// So much of why a gateway does not follow stands in a line, in characters.
const REASON_MOST: usize = 80;

/// The commands somebody of this role may use.
pub fn help(role: Option<Role>) -> String {
    let rows = COMMANDS.iter().filter(|command| role >= Some(command.role));
    let rows = rows.map(|command| format!("`{}` — {}", invocation(command), command.help));
    std::iter::once("🟢 Mesh commands".to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
}

/// The status card: of each agent how it answers where it is asked, and when it was heard.
pub fn status(mesh: &Mesh, rules: &Rules, now: Timestamp) -> String {
    let agents: Vec<&Agent> = mesh.roll.agents().collect();
    let (all, online) =
        (agents.len(), agents.iter().filter(|agent| is_online(mesh, rules, agent, now)).count());
    let missed = mesh.missed.contains_key(&rules.group);
    let away = mesh.health.away;
    let down = agents.iter().filter(|agent| mesh.health.down.contains_key(&agent.id)).count();
    let heading = match board::light(mesh, rules) {
        _ if down > 0 && down == all => "🔴 Mesh Status — Outage",
        "🟢" if down == 0 && away.is_none() && (online > 0 || all == 0) => {
            "🟢 Mesh Status — All Systems Operational"
        }
        _ => "🟡 Mesh Status — Degraded",
    };
    let mut lines = vec![heading.to_owned(), String::new()];
    lines.push(format!("Agents: {online}/{all} online"));
    for (i, agent) in agents.iter().enumerate() {
        let branch = if i + 1 == agents.len() { "└─" } else { "├─" };
        lines.push(format!("{branch} {}", agent_line(mesh, rules, agent, now)));
    }
    if let Some(away) = away {
        let since = super::clock_zone(away.since, &rules.zone);
        lines.push(format!("The mesh hears nothing since {since}: what was said since then comes late."));
    }
    if missed {
        lines.push("Part of the chat was missed: claims are uncertain until it is read again.".to_owned());
    }
    lines.push(String::new());
    lines.push(format!("Claims: {} open", mesh.claims.count_open()));
    lines.push(format!("As of {}", super::clock_zone(now, &rules.zone)));
    lines.join("\n")
}

/// Whether an agent was heard of lately, or answered when it was last asked.
fn is_online(mesh: &Mesh, rules: &Rules, agent: &Agent, now: Timestamp) -> bool {
    let answers = rules.pulses.get(&agent.id).is_some_and(|pulse| pulse.took_ms.is_some());
    board::is_online(mesh, rules, agent.id, now) || answers && !mesh.health.down.contains_key(&agent.id)
}

/// `🟢 Oracle (100.64.0.12) — 3 ms, up 99.9 %, heard 2 min ago`
pub(super) fn agent_line(mesh: &Mesh, rules: &Rules, agent: &Agent, now: Timestamp) -> String {
    let heard = mesh.alive.get(&agent.id).copied();
    let throttled = mesh.floor.throttled.get(&agent.id);
    let light = match heard {
        _ if mesh.floor.stood_down.contains_key(&agent.id) => "😴",
        _ if mesh.health.down.contains_key(&agent.id) => "🔴",
        _ if throttled.is_some() => "⏳",
        _ if is_online(mesh, rules, agent, now) => "🟢",
        _ => "⚪",
    };
    let address = agent.address.as_ref().map(|address| format!(" ({address})")).unwrap_or_default();
    let heard =
        heard.map_or("not heard yet".to_owned(), |at| format!("heard {}", ago(now.duration_since(at))));
    let pulse = rules.pulses.get(&agent.id).map(pulse).unwrap_or_default();
    let throttled = throttled
        .map(|throttle| format!("throttled until {}, ", clock(throttle.until, &rules.zone)))
        .unwrap_or_default();
    format!("{light} {}{address} — {throttled}{pulse}{heard}{}", agent.name, following(mesh, rules, agent))
}

/// `, paused, its gateway suspended`: how a pause goes at the gateway, where one is driven.
fn following(mesh: &Mesh, rules: &Rules, agent: &Agent) -> String {
    let paused = if mesh.floor.paused.contains_key(&agent.id) { ", paused" } else { "" };
    let how = rules.followed.get(&agent.id).map(followed);
    how.map_or_else(|| paused.to_owned(), |how| format!("{paused}, {how}"))
}

/// What a gateway does about a pause.
fn followed(how: &Followed) -> String {
    match how {
        Followed::Suspended => "its gateway suspended".to_owned(),
        Followed::CannotBe(_) => "its gateway not suspended (it can't be)".to_owned(),
        Followed::NotYet(why) => format!("its gateway not suspended yet: {}", shortly(why)),
        Followed::NotLetGo(why) => format!("its gateway still suspended: {}", shortly(why)),
    }
}

/// The beginning of a reason.
fn shortly(why: &str) -> String {
    let mut chars = why.chars();
    let mut short: String = chars.by_ref().take(REASON_MOST).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

/// `3 ms, up 99.9 %, `
fn pulse(pulse: &Pulse) -> String {
    let took = pulse.took_ms.map_or("no answer".to_owned(), |took| format!("{took} ms"));
    let uptime = pulse.uptime.map(|up| format!(", up {}.{} %", up / 10, up % 10)).unwrap_or_default();
    format!("{took}{uptime}, ")
}

fn ago(time: SignedDuration) -> String {
    match time.as_mins() {
        0 => "just now".into(),
        minutes @ 1..=119 => format!("{minutes} min ago"),
        minutes => format!("{} h ago", minutes / 60),
    }
}

/// Every agent: how it is, and what it holds.
pub fn agents(mesh: &Mesh, rules: &Rules, now: Timestamp) -> String {
    let mut lines = Vec::new();
    for agent in mesh.roll.agents().take(LINES_MOST) {
        lines.push(agent_line(mesh, rules, agent, now));
        for (_, claim) in mesh.claims.of(Who::Agent(agent.id)) {
            lines.push(format!("   🔒 {}", short(&claim.task)));
        }
    }
    let more = mesh.roll.agents().count().saturating_sub(LINES_MOST);
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    if lines.is_empty() { "No agents are configured.".into() } else { lines.join("\n") }
}

/// Who has what.
pub fn claims(mesh: &Mesh, rules: &Rules, now: Timestamp) -> String {
    let open = mesh.claims.count_open();
    let mut lines: Vec<String> = mesh
        .claims
        .all_open()
        .take(LINES_MOST)
        .map(|(_, claim)| claim_line(mesh, rules, claim, now))
        .collect();
    if open > LINES_MOST {
        lines.push(format!("… and {} more", open - LINES_MOST));
    }
    let shared = mesh.shared.iter().take(LINES_MOST);
    lines.extend(shared.map(|(_, note)| format!("🎯 {} — {}", short(&note.task), mesh.name(note.who))));
    if lines.is_empty() { "Nothing is claimed.".into() } else { lines.join("\n") }
}

fn claim_line(mesh: &Mesh, rules: &Rules, claim: &Claim, now: Timestamp) -> String {
    let fence = claim.fence.map(|fence| format!(" · fence {}", fence.counter())).unwrap_or_default();
    let until = match claim.until {
        _ if claim.is_blocked() => " · blocked".to_owned(),
        _ if claim.is_paused() => " · paused".to_owned(),
        Some(_) if claim.overdue(now) => " · late".to_owned(),
        Some(_) if claim.stopped.is_some() => " · clock stopped".to_owned(),
        Some(until) => format!(" · until {}", clock(until, &rules.zone)),
        None => String::new(),
    };
    if let Some(contest) = claim.contest() {
        let names: Vec<_> = contest.rivals.iter().map(|rival| mesh.name(rival.who)).collect();
        return format!("⚖️ {} — contested by {}", short(&claim.task), super::listed(&names));
    }
    let offered = claim.offer().map(|offer| format!(" → {}", mesh.name(offer.to))).unwrap_or_default();
    format!("🔒 {} — {}{offered}{fence}{until}", short(&claim.task), mesh.name(claim.owner))
}

/// The same, short enough for an alert.
pub fn claims_in_short(mesh: &Mesh, rules: &Rules, now: Timestamp) -> String {
    let text = claims(mesh, rules, now);
    if text.chars().count() <= ALERT_MOST {
        return text;
    }
    text.chars().take(ALERT_MOST - 1).chain(['…']).collect()
}

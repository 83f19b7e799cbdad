//! Who takes part and what they say: few tasks for many agents, so that they get in each other's way.

use commands::fact::{Agent, Person, Role, Roster};
use commands::ids::{AgentId, ChatId, PersonId, UserId};

use super::chance::Chance;

pub const GROUP: ChatId = ChatId(-1_000_000_000_007);
const FIRST_AGENT: i64 = 7_100_000_100;
const EXEC: UserId = UserId(7_000_000_001);
const OTHER: UserId = UserId(7_000_000_002);
const TASKS: &[&str] = &["hooks token", "api keys", "Notion sync", "billing"];

/// Somebody said something in the group.
#[derive(Clone)]
pub struct Post {
    pub from: UserId,
    pub at: jiff::Timestamp,
    pub text: String,
    pub reply_to: Option<usize>,
}

pub fn agent(n: usize) -> AgentId {
    AgentId(FIRST_AGENT + i64::try_from(n).unwrap_or(0))
}

pub fn is_agent(user: UserId) -> bool {
    user.0 >= FIRST_AGENT
}

pub fn roster(agents: usize) -> Roster {
    let person =
        |id: UserId, name: &str, role| Person { id: PersonId(id.0), name: name.into(), role: Some(role) };
    let agents = (0..agents).map(|n| Agent {
        id: agent(n),
        name: name(n),
        aliases: vec![],
        address: None,
        always_on: true,
    });
    Roster {
        people: vec![person(EXEC, "Ely", Role::Exec), person(OTHER, "Alex", Role::Operator)],
        agents: agents.collect(),
        ..Roster::default()
    }
}

fn name(n: usize) -> String {
    format!("Agent{n}")
}

pub fn task(chance: &mut Chance) -> &'static str {
    TASKS[chance.below(TASKS.len())]
}

/// Somebody's words in the group.
pub fn in_the_group(agents: usize, chance: &mut Chance) -> (UserId, String) {
    match chance.below(12) {
        0 => (EXEC, by_exec(agents, chance)),
        1 => (OTHER, by_agent(agents, chance)),
        _ => {
            let from = UserId(agent(chance.below(agents)).0);
            (from, by_agent(agents, chance))
        }
    }
}

fn by_exec(agents: usize, chance: &mut Chance) -> String {
    let (task, name) = (task(chance), name(chance.below(agents)));
    match chance.below(7) {
        0 => format!("{name} stand down"),
        1 => format!("{name} stand up"),
        2 => "all resume".into(),
        3 | 4 => format!("{name} takes {task}"),
        5 => format!("✅ DONE: {task}"),
        _ => name,
    }
}

/// An agent's words, in the group or by a call.
pub fn by_agent(agents: usize, chance: &mut Chance) -> String {
    let (task, other) = (task(chance), name(chance.below(agents)));
    let minutes = 1 + chance.below(60);
    match chance.below(26) {
        0..8 => format!("🔒 EXCLUSIVE CLAIM: {task}\nETA: {minutes} min"),
        8..10 => format!("✅ DONE: {task}\nResult: fine"),
        10..12 => format!("✅ DONE: {task}\nHANDOFF to: {other}"),
        12..15 => format!("ACK: {task}"),
        15 => format!("REFUSE: {task} no time"),
        16 => format!("⚠️ CONFLICT — I already started {task}. Half way."),
        17 => format!("🚨 COLLISION on {task}"),
        18 => format!("📢 TAKEOVER NOTICE: {task}\nReason: Unresponsive for 40 min"),
        19 => format!("RELEASE: {task}"),
        20 => format!("⏸️ TASK PAUSED: {task}\nStatus: waiting"),
        21 => format!("EXTEND: {task} {minutes}m"),
        22 => format!("🔄 HANDOFF to {other}: {task}"),
        23 => "👍".into(),
        24 => "DONE".into(),
        _ => "looking into it".into(),
    }
}

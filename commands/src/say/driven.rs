//! What is said of the gateways behind agents.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{clock, short};
use crate::effect::Deed;
use crate::input::EffectResult;
use crate::secrets::NEVER_BY_CHAT;

/// It begins.
pub fn begins(agent: &str, deed: &Deed) -> String {
    match deed {
        Deed::Restart | Deed::Look => super::restarting(agent),
        Deed::Set { key, .. } => format!("⚙️ Setting `{}` of {agent} …", short(key)),
    }
}

/// To whoever would set a secret where others read it.
pub fn no_secret() -> String {
    format!("Not set: {NEVER_BY_CHAT}.")
}

/// The same message, once it has come to its end.
pub fn ended(agent: &str, deed: &Deed, result: &EffectResult, at: Timestamp, zone: &TimeZone) -> String {
    let at = clock(at, zone);
    match (deed, result) {
        (Deed::Restart, EffectResult::Found(how)) => format!("✅ {agent} restarted {at}, {how}."),
        (Deed::Restart, EffectResult::Done(_)) => format!("✅ {agent} restarted {at}."),
        (Deed::Restart, EffectResult::Failed(why)) => format!("❌ {agent} was not restarted: {why}"),
        (Deed::Set { key, value }, EffectResult::Found(_) | EffectResult::Done(_)) => {
            format!("✅ {agent}: `{} = {}`, {at}.", short(key), short(value))
        }
        (Deed::Set { key, .. }, EffectResult::Failed(why)) => {
            format!("❌ {agent}: `{}` was not set: {why}", short(key))
        }
        (Deed::Set { key, .. }, _) => format!(
            "⚠️ {agent}: whether `{key}` was set can't be told. `/mesh agent {agent} config {key}` shows what it is.",
            key = short(key)
        ),
        (Deed::Look, EffectResult::Found(_) | EffectResult::Done(_)) => {
            format!("{} It answers {at}.", unknown(agent))
        }
        (Deed::Look, EffectResult::Failed(why)) => {
            format!("{} It does not answer {at}: {why}", unknown(agent))
        }
        (Deed::Restart | Deed::Look, _) => unknown(agent),
    }
}

fn unknown(agent: &str) -> String {
    format!("⚠️ Restart of {agent}: outcome unknown, it was lost on the way. Nothing was tried twice.")
}

/// Not so soon again.
pub fn too_soon(agent: &str, last: Timestamp, again: Timestamp, zone: &TimeZone) -> String {
    format!("{agent} was restarted {}; again from {}.", clock(last, zone), clock(again, zone))
}

/// A node that only looks on.
pub fn observes() -> String {
    "This node only observes (mode in its configuration).".into()
}

/// The name in the audit.
pub fn outcome_of(deed: &Deed) -> &'static str {
    match deed {
        Deed::Restart | Deed::Look => "outcome of restart",
        Deed::Set { .. } => "outcome of config",
    }
}

/// An agent answers.
pub fn answers(agent: &str, how: &str) -> String {
    format!("🟢 {agent} answers: {how}")
}

/// What could not be had of an agent.
pub fn not_had(agent: &str, why: &str) -> String {
    format!("⚠️ {agent}: {why}")
}

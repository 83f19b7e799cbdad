//! Which lines of the audit are shown.

use std::fmt;
use std::path::Path;

use commands::fact::{Agent, is_same_name};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::Options;

/// What all that is shown has in common.
pub struct Filter {
    since: Option<Timestamp>,
    user: Option<Named>,
    agent: Option<Named>,
}

/// Somebody, by whatever the audit may call them, folded.
struct Named {
    asked: String,
    names: Vec<String>,
}

impl Filter {
    /// Reads what was asked for. An agent's other names are the configuration's, as far as that can be read.
    ///
    /// # Errors
    /// What can't be understood, as a sentence.
    pub fn of(options: &Options) -> Result<Self, String> {
        let agent = options.agent.as_ref().map(|asked| Named::agent(asked, &options.node.config));
        let user = options.user.as_ref().map(|asked| Named::new(asked, [asked.as_str()]));
        let since = options.since.as_deref().map(since).transpose()?;
        Ok(Self { since, user, agent })
    }

    /// Whether anything is left out.
    pub fn is_any(&self) -> bool {
        self.since.is_some() || self.user.is_some() || self.agent.is_some()
    }

    /// Whether a line is shown.
    pub fn lets_through(&self, line: &Value) -> bool {
        let at = || line["at"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
        self.since.is_none_or(|since| at().is_some_and(|at| at >= since))
            && self.user.as_ref().is_none_or(|user| user.is(&line["name"]) || user.is(&line["user"]))
            && self.agent.as_ref().is_none_or(|agent| agent.is(&line["target"]))
    }
}

/// `of Ely, about Oracle, since 2026-02-01T10:00:00Z`
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user.as_ref().map(|user| format!("of {}", user.asked));
        let agent = self.agent.as_ref().map(|agent| format!("about {}", agent.asked));
        let since = self.since.map(|since| format!("since {since:.0}"));
        let parts: Vec<String> = [user, agent, since].into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
}

impl Named {
    fn new<'a>(asked: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        Self { asked: asked.to_owned(), names: names.into_iter().map(str::to_lowercase).collect() }
    }

    fn agent(asked: &str, config: &Path) -> Self {
        let Ok(config) = config::load(config, |name| std::env::var(name).ok()) else {
            return Self::new(asked, [asked]);
        };
        let is = |name: &str| is_same_name(name, asked);
        let node = config.rules().node;
        if is("node") || is(&node) {
            return Self::new(asked, ["node", &node]);
        }
        let roster = config.roster();
        let of = |agent: &&Agent| is(&agent.id.to_string()) || agent.names().any(|name| is(name));
        let Some(agent) = roster.agents.iter().find(of) else { return Self::new(asked, [asked]) };
        let id = agent.id.to_string();
        let numbered = format!("{} ({id})", agent.name);
        Self::new(asked, [id.as_str(), &numbered].into_iter().chain(agent.names().map(String::as_str)))
    }

    fn is(&self, value: &Value) -> bool {
        let said = value.as_str().map(str::to_lowercase).or_else(|| value.as_i64().map(|n| n.to_string()));
        said.is_some_and(|said| self.names.contains(&said))
    }
}

fn since(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok());
    let ago = match days {
        Some(days) => SignedDuration::from_hours(days.saturating_mul(24)),
        None => text.parse().map_err(|_| {
            format!("--since {text}: write an instant such as 2026-02-01T10:00:00Z, or a time ago such as 2h or 7d")
        })?,
    };
    Timestamp::now().checked_sub(ago).map_err(|_| format!("--since {text}: longer ago than time goes"))
}

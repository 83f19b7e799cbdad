//! Who is who in a replay: a file, a configuration, or a guess from the names in an export.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use commands::fact::{Agent, Person, Role, Roster};
use commands::ids::{AgentId, PersonId, UserId};
use commands::rules::Rules;

/// A roster as a log's first line has it.
///
/// # Errors
/// A file that can't be read, or is none.
pub fn from_file(path: &Path) -> anyhow::Result<Roster> {
    let text = fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))?;
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .with_context(|| format!("{} is no {{\"people\":[…],\"agents\":[…]}}", path.display()))
}

/// The people, agents and rules of a configuration, its mode too: who observes posts nothing here either.
///
/// # Errors
/// All its faults.
pub fn from_config(path: &Path) -> anyhow::Result<(Rules, Roster)> {
    let config =
        config::load(path, |name| std::env::var(name).ok()).map_err(|faults| anyhow!("\n{faults}"))?;
    Ok((config.rules(), config.roster()))
}

/// Who is who, as far as names tell: whoever is called a bot, or is in `agents`, is an agent; the others are Operators,
/// those in `execs` Execs.
///
/// # Errors
/// A name that nobody in the export bears.
pub fn guessed(
    senders: &BTreeMap<UserId, Option<String>>,
    execs: &[String],
    agents: &[String],
) -> anyhow::Result<Roster> {
    for wanted in execs.iter().chain(agents) {
        if !senders.iter().any(|(id, name)| is(*id, name.as_deref(), wanted)) {
            bail!("nobody called \"{wanted}\" spoke in this chat; there are: {}", listed(senders));
        }
    }
    let mut roster = Roster::default();
    for (id, name) in senders {
        let among = |names: &[String]| names.iter().any(|wanted| is(*id, name.as_deref(), wanted));
        let called = name.clone().unwrap_or_else(|| id.to_string());
        if among(agents) || (!among(execs) && without_bot(&called).is_some()) {
            let aliases = without_bot(&called).map(str::to_owned).into_iter().collect();
            roster.agents.push(Agent {
                id: AgentId(id.0),
                name: called,
                aliases,
                address: None,
                always_on: true,
            });
        } else {
            let role = Some(if among(execs) { Role::Exec } else { Role::Operator });
            roster.people.push(Person { id: PersonId(id.0), name: called, role });
        }
    }
    keep_clear_aliases(&mut roster);
    Ok(roster)
}

/// An alias that somebody else bears, too, would mean nobody.
fn keep_clear_aliases(roster: &mut Roster) {
    let names: Vec<String> = roster
        .people
        .iter()
        .map(|person| &person.name)
        .chain(roster.agents.iter().flat_map(|agent| agent.aliases.iter().chain([&agent.name])))
        .map(|name| name.to_lowercase())
        .collect();
    for agent in &mut roster.agents {
        agent.aliases.retain(|alias| names.iter().filter(|name| **name == alias.to_lowercase()).count() == 1);
    }
}

fn is(id: UserId, name: Option<&str>, wanted: &str) -> bool {
    name.is_some_and(|name| name.eq_ignore_ascii_case(wanted)) || id.to_string() == wanted
}

/// The name without the "bot" at its end; none if there is none, or nothing else.
fn without_bot(name: &str) -> Option<&str> {
    let cut = name.len().checked_sub(3)?;
    let (rest, end) = name.split_at_checked(cut)?;
    let rest = rest.trim_end_matches(['_', '-', ' ']);
    (end.eq_ignore_ascii_case("bot") && !rest.is_empty()).then_some(rest)
}

/// So many names are listed when one is not found.
const LISTED: usize = 20;

fn listed(senders: &BTreeMap<UserId, Option<String>>) -> String {
    let names: Vec<_> = senders.values().flatten().take(LISTED).map(String::as_str).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_bots_from_people() {
        let names = ["Sandman", "OracleLocalBot", "mesh_bot", "Ely", "bot", "Größe", "Sandman Bot"];
        let senders = (1..).map(UserId).zip(names.map(|name| Some(name.to_owned()))).collect();
        let roster = guessed(&senders, &["ely".into()], &["Sandman".into()]).expect("all are known");
        let agents: Vec<_> =
            roster.agents.iter().map(|agent| (agent.name.as_str(), agent.aliases.join(","))).collect();
        let expected =
            [("Sandman", ""), ("OracleLocalBot", "OracleLocal"), ("mesh_bot", "mesh"), ("Sandman Bot", "")];
        assert_eq!(agents, expected.map(|(name, alias)| (name, alias.to_owned())));
        let people: Vec<_> = roster.people.iter().map(|person| (person.name.as_str(), person.role)).collect();
        let (exec, operator) = (Some(Role::Exec), Some(Role::Operator));
        assert_eq!(people, [("Ely", exec), ("bot", operator), ("Größe", operator)]);
        let error = guessed(&senders, &["Nobody".into()], &[]).expect_err("nobody");
        assert!(error.to_string().contains("\"Nobody\"") && error.to_string().contains("OracleLocalBot"));
    }
}

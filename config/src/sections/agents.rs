//! `[[agents]]`: who works here.

use commands::ids::AgentId;

use crate::reading::{Found, Reading, Section, Spot};

pub(crate) const KEYS: &[&str] = &["id", "name", "aliases", "address", "doors", "always_on"];

const DOORS: &[(&str, Door)] = &[("hook", Door::Hook), ("dm", Door::Dm)];

/// `[[agents]]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// What the core knows of it.
    pub agent: commands::fact::Agent,
    /// The ways in, the first that works being taken.
    pub doors: Vec<Door>,
}

/// A way to tell an agent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Its HTTP hook.
    Hook,
    /// A private message of the dedicated account.
    Dm,
}

pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Vec<(Spot, Agent)> {
    let Some(found) = document.get("agents") else {
        return Vec::new();
    };
    let sections = reading.sections(&found, KEYS);
    let agent = |section: Section<'a>| {
        let agent = read_agent(reading, &section)?;
        Some((section.spot, agent))
    };
    sections.into_iter().filter_map(agent).collect()
}

fn read_agent<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Agent> {
    let id = reading.required(section, "id", "id = 4101 (the Telegram user id of its bot)");
    let id = id.and_then(|found| reading.number(&found, 1..=i64::MAX));
    let name = reading.required(section, "name", "name = \"…\"");
    let name = name.and_then(|found| reading.text(&found));
    let aliases = section.get("aliases");
    let aliases = aliases.map_or_else(Vec::new, |found| reading.texts(&found));
    let address = section.get("address").and_then(|found| reading.text(&found));
    let doors = section.get("doors");
    let doors = doors.map_or_else(|| vec![Door::Dm], |found| read_doors(reading, &found));
    let always_on = section.get("always_on").and_then(|found| reading.flag(&found)).unwrap_or(true);
    let agent = commands::fact::Agent {
        id: AgentId(id?),
        name: name?,
        aliases: aliases.into_iter().map(|(_, alias)| alias).collect(),
        address,
        always_on,
    };
    Some(Agent { agent, doors })
}

fn read_doors<'a>(reading: &mut Reading<'a>, found: &Found<'a>) -> Vec<Door> {
    let texts = reading.texts(found);
    let door = |(spot, text): (Spot, String)| reading.choice(&spot, &text, DOORS);
    texts.into_iter().filter_map(door).collect()
}

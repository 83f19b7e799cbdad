//! `[mesh]`: which mesh this is, and this node's place in it.

use commands::ids::ChatId;
use commands::rules::Mode;
use jiff::tz::TimeZone;

use crate::reading::{Reading, Section};

pub(crate) const KEYS: &[&str] = &["name", "mode", "node", "sequencer", "term", "zone", "group", "lead"];

const MODES: &[(&str, Mode)] =
    &[("observe", Mode::Observe), ("react", Mode::React), ("enforce", Mode::Enforce)];

/// `[mesh]`
#[derive(Clone, Debug)]
pub struct Mesh {
    /// How people call it.
    pub name: String,
    /// What it may do in the group.
    pub mode: Mode,
    /// This node.
    pub node: String,
    /// The node that decides.
    pub sequencer: String,
    /// Its term; every change of sequencer raises it.
    pub term: u32,
    /// The zone of bare clock times.
    pub zone: TimeZone,
    /// The group.
    pub group: ChatId,
    /// The agent that leads at first, by name or alias.
    pub lead: Option<String>,
}

pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Option<Mesh> {
    let found = reading.required(document, "mesh", "a section [mesh] with group = -4000000001")?;
    let section = reading.section(&found, KEYS)?;
    let mut text = |name: &str, default: &str| match section.get(name) {
        Some(found) => reading.text(&found),
        None => Some(default.to_owned()),
    };
    let name = text("name", "Mesh Mastermind");
    let node = text("node", "node-1");
    let sequencer = text("sequencer", node.as_deref().unwrap_or_default());
    let mode = text("mode", "enforce");
    let zone = text("zone", "UTC");
    let mode = mode.and_then(|mode| reading.choice(&section.spot_of("mode"), &mode, MODES));
    let zone = zone.and_then(|zone| read_zone(reading, &section, &zone));
    let term = match section.get("term") {
        Some(found) => reading.number(&found, 1..=i64::from(u32::MAX)),
        None => Some(1),
    };
    let lead = section.get("lead").and_then(|found| reading.text(&found));
    let group = read_group(reading, &section);
    Some(Mesh {
        name: name?,
        mode: mode?,
        node: node?,
        sequencer: sequencer?,
        term: term?,
        zone: zone?,
        group: group?,
        lead,
    })
}

fn read_zone<'a>(reading: &mut Reading<'a>, section: &Section<'a>, name: &str) -> Option<TimeZone> {
    let zone = TimeZone::get(name).ok();
    if zone.is_none() {
        reading.fault(
            &section.spot_of("zone"),
            format!("`{name}` is not a time zone"),
            "write a name of the IANA database, like \"Europe/Berlin\" or \"UTC\"",
        );
    }
    zone
}

fn read_group<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<ChatId> {
    let found = reading.required(section, "group", "group = -4000000001 (the group's id as bots see it)")?;
    let id = reading.number::<i64>(&found, i64::MIN..=i64::MAX)?;
    if id >= 0 {
        reading.fault(
            &found.spot,
            format!("{id} is not the id of a group"),
            "write the negative id that bots see; ids of supergroups begin with -100",
        );
        return None;
    }
    Some(ChatId(id))
}

//! `[rules]`: the constants of the core.

use commands::rules::Rules;
use commands::rules::settings::{COUNT_MOST, ORDERED, SETTINGS, Setting};

use super::mesh::Mesh;
use crate::reading::{Reading, Section};

/// The keys of `[rules]`.
pub(crate) fn keys() -> Vec<&'static str> {
    SETTINGS.iter().map(|setting| setting.key).collect()
}

pub(crate) fn read<'a>(
    reading: &mut Reading<'a>,
    document: &Section<'a>,
    mesh: Option<&Mesh>,
) -> Option<Rules> {
    let mut rules = match mesh {
        Some(mesh) => Rules {
            mode: mesh.mode,
            zone: mesh.zone.clone(),
            node: mesh.node.clone(),
            ..Rules::new(mesh.group, mesh.term)
        },
        // What follows is read for its faults alone.
        None => Rules::new(commands::ids::ChatId(0), 1),
    };
    if let Some(found) = document.get("rules") {
        let section = reading.section(&found, &keys())?;
        read_values(reading, &section, &mut rules);
        check_order(reading, &section, &mut rules);
    }
    mesh.map(|_| rules)
}

fn read_values<'a>(reading: &mut Reading<'a>, section: &Section<'a>, rules: &mut Rules) {
    for setting in SETTINGS {
        let Some(found) = section.get(setting.key) else { continue };
        if let Some(field) = setting.wait(rules) {
            *field = reading.duration(&found).unwrap_or(*field);
        } else if let Some(field) = setting.count(rules) {
            *field = reading.number(&found, 1..=i64::from(COUNT_MOST)).unwrap_or(*field);
        }
    }
}

fn check_order<'a>(reading: &mut Reading<'a>, section: &Section<'a>, rules: &mut Rules) {
    for (first, second) in ORDERED {
        let mut value = |name: &str| Setting::named(name).and_then(|setting| setting.wait(rules).copied());
        if value(first) > value(second) {
            let said = if section.get(first).is_some() { first } else { second };
            reading.fault(
                &section.spot_of(said),
                format!("{first} is longer than {second}"),
                format!("make {second} at least as long"),
            );
        }
    }
}

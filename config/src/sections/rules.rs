//! `[rules]`: the constants of the core.

use commands::rules::Rules;
use jiff::SignedDuration;

use super::mesh::Mesh;
use crate::reading::{Reading, Section};

type Wait = fn(&mut Rules) -> &mut SignedDuration;
type Count = fn(&mut Rules) -> &mut usize;

pub(crate) const KEYS: &[&str] = &[
    "lease",
    "lease_slack",
    "lease_most",
    "conflict_window",
    "contested_rule",
    "takeover_silence",
    "takeover_ping",
    "note_for",
    "answer_within",
    "handoff_again",
    "handoff_people",
    "stand_down_again",
    "stand_down_people",
    "reactions_every",
    "spoke_within",
    "board_every",
    "done_shown",
    "preflight_done",
    "card_every",
    "online_within",
    "question_dm",
    "loop_messages",
    "loop_silence",
    "loop_turns",
    "back_after",
    "silence",
    "commands_a_minute",
    "taps_a_minute",
];

const WAITS: &[(&str, Wait)] = &[
    ("lease", |rules| &mut rules.lease),
    ("lease_slack", |rules| &mut rules.lease_slack),
    ("lease_most", |rules| &mut rules.lease_most),
    ("conflict_window", |rules| &mut rules.conflict_window),
    ("contested_rule", |rules| &mut rules.contested_rule),
    ("takeover_silence", |rules| &mut rules.takeover_silence),
    ("takeover_ping", |rules| &mut rules.takeover_ping),
    ("note_for", |rules| &mut rules.note_for),
    ("answer_within", |rules| &mut rules.answer_within),
    ("handoff_again", |rules| &mut rules.handoff_again),
    ("handoff_people", |rules| &mut rules.handoff_people),
    ("stand_down_again", |rules| &mut rules.stand_down_again),
    ("stand_down_people", |rules| &mut rules.stand_down_people),
    ("reactions_every", |rules| &mut rules.reactions_every),
    ("spoke_within", |rules| &mut rules.spoke_within),
    ("board_every", |rules| &mut rules.board_every),
    ("done_shown", |rules| &mut rules.done_shown),
    ("preflight_done", |rules| &mut rules.preflight_done),
    ("card_every", |rules| &mut rules.card_every),
    ("online_within", |rules| &mut rules.online_within),
    ("question_dm", |rules| &mut rules.question_dm),
    ("loop_silence", |rules| &mut rules.loop_silence),
    ("back_after", |rules| &mut rules.back_after),
    ("silence", |rules| &mut rules.silence),
];

const COUNTS: &[(&str, Count)] = &[
    ("loop_messages", |rules| &mut rules.loop_messages),
    ("loop_turns", |rules| &mut rules.loop_turns),
    ("commands_a_minute", |rules| &mut rules.commands_a_minute),
    ("taps_a_minute", |rules| &mut rules.taps_a_minute),
];

/// The most that a person may be allowed in a minute.
const COUNT_MOST: i64 = 10_000;

/// What comes first of two, as the core takes them.
const ORDERED: &[(&str, &str)] = &[
    ("lease", "lease_most"),
    ("handoff_again", "handoff_people"),
    ("stand_down_again", "stand_down_people"),
];

pub(crate) fn read<'a>(
    reading: &mut Reading<'a>,
    document: &Section<'a>,
    mesh: Option<&Mesh>,
) -> Option<Rules> {
    let mut rules = match mesh {
        Some(mesh) => Rules { mode: mesh.mode, zone: mesh.zone.clone(), ..Rules::new(mesh.group, mesh.term) },
        // What follows is read for its faults alone.
        None => Rules::new(commands::ids::ChatId(0), 1),
    };
    if let Some(found) = document.get("rules") {
        let section = reading.section(&found, KEYS)?;
        read_waits(reading, &section, &mut rules);
        read_counts(reading, &section, &mut rules);
        check_order(reading, &section, &mut rules);
    }
    mesh.map(|_| rules)
}

fn read_waits<'a>(reading: &mut Reading<'a>, section: &Section<'a>, rules: &mut Rules) {
    for (name, field) in WAITS {
        let found = section.get(name);
        if let Some(wait) = found.and_then(|found| reading.duration(&found)) {
            *field(rules) = wait;
        }
    }
}

fn read_counts<'a>(reading: &mut Reading<'a>, section: &Section<'a>, rules: &mut Rules) {
    for (name, field) in COUNTS {
        let found = section.get(name);
        if let Some(count) = found.and_then(|found| reading.number(&found, 1..=COUNT_MOST)) {
            *field(rules) = count;
        }
    }
}

fn check_order<'a>(reading: &mut Reading<'a>, section: &Section<'a>, rules: &mut Rules) {
    for (first, second) in ORDERED {
        let mut value = |name: &str| {
            let wait = WAITS.iter().find(|(known, _)| *known == name);
            wait.map(|(_, field)| *field(rules))
        };
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

//! `[[people]]`: who may order what.

use commands::fact::{Person, Role};
use commands::ids::PersonId;

use crate::reading::{Reading, Section, Spot};

pub(crate) const KEYS: &[&str] = &["id", "name", "role"];

const ROLES: &[(&str, Role)] =
    &[("exec", Role::Exec), ("operator", Role::Operator), ("viewer", Role::Viewer)];

pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Vec<(Spot, Person)> {
    let Some(found) = document.get("people") else {
        return Vec::new();
    };
    let sections = reading.sections(&found, KEYS);
    let person = |section: Section<'a>| {
        let person = read_person(reading, &section)?;
        Some((section.spot, person))
    };
    sections.into_iter().filter_map(person).collect()
}

fn read_person<'a>(reading: &mut Reading<'a>, section: &Section<'a>) -> Option<Person> {
    let id = reading.required(section, "id", "id = 4001 (the person's Telegram user id)");
    let id = id.and_then(|found| reading.number(&found, i64::MIN..=i64::MAX));
    let name = reading.required(section, "name", "name = \"…\"");
    let name = name.and_then(|found| reading.text(&found));
    let role = section.get("role").map(|found| {
        let text = reading.text(&found)?;
        reading.choice(&found.spot, &text, ROLES)
    });
    Some(Person {
        id: PersonId(id?),
        name: name?,
        role: match role {
            Some(role) => Some(role?),
            None => None,
        },
    })
}

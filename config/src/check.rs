//! What no section can tell by itself: names that mean two, and who may be the voice.

use std::collections::BTreeMap;

use commands::fact::{Person, is_same_name};
use commands::rules::Mode;

use crate::reading::{Found, Reading, Section, Spot};
use crate::sections::account;
use crate::sections::agents::{Accepts, Agent};

/// Ids and names that are taken, with where.
#[derive(Default)]
struct Taken(BTreeMap<String, Spot>);

impl Taken {
    fn claim(&mut self, reading: &mut Reading<'_>, spot: &Spot, what: &str, value: &str) {
        let folded = value.to_lowercase();
        if let Some(before) = self.0.get(&folded) {
            let line = reading.line(before);
            reading.fault(
                spot,
                format!("the {what} `{value}` already belongs to {} on line {line}", before.key),
                "give each its own",
            );
            return;
        }
        self.0.insert(folded, spot.clone());
    }
}

/// Nobody may be two, no name may mean two, and whoever leads must be an agent.
pub(crate) fn roster<'a>(
    reading: &mut Reading<'a>,
    document: &Section<'a>,
    people: &[(Spot, Person)],
    agents: &[(Spot, Agent)],
) {
    let (mut ids, mut names) = (Taken::default(), Taken::default());
    for (spot, person) in people {
        ids.claim(reading, spot, "id", &person.id.to_string());
        names.claim(reading, spot, "name", &person.name);
    }
    for (spot, Agent { agent, .. }) in agents {
        ids.claim(reading, spot, "id", &agent.id.to_string());
        names.claim(reading, spot, "name", &agent.name);
        for alias in &agent.aliases {
            names.claim(reading, spot, "name", alias);
        }
    }
    tokens(reading, agents);
    senders(reading, people, agents);
    lead(reading, document, agents);
    domains(reading, document, agents);
}

/// A token says who speaks: two agents can't have the same.
fn tokens(reading: &mut Reading<'_>, agents: &[(Spot, Agent)]) {
    for (at, (spot, agent)) in agents.iter().enumerate() {
        let shared = |(_, other): &&(Spot, Agent)| agent.token.is_some() && other.token == agent.token;
        if let Some((_, other)) = agents.iter().take(at).find(shared) {
            let what = format!("is the token of {}, too", other.agent.name);
            reading.fault(&spot.child("token"), what, "give each agent its own: it says who speaks");
        }
    }
}

/// Whoever may send to an agent has to be somebody.
fn senders(reading: &mut Reading<'_>, people: &[(Spot, Person)], agents: &[(Spot, Agent)]) {
    for (spot, agent) in agents {
        let Accepts::These(names) = &agent.accepts_from else { continue };
        for name in names {
            let person = people.iter().any(|(_, person)| is_same_name(&person.name, name));
            if !person && !is_agent(agents, name) {
                let what = format!("`{name}` is nobody of [[agents]] or [[people]]");
                reading.fault(
                    &spot.child("accepts_from"),
                    what,
                    "correct the name; \"*\" stands for everybody",
                );
            }
        }
    }
}

fn lead<'a>(reading: &mut Reading<'a>, document: &Section<'a>, agents: &[(Spot, Agent)]) {
    let Some((spot, lead)) = document.below("mesh", "lead").and_then(text) else {
        return;
    };
    if !is_agent(agents, &lead) {
        reading.fault(
            &spot,
            format!("`{lead}` is not an agent"),
            "name one of [[agents]], or remove the line and nobody leads",
        );
    }
}

fn domains<'a>(reading: &mut Reading<'a>, document: &Section<'a>, agents: &[(Spot, Agent)]) {
    for (spot, name) in document.all_below("domains").into_iter().filter_map(text) {
        if !is_agent(agents, &name) {
            let what = format!("`{name}` is not an agent");
            reading.fault(&spot, what, "name one of [[agents]], or remove the line");
        }
    }
}

fn is_agent(agents: &[(Spot, Agent)], name: &str) -> bool {
    let mut names = agents.iter().flat_map(|(_, Agent { agent, .. })| agent.names());
    names.any(|known| is_same_name(known, name))
}

/// Somebody must hear and speak, and nobody with a role may be the voice. A dedicated account whose owner is not named
/// here is looked at again once it is signed in.
pub(crate) fn accounts<'a>(
    reading: &mut Reading<'a>,
    document: &Section<'a>,
    (people, mode): (&[(Spot, Person)], Mode),
) {
    let bot = document.get("bot").is_some();
    let all = account::all(reading, document);
    let Some((_, first)) = all.first() else {
        if !bot {
            let what = "there is neither an [account] nor a [bot]";
            reading.fault(&document.spot, what, "add at least one of them");
        }
        return;
    };
    let kinds: Vec<_> = all.iter().map(|(_, found)| whose(reading, found, people)).collect();
    let all_personal = kinds.iter().all(|kind| kind.as_deref() == Some("personal"));
    if all_personal && !bot && mode != Mode::Observe {
        reading.fault(
            &first.spot,
            "is personal and only listens, so nobody speaks for the mesh",
            "add a [bot], or set mode = \"observe\" in [mesh]",
        );
    }
    one_ear(reading, document, &all);
}

/// Looks at whose account it is; returns its kind as written.
fn whose<'a>(reading: &mut Reading<'a>, found: &Found<'a>, people: &[(Spot, Person)]) -> Option<String> {
    let person = found.below("person");
    let (_, kind) = found.below("kind").and_then(text)?;
    match kind.as_str() {
        "personal" => owner(reading, found, person, people),
        "dedicated" => no_role(reading, person, people),
        _ => {}
    }
    Some(kind)
}

/// The group is heard by one account, or everything would be heard twice.
fn one_ear<'a>(reading: &mut Reading<'a>, document: &Section<'a>, all: &[(Option<String>, Found<'a>)]) {
    if document.get("account").is_some()
        && let Some(several) = document.get("accounts")
    {
        let what = "stands beside [account]";
        return reading.fault(&several.spot, what, "write that one as [accounts.NAME], too");
    }
    let is_ear = |found: &Found<'_>| found.below("ear").is_some_and(|ear| ear.value.as_bool() == Some(true));
    let ears: Vec<_> = all.iter().filter(|(_, found)| is_ear(found)).collect();
    match ears.as_slice() {
        [] if all.len() > 1 => {
            let what = "has several accounts, and none of them is the ear";
            reading.fault(
                &document.spot_of("accounts"),
                what,
                "write ear = true at the one that hears the group",
            );
        }
        [_, (_, second), ..] => {
            let what = "is the ear beside another";
            reading.fault(&second.spot.child("ear"), what, "leave ear = true at one account only");
        }
        _ => {}
    }
}

fn owner<'a>(
    reading: &mut Reading<'a>,
    account: &Found<'a>,
    person: Option<Found<'a>>,
    people: &[(Spot, Person)],
) {
    let Some(found) = person else {
        reading.fault(
            &account.spot.child("person"),
            "is missing, and a personal account is somebody's",
            "add person = the id of one of [[people]]",
        );
        return;
    };
    if number(&found).is_some_and(|id| person_of(people, id).is_none()) {
        reading.fault(&found.spot, "is nobody of [[people]]", "add a [[people]] with this id, or correct it");
    }
}

fn no_role(reading: &mut Reading<'_>, person: Option<Found<'_>>, people: &[(Spot, Person)]) {
    let Some(found) = person else { return };
    let named = number(&found).and_then(|id| person_of(people, id));
    if let Some(person) = named.filter(|person| person.role.is_some()) {
        reading.fault(
            &found.spot,
            format!("{} has a role, so this account may not be the voice of the mesh", person.name),
            "write kind = \"personal\", or sign in an account that is nobody's",
        );
    }
}

fn person_of(people: &[(Spot, Person)], id: i64) -> Option<&Person> {
    let mut people = people.iter().map(|(_, person)| person);
    people.find(|person| person.id.0 == id)
}

fn number(found: &Found<'_>) -> Option<i64> {
    let digits = found.value.as_integer()?;
    i64::from_str_radix(digits.as_str(), digits.radix()).ok()
}

fn text(found: Found<'_>) -> Option<(Spot, String)> {
    let text = found.value.as_str()?.trim().to_owned();
    Some((found.spot, text))
}

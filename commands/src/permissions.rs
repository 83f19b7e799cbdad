//! `permissions.json`: people, what they are called and what they may do, as people read and edit it.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::fact::{Person, Role};
use crate::ids::{PersonId, UserId};
use crate::mesh::{Member, Mesh, fold_username};

/// The longest file that is read, in bytes.
pub const FILE_MOST: u64 = 1024 * 1024;

/// Somebody in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The Telegram user. Without it the username tells, once its bearer is heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<PersonId>,
    /// How they were written when last seen; with an id it is for people to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// How the mesh calls them.
    pub persona: String,
    /// What they may do; none means nothing.
    #[serde(default)]
    pub role: Option<Role>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(deserialize_with = "entries")]
    people: Vec<Entry>,
}

/// What a person's edit comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// Everybody the mesh is to know.
    pub people: Vec<Person>,
    /// Those who are known by their username only.
    pub waiting: Vec<Entry>,
    /// Usernames that were there without a number, and are not any more.
    pub ended: Vec<String>,
}

/// What the journal keeps of a word that makes an Exec: SHA-256, in hex.
pub fn hash_of(word: &str) -> String {
    format!("{:x}", Sha256::digest(word.as_bytes()))
}

/// Reads the file.
///
/// # Errors
/// A sentence that ends with the line.
pub fn parse(text: &str) -> Result<Vec<Entry>, String> {
    serde_json::from_str::<Page>(text).map(|page| page.people).map_err(|error| error.to_string())
}

/// One after the other, so that what is wrong with one has its line.
fn entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Entry>, D::Error> {
    struct Each;
    impl<'de> Visitor<'de> for Each {
        type Value = Vec<Entry>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of people")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<Entry>, A::Error> {
            let (mut found, mut seen) = (Vec::new(), Seen::default());
            while let Some(entry) = items.next_element::<Entry>()? {
                seen.check(&entry).map_err(A::Error::custom)?;
                found.push(entry);
            }
            Ok(found)
        }
    }
    deserializer.deserialize_seq(Each)
}

#[derive(Default)]
struct Seen {
    ids: BTreeSet<PersonId>,
    usernames: BTreeSet<String>,
    personas: BTreeSet<String>,
}

impl Seen {
    fn check(&mut self, entry: &Entry) -> Result<(), String> {
        let Entry { id, username, persona, .. } = entry;
        if persona.trim().is_empty() {
            return Err("somebody without a persona".into());
        }
        if !self.personas.insert(persona.trim().to_lowercase()) {
            return Err(format!("two people are called {persona}"));
        }
        match id {
            Some(id) if id.0 <= 0 => return Err(format!("{id} is no Telegram user")),
            Some(id) if !self.ids.insert(*id) => return Err(format!("{id} is there twice")),
            None if username.is_none() => return Err(format!("{persona} has neither id nor username")),
            _ => {}
        }
        match username {
            Some(username) if !self.usernames.insert(fold_username(username)) => {
                Err(format!("{username} is there twice"))
            }
            _ => Ok(()),
        }
    }
}

/// The file, as things stand: the same mesh gives the same bytes.
pub fn render(mesh: &Mesh) -> String {
    let known = mesh.roll.members().filter_map(|member| match member {
        Member::Person(person) => Some(Entry {
            id: Some(person.id),
            username: mesh.orders.username_of(UserId(person.id.0)).map(|username| format!("@{username}")),
            persona: person.name.clone(),
            role: person.role,
        }),
        Member::Agent(_) => None,
    });
    let waiting = mesh.orders.promises().map(|(username, promise)| Entry {
        id: None,
        username: Some(format!("@{username}")),
        persona: promise.persona.clone().unwrap_or_else(|| username.to_owned()),
        role: promise.role,
    });
    let people = known.chain(waiting).collect();
    serde_json::to_string_pretty(&Page { people }).map_or_else(|_| String::new(), |text| text + "\n")
}

/// What the people of a mesh are after somebody edited `before` to `after`: what was not touched stays as it is by now.
pub fn edited(now: Vec<Person>, before: &[Entry], after: &[Entry]) -> Edit {
    let touched = |entry: &&Entry| !before.contains(entry);
    let gone = before.iter().filter_map(|entry| entry.id);
    let gone: BTreeSet<_> = gone.filter(|id| !after.iter().any(|entry| entry.id == Some(*id))).collect();
    let mut people: Vec<Person> = now.into_iter().filter(|person| !gone.contains(&person.id)).collect();
    let mut waiting = Vec::new();
    for entry in after.iter().filter(touched) {
        let Some(id) = entry.id else {
            waiting.push(entry.clone());
            continue;
        };
        let person = Person { id, name: entry.persona.trim().to_owned(), role: entry.role };
        match people.iter_mut().find(|known| known.id == id) {
            Some(known) => *known = person,
            None => people.push(person),
        }
    }
    let unheard = |entry: &&Entry| entry.id.is_none();
    let username = |entry: &Entry| entry.username.as_deref().map(fold_username);
    let kept: BTreeSet<_> = after.iter().filter(unheard).filter_map(username).collect();
    let ended = before.iter().filter(unheard).filter_map(username).filter(|name| !kept.contains(name));
    Edit { people, waiting, ended: ended.collect() }
}

/// People as entries, for [`edited`].
pub fn entries_of(people: &[Person]) -> Vec<Entry> {
    let entry = |person: &Person| Entry {
        id: Some(person.id),
        username: None,
        persona: person.name.clone(),
        role: person.role,
    };
    people.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: i64, name: &str, role: Option<Role>) -> Person {
        Person { id: PersonId(id), name: name.into(), role }
    }

    #[test]
    fn what_is_wrong_has_its_line() {
        let cases = [
            (
                "{\n\"people\": [\n{\"id\": 1, \"persona\": \"Ely\", \"role\": \"boss\"}\n]}",
                "unknown variant `boss`",
                "line 3",
            ),
            ("{\"people\": [\n{\"persona\": \"Ely\"}\n]}", "neither id nor username", "line 3"),
            (
                "{\"people\": [{\"id\": 1, \"persona\": \"A\"},\n{\"id\": 1, \"persona\": \"B\"}]}",
                "1 is there twice",
                "line 2",
            ),
            (
                "{\"people\": [{\"id\": 1, \"persona\": \"A\"},\n{\"id\": 2, \"persona\": \"a\"}]}",
                "two people are called a",
                "line 2",
            ),
            ("{\"people\": [{\"id\": -100, \"persona\": \"A\"}]}", "no Telegram user", "line 1"),
            (
                "{\"people\": [{\"id\": 1, \"persona\": \"A\", \"rank\": 1}]}",
                "unknown field `rank`",
                "line 1",
            ),
            ("{\n\"people\": [", "EOF", "line 2"),
        ];
        for (text, why, line) in cases {
            let error = parse(text).unwrap_err();
            assert!(error.contains(why) && error.contains(line), "{error}");
        }
    }

    #[test]
    fn an_edit_touches_what_it_touches() {
        let before = entries_of(&[person(1, "Ely", Some(Role::Exec)), person(2, "Alex", Some(Role::Viewer))]);
        // Meanwhile Alex was made Operator by command.
        let now = vec![person(1, "Ely", Some(Role::Exec)), person(2, "Alex", Some(Role::Operator))];
        let mut after = before.clone();
        after[0].persona = "Ely B".into();
        let new = Entry { id: None, username: Some("@zoe".into()), persona: "Zoe".into(), role: None };
        after.push(new.clone());
        let edit = edited(now.clone(), &before, &after);
        assert_eq!(edit.people, [person(1, "Ely B", Some(Role::Exec)), now[1].clone()]);
        assert_eq!(edit.waiting, [new]);
        assert_eq!(edited(now.clone(), &before, &before[..1]).people, now[..1]);
        assert_eq!(edited(now.clone(), &before, &before), Edit { people: now, ..Edit::default() });
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut mesh = Mesh::default();
        mesh.apply(&crate::fact::Fact::PersonKnown(person(1, "Ely \"the\" boss", Some(Role::Exec))));
        let text = render(&mesh);
        assert_eq!(parse(&text).unwrap(), entries_of(&[person(1, "Ely \"the\" boss", Some(Role::Exec))]));
        assert!(text.ends_with("}\n"));
    }
}

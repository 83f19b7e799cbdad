//! People and agents by number; names are only how they are called.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::names::Names;
use crate::fact::{Agent, Fact, Person, Role};
use crate::ids::{AgentId, UserId, Who};

/// Everybody the mesh knows. Unknown means: no role.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roll {
    members: BTreeMap<UserId, Member>,
    names: Names,
}

/// One member of the mesh.
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    /// A person.
    Person(Person),
    /// An agent.
    Agent(Agent),
}

impl Member {
    /// Who it is.
    pub fn who(&self) -> Who {
        match self {
            Self::Person(person) => Who::Person(person.id),
            Self::Agent(agent) => Who::Agent(agent.id),
        }
    }

    /// What it may do: agents are Operators.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Person(person) => person.role,
            Self::Agent(_) => Some(Role::Operator),
        }
    }

    /// Every name it has.
    pub(super) fn called(&self) -> impl Iterator<Item = &str> {
        let (name, aliases) = match self {
            Self::Person(person) => (&person.name, &[][..]),
            Self::Agent(agent) => (&agent.name, agent.aliases.as_slice()),
        };
        std::iter::once(name).chain(aliases).map(String::as_str)
    }

    /// Whether it is called so; the name is folded.
    fn answers_to(&self, name: &str) -> bool {
        self.called().any(|called| folded(called).eq(name.chars()))
    }
}

/// Names are compared without case, blanks and a leading `@`.
pub(super) fn fold_name(name: &str) -> String {
    let plain = name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@');
    if plain { name.to_ascii_lowercase() } else { folded(name).collect() }
}

fn folded(name: &str) -> impl Iterator<Item = char> {
    let name = name.trim().trim_start_matches('@');
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase)
}

impl Roll {
    pub(super) fn know_person(&mut self, person: Person) {
        self.members.insert(UserId(person.id.0), Member::Person(person));
        self.names = Names::of(self.members.iter());
    }

    pub(super) fn know_agent(&mut self, agent: Agent) {
        self.members.insert(UserId(agent.id.0), Member::Agent(agent));
        self.names = Names::of(self.members.iter());
    }

    pub(super) fn forget(&mut self, user: UserId) {
        self.members.remove(&user);
        self.names = Names::of(self.members.iter());
    }

    /// Those whom a text names, in its order; a name that two bear is nobody's.
    pub fn named_in(&self, text: &str) -> impl Iterator<Item = UserId> + use<> {
        self.names.named_in(text).into_iter()
    }

    /// The member behind a Telegram user.
    pub fn get(&self, user: UserId) -> Option<&Member> {
        self.members.get(&user)
    }

    /// Everybody, by number.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// The agents, by number.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.members.values().filter_map(|member| match member {
            Member::Agent(agent) => Some(agent),
            Member::Person(_) => None,
        })
    }

    /// The agent of that number.
    pub fn agent(&self, id: AgentId) -> Option<&Agent> {
        match self.get(UserId(id.0)) {
            Some(Member::Agent(agent)) => Some(agent),
            _ => None,
        }
    }

    /// Whoever answers to a name, an alias or a number; none if nobody or more than one does.
    pub fn by_name(&self, name: &str) -> Option<&Member> {
        let wanted = fold_name(name.trim_end_matches(['.', ',', '!', ':']));
        let number = wanted.parse().ok().map(UserId);
        let mut found = self
            .members
            .iter()
            .filter(|(id, member)| number == Some(**id) || member.answers_to(&wanted))
            .map(|(_, member)| member);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// How somebody is called; their number if nobody knows.
    pub fn name(&self, who: Who) -> Cow<'_, str> {
        match self.get(who.user()) {
            Some(Member::Person(person)) => (&person.name).into(),
            Some(Member::Agent(agent)) => (&agent.name).into(),
            None => who.user().to_string().into(),
        }
    }

    pub(super) fn to_facts(&self) -> Vec<Fact> {
        self.members
            .values()
            .map(|member| match member {
                Member::Person(person) => Fact::PersonKnown(person.clone()),
                Member::Agent(agent) => Fact::AgentKnown(agent.clone()),
            })
            .collect()
    }
}

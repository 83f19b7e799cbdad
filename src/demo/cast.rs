//! Who plays: the people and agents of the sandbox's Mesh Mastermind. All numbers and addresses are synthetic.

use commands::fact::{Agent, Person, Role, Roster};
use commands::ids::{AgentId, PersonId};

/// Ely, an Exec.
pub const ELY: PersonId = PersonId(7_000_001_001);
/// Alex, an Exec.
pub const ALEX: PersonId = PersonId(7_000_001_002);

/// The demo's people and agents; `mesh replay` takes them where a log names none.
pub fn roster() -> Roster {
    let person = |id, name: &str| Person { id, name: name.into(), role: Some(Role::Exec) };
    let agent = |id, name: &str, alias: &[&str], address: &str| Agent {
        id: AgentId(id),
        name: name.into(),
        aliases: alias.iter().map(|&alias| alias.to_owned()).collect(),
        address: Some(address.into()),
        always_on: true,
    };
    Roster {
        people: vec![person(ELY, "Ely"), person(ALEX, "Alex")],
        agents: vec![
            agent(7_100_000_102, "Sandman", &["Cassian"], "100.64.0.11"),
            agent(7_100_000_103, "Oracle", &[], "100.64.0.12"),
            agent(7_100_000_104, "OracleLocalBot", &[], "100.64.0.13"),
        ],
        lead: Some("Sandman".into()),
        domains: std::collections::BTreeMap::new(),
    }
}

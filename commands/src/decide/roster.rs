//! People and agents as the configuration names them become facts where they differ.

use std::collections::BTreeMap;

use super::{Turn, command, verdict};
use crate::fact::{Fact, Roster};
use crate::ids::{Fence, UserId};
use crate::mesh::Member;

pub(super) fn settle(turn: &mut Turn<'_>, roster: Roster) {
    command::settle_people(turn, roster.people, "mesh.toml");
    let named: Vec<Member> = roster.agents.into_iter().map(Member::Agent).collect();
    forget_others(turn, &named);
    for member in named {
        let known = turn.mesh().roll.get(member.who().user()) == Some(&member);
        if let (false, Member::Agent(agent)) = (known, member) {
            turn.fact(Fact::AgentKnown(agent));
        }
    }
    name_first_lead(turn, roster.lead.as_deref());
    name_domains(turn, &roster.domains);
    let term = Fence::first(turn.rules().term);
    if turn.mesh().last_fence() < term {
        turn.fact(Fact::Fenced { last: term });
    }
}

fn forget_others(turn: &mut Turn<'_>, named: &[Member]) {
    let gone: Vec<UserId> = turn
        .mesh()
        .roll
        .agents()
        .map(|agent| UserId(agent.id.0))
        .filter(|user| !named.iter().any(|member| member.who().user() == *user))
        .collect();
    for user in gone {
        turn.fact(Fact::Forgotten { user });
    }
}

/// The domain registry is as the configuration has it; a name that is no agent's decides nothing.
fn name_domains(turn: &mut Turn<'_>, named: &BTreeMap<String, String>) {
    let agent = |name: &String| match turn.mesh().roll.by_name(name) {
        Some(Member::Agent(agent)) => Some(agent.id),
        _ => None,
    };
    let domains = named.iter().filter_map(|(words, name)| Some((verdict::words(words), agent(name)?)));
    let domains: BTreeMap<_, _> = domains.filter(|(words, _)| !words.trim().is_empty()).collect();
    if turn.mesh().domains != domains {
        turn.fact(Fact::DomainsNamed { domains });
    }
}

/// The configured lead holds until another is named; it does not undo one.
fn name_first_lead(turn: &mut Turn<'_>, lead: Option<&str>) {
    if turn.mesh().floor.lead.is_some() {
        return;
    }
    if let Some(Member::Agent(agent)) = lead.and_then(|name| turn.mesh().roll.by_name(name)) {
        let agent = Some(agent.id);
        turn.fact(Fact::LeadNamed { agent });
    }
}

//! What always holds, looked at after every step.

use std::collections::BTreeMap;

use commands::answer::Answer;
use commands::fact::Fact;
use commands::grammar::Task;
use commands::ids::{AgentId, Fence, UserId, Who};
use commands::mesh::Mesh;

use super::door::Reply;
use super::journal::Journal;
use super::node::Node;
use super::office::Office;

/// What was promised and granted so far.
#[derive(Default)]
pub struct Promises {
    fences: BTreeMap<Fence, (String, Who)>,
    /// The highest fence of each office, by its term.
    last: BTreeMap<u32, Fence>,
    /// For each task, each yes that a node believed: when it was so, and the fence.
    held: BTreeMap<String, Vec<(usize, Fence)>>,
    acknowledged: BTreeMap<(UserId, String), Answer>,
    pub figures: Figures,
}

/// What happened in a world, for those who wonder whether anything did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    pub steps: u64,
    pub messages: u64,
    pub facts: u64,
    pub fences: u64,
    pub answers: u64,
    pub checks: u64,
    pub crashes: u64,
    pub changes: u64,
    pub lost: u64,
    pub doubled: u64,
    pub refused: u64,
}

impl Figures {
    pub fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.messages += other.messages;
        self.facts += other.facts;
        self.fences += other.fences;
        self.answers += other.answers;
        self.checks += other.checks;
        self.crashes += other.crashes;
        self.changes += other.changes;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.refused += other.refused;
    }
}

impl Promises {
    /// No fence belongs to two; fences never fall.
    pub fn committed(&mut self, term: u32, facts: &[Fact]) -> Result<(), String> {
        self.figures.facts += facts.len() as u64;
        for fact in facts {
            let (Fact::Claimed { task, owner, fence, .. }
            | Fact::Assigned { task, owner, fence, .. }
            | Fact::Accepted { task, owner, fence, .. }) = fact
            else {
                continue;
            };
            let last = self.last.entry(term).or_insert(Fence(0));
            if fence <= last || fence.term() != term {
                return Err(format!("fence {fence} of \"{task}\" in term {term}, after {last}"));
            }
            *last = *fence;
            self.figures.fences += 1;
            if let Some((other, who)) = self.fences.insert(*fence, (task.clone(), *owner)) {
                return Err(format!(
                    "fence {fence} is {who:?}'s for \"{other}\" and {owner:?}'s for \"{task}\""
                ));
            }
        }
        Ok(())
    }

    /// At most one owner, none while contested, and each under a fence of its own that was drawn.
    pub fn of_mesh(&self, mesh: &Mesh) -> Result<(), String> {
        let mut seen = BTreeMap::new();
        for (key, claim) in mesh.claims.all_open() {
            let owned = claim.holder().is_some();
            match claim.fence {
                None if owned => return Err(format!("\"{key}\" is held under no fence")),
                Some(_) if !owned => return Err(format!("\"{key}\" has a fence, and nobody holds it")),
                None => {}
                Some(fence) => {
                    if let Some(other) = seen.insert(fence, key) {
                        return Err(format!("fence {fence} is of \"{other}\" and of \"{key}\""));
                    }
                    if fence > mesh.last_fence() || !self.fences.contains_key(&fence) {
                        return Err(format!("fence {fence} of \"{key}\" was never drawn"));
                    }
                }
            }
        }
        Ok(())
    }

    /// A node believed an answer: it is never taken back, and a newer owner's yes never gives way to an older one's.
    pub fn believed(&mut self, who: UserId, key: &str, reply: Reply) -> Result<(), String> {
        match reply {
            Reply::Said(answer) => {
                self.figures.answers += 1;
                let before = self.acknowledged.insert((who, key.to_owned()), answer.clone());
                if let Some(before) = before.filter(|before| *before != answer) {
                    return Err(format!("call {key} was answered {before:?}, then {answer:?}"));
                }
            }
            Reply::Holds { task, fence, step, .. } => {
                self.figures.checks += 1;
                let held = self.held.entry(Task::fold(&task)).or_default();
                let contradicts = |(at, other): &(usize, Fence)| {
                    (*at > step && *other < fence) || (*at < step && *other > fence)
                };
                if let Some((at, other)) = held.iter().find(|each| contradicts(each)) {
                    return Err(format!(
                        "\"{task}\": yes for {fence} at step {step}, for {other} at step {at}"
                    ));
                }
                held.push((step, fence));
            }
            Reply::DoesNot => self.figures.checks += 1,
        }
        Ok(())
    }

    /// What was acknowledged is in the journal, whatever crashed since.
    pub fn nothing_is_lost(&self, journal: &Journal) -> Result<(), String> {
        let kept: BTreeMap<(UserId, &str), &Answer> = journal
            .facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::Answered { call, key, answer } => Some(((call.from, key.as_str()), answer)),
                _ => None,
            })
            .collect();
        for ((who, key), answer) in &self.acknowledged {
            if kept.get(&(*who, key.as_str())) != Some(&answer) {
                return Err(format!(
                    "call {key} of {who} was answered {answer:?}; the journal does not know it"
                ));
            }
        }
        Ok(())
    }
}

/// Two checks at one instant never say yes for two agents: whatever node asks whatever sequencer it still believes.
pub fn of_checks_now(offices: &[Office], nodes: &[Node]) -> Result<(), String> {
    let mut held: BTreeMap<String, AgentId> = BTreeMap::new();
    for node in nodes.iter().filter(|node| !node.off) {
        for office in offices.iter().filter(|office| node.authority.seen() <= office.term) {
            for (task, agent) in office.mesh().into_iter().flat_map(agents_with_tasks) {
                let other = *held.entry(task.clone()).or_insert(agent);
                if other != agent {
                    return Err(format!("two are told yes at once: \"{task}\" is {other}'s and {agent}'s"));
                }
            }
        }
    }
    Ok(())
}

fn agents_with_tasks(mesh: &Mesh) -> Vec<(String, AgentId)> {
    let held = mesh.claims.all_open().filter_map(|(task, claim)| match claim.holder()? {
        Who::Agent(agent) => Some((task.to_owned(), agent)),
        Who::Person(_) => None,
    });
    held.collect()
}

//! The world, step by step.

use std::collections::BTreeSet;

use commands::authority::Succession;
use commands::ids::{Fence, UserId};
use jiff::{SignedDuration, Timestamp};

use super::chance::Chance;
use super::door::{Content, Door, Letter, Question};
use super::node::Node;
use super::office::{Asked, Office, Work};
use super::promises::{Figures, Promises, of_checks_now};
use super::talk::{self, Post};

/// Steps of a world.
const STEPS: usize = 240;
/// The sequencer changes so often at most.
const CHANGES_MOST: usize = 3;

/// Something done wrong on purpose, to see that it is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// A new sequencer does not wait until every node has seen its term.
    TakesOfficeAtOnce,
    /// Answers leave before what they say is in the journal.
    AnswersBeforeCommit,
    /// A node forgets the highest term it has seen, and the new sequencer trusts it all the same.
    ForgetsTerms,
}

/// A mesh and everything round it.
pub struct World {
    fault: Fault,
    chance: Chance,
    now: Timestamp,
    step: usize,
    agents: usize,
    nodes: Vec<Node>,
    group: Vec<Post>,
    door: Door,
    /// One for each term, the last may not have begun.
    offices: Vec<Office>,
    change: Option<Succession>,
    promises: Promises,
    keys: u64,
}

impl World {
    pub fn new(seed: u64, fault: Fault) -> Self {
        let mut chance = Chance::new(seed);
        let (agents, nodes) = (2 + chance.below(15), 1 + chance.below(5));
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56);
        let mut first = Office::new(0, 1);
        first.begin(super::journal::Journal::default(), now, talk::roster(agents));
        Self {
            fault,
            chance,
            now,
            step: 0,
            agents,
            nodes: (0..nodes).map(Node::new).collect(),
            group: Vec::new(),
            door: Door::default(),
            offices: vec![first],
            change: None,
            promises: Promises::default(),
            keys: 0,
        }
    }

    pub fn step(&self) -> usize {
        self.step
    }

    /// Plays to the end.
    pub fn play(&mut self) -> Result<Figures, String> {
        while self.step < STEPS {
            self.step += 1;
            self.time_goes_by();
            self.nodes_and_doors_fail();
            self.sequencer_changes()?;
            self.agents_speak();
            self.nodes_ask();
            self.letters_arrive()?;
            for office in 0..self.offices.len() {
                self.office_works(office)?;
            }
            of_checks_now(&self.offices, &self.nodes)?;
        }
        self.look_at_the_journals()?;
        let figures = &mut self.promises.figures;
        (figures.steps, figures.messages) = (self.step as u64, self.group.len() as u64);
        (figures.lost, figures.doubled) = (self.door.lost, self.door.doubled);
        Ok(*figures)
    }

    fn time_goes_by(&mut self) {
        let seconds =
            if self.chance.once_in(25) { 60 * self.chance.below(60) } else { self.chance.below(40) };
        self.now += SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(0));
    }

    fn nodes_and_doors_fail(&mut self) {
        if self.chance.once_in(30) {
            let far = (0..self.nodes.len()).filter(|_| self.chance.once_in(2)).collect();
            self.door.cut(far);
        } else if self.chance.once_in(15) {
            self.door.cut(BTreeSet::new());
        }
        let node = self.chance.below(self.nodes.len());
        if self.nodes[node].off {
            if self.chance.once_in(6) {
                self.nodes[node].off = false;
            }
        } else if self.nodes.len() > 1 && self.chance.once_in(60) {
            self.nodes[node].off = true;
            self.nodes[node].open.clear();
            self.offices.iter_mut().filter(|office| office.node == node).for_each(Office::crash);
        }
        self.offices_restart();
    }

    /// After a crash. Its node knows whether its term has gone by.
    fn offices_restart(&mut self) {
        for office in &mut self.offices {
            let node = &self.nodes[office.node];
            let may = office.has_begun && !office.has_ended && !office.is_running() && !node.off;
            if may && node.authority.seen() > office.term {
                office.end();
            } else if may && self.chance.once_in(4) {
                office.restart(self.now);
            }
        }
    }

    fn sequencer_changes(&mut self) -> Result<(), String> {
        let few = self.offices.len() <= CHANGES_MOST && self.nodes.len() > 1;
        if self.change.is_none() && few && self.chance.once_in(50) {
            let (node, term) = (self.chance.below(self.nodes.len()), self.offices.len() + 1);
            let term = u32::try_from(term).unwrap_or(u32::MAX);
            self.offices.push(Office::new(node, term));
            self.change = Some(Succession::new(term, self.nodes.iter().map(|node| node.name.clone())));
            self.promises.figures.changes += 1;
        }
        if let Some(mut change) = self.change.take() {
            self.term_is_announced(&mut change);
            if !self.office_is_taken(&change)? {
                self.change = Some(change);
            }
        }
        Ok(())
    }

    /// The new sequencer makes its term known to those who have not seen it.
    fn term_is_announced(&mut self, change: &mut Succession) {
        let office = self.offices.len() - 1;
        let (from, term) = (self.offices[office].node, self.offices[office].term);
        let waiting: Vec<_> = change.waiting().cloned().collect();
        for to in 0..self.nodes.len() {
            if !waiting.contains(&self.nodes[to].name) {
                continue;
            }
            if self.nodes[to].off && self.chance.once_in(5) {
                // Whoever switches it on again gives it the new configuration first.
                change.switched_off(&self.nodes[to].name);
                self.see(to, term);
            } else if !self.nodes[from].off {
                self.send(Letter { from, to, term, what: Content::Announced });
            }
        }
    }

    /// The new sequencer begins where the old one ended, when nobody can ask the old one any more.
    fn office_is_taken(&mut self, change: &Succession) -> Result<bool, String> {
        let office = self.offices.len() - 1;
        let at_once = self.fault == Fault::TakesOfficeAtOnce;
        if self.nodes[self.offices[office].node].off || !(at_once || change.is_complete()) {
            return Ok(false);
        }
        if !self.offices[office].has_begun {
            let journal = self.offices[office - 1].journal.clone();
            let before = journal.facts.len();
            self.offices[office].begin(journal, self.now, talk::roster(self.agents));
            let office = &self.offices[office];
            self.promises.committed(office.term, office.facts_since(before))?;
        }
        Ok(change.is_complete())
    }

    /// A node learns of a term, and of the sequencer that goes with it.
    fn see(&mut self, node: usize, term: u32) {
        if self.fault == Fault::ForgetsTerms {
            return;
        }
        let known = self.nodes[node].authority.seen();
        if term > known && self.nodes[node].authority.accept(term).is_ok() {
            self.nodes[node].office = usize::try_from(term).unwrap_or(1) - 1;
            let earlier = self.offices.iter_mut().filter(|office| office.node == node && office.term < term);
            earlier.for_each(Office::end);
        }
    }

    fn agents_speak(&mut self) {
        for _ in 0..self.chance.below(3) {
            let (from, text) = talk::in_the_group(self.agents, &mut self.chance);
            let reply = !self.group.is_empty() && self.chance.once_in(4);
            let reply_to = reply.then(|| self.group.len() - 1 - self.chance.below(self.group.len().min(5)));
            self.group.push(Post { from, at: self.now, text, reply_to });
        }
        let agent = self.chance.below(self.agents);
        let node = agent % self.nodes.len();
        if self.nodes[node].off || self.chance.once_in(2) {
            return;
        }
        self.keys += 1;
        let question = match self.something_held() {
            Some((task, fence)) if self.chance.once_in(2) => Question::Check { task, fence },
            _ => Question::Say(talk::by_agent(self.agents, &mut self.chance)),
        };
        self.nodes[node].ask(self.keys.to_string(), UserId(talk::agent(agent).0), question);
    }

    /// A task and the fence under which some sequencer knows it to be held.
    fn something_held(&mut self) -> Option<(String, Fence)> {
        let office = self.chance.below(self.offices.len());
        let open: Vec<_> = self.offices[office]
            .mesh()?
            .claims
            .all_open()
            .filter_map(|(task, claim)| Some((task.to_owned(), claim.fence?)))
            .collect();
        let (task, fence) = self.chance.pick(Some(&open).filter(|open| !open.is_empty())?).clone();
        // People and agents are shown the counter alone.
        let shown = Fence(u64::from(fence.counter()));
        Some((task, if self.chance.once_in(3) { shown } else { fence }))
    }

    fn nodes_ask(&mut self) {
        for from in 0..self.nodes.len() {
            let node = &mut self.nodes[from];
            let (office, term) = (node.office, node.authority.seen());
            for (key, who, question) in node.questions() {
                let to = self.offices[office].node;
                self.send(Letter { from, to, term, what: Content::Asked { office, key, who, question } });
            }
        }
    }

    fn send(&mut self, letter: Letter) {
        self.door.send(letter, self.step, &mut self.chance);
    }

    fn letters_arrive(&mut self) -> Result<(), String> {
        for letter in self.door.arrivals(self.step) {
            if !self.nodes[letter.to].off {
                self.arrive(letter)?;
            }
        }
        Ok(())
    }

    fn arrive(&mut self, Letter { from, to, term, what }: Letter) -> Result<(), String> {
        match what {
            Content::Asked { office, key, who, question } => {
                self.see(to, term);
                let authority = &mut self.nodes[to].authority;
                if authority.accept(self.offices[office].term).is_ok() {
                    self.offices[office].ask(Asked { from, key, who, question });
                }
            }
            Content::Answered { key, who, reply } => {
                if self.nodes[to].authority.accept(term).is_err() {
                    self.promises.figures.refused += 1;
                } else if self.nodes[to].answered(&key) {
                    self.promises.believed(who, &key, reply)?;
                }
            }
            Content::Announced => {
                self.see(to, term);
                self.send(Letter { from: to, to: from, term, what: Content::Seen });
            }
            Content::Seen => {
                if let Some(change) = &mut self.change {
                    change.acknowledged(&self.nodes[from].name, term);
                }
            }
        }
        Ok(())
    }

    /// One batch of a sequencer: decided, committed, answered; a crash may come in between.
    fn office_works(&mut self, at: usize) -> Result<(), String> {
        if !self.offices[at].is_running() {
            return Ok(());
        }
        let before = self.offices[at].journal.facts.len();
        let mut work = self.offices[at].work(&self.group, self.now, &mut self.chance);
        if self.fault == Fault::AnswersBeforeCommit {
            self.answer(at, &mut work);
        }
        if self.crashes(at) {
            return Ok(());
        }
        let office = &mut self.offices[at];
        office.journal.commit(std::mem::take(&mut work.batch));
        self.promises.committed(office.term, office.facts_since(before))?;
        if let Some(mesh) = office.mesh() {
            self.promises.of_mesh(mesh)?;
            if self.chance.once_in(30) && office.journal.mesh() != *mesh {
                return Err("the journal folds to another mesh than the one that is decided by".into());
            }
        }
        if self.crashes(at) {
            return Ok(());
        }
        self.offices[at].checked(&mut work, self.step);
        self.answer(at, &mut work);
        Ok(())
    }

    fn crashes(&mut self, at: usize) -> bool {
        let crashes = self.chance.once_in(80);
        if crashes {
            self.promises.figures.crashes += 1;
            self.offices[at].crash();
        }
        crashes
    }

    fn answer(&mut self, at: usize, work: &mut Work) {
        let (from, term) = (self.offices[at].node, self.offices[at].term);
        for (to, key, who, reply) in std::mem::take(&mut work.replies) {
            self.send(Letter { from, to, term, what: Content::Answered { key, who, reply } });
        }
    }

    fn look_at_the_journals(&self) -> Result<(), String> {
        let last = self.offices.iter().rev().find(|office| office.has_begun);
        last.map_or(Ok(()), |office| self.promises.nothing_is_lost(&office.journal))
    }
}

//! A night: one node, three agents that say much to each other, gateways that die, return, refuse and forget, kill -9 of
//! the node. What was accepted arrives at its agent, in order, none lost; again only under the same key.
//!
//! A short one is among the tests, a long one is `cargo bench --bench night`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::client::{Answer, Request};
use super::gateway::{Gateway, Letter, Mood};
use super::stage::{self, LOCAL, ORACLE, SANDMAN, hook};
use crate::node::harness::{Bench, Ear, Node};

const AGENTS: [(&str, &str); 3] = [("Sandman", SANDMAN), ("Oracle", ORACLE), ("OracleLocalBot", LOCAL)];

/// What kind of night.
#[derive(Clone, Copy, Debug)]
pub struct Night {
    /// The same seed is the same night.
    pub seed: u64,
    /// Messages that an agent hands another.
    pub messages: usize,
    /// The node is killed after so many, in the middle of the next.
    pub killed_every: usize,
    /// With one of so many messages something happens to a gateway.
    pub unrest: usize,
    /// The messages are spread over so long; with none, each follows the one before.
    pub lasts: Duration,
    /// In the morning all gateways are well, and all that waits arrives within this.
    pub drained_within: Duration,
}

/// What is told of a night while it lasts.
#[derive(Clone, Copy, Debug)]
pub enum Hour {
    /// The node runs, as that process.
    Begun(u32),
    /// It is about to be killed.
    Killed(u32),
    /// So many messages were accepted, of which some wait for their agents.
    Accepted {
        count: usize,
        #[allow(dead_code, reason = "a bench tells it")]
        waiting: usize,
    },
    /// All arrived, and it still runs.
    Over(u32),
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Morning {
    /// How often the node was killed.
    pub kills: usize,
    /// Messages whose sender had no answer and said them again under the same key.
    pub said_again: usize,
    /// How often a gateway died.
    pub deaths: usize,
    /// How often a gateway began to refuse, to forget, to hang up or to be slow.
    pub moods: usize,
    /// Letters that came again, under their own keys.
    pub repeats: usize,
}

/// A small generator: the same night every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % most
    }

    fn mood(&mut self) -> Mood {
        match self.below(8) {
            0 => Mood::Refuses(503, Some(0)),
            1 => Mood::Forgets,
            2 => Mood::HangsUp,
            3 => Mood::RefusesSlowly,
            4 => Mood::Takes(202),
            _ => Mood::Takes(200),
        }
    }
}

/// What arrived first, in order; a repeat is the same letter.
fn firsts(letters: &[Letter]) -> Vec<String> {
    let (mut keys, mut texts) = (BTreeMap::new(), Vec::new());
    for letter in letters.iter().filter(|letter| letter.is_run()) {
        let text = letter.text().to_owned();
        let known = keys.entry(letter.key.clone()).or_insert_with(|| {
            texts.push(text.clone());
            text.clone()
        });
        assert_eq!(*known, text, "one key, one letter");
    }
    let distinct: BTreeSet<_> = texts.iter().collect();
    assert_eq!(distinct.len(), texts.len(), "one letter, one key: {texts:#?}");
    texts
}

struct Stage {
    bench: Bench,
    gateways: Vec<Gateway>,
    alive: [bool; AGENTS.len()],
    node: Node,
    door: SocketAddr,
    came_to: Morning,
}

impl Stage {
    async fn set() -> Self {
        let bench = stage::bench(Ear::Dedicated).await;
        bench.set("[rules]\n", "[rules]\nloop_messages = 10000\nloop_turns = 10000\n");
        let mut gateways = Vec::new();
        for (agent, _) in AGENTS {
            let gateway = Gateway::start().await;
            hook(&bench, agent, &gateway, "\"hook\"");
            stage::accept(&bench, agent, "*");
            gateways.push(gateway);
        }
        let (node, door) = stage::start(&bench).await;
        Self { bench, gateways, alive: [true; AGENTS.len()], node, door, came_to: Morning::default() }
    }

    /// Something happens to a gateway.
    async fn disturb(&mut self, chance: &mut Chance) {
        let fate = chance.below(AGENTS.len());
        let gateway = &mut self.gateways[fate];
        if chance.below(4) > 0 {
            let mood = chance.mood();
            self.came_to.moods += usize::from(!matches!(mood, Mood::Takes(_)));
            gateway.mood(mood);
        } else if self.alive[fate] {
            gateway.die().await;
            self.came_to.deaths += 1;
            self.alive[fate] = false;
        } else {
            gateway.revive().await;
            self.alive[fate] = true;
        }
    }

    /// One is killed, and the next begins; whoever was speaking says it again.
    async fn say_and_kill(mut self, said: &Request, hour: &mut impl FnMut(Hour)) -> (Self, Answer) {
        hour(Hour::Killed(self.node.pid()));
        let (answer, ()) = tokio::join!(said.try_send(self.door), self.node.kill());
        (self.node, self.door) = stage::start(&self.bench).await;
        hour(Hour::Begun(self.node.pid()));
        self.came_to.kills += 1;
        self.came_to.said_again += usize::from(answer.is_none());
        let answer = match answer {
            Some(answer) => answer,
            None => said.send(self.door).await,
        };
        (self, answer)
    }

    /// All are well.
    async fn dawn(&mut self) {
        for (gateway, alive) in self.gateways.iter_mut().zip(self.alive) {
            gateway.mood(Mood::Takes(200));
            if !alive {
                gateway.revive().await;
            }
        }
    }
}

/// Goes through a night; every promise that it holds is asserted.
pub async fn run(night: Night, mut hour: impl FnMut(Hour)) -> Morning {
    let mut stage = Stage::set().await;
    hour(Hour::Begun(stage.node.pid()));
    let mut chance = Chance(night.seed);
    let mut accepted: [Vec<String>; AGENTS.len()] = Default::default();
    let (begun, each) = (Instant::now(), night.lasts / u32::try_from(night.messages).unwrap_or(u32::MAX));
    for number in 0..night.messages {
        if !each.is_zero() {
            tokio::time::sleep_until(begun + each * u32::try_from(number).unwrap_or(u32::MAX)).await;
        }
        if chance.below(night.unrest) == 0 {
            stage.disturb(&mut chance).await;
        }
        let from = chance.below(AGENTS.len());
        let to = (from + 1 + chance.below(AGENTS.len() - 1)) % AGENTS.len();
        let (message, (name, token)) = (format!("message {number}"), AGENTS[from]);
        let body = json!({
            "message": message, "channel": "telegram", "to": AGENTS[to].0, "deliver": true,
            "idempotencyKey": format!("night-{number}"),
        });
        let said = Request::new("POST", "/hooks/agent").header("Authorization", &format!("Bearer {token}"));
        let said = said.body(body.to_string());
        let answer = if number % night.killed_every == night.killed_every - 1 {
            let answer;
            (stage, answer) = stage.say_and_kill(&said, &mut hour).await;
            answer
        } else {
            said.send(stage.door).await
        };
        assert_eq!(answer.status, 200, "{answer:?}");
        accepted[to].push(format!("{name}: {message}"));
        let delivered: usize = stage.gateways.iter().map(Gateway::runs).sum();
        hour(Hour::Accepted { count: number + 1, waiting: (number + 1).saturating_sub(delivered) });
    }
    stage.dawn().await;
    for ((gateway, wanted), (name, _)) in stage.gateways.iter().zip(&accepted).zip(AGENTS) {
        let arrived = gateway.until_runs(wanted.len(), night.drained_within).await;
        assert_eq!(arrived, wanted.len(), "{name}: all of its letters");
        let taken = gateway.taken();
        assert!(firsts(&taken) == *wanted, "{name}: in order, and each");
        stage.came_to.repeats += taken.iter().filter(|letter| letter.is_run()).count() - wanted.len();
    }
    hour(Hour::Over(stage.node.pid()));
    stage.node.stop().await;
    stage.came_to
}

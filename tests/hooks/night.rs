//! A night in short: one node, three agents that say much to each other, gateways that die, return, refuse and forget,
//! kill -9 of the node. What was accepted arrives at its agent, in order, none lost; again only under the same key.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::gateway::{Gateway, Letter, Mood};
use super::stage::{self, LOCAL, ORACLE, SANDMAN, hook, post};
use crate::node::harness::Ear;

const AGENTS: [(&str, &str); 3] = [("Sandman", SANDMAN), ("Oracle", ORACLE), ("OracleLocalBot", LOCAL)];
const MESSAGES: usize = 300;
const KILLED_EVERY: usize = 75;
const SEED: u64 = 0x5eed_0555;

/// A small generator: the same night every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % most
    }

    fn mood(&mut self) -> Mood {
        match self.below(5) {
            0 => Mood::Refuses(503, Some(0)),
            1 => Mood::Forgets,
            2 => Mood::Takes(202),
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

#[tokio::test(flavor = "multi_thread")]
async fn a_night_loses_nothing_and_doubles_nothing() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (seed, messages) = (number("MESH_NIGHT_SEED").unwrap_or(SEED), number("MESH_NIGHT_MESSAGES"));
    let messages = messages.and_then(|messages| messages.try_into().ok()).unwrap_or(MESSAGES);
    println!("seed {seed:#x}");
    let bench = stage::bench(Ear::Dedicated).await;
    bench.set("[rules]\n", "[rules]\nloop_messages = 1000\nloop_turns = 1000\n");
    let mut gateways = Vec::new();
    for (agent, _) in AGENTS {
        let gateway = Gateway::start().await;
        hook(&bench, agent, &gateway, "\"hook\"");
        stage::accept(&bench, agent, "*");
        gateways.push(gateway);
    }
    let (mut chance, mut alive) = (Chance(seed), [true; AGENTS.len()]);
    let mut accepted: [Vec<String>; AGENTS.len()] = Default::default();
    let (mut node, mut door) = stage::start(&bench).await;
    for number in 0..messages {
        if number % KILLED_EVERY == KILLED_EVERY - 1 {
            node.kill().await;
            (node, door) = stage::start(&bench).await;
        }
        let fate = chance.below(AGENTS.len());
        match chance.below(8) {
            0 if alive[fate] => gateways[fate].die().await,
            0 => gateways[fate].revive().await,
            1..4 => gateways[fate].mood(chance.mood()),
            _ => {}
        }
        alive[fate] = tokio::net::TcpStream::connect(gateways[fate].address).await.is_ok();
        let from = chance.below(AGENTS.len());
        let to = (from + 1 + chance.below(AGENTS.len() - 1)) % AGENTS.len();
        let message = format!("message {number}");
        let (name, token) = AGENTS[from];
        let body = json!({
            "message": message, "channel": "telegram", "to": AGENTS[to].0, "deliver": true,
            "idempotencyKey": format!("night-{number}"),
        });
        let answer = post(door, token, "/hooks/agent", &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        accepted[to].push(format!("{name}: {message}"));
    }
    for (gateway, alive) in gateways.iter_mut().zip(alive) {
        gateway.mood(Mood::Takes(200));
        if !alive {
            gateway.revive().await;
        }
    }
    let mut repeats = 0;
    for ((gateway, wanted), (name, _)) in gateways.iter().zip(&accepted).zip(AGENTS) {
        let all = |letters: &[Letter]| {
            let texts: BTreeSet<_> = letters.iter().map(Letter::text).collect();
            wanted.iter().all(|text| texts.contains(text.as_str()))
        };
        gateway.until(&format!("all of {name}'s letters"), all).await;
        let taken = gateway.taken();
        assert_eq!(firsts(&taken), *wanted, "{name}: in order");
        repeats += taken.iter().filter(|letter| letter.is_run()).count() - wanted.len();
    }
    println!("{messages} messages, {repeats} repeats under their own keys");
    node.stop().await;
}

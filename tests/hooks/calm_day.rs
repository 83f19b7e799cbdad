//! The calm day of the transcripts (20 tasks, three agents, 150 messages of chat), said in a group whose agents have hooks:
//! their models run for what they are offered, and for nothing else.

use std::time::Duration;

use serde_json::{Value, json};

use super::gateway::{Gateway, Letter};
use super::stage::{self, SANDMAN, hook};
use crate::node::harness::Ear;

const DAY: &str = include_str!("../transcripts/a_calm_day.jsonl");
const AGENTS: [&str; 3] = ["Sandman", "Oracle", "OracleLocalBot"];
/// Handoffs to an agent, and tasks that become free for the one who is next. That an offer is made again after five
/// minutes takes five minutes; the transcript has it.
const OFFERS: usize = 5 + 4;
/// Of the last claim of the day.
const LAST_FENCE: u64 = (1 << 32) + 24;

#[tokio::test(flavor = "multi_thread")]
async fn a_calm_day_runs_models_for_its_offers_alone() {
    let bench = stage::bench(Ear::Dedicated).await;
    bench.set("[rules]\n", "[rules]\nloop_messages = 1000\nloop_turns = 1000\n");
    let mut gateways = Vec::new();
    for agent in AGENTS {
        let gateway = Gateway::start().await;
        hook(&bench, agent, &gateway, "\"hook\"");
        stage::accept(&bench, agent, "*");
        gateways.push(gateway);
    }
    let (node, door) = stage::start(&bench).await;
    let mut spoken = 0;
    for line in DAY.lines() {
        let said: Value = serde_json::from_str(line).expect("a line of the log");
        let word = |key: &str| said[key].as_str().expect("a text");
        bench.say(word("from"), word("text"));
        spoken += 1;
    }
    assert_eq!(spoken, 205);
    let mut beat = tokio::time::interval(Duration::from_millis(200));
    let delivered = async {
        loop {
            beat.tick().await;
            let state = bench.state().await;
            let done = |claim: &Value| claim["state"] == "done";
            if state["last_fence"] != json!(LAST_FENCE)
                || !state["claims"].as_array().is_some_and(|claims| claims.iter().all(done))
            {
                continue;
            }
            let agents = stage::get(door, SANDMAN, "/agents").await.json();
            let agents = agents["agents"].as_array().expect("agents").clone();
            let waits = |agent: &Value| agent["waiting"].as_u64() != Some(0);
            let runs: u64 = agents.iter().filter_map(|agent| agent["runs"].as_u64()).sum();
            // One of each agent may be under way.
            if !agents.iter().any(waits) && runs >= OFFERS as u64 {
                return runs;
            }
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(30), delivered).await.expect("nothing waits");
    let runs: Vec<_> =
        gateways.iter().flat_map(|gateway| gateway.letters().into_iter().filter(Letter::is_run)).collect();
    let offers =
        |letter: &&Letter| letter.text().starts_with("HANDOFF from ") || letter.text().starts_with("Free: ");
    assert_eq!((runs.len(), runs.iter().filter(offers).count()), (OFFERS, OFFERS), "{runs:#?}");
    assert_eq!(told, 9, "as the node counts them, too");
    node.stop().await;
}

//! One agent hangs on each request until the node gives up (30 s): how long another's letters take, and how long they
//! take while none hangs, before it and after it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::json;

use super::gateway::{Gateway, Letter, Mood};
use super::harness::Ear;
use super::stage::{self, SANDMAN, hook, post};
use super::times::{percentile, print, ratio};

/// A letter to each so often.
const EVERY: Duration = Duration::from_millis(20);
const CALM: Duration = Duration::from_secs(15);
/// The node gives one request up within it, and begins another.
const HUNG: Duration = Duration::from_secs(36);
const WITHIN: Duration = Duration::from_mins(2);

struct Hand {
    door: SocketAddr,
    oracle: Gateway,
    local: Gateway,
    said: usize,
}

impl Hand {
    /// A letter to each agent again and again; how long Oracle's took from the sender's request.
    async fn over(&mut self, time: Duration) -> anyhow::Result<Vec<Duration>> {
        let before = self.said;
        let mut said = Vec::new();
        let (begun, mut beat) = (Instant::now(), tokio::time::interval(EVERY));
        while begun.elapsed() < time {
            beat.tick().await;
            said.push(Instant::now());
            for to in ["Oracle", "OracleLocalBot"] {
                let message = format!("letter {}", self.said);
                let body = json!({ "message": message, "channel": "telegram", "to": to, "deliver": false });
                let answer = post(self.door, SANDMAN, "/hooks/agent", &body).await;
                anyhow::ensure!(answer.status == 200, "{answer:?}");
            }
            self.said += 1;
        }
        let arrived = self.oracle.until_runs(self.said, WITHIN).await;
        anyhow::ensure!(arrived == self.said, "{arrived} of {} letters arrived", self.said);
        let letters = self.oracle.letters().into_iter().filter(Letter::is_run).skip(before);
        Ok(letters.zip(said).map(|(letter, said)| letter.at - said).collect())
    }
}

/// Prints its lines.
pub async fn measure() -> anyhow::Result<()> {
    let bench = stage::bench(Ear::Dedicated).await;
    bench.set("[rules]\n", "[rules]\nloop_messages = 10000\nloop_turns = 10000\n");
    let (oracle, local) = (Gateway::start().await, Gateway::start().await);
    for (agent, gateway) in [("Oracle", &oracle), ("OracleLocalBot", &local)] {
        hook(&bench, agent, gateway, "\"hook\"");
        stage::accept(&bench, agent, "*");
    }
    let (node, door) = stage::start(&bench).await;
    let mut hand = Hand { door, oracle, local, said: 0 };
    let mut calm = hand.over(CALM).await?;
    hand.local.mood(Mood::Hangs);
    let hung = hand.over(HUNG).await?;
    let (hung_on, asked) = (hand.local.taken().len(), hand.local.letters().len());
    hand.local.mood(Mood::Takes(200));
    let caught_up = hand.local.until_runs(hand.said, WITHIN).await;
    anyhow::ensure!(caught_up == hand.said, "{caught_up} of {} letters arrived at last", hand.said);
    calm.extend(hand.over(CALM).await?);
    print("to an agent, all of them well", &calm);
    print("to an agent, while another hangs", &hung);
    println!("the other was asked {} times meanwhile, and has caught up since", asked - hung_on);
    println!(
        "ratio of the p95s                        {:.2}",
        ratio(percentile(&hung, 95), percentile(&calm, 95))
    );
    node.kill().await;
    Ok(())
}

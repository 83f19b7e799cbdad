//! A long night: `cargo bench --bench night -- 50000 1` has three agents hand each other 50,000 messages of the seed 1
//! through one node, as fast as it takes them (`-- 50000 1 60`: in 60 minutes), while their gateways die and return,
//! refuse, forget, hang up and are slow, and the node is killed with -9 after each 300. That all arrive, in order per agent and again only under their own keys, is asserted.

#[path = "../tests/hooks/client.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod client;
#[path = "figures.rs"]
#[expect(dead_code, reason = "the benches that compare use the rest")]
mod figures;
#[path = "../tests/hooks/gateway.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod gateway;
#[path = "../tests/node/harness.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod harness;
#[path = "../tests/hooks/night.rs"]
mod night;
#[path = "../tests/hooks/stage.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod stage;

/// As the tests call it.
mod node {
    pub(crate) use super::harness;
}

use std::time::{Duration, Instant};

use self::figures::memory;
use self::night::{Hour, Night};

/// Messages without an argument.
const MESSAGES: usize = 50_000;
/// A line is printed after so many.
const TOLD_EVERY: usize = 1_000;
const NIGHT: Night = Night {
    seed: 1,
    messages: MESSAGES,
    killed_every: 300,
    unrest: 20,
    lasts: Duration::ZERO,
    drained_within: Duration::from_mins(10),
};

fn main() -> anyhow::Result<()> {
    let mut asked = std::env::args().skip(1).filter_map(|word| word.parse::<u32>().ok());
    let messages =
        asked.next().map_or(NIGHT.messages, |messages| usize::try_from(messages).unwrap_or(MESSAGES));
    let seed = asked.next().map_or(NIGHT.seed, u64::from);
    let lasts = asked.next().map_or(NIGHT.lasts, |minutes| Duration::from_mins(minutes.into()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(last(Night { seed, messages, lasts, ..NIGHT }))
}

/// What is looked at while the night lasts.
struct Watch {
    begun: Instant,
    /// When the last line was printed.
    told: Instant,
    node: u32,
    at_start: f64,
    highest: f64,
    now: f64,
}

impl Watch {
    fn look(&mut self, hour: Hour) -> anyhow::Result<()> {
        match hour {
            Hour::Begun(node) => {
                self.node = node;
                if self.at_start == 0.0 {
                    self.at_start = memory(node, "VmRSS")?;
                }
            }
            Hour::Killed(node) | Hour::Over(node) => {
                self.highest = self.highest.max(memory(node, "VmHWM")?);
                self.now = memory(node, "VmRSS")?;
            }
            Hour::Accepted { count, waiting } if count % TOLD_EVERY == 0 => {
                self.now = memory(self.node, "VmRSS")?;
                println!(
                    "{count:>6} accepted, {waiting:>5} wait, the last {TOLD_EVERY} in {:>5.1} s; resident {:.1} MB, at most so \
                     far {:.1} MB",
                    self.told.elapsed().as_secs_f64(),
                    self.now,
                    self.highest
                );
                self.told = Instant::now();
            }
            Hour::Accepted { .. } => {}
        }
        Ok(())
    }
}

async fn last(night: Night) -> anyhow::Result<()> {
    let now = Instant::now();
    let mut watch = Watch { begun: now, told: now, node: 0, at_start: 0.0, highest: 0.0, now: 0.0 };
    let mut unseen = Ok(());
    let morning = night::run(night, |hour| {
        if let Err(error) = watch.look(hour) {
            unseen = Err(error);
        }
    })
    .await;
    unseen?;
    let took = watch.begun.elapsed().as_secs_f64();
    let thousands = figures::count(night.messages) / 1_000.0;
    println!("seed {}: {} messages, all delivered, in order per agent", night.seed, night.messages);
    println!("{:>6} came again, each under its own key", morning.repeats);
    println!(
        "{:>6} kills of the node; {} had no answer and were said again",
        morning.kills, morning.said_again
    );
    println!("{:>6} deaths of gateways, {} bad moods", morning.deaths, morning.moods);
    println!("{took:>6.0} s in all, {:.1} s per 1,000", took / thousands);
    println!(
        "resident {:.1} MB at the start, at most {:.1} MB, {:.1} MB at the end",
        watch.at_start, watch.highest, watch.now
    );
    Ok(())
}

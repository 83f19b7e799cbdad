//! `cargo bench --bench flood`: 20,000 messages poured into the group as fast as the sandbox takes them, one in a hundred
//! a claim. Heard in order or not, how long it takes, the memory of the node, and how long a claim in the middle waits.

#[path = "../tests/node/harness.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod harness;

use std::time::{Duration, Instant};

use sandbox::world::{Draft, MessageKey, Peer, SeenWhat, UserId, World};

use tokio::sync::oneshot;

use self::harness::{Bench, Ear, Node};

const MESSAGES: usize = 20_000;
const CLAIM_EVERY: usize = 100;
/// The account that hears, and reacts.
const EAR: &str = "Mesh Bridge";
const WITHIN: Duration = Duration::from_mins(5);

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure())
}

async fn measure() -> anyhow::Result<()> {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    let alone = answered(&bench, "one alone").await?;
    println!("resident, idle           {} KiB", memory(&node, "VmRSS")?);
    let (world, group) = (bench.world().clone(), bench.group);
    let (agent, person) = (bench.user("Sandman"), bench.user("Alex"));
    let mut seen = world.watch();
    let begun = Instant::now();
    let (tell, told) = oneshot::channel();
    let pouring = tokio::task::spawn_blocking(move || pour(&world, group, (agent, person), tell));
    let (middle, middle_said) = told.await?;
    let waited = tokio::time::timeout(WITHIN, async {
        while !bench.has_reacted(EAR, middle) {
            let _ = seen.recv().await;
        }
        middle_said.elapsed()
    });
    let waited = waited.await?;
    let (said, poured) = pouring.await??;
    println!("poured                   {MESSAGES} in {:.2} s", poured.as_secs_f64());
    println!("claim in the middle      {:.0} ms (alone: {:.1} ms)", ms(waited), ms(alone));
    let last = said.last().expect("claims").1;
    let all = tokio::time::timeout(WITHIN, async {
        while !bench.has_reacted(EAR, last) {
            let _ = seen.recv().await;
        }
        begun.elapsed()
    });
    let all = all.await?;
    println!("all heard and answered   {:.2} s, {:.0} messages a second", all.as_secs_f64(), rate(all));
    println!("resident, most           {} KiB; now {} KiB", memory(&node, "VmHWM")?, memory(&node, "VmRSS")?);
    let state = bench.state().await;
    println!("claims in order          {}", in_order(&state, &said));
    node.kill().await;
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn rate(time: Duration) -> f64 {
    f64::from(u32::try_from(MESSAGES).unwrap_or(0)) / time.as_secs_f64()
}

type Said = Vec<(String, MessageKey, Instant)>;

/// Says everything, and tells of the claim in the middle; each claim with when it was said, and how long all of it took.
fn pour(
    world: &World,
    group: Peer,
    (agent, person): (UserId, UserId),
    middle: oneshot::Sender<(MessageKey, Instant)>,
) -> anyhow::Result<(Said, Duration)> {
    let begun = Instant::now();
    let mut middle = Some(middle);
    let mut said = Vec::new();
    for n in 1..=MESSAGES {
        let claim = n % CLAIM_EVERY == 0;
        let task = format!("task {n}");
        let text =
            if claim { format!("🔒 EXCLUSIVE CLAIM: {task}\nETA: 20 min") } else { format!("chatter {n}") };
        let from = if n % 3 == 0 || claim { agent } else { person };
        let posted = world.post(from, group, Draft::text(text))?;
        if claim {
            said.push((task, posted.key, Instant::now()));
        }
        if n == MESSAGES / 2
            && let Some(middle) = middle.take()
        {
            let _ = middle.send((posted.key, Instant::now()));
        }
    }
    Ok((said, begun.elapsed()))
}

/// How long one claim waits that is said alone.
async fn answered(bench: &Bench, task: &str) -> anyhow::Result<Duration> {
    let mut seen = bench.world().watch();
    let begun = Instant::now();
    let text = format!("🔒 EXCLUSIVE CLAIM: {task}\nETA: 20 min");
    let posted = bench.world().post(bench.user("Sandman"), bench.group, Draft::text(text))?;
    let answer = async {
        loop {
            let event = seen.recv().await?;
            if event.message == posted.key && matches!(event.what, SeenWhat::Reacted { .. }) {
                return anyhow::Ok(begun.elapsed());
            }
        }
    };
    tokio::time::timeout(WITHIN, answer).await?
}

/// Whether every claim has its fence, in the order in which they were said.
fn in_order(state: &serde_json::Value, said: &Said) -> bool {
    let claims = state["claims"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut held: Vec<(u64, &str)> =
        claims.iter().filter_map(|claim| Some((claim["fence"].as_u64()?, claim["task"].as_str()?))).collect();
    held.sort_unstable();
    let tasks: Vec<&str> = held.into_iter().map(|(_, task)| task).skip(1).collect();
    tasks == said.iter().map(|(task, ..)| task.as_str()).collect::<Vec<_>>()
}

/// Memory of the node in KiB.
fn memory(node: &Node, which: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", node.pid()))?;
    let line = status.lines().find(|line| line.starts_with(which)).expect("a Linux kernel says so");
    Ok(line.split_whitespace().nth(1).expect("a number").parse()?)
}

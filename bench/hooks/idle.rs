//! What agents cost a node that only asks again and again whether they are there. Each is asked once a second here, as
//! often in a second as by default in two minutes, so that the processor time can be read at all.

use std::time::Duration;

use super::crowd;
use super::figures::{count, memory, processor};
use super::gateway::Gateway;
use super::harness::Ear;
use super::stage::{self, hook};

/// With none, a node that asks nobody: the baseline.
const AGENTS: [usize; 4] = [0, 1, 3, 30];
const SETTLED_AFTER: Duration = Duration::from_secs(5);
const WATCHED_FOR: Duration = Duration::from_secs(30);
/// By default an agent is asked every two minutes.
const QUESTIONS_A_MINUTE: f64 = 0.5;

struct Cost {
    resident: f64,
    seconds_a_minute: f64,
    asked: usize,
}

/// Prints the table.
pub async fn measure() -> anyhow::Result<()> {
    println!(
        "{:<34}{:>14}{:>18}{:>18}",
        "agents, each asked once a second", "resident, MB", "cpu, ms a minute", "asked a minute"
    );
    let mut costs = Vec::new();
    for agents in AGENTS {
        let cost = with(agents).await?;
        let a_minute = count(cost.asked) * 60.0 / WATCHED_FOR.as_secs_f64();
        println!("{agents:<34}{:>14.1}{:>18.0}{a_minute:>18.0}", cost.resident, cost.seconds_a_minute * 1e3);
        costs.push(cost);
    }
    let (Some(none), Some(most)) = (costs.first(), costs.last()) else { return Ok(()) };
    let asked = count(most.asked) * 60.0 / WATCHED_FOR.as_secs_f64();
    let question = (most.seconds_a_minute - none.seconds_a_minute) / asked;
    let each = (most.resident - none.resident) / count(AGENTS[AGENTS.len() - 1]);
    println!("one question                      {:.0} µs of processor", question * 1e6);
    println!(
        "an idle agent, by default         {:.2} ms of processor a minute, {:.0} KiB",
        question * QUESTIONS_A_MINUTE * 1e3,
        each * 1024.0
    );
    Ok(())
}

async fn with(agents: usize) -> anyhow::Result<Cost> {
    let bench = stage::bench(Ear::Dedicated).await;
    let gateway = Gateway::start().await;
    bench.set("[hooks]\n", "[hooks]\nping_every = \"1 s\"\n");
    for name in ["Sandman", "Oracle", "OracleLocalBot"].into_iter().take(agents) {
        hook(&bench, name, &gateway, "\"hook\"");
    }
    crowd::add(&bench, &gateway, agents.saturating_sub(3));
    let (node, _) = stage::start(&bench).await;
    watch(SETTLED_AFTER).await;
    let (asked, before) = (gateway.times_asked(), processor(node.pid())?);
    watch(WATCHED_FOR).await;
    let seconds_a_minute = (processor(node.pid())? - before) * 60.0 / WATCHED_FOR.as_secs_f64();
    let cost = Cost {
        resident: memory(node.pid(), "VmRSS")?,
        seconds_a_minute,
        asked: gateway.times_asked() - asked,
    };
    node.kill().await;
    Ok(cost)
}

/// That much time goes by.
async fn watch(time: Duration) {
    let mut beat = tokio::time::interval(time);
    beat.tick().await;
    beat.tick().await;
}

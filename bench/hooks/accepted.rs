//! Hooks accepted a second, at our door and at the real gateways': the same requests, in turn. Ours has written each to
//! disk before it answers, and delivers it to an agent besides; theirs is in memory, and begins a run that ends for want
//! of a model.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::figures::{count, heading, row};
use super::gateway::{Gateway, TOKEN};
use super::harness::Ear;
use super::stage::{self, LOCAL, ORACLE, SANDMAN, hook};
use super::{crowd, real};

const ROUNDS: usize = 5;
/// How long each has in a round.
const A_TURN: Duration = Duration::from_secs(3);
/// A gateway may take so long for the first.
const FIRST_WITHIN: Duration = Duration::from_mins(1);
/// What was accepted is delivered within this.
const DELIVERED_WITHIN: Duration = Duration::from_mins(2);
/// The loop guard lets two agents say 10,000 a minute to each other: three speak to eight.
const SPEAKERS: [&str; 3] = [SANDMAN, ORACLE, LOCAL];
const LISTENERS: usize = 8;

#[derive(Clone)]
enum Door {
    /// The node's, where each agent has its own token, and a message is for one.
    Ours(String),
    /// A gateway's.
    Theirs(String),
}

/// What one turn came to.
#[derive(Clone, Copy, Debug, Default)]
struct Turn {
    accepted: usize,
    refused: usize,
}

/// Prints the table.
pub async fn measure() -> anyhow::Result<()> {
    let bench = stage::bench(Ear::Dedicated).await;
    bench.set("[rules]\n", "[rules]\nloop_messages = 10000\nloop_turns = 10000\n");
    let listening = Gateway::start().await;
    hook(&bench, "Oracle", &listening, "\"hook\"");
    crowd::add(&bench, &listening, LISTENERS);
    let (node, address) = stage::start(&bench).await;
    let ours = Door::Ours(format!("http://{address}/hooks/agent"));
    let mut handed = 0;
    let reals = real::start().await?;
    let number = Arc::new(AtomicUsize::new(0));
    let names: Vec<_> = std::iter::once("mesh").chain(reals.iter().map(|real| real.name)).collect();
    heading(&names);
    for at_once in [1, 8] {
        let mut rates = vec![Vec::new(); names.len()];
        let mut refused = vec![0; names.len()];
        for _ in 0..ROUNDS {
            let mut keep = |place: usize, turn: Turn| {
                rates[place].push(count(turn.accepted) / A_TURN.as_secs_f64());
                refused[place] += turn.refused;
            };
            let had = turn(&ours, at_once, &number).await?;
            keep(0, had);
            handed += had.accepted;
            let arrived = listening.until_runs(handed, DELIVERED_WITHIN).await;
            anyhow::ensure!(arrived >= handed, "{arrived} of {handed} that were accepted have arrived");
            for (place, real) in reals.iter().enumerate() {
                let door = Door::Theirs(real.hook.clone());
                real.turn(true)?;
                let had = turn(&door, at_once, &number).await;
                real.turn(false)?;
                keep(place + 1, had?);
            }
        }
        row(&format!("hooks accepted a second, {at_once} at once"), &rates);
        println!(
            "{:<34}{}",
            "refused, in all",
            refused.iter().map(|n| format!("{n:>12}")).collect::<Vec<_>>().concat()
        );
    }
    node.kill().await;
    Ok(())
}

/// One that warms up, then as many as are taken in its time.
async fn turn(door: &Door, at_once: usize, number: &Arc<AtomicUsize>) -> anyhow::Result<Turn> {
    let client = reqwest::Client::builder().no_proxy().timeout(FIRST_WITHIN).build()?;
    post(&client, door, number).await?;
    let until = Instant::now() + A_TURN;
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..at_once {
        let (client, number) = (client.clone(), number.clone());
        let door = door.clone();
        workers.spawn(async move {
            let mut turn = Turn::default();
            loop {
                match tokio::time::timeout_at(until.into(), post(&client, &door, &number)).await {
                    Err(_) => return anyhow::Ok(turn),
                    Ok(taken) => *(if taken? { &mut turn.accepted } else { &mut turn.refused }) += 1,
                }
            }
        });
    }
    let mut all = Turn::default();
    while let Some(ended) = workers.join_next().await {
        let turn = ended??;
        all.accepted += turn.accepted;
        all.refused += turn.refused;
    }
    Ok(all)
}

/// Whether one was taken.
async fn post(client: &reqwest::Client, door: &Door, number: &AtomicUsize) -> anyhow::Result<bool> {
    let number = number.fetch_add(1, Ordering::Relaxed);
    let mut body = serde_json::json!({
        "message": format!("The build {number} is through, its tests are green."),
        "name": "Sandman",
        "deliver": false,
    });
    let (url, token) = match door {
        Door::Ours(url) => {
            (body["channel"], body["to"]) = ("telegram".into(), crowd::name(number % LISTENERS).into());
            let speaker = number % SPEAKERS.len();
            body["name"] = ["Sandman", "Oracle", "OracleLocalBot"][speaker].into();
            (url, SPEAKERS[speaker])
        }
        Door::Theirs(url) => (url, TOKEN),
    };
    let request = client.post(url).bearer_auth(token).header("Idempotency-Key", format!("bench-{number}"));
    let answer = request.header("Content-Type", "application/json").body(body.to_string()).send().await?;
    let accepted = answer.status().is_success();
    // The connection is used again only when the answer was read.
    answer.bytes().await?;
    Ok(accepted)
}

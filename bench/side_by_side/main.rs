//! The mesh beside the bridge that it replaces, in one run against one sandbox: both hear the group, know a claim and
//! answer it with a reaction. They take turns, each alone with the machine.
//!
//! ```sh
//! python3 -m venv /tmp/side && /tmp/side/bin/pip install telethon==1.45.0 cryptg
//! PYTHON=/tmp/side/bin/python cargo bench --bench side_by_side
//! ```

#[path = "../../tests/node/harness.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod harness;

#[path = "../figures.rs"]
mod figures;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use sandbox::world::{Draft, SeenWhat};
use tokio::process::{Child, Command};

use self::figures::{count, heading, memory, processor};
use self::harness::{Bench, Ear};

const ROUNDS: usize = 5;
const MESSAGES: usize = 5_000;
const CLAIM_EVERY: usize = 10;
/// How many messages after its claim a task is done, said by the same agent.
const DONE_AFTER: usize = 6;
const WITHIN: Duration = Duration::from_mins(5);

/// What one round measured.
#[derive(Clone, Copy, Debug)]
struct Figures {
    start: f64,
    idle: f64,
    most: f64,
    cpu: f64,
    rate: f64,
}

#[derive(Clone, Copy)]
enum Bridge {
    Mesh,
    Telethon,
}

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(compare())
}

async fn compare() -> anyhow::Result<()> {
    let bench = Bench::new(Ear::Dedicated).await;
    // What the other does, too: it reacts.
    bench.set("term = 1", "term = 1\nmode = \"react\"");
    let folder = bench.folder().to_owned();
    std::fs::write(folder.join("ready.json"), serde_json::to_string(&bench.sandbox.ready())?)?;
    for bridge in [Bridge::Mesh, Bridge::Telethon] {
        let (mut child, _) = start(&bench, &folder, bridge).await?; // Signs in.
        child.kill().await?;
    }
    let (mut mesh, mut telethon) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        mesh.push(play(&bench, &folder, Bridge::Mesh, round).await?);
        telethon.push(play(&bench, &folder, Bridge::Telethon, round).await?);
    }
    println!("medians of {ROUNDS} rounds of {MESSAGES} messages, one in {CLAIM_EVERY} a claim, one a done");
    let row = |what: &str, figure: fn(&Figures) -> f64| {
        figures::row(what, &[&mesh, &telethon].map(|rounds| rounds.iter().map(figure).collect()));
    };
    heading(&["mesh", "Telethon"]);
    row("start, signed in already, ms", |f| f.start);
    row("resident, idle, MB", |f| f.idle);
    row("resident, most, MB", |f| f.most);
    row("processor a message, µs", |f| f.cpu);
    row("messages a second", |f| f.rate);
    Ok(())
}

async fn start(bench: &Bench, folder: &Path, bridge: Bridge) -> anyhow::Result<(Child, Duration)> {
    let (command, ready) = match bridge {
        Bridge::Mesh => {
            let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
            command.args(["run", "--config"]).arg(folder.join("mesh.toml"));
            (command, "mesh: running")
        }
        Bridge::Telethon => {
            let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
            let script =
                PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("bench/side_by_side/telethon_bridge.py");
            let mut command = Command::new(python);
            let group = bench.group.to_bot_api().to_string();
            command.arg(script).arg(folder).args(["Alex", &group]);
            (command, "ready")
        }
    };
    figures::start(command, ready, WITHIN).await
}

async fn play(bench: &Bench, folder: &Path, bridge: Bridge, round: usize) -> anyhow::Result<Figures> {
    let (mut child, took) = start(bench, folder, bridge).await?;
    let pid = child.id().context("it runs")?;
    let (idle, before) = (memory(pid, "VmRSS")?, processor(pid)?);
    let who = match bridge {
        Bridge::Mesh => "Mesh Bridge",
        Bridge::Telethon => "Alex",
    };
    let mut seen = bench.world().watch();
    let (world, group) = (bench.world().clone(), bench.group);
    let (sandman, oracle) = (bench.user("Sandman"), bench.user("Oracle"));
    let them = bench.user(who);
    let mine = format!("{who}, round {round}");
    let begun = Instant::now();
    let pouring = tokio::task::spawn_blocking(move || {
        let mut claims = BTreeSet::new();
        for n in 1..=MESSAGES {
            let claim = n % CLAIM_EVERY == 0;
            let text = match n % CLAIM_EVERY {
                0 => format!("🔒 EXCLUSIVE CLAIM: {mine} {n}\nETA: 20 min"),
                DONE_AFTER if n > CLAIM_EVERY => format!("✅ DONE: {mine} {}", n - DONE_AFTER),
                _ => format!("talk {n}"),
            };
            let posted = world.post(if n % 2 == 0 { sandman } else { oracle }, group, Draft::text(text))?;
            claims.extend(claim.then_some(posted.key));
        }
        anyhow::Ok(claims)
    });
    let mut claims = pouring.await??;
    let all = async {
        while !claims.is_empty() {
            match seen.recv().await {
                Ok(event) if event.by == them && matches!(event.what, SeenWhat::Reacted { .. }) => {
                    claims.remove(&event.message);
                }
                Ok(_) => {}
                // It tells of so much at once that some was dropped.
                Err(_) => claims.retain(|claim| !bench.has_reacted(who, *claim)),
            }
        }
        begun.elapsed()
    };
    let took_all = tokio::time::timeout(WITHIN, all).await.context("not every claim was answered")?;
    let cpu = (processor(pid)? - before) / count(MESSAGES) * 1e6;
    let most = memory(pid, "VmHWM")?;
    child.kill().await?;
    let (start, rate) = (took.as_secs_f64() * 1e3, count(MESSAGES) / took_all.as_secs_f64());
    Ok(Figures { start, idle, most, cpu, rate })
}

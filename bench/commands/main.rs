//! The mesh's bot beside bots of python-telegram-bot and aiogram, in one run against one sandbox: many people who each
//! ask `/claims` in private, and ask again as soon as they are answered. They take turns, each alone with the machine.
//!
//! ```sh
//! tests/peers/run    # once: it makes target/peers-venv, with the releases that are measured
//! cargo bench --bench commands
//! ```
//!
//! `PYTHON` names another Python, `MESH` another program of the mesh than the one that was just built.

#[path = "../../tests/node/harness.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod harness;

#[path = "../figures.rs"]
mod figures;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use sandbox::world::{Draft, Peer, SeenWhat, UserId};
use tokio::process::{Child, Command};

use self::figures::{count, heading, memory, processor};
use self::harness::{Bench, Ear};

const ROUNDS: usize = 5;
/// So many ask at once. Fewer than the events that the sandbox keeps for a slow observer.
const PEOPLE: usize = 200;
/// So often each.
const COMMANDS: usize = 25;
const COMMAND: &str = "/claims";
const ANSWER: &str = "Nothing is claimed.";
/// The mesh's bot; the others borrow its token.
const BOT: &str = "Mesh";
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
enum Contestant {
    Mesh,
    PythonTelegramBot,
    Aiogram,
}

const ALL: [Contestant; 3] = [Contestant::Mesh, Contestant::PythonTelegramBot, Contestant::Aiogram];

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(compare())
}

async fn compare() -> anyhow::Result<()> {
    let bench = Bench::new(Ear::Bot).await;
    let people = cast(&bench);
    std::fs::write(bench.path("ready.json"), serde_json::to_string(&bench.sandbox.ready())?)?;
    let mut all = vec![Vec::new(); ALL.len()];
    for _ in 0..ROUNDS {
        for (contestant, rounds) in ALL.into_iter().zip(&mut all) {
            rounds.push(play(&bench, contestant, &people).await?);
        }
    }
    let commands = PEOPLE * COMMANDS;
    println!(
        "medians of {ROUNDS} rounds of {commands} commands: {PEOPLE} people, each {COMMANDS} one after the other"
    );
    heading(&["mesh", "ptb", "aiogram"]);
    let row = |what: &str, figure: fn(&Figures) -> f64| {
        let figures: Vec<Vec<f64>> = all.iter().map(|rounds| rounds.iter().map(figure).collect()).collect();
        figures::row(what, &figures);
    };
    row("start, ms", |f| f.start);
    row("resident, idle, MB", |f| f.idle);
    row("resident, most, MB", |f| f.most);
    row("processor a command, µs", |f| f.cpu);
    row("commands a second", |f| f.rate);
    Ok(())
}

/// People with the role that the command needs, known to the mesh; and a mesh that lets each of them ask that often.
fn cast(bench: &Bench) -> Vec<UserId> {
    let person = |n: usize| {
        let phone = format!("+1555020{n:04}");
        bench.world().add_person(&format!("Person {n}"), &format!("person_{n}"), &phone, "10001")
    };
    let people: Vec<UserId> = (0..PEOPLE).map(person).collect();
    // The harness lifts Telegram's limits outward; this is the mesh's own inward, ten a minute as it is shipped.
    bench.set("[rules]", "[rules]\ncommands_a_minute = 10000");
    let mut config = bench.read("mesh.toml");
    for (n, id) in people.iter().enumerate() {
        let _ = writeln!(config, "[[people]]\nid = {}\nname = \"Person {n}\"\nrole = \"viewer\"", id.0);
    }
    bench.write("mesh.toml", &config);
    people
}

async fn start(bench: &Bench, contestant: Contestant) -> anyhow::Result<(Child, Duration)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = |variable: &str, usual: PathBuf| std::env::var_os(variable).map_or(usual, PathBuf::from);
    let python = |script: &str| {
        let mut command = Command::new(named("PYTHON", here.join("target/peers-venv/bin/python")));
        command.arg(here.join("bench/commands").join(script)).arg(bench.path("ready.json"));
        command
    };
    let (command, ready) = match contestant {
        Contestant::Mesh => {
            let mut command = Command::new(named("MESH", env!("CARGO_BIN_EXE_mesh").into()));
            command.args(["run", "--config"]).arg(bench.path("mesh.toml"));
            (command, "mesh: running")
        }
        Contestant::PythonTelegramBot => (python("ptb_bot.py"), "ready"),
        Contestant::Aiogram => (python("aiogram_bot.py"), "ready"),
    };
    figures::start(command, ready, WITHIN).await
}

async fn play(bench: &Bench, contestant: Contestant, people: &[UserId]) -> anyhow::Result<Figures> {
    let (mut child, took) = start(bench, contestant).await?;
    let pid = child.id().context("it runs")?;
    // The first command finds it awake, and is not counted.
    ask(bench, &people[..1], 1).await?;
    let (idle, before) = (memory(pid, "VmRSS")?, processor(pid)?);
    let took_all = ask(bench, people, COMMANDS).await?;
    let commands = count(PEOPLE * COMMANDS);
    let cpu = (processor(pid)? - before) / commands * 1e6;
    let most = memory(pid, "VmHWM")?;
    child.kill().await?;
    let (start, rate) = (took.as_secs_f64() * 1e3, commands / took_all.as_secs_f64());
    Ok(Figures { start, idle, most, cpu, rate })
}

/// Each of these people asks so often, one question after the other; how long all of it took.
async fn ask(bench: &Bench, people: &[UserId], often: usize) -> anyhow::Result<Duration> {
    let mut seen = bench.world().watch();
    let (bot, world) = (bench.user(BOT), bench.world());
    let mut asked = BTreeMap::new();
    let mut left: BTreeMap<UserId, usize> = people.iter().map(|person| (*person, often)).collect();
    let begun = Instant::now();
    for person in people {
        asked.insert(world.post(*person, Peer::User(bot), Draft::text(COMMAND))?.key, *person);
    }
    let all = async {
        while !asked.is_empty() {
            let event = seen.recv().await.context("more happened than was looked at")?;
            let SeenWhat::Posted(message) = event.what else { continue };
            let answered = message.reply_to.filter(|_| message.by == bot).and_then(|key| asked.remove(&key));
            let Some(person) = answered else { continue };
            anyhow::ensure!(message.text == ANSWER, "it answers {:?}", message.text);
            let more = left.get_mut(&person).context("one who asks")?;
            *more -= 1;
            if *more > 0 {
                asked.insert(world.post(person, Peer::User(bot), Draft::text(COMMAND))?.key, person);
            }
        }
        Ok(begun.elapsed())
    };
    tokio::time::timeout(WITHIN, all).await.context("not every command was answered")?
}

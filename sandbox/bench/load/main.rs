//! Two hundred clients, two thousand messages a second through both doors, in one run of a minute.
//!
//! `cargo bench -p sandbox --bench load` starts the sandbox as a process of its own (this program again, with `serve`),
//! with its world's bounds already full, and is the clients: a hundred grammers accounts and a hundred bots that poll,
//! in chats of two to five. A warm-up at the same pace fills what only clients fill. Every message names its author and its number, so that none can be lost or doubled unseen.
//! Figures, and an exit code of 1 where something was lost or doubled.

mod clients;
mod ledger;
mod plan;
mod server;

use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use ledger::Ledger;
use plan::Plan;

/// How long messages are sent before the minute that counts: on a machine that keeps up, three hundred by each client.
const WARM_UP: Duration = Duration::from_secs(30);
/// The minute that counts.
const RUN: Duration = Duration::from_mins(1);
/// How long the last ones may take to arrive.
const LATE: Duration = Duration::from_mins(1);
/// Between two looks at the server's memory.
const LOOK_EVERY: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    if std::env::args().nth(1).as_deref() == Some("serve") {
        runtime.block_on(server::serve());
        return ExitCode::SUCCESS;
    }
    if runtime.block_on(measure()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// `LOAD_SECONDS` shortens a run that is only to be tried out.
fn run_time() -> Duration {
    let given = std::env::var("LOAD_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    given.map_or(RUN, Duration::from_secs)
}

/// Whether every message arrived once.
async fn measure() -> bool {
    let (mut server, ready) = start().await;
    let plan = Plan::of(&ready);
    let ledger = Ledger::new(&plan);
    println!("{} clients, {} chats of 2 to 5 members", plan.members(), plan.groups.len());
    let begun = Instant::now();
    let crowd = clients::connect(&ready, &plan, &ledger).await;
    println!("connected               after {:.1} s", begun.elapsed().as_secs_f64());
    let warm = clients::messages_in(WARM_UP) * plan.members() as u64;
    let mut memory = vec![(false, resident(&server))];
    let mut sending = tokio::spawn(clients::send_all(crowd, WARM_UP + run_time()));
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.tick().await;
    let took = loop {
        tokio::select! {
            took = &mut sending => break took.expect("the clients"),
            _ = looks.tick() => memory.push((ledger.sent() >= warm, resident(&server))),
        }
    };
    ledger.settle(LATE).await;
    memory.push((true, resident(&server)));
    let complete = ledger.report(took);
    report_memory(&memory);
    println!("processor, of the server {:.1} s", processor(&server));
    server.kill().await.expect("the server runs");
    complete
}

/// Prints the figures of the server's memory, in tenths of a MB.
fn report_memory(memory: &[(bool, u64)]) {
    let list = |is_warm| {
        let figures = memory.iter().filter(|(warm, _)| *warm == is_warm);
        figures.map(|(_, tenths)| format!("{}.{}", tenths / 10, tenths % 10)).collect::<Vec<_>>().join(" ")
    };
    println!("resident, of the server, in MB, one figure every {} s", LOOK_EVERY.as_secs());
    println!("  while warming up      {}", list(false));
    println!("  from then on          {}", list(true));
}

async fn start() -> (Child, Value) {
    let mut server = Command::new(std::env::current_exe().expect("this program"))
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the server starts");
    let mut lines = BufReader::new(server.stdout.take().expect("its output")).lines();
    let line = lines.next_line().await.expect("its output").expect("a line");
    (server, serde_json::from_str(&line).expect("JSON"))
}

/// Resident memory in tenths of a MB.
fn resident(server: &Child) -> u64 {
    let status = read(server, "status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a Linux kernel says so");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number") * 10 / 1024
}

/// Seconds of processor time, at the kernel's usual hundred ticks a second.
fn processor(server: &Child) -> f64 {
    let stat = read(server, "stat");
    let ticks = stat.split_whitespace().skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

fn read(server: &Child, what: &str) -> String {
    let pid = server.id().expect("it runs");
    std::fs::read_to_string(format!("/proc/{pid}/{what}")).expect("a Linux kernel")
}

//! What benches that put programs side by side share: their start, their memory, their processor time, the table.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// What Linux counts processor time in, on every machine of today.
const TICKS_A_SECOND: f64 = 100.0;

/// Starts a program; the time until it prints a line with these words.
pub async fn start(mut command: Command, ready: &str, within: Duration) -> anyhow::Result<(Child, Duration)> {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
    let up = async {
        while let Some(line) = lines.next_line().await? {
            if line.contains(ready) {
                return Ok(begun.elapsed());
            }
        }
        anyhow::bail!("it ended")
    };
    let took = tokio::time::timeout(within, up).await??;
    Ok((child, took))
}

/// A count, to reckon with.
pub fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Memory in MB.
pub fn memory(pid: u32, which: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with(which)).context("a Linux kernel says so")?;
    let kib: f64 = line.split_whitespace().nth(1).context("a number")?.parse()?;
    Ok(kib / 1024.0)
}

/// Processor time in seconds, of all its threads.
pub fn processor(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after = stat.rsplit_once(')').context("its name")?.1;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks / TICKS_A_SECOND)
}

/// The heading over rows: who was measured, the mesh first, and what the mesh is to each of the others.
pub fn heading(names: &[&str]) {
    let names_of = names.iter().map(|name| format!("{name:>12}"));
    let ratios = names.iter().skip(1).map(|name| format!("{:>16}", format!("to {name}")));
    println!("{:<34}{}{}", "", names_of.collect::<String>(), ratios.collect::<String>());
}

/// One row: the median of each one's rounds, and the ratio of the first to each of the others.
pub fn row(what: &str, rounds: &[Vec<f64>]) {
    let medians: Vec<f64> = rounds.iter().map(|rounds| median(rounds.clone())).collect();
    let figures = medians.iter().map(|figure| format!("{figure:>12.1}"));
    let ratios = medians.iter().skip(1).map(|other| format!("{:>16.2}", medians[0] / other));
    println!("{what:<34}{}{}", figures.collect::<String>(), ratios.collect::<String>());
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

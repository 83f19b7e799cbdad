//! The crash matrix, over and over: `cargo bench --bench crash -- 300` kills a release build of the node 300 times, at
//! each of its steps in turn, and has the sandbox count what was said and heard. Prints one line a step, and what failed.

#[path = "../tests/node/harness.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod harness;
#[path = "../tests/node/matrix.rs"]
mod matrix;

use std::collections::BTreeMap;
use std::time::Instant;

use self::matrix::{MATRIX, Place, Scene};

/// Runs without an argument: each step once.
const RUNS: usize = 300;

fn main() -> anyhow::Result<()> {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(kill(asked.unwrap_or(RUNS)))
}

async fn kill(runs: usize) -> anyhow::Result<()> {
    let steps: Vec<(Place, Scene, &str)> = MATRIX
        .iter()
        .flat_map(|(place, scene, points)| points.iter().map(|point| (*place, *scene, *point)))
        .collect();
    let mut came_to: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let begun = Instant::now();
    for (place, scene, point) in steps.iter().cycle().take(runs) {
        let ended = tokio::spawn(matrix::run(*place, *scene, point)).await;
        let (well, badly) = came_to.entry(point).or_default();
        match ended {
            Ok(()) => *well += 1,
            Err(broken) => {
                *badly += 1;
                println!("{point}: {broken}");
            }
        }
    }
    for (point, (well, badly)) in &came_to {
        println!("{point:<20} {well:>3} well {badly:>3} badly");
    }
    let badly: usize = came_to.values().map(|(_, badly)| badly).sum();
    println!("{runs} kills at {} steps in {} s: {badly} went badly", steps.len(), begun.elapsed().as_secs());
    anyhow::ensure!(badly == 0, "{badly} of {runs} went badly");
    Ok(())
}

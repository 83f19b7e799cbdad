//! A mesh made up from a seed: agents, nodes, doors that lose, delay and double, crashes, and changes of sequencer.

pub mod chance;
mod door;
mod journal;
mod node;
mod office;
mod promises;
mod talk;
mod world;

pub use promises::Figures;
pub use world::{Fault, World};

/// Plays the world of that seed to its end.
///
/// # Errors
/// Which promise was broken, and at which step.
pub fn run(seed: u64, fault: Fault) -> Result<Figures, String> {
    let mut world = World::new(seed, fault);
    world.play().map_err(|broken| format!("seed {seed}, step {}: {broken}", world.step()))
}

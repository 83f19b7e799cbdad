//! Thousands of the worlds of `tests/simulation`, on one core.
//!
//! `cargo bench -p commands --bench simulation [-- WORLDS [FIRST_SEED]]` prints what happened in them; a broken promise
//! is printed with its seed, and the bench fails.

#[path = "../tests/simulation/play/mod.rs"]
mod play;

use std::process::ExitCode;
use std::time::Instant;

use play::{Fault, Figures, run};

/// So many worlds, if the command line says nothing else.
const WORLDS: u64 = 5_000;
/// Seeds start here: the tests play those below.
const FIRST_SEED: u64 = 1_000;

fn main() -> ExitCode {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<u64>().ok());
    let (worlds, first) = (numbers.next().unwrap_or(WORLDS), numbers.next().unwrap_or(FIRST_SEED));
    let (start, mut all, mut broken) = (Instant::now(), Figures::default(), 0);
    for seed in first..first + worlds {
        match run(seed, Fault::None) {
            Ok(figures) => all.add(&figures),
            Err(promise) => {
                broken += 1;
                println!("BROKEN  {promise}");
            }
        }
    }
    println!("{worlds} worlds from seed {first}, {broken} with a broken promise, in {:.1?}", start.elapsed());
    println!("{all:#?}");
    ExitCode::from(u8::from(broken > 0))
}

//! What holds always, held in worlds made up from seeds: agents that want the same tasks, an ear that hears late, twice
//! and with gaps, doors between nodes that lose, delay and double, crashes of the sequencer, and a new sequencer.
//!
//! `MESH_SIM_SEED=7 cargo test -p commands --test simulation` plays one world again.

mod play;

use play::{Fault, Figures, run};

/// So many short worlds; `cargo bench -p commands --bench simulation` plays thousands.
const WORLDS: u64 = 200;
/// A fault has to be found out within so many.
const FOUND_WITHIN: u64 = 200;

#[test]
fn what_holds_always_holds() {
    if let Some(seed) = std::env::var("MESH_SIM_SEED").ok().and_then(|seed| seed.parse().ok()) {
        println!("{:#?}", run(seed, Fault::None).expect("the promises hold"));
        return;
    }
    let mut all = Figures::default();
    for seed in 0..WORLDS {
        match run(seed, Fault::None) {
            Ok(figures) => all.add(&figures),
            Err(broken) => panic!("{broken}\nMESH_SIM_SEED={seed} plays it again"),
        }
    }
    println!("{all:#?}");
    let happened = [all.fences, all.answers, all.checks, all.crashes, all.changes, all.lost, all.refused];
    assert!(happened.iter().all(|count| *count > WORLDS / 4), "too little happens: {all:#?}");
}

fn found(fault: Fault) -> String {
    let broken = (0..FOUND_WITHIN).find_map(|seed| run(seed, fault).err());
    let broken = broken.unwrap_or_else(|| panic!("{fault:?} was not found out in {FOUND_WITHIN} worlds"));
    println!("{fault:?}: {broken}");
    broken
}

#[test]
fn a_sequencer_that_takes_office_at_once_is_found_out() {
    found(Fault::TakesOfficeAtOnce);
}

#[test]
fn a_node_that_forgets_terms_is_found_out() {
    found(Fault::ForgetsTerms);
}

#[test]
fn an_answer_that_leaves_before_the_commit_is_found_out() {
    let broken = found(Fault::AnswersBeforeCommit);
    assert!(broken.contains("the journal does not know it") || broken.contains("then"), "{broken}");
}

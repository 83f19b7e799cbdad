//! What a claim costs beside so many open tasks whose names are alike.

use std::time::Duration;

use commands::decide::Mind;
use commands::input::{Heard, Input, What};
use commands::mesh::Mesh;
use commands::rules::Rules;
use jiff::Timestamp;

use super::talk::{self, GROUP, Talk};
use super::{cpu, each};

/// So many tasks are open.
const OPEN: [usize; 4] = [10, 100, 1_000, 2_000];
/// So many more are claimed, and finished again, beside them.
const CLAIMED: usize = 2_000;

const THINGS: &[&str] = &[
    "hooks", "keys", "sync", "billing", "login", "search", "backup", "mail", "cache", "router", "proxy",
    "index", "ledger", "webhook", "gateway", "session", "quota", "invoice", "avatar", "webcam", "cluster",
    "volume",
];

/// Prints a line for names that differ in a number, and one for names that differ in words.
pub fn print() {
    for (what, name) in [("numbered", numbered as fn(usize) -> String), ("in words", in_words)] {
        let costs = OPEN.map(|open| format!("{open}: {} ns", each(cost(open, name), CLAIMED)));
        println!("a claim and its DONE beside open tasks, {what}: {}", costs.join(", "));
    }
}

fn numbered(n: usize) -> String {
    format!("rotate the hooks token #{n}")
}

fn in_words(n: usize) -> String {
    let thing = |n: usize| THINGS[n % THINGS.len()];
    let (one, two, three) = (thing(n), thing(n / THINGS.len()), thing(n / THINGS.len().pow(2)));
    format!("review the {one} of the {two} {three}")
}

fn cost(open: usize, name: fn(usize) -> String) -> Duration {
    let mut talk = Talk::new(1, 0);
    let mut mind = Mind::new(Mesh::default(), Rules::new(GROUP, 1), Timestamp::MIN);
    mind.decide(Input { at: talk::start(), what: What::Roster(talk::roster()) });
    for n in 0..open {
        hear(&mut mind, talk.one_claims(n, &name(n)));
    }
    let others = (open..open + CLAIMED).map(|n| (n, name(n)));
    let others: Vec<_> =
        others.flat_map(|(n, name)| [talk.one_claims(n, &name), talk.one_finishes(n, &name)]).collect();
    let start = cpu();
    for heard in others {
        hear(&mut mind, heard);
    }
    cpu().saturating_sub(start)
}

fn hear(mind: &mut Mind, heard: Heard) {
    mind.decide(Input { at: heard.message.at, what: What::Heard(heard) });
}

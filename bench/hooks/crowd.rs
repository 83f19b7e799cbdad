//! More agents than the sandbox has.

use std::fmt::Write;

use super::gateway::Gateway;
use super::harness::Bench;

/// How the first of so many is called, the second, ...
pub fn name(number: usize) -> String {
    format!("Extra{number}")
}

/// Agents that nobody has heard of, all at one gateway; they take messages of everybody.
pub fn add(bench: &Bench, gateway: &Gateway, more: usize) {
    let mut config = bench.read("mesh.toml");
    for number in 0..more {
        let (id, name) = (7_100_000_000 + number, name(number));
        let _ = write!(
            config,
            "[[agents]]\nid = {id}\nname = \"{name}\"\nhook = \"http://{}/hooks/agent\"\n\
             hook_token = {{ file = \"hook.token\" }}\ndoors = [\"hook\"]\naccepts_from = [\"*\"]\n",
            gateway.address
        );
    }
    bench.write("mesh.toml", &config);
}

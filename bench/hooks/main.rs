//! Hooks in figures, each beside a baseline of the same run; some five minutes.
//!
//! ```sh
//! tests/peers/gateways/run          # once: installs the real gateways; without them their columns are left out
//! cargo bench --bench hooks         # all; `-- accepted`, `delivered`, `hanging`, `idle` are one each
//! ```
//!
//! GATEWAYS is the folder of the real gateways, where that is not `target/peers-gateways`.

mod accepted;
#[path = "../../tests/hooks/client.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod client;
mod crowd;
mod delivered;
#[path = "../figures.rs"]
#[expect(dead_code, reason = "the benches that compare use the rest")]
mod figures;
#[path = "../../tests/hooks/gateway.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod gateway;
mod hanging;
#[path = "../../tests/node/harness.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod harness;
mod idle;
mod real;
#[path = "../../tests/hooks/stage.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod stage;
#[path = "../times.rs"]
mod times;

/// As the tests call it.
mod node {
    pub(crate) use super::harness;
}

fn main() -> anyhow::Result<()> {
    let asked: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|word| word == name);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        if wanted("accepted") {
            accepted::measure().await?;
        }
        if wanted("delivered") {
            delivered::measure().await?;
        }
        if wanted("hanging") {
            hanging::measure().await?;
        }
        if wanted("idle") {
            idle::measure().await?;
        }
        Ok(())
    })
}

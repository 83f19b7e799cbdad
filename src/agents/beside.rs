//! `mesh beside`: a node without a mesh, beside agents on their machine, that another node may have them driven by.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use bridge::hooks::Post;
use bridge::words::Mask;
use clap::Args;
use commands::secrets::KnownTokens;
use sessions::Store;

use super::{Driven, Drivers};
use crate::cli::Misconfigured;
use crate::{hooks, logging, stop};

/// `mesh beside`
#[derive(Args)]
pub struct Options {
    /// The configuration: of it [[agents]], [[nodes]], [hooks] and [state] are read.
    #[arg(long, value_name = "FILE", default_value = "mesh.toml", env = "MESH_CONFIG")]
    config: PathBuf,
}

/// Runs until a signal.
///
/// # Errors
/// Faults of the configuration; a state directory that is held; an address that can't be listened at.
pub async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let stop = stop::on_signal()?;
    let read = config::beside(&options.config, |name| std::env::var(name).ok());
    let (beside, warnings) = read.map_err(|faults| Misconfigured(faults.to_string()))?;
    for warning in &warnings {
        tracing::warn!("{warning}");
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("the system gives no randomness: {error}"))?;
    let mut known = KnownTokens::new(key);
    crate::run::agents::learn_tokens(&beside.agents, &mut known);
    logging::mask(known);
    let store = Store::open(&beside.state_dir)?;
    let post = Post::new().context("no HTTP")?.masking(Mask(logging::masked));
    let agents: Vec<Driven> = beside.agents.iter().map(crate::run::agents::driven).collect();
    let drivers = Drivers::new(&agents, &post, &store);
    let nodes = beside.nodes.iter().map(crate::run::agents::other_node).collect();
    let params = bridge::hooks::Params { listen: beside.hooks.listen, nodes, ..Default::default() };
    let door = hooks::open_for_nodes(params, drivers, stop.clone()).await?;
    println!("mesh: other nodes may have agents driven at http://{door}");
    println!("mesh: running; SIGTERM or ctrl-c ends it");
    stop.cancelled().await;
    Ok(ExitCode::SUCCESS)
}

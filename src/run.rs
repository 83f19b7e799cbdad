//! `mesh run` and what asks a running node.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

/// `mesh run`
#[derive(Args)]
pub struct Options {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "mesh.toml")]
    config: PathBuf,
}

/// `mesh claims`
#[derive(Args)]
pub struct ClaimsOptions {
    /// The configuration of the running node.
    #[arg(long, value_name = "FILE", default_value = "mesh.toml")]
    config: PathBuf,
    /// The whole state as one JSON object.
    #[arg(long)]
    json: bool,
}

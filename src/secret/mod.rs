//! `mesh secret`: secrets on the agents' machines, by the system's own OpenSSH. A secret goes by standard input alone; no
//! command line, environment or log of any machine has it.

mod check;
mod moved;
mod send;
mod ssh;

pub(crate) use self::ssh::{Ran, Ssh};

use std::path::PathBuf;

use clap::{Args, Subcommand};
use commands::fact::is_same_name;
use config::Machine;

use crate::cli::{Ended, Misconfigured};

/// `mesh secret`
#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
struct Place {
    /// The configuration; of it [[agents]] and the registry are read, and no secret is used.
    #[arg(long, global = true, value_name = "FILE", default_value = "mesh.toml", env = "MESH_CONFIG")]
    config: PathBuf,
    /// Another configuration of OpenSSH than its own (ssh -F).
    #[arg(long, global = true, value_name = "FILE")]
    ssh_config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum What {
    /// Write a secret on an agent's machine: from standard input, or asked for without echo.
    ///
    /// It is written into the `secrets_dir` of that agent (.mesh/secrets), mode 0600, whole or not at all. OpenSSH signs in
    /// by its keys and knows the machine by its `known_hosts`; a password is never asked for.
    Send(send::Options),
    /// Show what the agents' configuration and the registry refer to, what lies on their machines, and who has SSH access there.
    Check,
    /// Move tokens that stand in the clear in a mesh-config.json into files of their own, mode 0600.
    ///
    /// The mesh-config.json is the one that `registry` in [hooks] names. It is never changed without this command.
    Move(moved::Options),
}

/// Shown below its help.
pub const HELP: &str = "Examples:
  mesh secret send Oracle hooks.token < oracle.hook-token
  mesh secret send Oracle deploy.key --for 60s
  mesh secret check
  mesh secret move --dry-run

Exit codes: 0 done, or all is well; 1 something is wrong, the text says what; 2 a machine can't be reached; 64 the command \
was not understood; 78 the configuration is wrong.";

/// Does what is wanted.
///
/// # Errors
/// Faults of the configuration; no `ssh` on this machine.
pub async fn run(options: Options) -> anyhow::Result<Ended> {
    let Options { what, place } = options;
    let machines = || config::machines(&place.config).map_err(|faults| Misconfigured(faults.to_string()));
    let ssh = Ssh { config: place.ssh_config.clone() };
    match what {
        What::Send(options) => send::run(&options, &machines()?, &ssh).await,
        What::Check => check::run(&machines()?, &ssh).await,
        What::Move(options) => moved::run(&options, &place.config),
    }
}

fn named<'a>(machines: &'a [Machine], name: &str) -> Option<&'a Machine> {
    let same = |known: &String| is_same_name(known, name);
    machines.iter().find(|machine| machine.names.iter().any(same))
}

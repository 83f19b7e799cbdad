//! `mesh token`: what agents show at the node's door.

use clap::{Args, Subcommand};

use super::{Ended, Where};
use crate::control;

/// `mesh token`
#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    node: Where,
}

#[derive(Subcommand)]
enum What {
    /// Draw a new one for an agent, in the file where its old one stands. The old one is good for `[hooks] token_grace`
    /// (1 h), also over restarts, and then dead; the one before it is dead at once.
    Rotate {
        /// The agent, by name or alias.
        agent: String,
    },
}

/// Shown below its help.
pub const EXIT_CODES: &str = "Exit codes: 0 rotated; 1 refused, the text says why; 2 the node can't be reached; 64 the \
                              command was not understood; 78 the configuration is wrong.";

/// Rotates.
///
/// # Errors
/// No node of this configuration is running.
pub async fn run(options: &Options) -> anyhow::Result<Ended> {
    let What::Rotate { agent } = &options.what;
    match control::rotate(&options.node.state()?, agent).await? {
        Ok(told) => {
            let (name, file) = (&told.agent, told.file.display());
            println!(
                "{name} has a new token, in {file}. The old one is good until {}.",
                told.old_until.strftime("%F %H:%M:%S UTC")
            );
            println!("To bring it to the agent's machine: mesh secret send {name} mesh.token < {file}");
            Ok(Ended::Well)
        }
        Err(why) => {
            eprintln!("mesh: {why}");
            Ok(Ended::Refused)
        }
    }
}

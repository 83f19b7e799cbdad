//! `mesh session`: the sessions that are kept, where they came from and where they go.

mod export;
mod import;
mod leave;
mod show;

use clap::{Args, Subcommand};
use sessions::Store;

use super::Ended;
use super::account::{EXIT_CODES, Which};

/// `mesh session`
#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    which: Which,
}

#[derive(Subcommand)]
enum What {
    /// Take over the session of a Telethon program, so that no new code is needed.
    ///
    /// A .session file (versions 7 and 8) or a `StringSession`. Whom it knows and how far it heard come along with a file.
    /// One key must not be used by two programs: Telegram revokes it. Stop the old one first, and for good; a fresh
    /// `mesh login` is the safer way.
    #[command(after_help = EXIT_CODES)]
    Import(import::Options),
    /// Write the session for a Telethon program.
    ///
    /// Whoever has what is written has the account. Stop the node before that program uses it.
    #[command(after_help = EXIT_CODES)]
    Export(export::Options),
    /// List the sessions that are kept.
    #[command(after_help = EXIT_CODES)]
    List(show::Format),
    /// Show the account's session: who, where, how far. Never its key, only a fingerprint.
    #[command(after_help = EXIT_CODES)]
    Show(show::Format),
    /// End the session at Telegram, and erase it here.
    #[command(after_help = EXIT_CODES)]
    Logout(leave::Options),
}

/// Does what is asked.
///
/// # Errors
/// As each of them says.
pub async fn run(options: &Options) -> anyhow::Result<Ended> {
    let which = &options.which;
    match &options.what {
        What::Import(options) => import::run(which, options).await,
        What::Export(options) => export::run(which, options),
        What::List(format) => show::list(which, *format),
        What::Show(format) => show::one(which, *format),
        What::Logout(options) => leave::run(which, *options).await,
    }
}

/// Erases an account, and what it left on the disk.
pub(super) fn erase(store: Store, name: &str) -> anyhow::Result<()> {
    store.erase_account(name)?;
    let dir = store.dir().to_owned();
    drop(store);
    // What it left on the disk goes with this start.
    drop(Store::open(&dir)?);
    Ok(())
}

//! `mesh session export`

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use config::Depth;
use jiff::Timestamp;
use sessions::telethon::{write_file, write_string};

use super::Which;
use crate::cli::Ended;
use crate::cli::account::{self, Refused};

/// `mesh session export`
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Options {
    /// Write Telethon's .session file, with peers and the point reached. It must not be there yet.
    #[arg(long, value_name = "FILE")]
    telethon: Option<PathBuf>,
    /// Print a `StringSession`.
    #[arg(long)]
    string: bool,
}

pub(super) fn run(which: &Which, options: &Options) -> anyhow::Result<Ended> {
    let config = which.read(Depth::Session)?;
    let session = account::open(&config)?.session.hand_over()?;
    if let Some(path) = &options.telethon {
        write(path, &write_file(&session, Timestamp::now())?)?;
        println!("Written: {}", path.display());
    } else {
        let text =
            write_string(&session).ok_or_else(|| Refused("this data centre has no StringSession".into()))?;
        println!("{text}");
    }
    eprintln!(
        "mesh: whoever has this has the account. Don't let that program and the node use it both: Telegram revokes a key \
         that two use."
    );
    Ok(Ended::Well)
}

/// For its owner only, and never over another file.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = made.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.with_context(|| path.display().to_string())
}

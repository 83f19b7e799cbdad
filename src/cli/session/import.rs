//! `mesh session import`

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bridge::telegram::{SignIn, Step};
use clap::Args;
use config::Depth;
use sessions::telethon::{Telethon, read_file, read_string};

use super::Which;
use crate::cli::account::{self, Desk, Refused};
use crate::cli::{Ended, misused};
use crate::sign_in::confirm;

/// The longest `StringSession` that is read from standard input, in bytes.
const TEXT_MOST: u64 = 4096;

/// `mesh session import`
#[derive(Args)]
pub struct Options {
    /// The .session file, a `StringSession`, or - for a `StringSession` on standard input: among the arguments anybody
    /// on this machine can read it.
    #[arg(value_name = "FILE|STRING|-", allow_hyphen_values = true)]
    from: String,
    /// The old program is stopped: don't ask.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(which: &Which, options: &Options) -> anyhow::Result<Ended> {
    let config = which.read(Depth::Telegram)?;
    let other = read(&options.from)?;
    if !options.yes && !stopped().await? {
        return Ok(misused(
            "stop the program that uses this session, for good: Telegram revokes a key that two programs use. Then say \
             so with --yes. A fresh `mesh login` is the safer way",
        ));
    }
    let desk = account::open(&config)?;
    let credentials = account::credentials(&config).await?;
    desk.session.take_over(&other).await?;
    let resumed = SignIn::resume(credentials.clone(), desk.session.clone()).await;
    match resumed {
        Ok(Step::SignedIn { user, name }) => {
            if let Err(why) = which.check_owner(&config, user) {
                let Desk { store, session } = desk;
                drop(session);
                super::erase(store, &config.name)?;
                let whose = format!("this session is {name}'s ({}), and was not taken over: {why}", user.0);
                return Err(Refused(whose).into());
            }
            let peers = desk.session.summary()?.peers;
            println!(
                "Account {}: signed in as {name} ({}) with the session that was brought along; {peers} users and chats \
                 known. Delete the old copy.",
                config.name, user.0
            );
            if let Some(hint) = account::keep_hint(&config, &credentials) {
                println!("{hint}");
            }
            Ok(Ended::Well)
        }
        other => {
            // Nothing of a session that is not good stays.
            let Desk { store, session } = desk;
            drop(session);
            super::erase(store, &config.name)?;
            other?;
            Err(Refused("Telegram asks for something else; sign in with `mesh login`".to_owned()).into())
        }
    }
}

async fn stopped() -> anyhow::Result<bool> {
    let question = "One key used by two programs is revoked by Telegram, for both. Is the program that used this session \
                    until now stopped, for good?";
    Ok(confirm(question).await?.unwrap_or(false))
}

fn read(from: &str) -> anyhow::Result<Telethon> {
    if from == "-" {
        let mut text = String::new();
        std::io::stdin().lock().take(TEXT_MOST).read_to_string(&mut text).context("standard input")?;
        return Ok(read_string(&text)?);
    }
    let path = Path::new(from);
    if path.exists() {
        return read_path(path);
    }
    match read_string(from) {
        Ok(session) => {
            eprintln!(
                "mesh: a StringSession among the arguments can be read by others of this machine, and stays in your \
                 shell's history. Next time: mesh session import - < FILE"
            );
            Ok(session)
        }
        // A key that is not quite one is not repeated.
        Err(_) if from.len() > 300 => Ok(read_string(from)?),
        Err(_) => Err(Refused(format!(
            "{from} is neither a file nor a StringSession; a Telethon file is called NAME.session"
        ))
        .into()),
    }
}

fn read_path(path: &Path) -> anyhow::Result<Telethon> {
    for ending in ["-journal", "-wal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        let beside = PathBuf::from(beside);
        if beside.metadata().is_ok_and(|found| found.len() > 0) {
            return Err(Refused(format!(
                "{} lies beside it: the program that uses this session is running, or was killed while it wrote. Stop \
                 it in order, then try again",
                beside.display()
            ))
            .into());
        }
    }
    let file = File::open(path).with_context(|| path.display().to_string())?;
    read_file(file).with_context(|| path.display().to_string())
}

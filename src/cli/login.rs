//! `mesh login`: signs the bridge's account in.

use std::path::PathBuf;
use std::sync::Arc;

use bridge::telegram::{SignIn, Way};
use clap::Args;
use config::Depth;
use jiff::Timestamp;

use super::account::{self, Desk, Refused, Which};
use super::{Ended, Misconfigured};
use crate::sign_in::{CodeFile, CodeFrom, Front, Wanted, sign_in};
use crate::stop;

/// Shown below the help.
pub const TEACHING: &str = "\
Telegram sends a code into the account's other Telegram apps; `mesh login` asks for it, and for the password where the
account has one (two-step verification). With --qr no code is sent: a phone that is signed in scans the code that is
drawn. What is typed is neither logged nor kept; the session is, in [state] dir.

On a machine that you reach by SSH, in two windows:
  mesh login --code-file /run/mesh-code
  ssh HOST 'cat > /run/mesh-code'              the code, Enter, ctrl-d
The file is made for its owner only, read once, overwritten and deleted. Never send a code through Telegram: Telegram
sees it there, and it does not work any more.

Between two attempts lie 30 s at least, over restarts too; the whole takes 10 minutes at most. `mesh run` and `mesh
login` share one session: stop the node first.

Exit codes: 0 signed in; 1 refused, the text says why; 2 Telegram can't be reached; 64 the command was not understood;
78 the configuration is wrong; 130 given up.";

/// `mesh login`
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    which: Which,
    /// Wait for the code in this file, instead of asking for it.
    #[arg(long, value_name = "PATH", conflicts_with = "qr")]
    code_file: Option<PathBuf>,
    /// Draw a QR code, to be scanned with a phone where the account is signed in.
    #[arg(long)]
    qr: bool,
}

/// Signs in, unless somebody is.
///
/// # Errors
/// A configuration with faults, a store that somebody has, a session that can't be opened, nobody to ask.
pub async fn run(options: &Options) -> anyhow::Result<Ended> {
    let stop = stop::on_signal()?;
    tokio::select! {
        ended = Box::pin(login(options)) => ended,
        () = stop.cancelled() => {
            eprintln!("\nmesh: given up; nobody was signed in");
            Ok(Ended::GivenUp)
        }
    }
}

async fn login(options: &Options) -> anyhow::Result<Ended> {
    let config = options.which.read(Depth::Telegram)?;
    let desk = account::open(&config)?;
    let code = match (&options.code_file, &config.code) {
        (Some(path), _) => CodeFrom::File(CodeFile::make(path)?),
        (None, Some(code)) => CodeFrom::Known(code.expose().to_owned()),
        (None, None) => CodeFrom::Asked,
    };
    let credentials = account::credentials(&config).await?;
    let phone = config.phone.as_ref().map(|phone| phone.expose().to_owned());
    let way = if options.qr { Way::Qr } else { Way::Code { phone } };
    let wanted = Wanted { credentials: credentials.clone(), way };
    let before = desk.session.is_signed_in()?;
    let (at, mut front) = ((&desk.store, desk.session.clone()), Front::new(code));
    let who = sign_in(wanted, at, &mut front, Arc::new(Timestamp::now)).await??;
    if let Err(why) = options.which.check_owner(&config, who.user) {
        if before {
            return Err(Misconfigured(why).into());
        }
        // Nobody who is not wanted stays signed in.
        SignIn::log_out(credentials, desk.session.clone()).await?;
        let whose = format!("{} ({}) was signed in, and out again: {why}", who.name, who.user.0);
        let Desk { store, session } = desk;
        drop(session);
        super::session::erase(store, &config.name)?;
        return Err(Refused(whose).into());
    }
    let how = if front.was_asked() { "signed in" } else { "was signed in already," };
    println!("Account {}: {how} as {} ({}).", config.name, who.name, who.user.0);
    if let Some(hint) = account::keep_hint(&config, &credentials) {
        println!("{hint}");
    }
    Ok(Ended::Well)
}

//! `mesh session logout`

use anyhow::Context as _;
use bridge::telegram::{LoggedOut, SignIn};
use clap::Args;
use config::Depth;
use sessions::{Store, StoreError};

use super::{Which, erase};
use crate::cli::Ended;
use crate::cli::account::{self, Desk};

/// `mesh session logout`
#[derive(Args, Clone, Copy)]
pub struct Options {
    /// Erase the session here without telling Telegram: for one that can't be opened any more. End it in a Telegram app
    /// then: Settings, Devices.
    #[arg(long)]
    forget: bool,
}

pub(super) async fn run(which: &Which, options: Options) -> anyhow::Result<Ended> {
    if options.forget {
        let config = which.read(Depth::Session)?;
        let store = Store::open(&config.state_dir)?;
        if !store.accounts().contains(&config.name) {
            return Err(StoreError::NoSession { account: config.name }.into());
        }
        erase(store, &config.name)?;
        println!(
            "Account {}: the session is erased here. At Telegram it is alive: end it in a Telegram app, Settings, Devices.",
            config.name
        );
        return Ok(Ended::Well);
    }
    let config = which.read(Depth::Telegram)?;
    let Desk { store, session } = account::open(&config)?;
    if session.auth_key(session.summary()?.data_centre).is_none() {
        return Err(StoreError::NoSession { account: config.name }.into());
    }
    let credentials = account::credentials(&config).await?;
    let ended = SignIn::log_out(credentials, session.clone())
        .await
        .context("the session is still alive, here and at Telegram")?;
    drop(session);
    erase(store, &config.name)?;
    match ended {
        LoggedOut::Now => println!("Account {}: signed out; the session is erased.", config.name),
        LoggedOut::Before => {
            println!("Account {}: Telegram had ended the session already; it is erased.", config.name);
        }
    }
    Ok(Ended::Well)
}

//! Which account is meant, for the subcommands about its session; and how they end.

use std::fmt;
use std::sync::Arc;

use bridge::telegram::{Address, CallError, Credentials, SignInError};
use clap::Args;
use commands::ids::UserId;
use config::Depth;
use sessions::{AccountSession, OpenError, SessionKey, Store, StoreError};

use super::{Ended, Misconfigured, Misused, Where};
use crate::node::check_owner;
use crate::run::kind_of;
use crate::sign_in::{ask, ask_hidden, session};

/// Shown below the help of each of them.
pub const EXIT_CODES: &str = "Exit codes: 0 done; 1 refused, the text says why; 2 Telegram can't be reached; 64 the \
                              command was not understood; 78 the configuration is wrong.";

/// Which account is meant.
#[derive(Args)]
pub struct Which {
    /// The account, by its name in the configuration. May be left out where there is only one.
    #[arg(long, global = true, value_name = "NAME")]
    account: Option<String>,
    #[command(flatten)]
    node: Where,
}

/// The command can't do that, and says why.
#[derive(Debug)]
pub struct Refused(pub String);

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Which {
    /// Where everything is kept, whichever account is meant.
    ///
    /// # Errors
    /// A configuration that can't be read.
    pub fn state_dir(&self) -> anyhow::Result<std::path::PathBuf> {
        config::state_dir(&self.node.config).map_err(|faults| Misconfigured(faults.to_string()).into())
    }

    /// What the configuration says of it.
    ///
    /// # Errors
    /// Every fault of the parts that are needed.
    pub fn read(&self, depth: Depth) -> anyhow::Result<config::SignIn> {
        let env = |name: &str| std::env::var(name).ok();
        let read = config::sign_in(&self.node.config, env, self.account.as_deref(), depth);
        let (read, warnings) = read.map_err(|faults| not_read(&faults))?;
        for warning in warnings {
            tracing::warn!("{warning}");
        }
        Ok(read)
    }

    /// Whether somebody's account may be what the configuration has this one to be. Who has a role is known only where
    /// the whole configuration is sound.
    ///
    /// # Errors
    /// Whose it is and whose is wanted.
    pub fn check_owner(&self, wanted: &config::SignIn, user: UserId) -> Result<(), String> {
        let Some(kind) = wanted.kind else { return Ok(()) };
        let config = config::load(&self.node.config, |name| std::env::var(name).ok());
        let people = config.map(|config| config.people).unwrap_or_default();
        check_owner((kind_of(kind), wanted.person), &people, user)
    }
}

/// That the command line names no account of the configuration is no fault of that.
fn not_read(faults: &config::Faults) -> anyhow::Error {
    match faults.iter().find(|fault| fault.of_command) {
        Some(fault) if faults.iter().count() == 1 => {
            Misused(format!("{}; {}", fault.what, fault.todo)).into()
        }
        _ => Misconfigured(faults.to_string()).into(),
    }
}

/// The store and the account's session, for this process alone.
pub struct Desk {
    /// The store.
    pub store: Store,
    /// The session; gone while it is erased.
    pub session: Arc<AccountSession>,
}

/// Takes the store and opens the account's session; one that lies there in the clear and has a key is encrypted.
///
/// # Errors
/// The node, or another of these commands, has the store; a session that the key does not open.
pub fn open(wanted: &config::SignIn) -> anyhow::Result<Desk> {
    let key = session_key(wanted.session_key.as_ref());
    let mut store = Store::open(&wanted.state_dir)?;
    if let Some(key) = &key {
        store = store.sealing(&wanted.name, key)?;
    }
    let session = session(&store, &wanted.name, key.as_ref(), address(wanted).as_ref())?;
    Ok(Desk { store, session })
}

/// The key as the configuration names it; it was looked at when it was read.
pub fn session_key(secret: Option<&config::Secret>) -> Option<SessionKey> {
    secret.and_then(|key| SessionKey::from_hex(key.expose()))
}

/// Where the account's Telegram is; none means the real one.
pub fn address(wanted: &config::SignIn) -> Option<Address> {
    wanted.datacenter.as_ref().map(|datacenter| Address {
        socket: datacenter.address.into(),
        rsa_key_pem: datacenter.rsa_key.clone(),
    })
}

/// The application: what the configuration does not have is asked for.
///
/// # Errors
/// Nobody to ask.
pub async fn credentials(wanted: &config::SignIn) -> anyhow::Result<Credentials> {
    let (id, hash) = (wanted.api_id, wanted.api_hash.as_ref());
    if id.is_none() || hash.is_none() {
        eprintln!(
            "Telegram lets an account in through an application of its owner's, which the configuration does not name.\n\
             Open https://my.telegram.org with this account's number, \"API development tools\", make one (any name), \
             and copy its api_id and api_hash."
        );
    }
    let api_id = match id {
        Some(id) => id,
        None => ask_number().await?,
    };
    let api_hash = match hash {
        Some(hash) => hash.expose().to_owned(),
        None => ask_hidden("api_hash: ").await?.trim().to_owned(),
    };
    Ok(Credentials { api_id, api_hash, address: address(wanted) })
}

async fn ask_number() -> anyhow::Result<i32> {
    let text = ask("api_id: ").await?;
    text.parse().map_err(|_| Refused("api_id is a number, as my.telegram.org shows it".to_owned()).into())
}

/// How to keep what was asked for, where something was: `mesh run` asks nobody.
pub fn keep_hint(wanted: &config::SignIn, credentials: &Credentials) -> Option<String> {
    if wanted.api_id.is_some() && wanted.api_hash.is_some() {
        return None;
    }
    Some(format!(
        "`mesh run` needs the application too. Put the hash into a file that only you can read, beside the \
         configuration:\n  (umask 077; cat > api_hash)      paste it, Enter, ctrl-d\n\
         and write into the configuration:\n  [telegram]\n  api_id = {}\n  api_hash = {{ file = \"api_hash\" }}",
        credentials.api_id
    ))
}

/// Says what went wrong, and how that ends the command.
pub fn conclude(ended: anyhow::Result<Ended>) -> std::process::ExitCode {
    let ended = ended.unwrap_or_else(|error| {
        eprintln!("mesh: {error:#}");
        how(&error)
    });
    ended.into()
}

/// Whether the configuration has to be changed before anything else helps.
pub fn is_misconfigured(error: &anyhow::Error) -> bool {
    let store = match error.downcast_ref::<OpenError>() {
        Some(OpenError::Store(error)) => Some(error),
        _ => error.downcast_ref::<StoreError>(),
    };
    error.is::<Misconfigured>()
        || matches!(store, Some(StoreError::Sealed { .. } | StoreError::WrongSessionKey { .. }))
}

fn how(error: &anyhow::Error) -> Ended {
    if is_misconfigured(error) {
        return Ended::Misconfigured;
    }
    if error.is::<Misused>() {
        return Ended::Misused;
    }
    match error.downcast_ref::<SignInError>() {
        Some(SignInError::Other(CallError::NoAnswer(_)) | SignInError::Unprepared(_)) => Ended::Unreachable,
        _ => Ended::Refused,
    }
}

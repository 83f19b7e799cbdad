//! What the checks look at; each thing is fetched once.

use std::path::{Path, PathBuf};

use ::bot::{Bot, Params};
use bridge::telegram::{self, CallError, Credentials, Probed};
use commands::ids::ChatId;
use config::{Config, Faults};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::files::is_anothers;
use crate::control;
use crate::node::AccountSettings;
use crate::run::account_settings;

/// A node, running or not.
pub struct Patient {
    /// Its configuration file.
    pub file: PathBuf,
    /// What that says.
    pub config: Result<Config, Faults>,
    /// Where its state is, if that can be told.
    pub state: Option<PathBuf>,
    /// The running node's own word, if one answers.
    pub node: Option<Value>,
    /// Another configuration of OpenSSH than its own.
    pub ssh_config: Option<PathBuf>,
    probed: OnceCell<Result<Probed, CallError>>,
}

impl Patient {
    /// Reads the configuration and asks the node.
    pub async fn meet(file: &Path, ssh_config: Option<PathBuf>) -> Self {
        let config = config::load(file, |name| std::env::var(name).ok());
        let state = match &config {
            Ok(config) => Some(config.state_dir.clone()),
            Err(_) => config::state_dir(file).ok(),
        };
        let node = match &state {
            Some(state) => control::fetch(state, "/status").await.ok(),
            None => None,
        };
        Self { file: file.to_owned(), config, state, node, ssh_config, probed: OnceCell::new() }
    }

    /// The accounts' settings, the ear first; none where the configuration has a fault.
    pub fn accounts(&self) -> Vec<AccountSettings> {
        let config = self.config.as_ref().ok();
        let each = |config| Config::accounts(config).filter_map(move |one| account_settings(config, one));
        config.into_iter().flat_map(each).collect()
    }

    /// The state directory, where it is there and ours to open.
    pub fn own_state(&self) -> Option<&Path> {
        self.state.as_deref().filter(|state| state.is_dir() && !is_anothers(state))
    }

    /// The group.
    pub fn group(&self) -> Option<ChatId> {
        self.config.as_ref().ok().map(|config| config.rules().group)
    }

    /// What a stranger learns of Telegram; nothing where there is no account.
    pub async fn probed(&self) -> Option<&Result<Probed, CallError>> {
        let credentials = credentials(self.accounts().first()?);
        Some(self.probed.get_or_init(|| async { telegram::probe(&credentials).await }).await)
    }

    /// A handle to the bot, where there is one.
    pub fn bot(&self) -> Option<anyhow::Result<Bot>> {
        let config = self.config.as_ref().ok()?;
        let wanted = config.bot.as_ref()?;
        Some(bot(config, wanted))
    }

    /// The state that the running node says its bot is in.
    pub fn bot_state(&self) -> Option<&str> {
        self.node.as_ref()?["bot"]["state"].as_str()
    }

    /// The state that the running node says an account is in.
    pub fn account_state(&self, name: &str) -> Option<&str> {
        let accounts = self.node.as_ref()?["accounts"].as_array()?;
        accounts.iter().find(|account| account["name"] == name)?["state"].as_str()
    }
}

/// What signs an account's application in.
pub fn credentials(account: &AccountSettings) -> Credentials {
    Credentials {
        api_id: account.api_id,
        api_hash: account.api_hash.clone(),
        address: account.address.clone(),
    }
}

fn bot(config: &Config, wanted: &config::Bot) -> anyhow::Result<Bot> {
    let api_url = wanted.api_url.as_deref().map(str::parse).transpose()?;
    Ok(Bot::new(Params {
        token: ::bot::Token::new(wanted.token.expose())?,
        api_url,
        group: config.rules().group,
        former: None,
        // Nothing is posted, so nothing is signed.
        signing_key: [0; 32],
        with_ear: config.account.is_some(),
    })?)
}

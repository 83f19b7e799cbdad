//! `mesh run`, and what asks a running node.

pub mod agents;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use bridge::telegram::{Address, Kind, Waits};
use clap::Args;
use commands::rules::Rules;
use commands::secrets::KnownTokens;
use config::{AccountKind, Config};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::cli::Misconfigured;
use crate::node::{AccountSettings, BotSettings, Node, Settings};
use crate::{logging, stop, supervisor, tokens};

/// `mesh run`
#[derive(Args)]
pub struct Options {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "mesh.toml", env = "MESH_CONFIG")]
    config: PathBuf,
}

/// Runs a node until a signal.
///
/// # Errors
/// Every fault of the configuration at once; what stops the node from starting; what ends it.
pub async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let stop = stop::on_signal()?;
    let config = match config::load(&options.config, |name| std::env::var(name).ok()) {
        Ok(config) => config,
        Err(faults) => return Err(Misconfigured(faults.to_string()).into()),
    };
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let restart = CancellationToken::new();
    let settings = Settings { restart: Some(restart.clone()), ..settings(&config)? };
    let starting = Node::start(settings, Arc::new(Timestamp::now));
    let mut node = tokio::select! {
        () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
        node = starting => node?,
    };
    if let Some(door) = node.door {
        println!("mesh: agents may speak at http://{door}");
    }
    println!("mesh: running; SIGTERM or ctrl-c ends it");
    // `/mesh logs` begins with it, also after a restart.
    tracing::info!("running: mesh {}, node {}", env!("CARGO_PKG_VERSION"), config.mesh.node);
    supervisor::ready();
    supervisor::keep_told(node.asker.clone(), node.standings.clone(), &stop);
    tokio::select! {
        () = stop.cancelled() => {
            supervisor::stopping();
            node.stop().await?;
        }
        // The supervisor is told nothing: the process stays, and says again that it is ready.
        () = restart.cancelled() => {
            node.stop().await?;
            return Err(start_anew());
        }
        ended = node.failed() => return ended.and_then(|()| bail!("the node ended by itself")),
    }
    Ok(ExitCode::SUCCESS)
}

/// The same program with the same arguments, in the place of this process: a supervisor sees no end of it. Comes back
/// only with what kept it from that.
fn start_anew() -> anyhow::Error {
    use std::os::unix::process::CommandExt as _;
    let program = std::env::current_exe();
    let Ok(program) = program else { return anyhow!("the program can't be found again: start it anew") };
    let error = std::process::Command::new(program).args(std::env::args_os().skip(1)).exec();
    anyhow!("{error}: start it anew")
}

fn settings(config: &Config) -> anyhow::Result<Settings> {
    let (node, sequencer) = (&config.mesh.node, &config.mesh.sequencer);
    if node != sequencer {
        bail!(
            "[mesh] node = \"{node}\", sequencer = \"{sequencer}\": a node that asks another for its claims comes with a \
             later release; run the mesh on the sequencer alone"
        );
    }
    let accounts = config.accounts().filter_map(|account| account_settings(config, account)).collect();
    let bot = config.bot.as_ref().map(|bot| -> anyhow::Result<_> {
        let token = bot::Token::new(bot.token.expose()).context("[bot] token")?;
        Ok(BotSettings { token, api_url: bot.api_url.clone(), webhook: bot.webhook.clone() })
    });
    let number = |limit: Option<std::num::NonZeroU32>| limit.map_or(0, std::num::NonZeroU32::get);
    let limits = &config.limits;
    Ok(Settings {
        node: node.clone(),
        mesh: config.mesh.name.clone(),
        state: config.state_dir.clone(),
        rules: Rules {
            known_tokens: known_tokens(config)?,
            accepts_from: agents::accepts_from(config),
            driven: agents::driven_ids(config),
            hook_alone: agents::hook_alone(config),
            ..config.rules()
        },
        roster: config.roster(),
        limits: (
            number(limits.per_chat_per_second),
            number(limits.per_group_per_minute),
            number(limits.overall_per_second),
        ),
        accounts,
        bot: bot.transpose()?,
        by_dm: agents::by_dm(config),
        hooks: agents::hooks(config),
        drivers: config.agents.iter().map(agents::driven).collect(),
        doors: agents::doors(config),
        passed_by_after: config.hooks.passed_by_after,
        ping_every: config.hooks.ping_every,
        door: Some(agents::door(config)),
        tokens: (tokens::places(&config.agents), config.hooks.token_grace),
        permissions: Some(config.permissions.clone()),
        restart: None,
    })
}

/// The secrets of the configuration, under a key of this start: posted by anybody, they are known again.
fn known_tokens(config: &Config) -> anyhow::Result<KnownTokens> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| anyhow!("the system gives no randomness: {error}"))?;
    let mut known = KnownTokens::new(key);
    if let Some(bot) = &config.bot {
        known.learn("the mesh's bot token", None, bot.token.expose());
    }
    if let Some(telegram) = &config.telegram {
        known.learn("the mesh's API hash", None, telegram.api_hash.expose());
    }
    agents::learn_tokens(&config.agents, &mut known);
    for node in &config.nodes {
        known.learn("another node's token", None, node.token.expose());
    }
    logging::mask(known.clone());
    Ok(known)
}

/// An account as the node is told of it.
pub fn account_settings(config: &Config, account: &config::Account) -> Option<AccountSettings> {
    let telegram = config.telegram.as_ref()?;
    let address = telegram.datacenter.as_ref().map(|datacenter| Address {
        socket: datacenter.address.into(),
        rsa_key_pem: datacenter.rsa_key.clone(),
    });
    let kind = match account.kind {
        AccountKind::Personal => Kind::Personal,
        AccountKind::Dedicated => Kind::Dedicated,
    };
    Some(AccountSettings {
        name: account.name.clone(),
        kind,
        person: account.person,
        relays: account.relay,
        api_id: telegram.api_id,
        api_hash: telegram.api_hash.expose().to_owned(),
        phone: account.phone.as_ref().map(|phone| phone.expose().to_owned()),
        code: account.code.as_ref().map(|code| code.expose().to_owned()),
        address,
        waits: waits(account),
        session_key: crate::cli::account::session_key(account.session_key.as_ref()),
    })
}

fn waits(account: &config::Account) -> Waits {
    let usual = Waits::default();
    Waits {
        quiet: account.quiet.unwrap_or(usual.quiet),
        answer: account.answer_within.unwrap_or(usual.answer),
        longest_pause: account.longest_pause.unwrap_or(usual.longest_pause),
        ..usual
    }
}

//! One node, wired: store, mind, account, bot, engine, control socket. `mesh run` and `mesh demo` start the same.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use bot::{Bot, Listening};
use bridge::telegram::{self, Account, Address, Connected, Kind};
use commands::decide::Mind;
use commands::fact::Roster;
use commands::ids::{AgentId, UserId};
use commands::mesh::Mesh;
use commands::rules::Rules;
use commands::slash::COMMANDS;
use jiff::Timestamp;
use sessions::{AccountSession, Store};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::control::{self, Asker};
use crate::dispatch::Limits;
use crate::engine::{BOT_CURSOR, Ears, Engine};
use crate::perform::Voices;

/// How long the bot's Telegram and the account's may take to answer at the start.
const START_WITHIN: Duration = Duration::from_secs(30);
/// What signs the data of buttons is derived under this label.
const BUTTON_KEY: &str = "callback data";
/// The data centre that a sandbox's key belongs to.
const HOME_DC: i32 = 2;

/// Everything a node needs to know.
pub struct Settings {
    /// Where it keeps what survives a restart.
    pub state: PathBuf,
    /// What it decides by; the users it speaks as are added at the start.
    pub rules: Rules,
    /// People and agents.
    pub roster: Roster,
    /// Telegram's limits: messages a second in a chat, a minute in a group, a second in all.
    pub limits: (u32, u32, u32),
    /// The user account, if there is one.
    pub account: Option<AccountSettings>,
    /// The mesh's bot, if there is one.
    pub bot: Option<BotSettings>,
    /// Agents that the dedicated account may write to.
    pub by_dm: BTreeSet<AgentId>,
}

/// The bridge's user account.
pub struct AccountSettings {
    /// Its name in the store.
    pub name: String,
    /// What it may do.
    pub kind: Kind,
    /// From my.telegram.org.
    pub api_id: i32,
    /// From my.telegram.org.
    pub api_hash: String,
    /// Its phone number.
    pub phone: String,
    /// Where the login code comes from, should one be needed.
    pub code: Option<String>,
    /// Where Telegram is; none means the real one.
    pub address: Option<Address>,
}

/// The mesh's own bot.
pub struct BotSettings {
    /// Its token.
    pub token: bot::Token,
    /// Another Bot API than Telegram's.
    pub api_url: Option<String>,
}

/// A running node.
pub struct Node {
    /// Asks the engine.
    pub asker: Asker,
    /// How the account's connection is.
    pub health: Option<watch::Receiver<telegram::Health>>,
    stop: CancellationToken,
    engine: JoinHandle<anyhow::Result<()>>,
    listener: Option<JoinHandle<()>>,
    account: Option<Account>,
}

impl Node {
    /// Starts everything: the store first, then who is heard, then the loop.
    ///
    /// # Errors
    /// A state directory that is held, a sign-in that needs a code nobody gives, a token Telegram refuses.
    pub async fn start(mut settings: Settings, clock: bot::listen::Clock) -> anyhow::Result<Self> {
        let stop = CancellationToken::new();
        let store = Store::open(&settings.state)?;
        let bot = start_bot(&mut settings, &store).await?;
        let connected = start_account(&settings, &store).await?;
        if let Some((connected, kind)) = &connected {
            settings.rules.own.extend((*kind == Kind::Dedicated).then(|| connected.account.user()));
        }
        let voices = Voices {
            bot: bot.clone(),
            account: connected.as_ref().map(|(connected, kind)| (connected.account.clone(), *kind)),
            by_dm: settings.by_dm.clone(),
            store: store.clone(),
        };
        expect_own_posts(&store, voices.account.as_ref())?;
        let (asker, control) = control::channel();
        control::serve(&settings.state, asker.clone(), stop.clone())?;
        let (listener, bot_batches) = listen(bot.as_ref(), &store, &clock, &stop)?;
        let account = voices.account.as_ref().map(|(account, _)| account.clone());
        let health = connected.as_ref().map(|(connected, _)| connected.health.clone());
        let ears = Ears {
            account_cursor: settings.account.as_ref().map(|a| sessions::updates_cursor(&a.name)).unwrap_or_default(),
            account: connected.map(|(connected, _)| (connected.batches, connected.caught_up)),
            bot: bot_batches,
            control,
        };
        let (per_chat, per_group, overall) = settings.limits;
        let limits = Limits::new(per_chat, per_group, overall);
        let mind = remember(&store, settings.rules)?;
        let engine = Engine::new(mind, settings.roster, store, voices, limits, clock)?;
        let engine = tokio::spawn(engine.run(ears, stop.clone()));
        Ok(Self { asker, health, stop, engine, listener, account })
    }

    /// Waits until the engine ends by itself: only a fault does that.
    ///
    /// # Errors
    /// The fault.
    pub async fn failed(&mut self) -> anyhow::Result<()> {
        (&mut self.engine).await.context("the engine panicked")?
    }

    /// Stops in reverse: no more is heard, then what was decided is journalled, then the connections end.
    ///
    /// # Errors
    /// What the engine ended with.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        let ended = self.engine.await.context("the engine panicked")?;
        if let Some(listener) = self.listener {
            let _ = listener.await;
        }
        if let Some(account) = self.account {
            account.stop().await;
        }
        ended
    }
}

/// The mesh that the journal's facts make, as of the last of them.
fn remember(store: &Store, rules: Rules) -> anyhow::Result<Mind> {
    let (mut mesh, mut now) = (Mesh::default(), Timestamp::MIN);
    for journalled in store.replay() {
        let journalled = journalled.context("the journal can't be read")?;
        mesh.apply(&journalled.fact);
        now = now.max(journalled.at);
    }
    Ok(Mind::new(mesh, rules, now))
}

async fn start_bot(settings: &mut Settings, store: &Store) -> anyhow::Result<Option<(Bot, UserId)>> {
    let Some(wanted) = &settings.bot else { return Ok(None) };
    let api_url = wanted.api_url.as_deref().map(str::parse).transpose().context("[bot] api_url")?;
    let params = bot::Params {
        token: wanted.token.clone(),
        api_url,
        group: settings.rules.group,
        signing_key: store.node_key().derive(BUTTON_KEY),
        with_ear: settings.account.is_some(),
    };
    let bot = Bot::new(params)?;
    let identity = tokio::time::timeout(START_WITHIN, bot.identity()).await.context("the Bot API does not answer")??;
    if !identity.can_read_all_group_messages {
        tracing::warn!("@{} has privacy mode on: it may not hear a bare /mesh", identity.username);
    }
    settings.rules.own.push(identity.id);
    settings.rules.bot_username = Some(identity.username);
    let menu: Vec<_> = COMMANDS.iter().map(|command| (command.name, command.help)).collect();
    set_menu(&bot, &menu).await;
    Ok(Some((bot, identity.id)))
}

/// In a private chat each command stands for itself, in the group all of them go by `/mesh`.
async fn set_menu(bot: &Bot, private: &[(&str, &str)]) {
    let group = [("mesh", "how the mesh is; /mesh help lists the rest")];
    for (scope, commands) in
        [(bot::MenuScope::Group, &group[..]), (bot::MenuScope::PrivateChats, private)]
    {
        let outcome = bot.set_menu(&bot::Menu { scope, commands }).await;
        if !matches!(outcome, bot::Outcome::Done(_)) {
            tracing::warn!(?outcome, ?scope, "the menu could not be set");
        }
    }
}

async fn start_account(settings: &Settings, store: &Store) -> anyhow::Result<Option<(Connected, Kind)>> {
    let Some(wanted) = &settings.account else { return Ok(None) };
    let session = Arc::new(store.account(&wanted.name)?);
    agree_on_key(wanted, &session).await?;
    if !session.is_signed_in()? {
        sign_in(wanted, &session).await.with_context(|| format!("account {} can't sign in", wanted.name))?;
    }
    let params = telegram::Params {
        api_id: wanted.api_id,
        kind: wanted.kind,
        group: settings.rules.group,
        address: wanted.address.clone(),
    };
    let connected = Account::connect(params, session).await.context("the account can't connect")?;
    Ok(Some((connected, wanted.kind)))
}

/// Where a Telegram of one's own is configured, every data centre is that one, and nothing else is ever contacted.
async fn agree_on_key(wanted: &AccountSettings, session: &AccountSession) -> anyhow::Result<()> {
    let Some(address) = &wanted.address else { return Ok(()) };
    let std::net::SocketAddr::V4(socket) = address.socket else {
        bail!("[telegram.datacenter] address: an IPv4 address is needed");
    };
    let known = session.auth_key(HOME_DC);
    let key = match known {
        Some(key) if session.is_signed_in()? => key,
        _ => telegram::exchange(address.socket, &address.rsa_key_pem).await?,
    };
    session.data_centers_at(socket, Some(key))?;
    Ok(())
}

fn expect_own_posts(store: &Store, account: Option<&(Account, Kind)>) -> anyhow::Result<()> {
    let Some((account, _)) = account else { return Ok(()) };
    for entry in store.outbox()? {
        let Some(chat) = entry.effect.chat() else { continue };
        if let Some(text) = entry.effect.text() {
            account.expect(chat, text, entry.random_id);
        }
    }
    Ok(())
}

type BotEar = (Option<JoinHandle<()>>, Option<tokio::sync::mpsc::Receiver<bot::Batch>>);

fn listen(
    bot: Option<&(Bot, UserId)>,
    store: &Store,
    clock: &bot::listen::Clock,
    stop: &CancellationToken,
) -> anyhow::Result<BotEar> {
    let Some((bot, _)) = bot else { return Ok((None, None)) };
    let offset = store.cursor(BOT_CURSOR)?.and_then(|bytes| bytes.try_into().ok()).map(i64::from_be_bytes);
    let listening = Listening::from(offset, clock.clone(), stop.clone());
    let (listener, batches, mut health) = bot::listen(bot, listening);
    tokio::spawn(async move {
        while health.changed().await.is_ok() {
            if let Some(sentence) = health.borrow_and_update().sentence() {
                tracing::error!("{sentence}");
            }
        }
    });
    Ok((Some(tokio::spawn(listener.run())), Some(batches)))
}

async fn sign_in(wanted: &AccountSettings, session: &Arc<AccountSession>) -> anyhow::Result<()> {
    let _ = (wanted, session);
    todo!("sign in")
}

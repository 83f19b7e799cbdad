//! One node, wired: store, mind, account, bot, engine, control socket. `mesh run` and `mesh demo` start the same.

mod ear;

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use bot::{Bot, Listening};
use bridge::telegram::{
    self, Account, Address, Connected, Credentials, Kind, SignIn, Step, Surroundings, Waits,
};
use commands::decide::Mind;
use commands::fact::Roster;
use commands::ids::{AgentId, ChatId, PersonId, UserId};
use commands::mesh::Mesh;
use commands::rules::Rules;
use commands::slash::COMMANDS;
use jiff::Timestamp;
use sessions::{AccountSession, Store};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::control::{self, Asker};
use crate::dispatch::Limits;
use crate::engine::Engine;
use crate::engine::ears::{BOT_CURSOR, Ears, decode_offset};
use crate::perform::Voices;
use crate::standing::{self, Standing};
use crate::status::{AccountPart, Part};

use self::ear::{AccountEar, NotSignedIn, hears_everything};

/// How long the bot's Telegram and the account's may take to answer at the start.
const START_WITHIN: Duration = Duration::from_secs(30);
/// What signs the data of buttons is derived under this label.
const BUTTON_KEY: &str = "callback data";

/// Everything a node needs to know.
pub struct Settings {
    /// Its name.
    pub node: String,
    /// The mesh's name.
    pub mesh: String,
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
    /// Whose it is, for a personal one.
    pub person: Option<PersonId>,
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
    /// How long its connection waits for what.
    pub waits: Waits,
}

/// The mesh's own bot.
pub struct BotSettings {
    /// Its token.
    pub token: bot::Token,
    /// Another Bot API than Telegram's.
    pub api_url: Option<String>,
}

/// A number nobody can guess; Telegram tells repeats by it.
pub fn chance() -> i64 {
    let mut bytes = [0; 8];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the system gives no randomness");
    }
    i64::from_le_bytes(bytes)
}

/// A running node.
pub struct Node {
    /// Asks the engine.
    pub asker: Asker,
    /// How its accounts stand.
    pub standings: Vec<watch::Receiver<Standing>>,
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
        let ear = start_account(&settings, &store, &clock).await?;
        let voice = ear.as_ref().and_then(|ear| ear.voice.clone());
        if let Some((account, Kind::Dedicated)) = &voice {
            settings.rules.own.push(account.user());
        }
        warn_of_deafness(&settings);
        let dedicated = |wanted: &AccountSettings| wanted.kind == Kind::Dedicated;
        let voices = Voices {
            bot: bot.clone(),
            awaits_account: voice.is_none() && settings.account.as_ref().is_some_and(dedicated),
            account: voice,
            by_dm: settings.by_dm.clone(),
            store: store.clone(),
        };
        expect_own_posts(&store, voices.account.as_ref())?;
        let (asker, control, calls) = control::channel();
        let (listener, bot_ear) = listen(bot.as_ref(), &store, &clock, &stop)?;
        let bot_health = bot_ear.as_ref().map(|(_, health)| health.clone());
        let part = part(&settings, ear.as_ref(), bot_health.clone(), &clock);
        let standings = part.accounts.iter().map(|account| account.standing.clone()).collect();
        control::serve(part, asker.clone(), clock.clone(), stop.clone())?;
        let account = voices.account.as_ref().map(|(account, _)| account.clone());
        let wait_for = ear.as_ref().map(|ear| (ear.caught_up.clone(), ear.health.clone()));
        let ears = Ears {
            account_cursor: settings
                .account
                .as_ref()
                .map(|a| sessions::updates_cursor(&a.name))
                .unwrap_or_default(),
            account_health: ear.as_ref().map(|ear| ear.health.clone()),
            account_caught_up: ear.as_ref().map(|ear| ear.caught_up.clone()),
            account: ear.and_then(|ear| ear.batches),
            bot_health,
            bot: bot_ear.map(|(batches, _)| batches),
            control,
            calls,
        };
        let (per_chat, per_group, overall) = settings.limits;
        let limits = Limits::new(per_chat, per_group, overall);
        let mind = remember(&store, settings.rules)?;
        let engine = Engine::new(mind, settings.roster, store, voices, limits, clock)?;
        let engine = tokio::spawn(engine.run(ears, stop.clone()));
        if let Some((caught_up, health)) = wait_for {
            hears_everything(caught_up, health).await;
        }
        Ok(Self { asker, standings, stop, engine, listener, account })
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

/// What the chosen ear can't do is said once, at the start.
fn warn_of_deafness(settings: &Settings) {
    match settings.account.as_ref().map(|account| account.kind) {
        _ if settings.roster.agents.is_empty() => {}
        None => {
            tracing::warn!("no [account]: a bot does not hear other bots, so what agents say is not heard");
        }
        Some(Kind::Personal) => tracing::warn!(
            "a personal account only listens: agents get no private word, and in a basic group no reaction"
        ),
        Some(Kind::Dedicated) => {}
    }
}

/// What the control socket tells of the node.
fn part(
    settings: &Settings,
    ear: Option<&AccountEar>,
    bot: Option<watch::Receiver<bot::Health>>,
    clock: &bot::listen::Clock,
) -> Part {
    let account = settings.account.as_ref().zip(ear).map(|(wanted, ear)| AccountPart {
        name: wanted.name.clone(),
        kind: wanted.kind,
        standing: standing::follow(&wanted.name, ear.health.clone(), clock.clone()),
    });
    Part {
        node: settings.node.clone(),
        mesh: settings.mesh.clone(),
        state: settings.state.clone(),
        started: clock(),
        accounts: account.into_iter().collect(),
        bot: settings.rules.bot_username.clone().zip(bot),
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
    if mesh.last_fence().term() > rules.term {
        bail!(
            "[mesh] term = {}: this node has seen term {}; a lower one is refused, so raise it to that at least",
            rules.term,
            mesh.last_fence().term()
        );
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
    let identity =
        tokio::time::timeout(START_WITHIN, bot.identity()).await.context("the Bot API does not answer")??;
    if !identity.can_read_all_group_messages {
        tracing::warn!("@{} has privacy mode on: it may not hear a bare /mesh", identity.username);
    }
    settings.rules.own.push(identity.id);
    settings.rules.bot_username = Some(identity.username);
    let menu: Vec<_> = COMMANDS.iter().map(|command| (command.name, command.help)).collect();
    set_menu(&bot, settings.rules.group, &menu).await;
    Ok(Some((bot, identity.id)))
}

/// In a private chat each command stands for itself, in the group all of them go by `/mesh`.
async fn set_menu(bot: &Bot, chat: ChatId, private: &[(&str, &str)]) {
    let group = [("mesh", "how the mesh is; /mesh help lists the rest")];
    for (scope, commands) in
        [(bot::MenuScope::Chat(chat), &group[..]), (bot::MenuScope::PrivateChats, private)]
    {
        let outcome = bot.set_menu(&bot::Menu { scope, commands }).await;
        if !matches!(outcome, bot::Outcome::Done(_)) {
            tracing::warn!(?outcome, ?scope, "the menu could not be set");
        }
    }
}

/// An account that nobody can sign in now is a state, not an end: unless somebody sits at the terminal.
async fn start_account(
    settings: &Settings,
    store: &Store,
    clock: &bot::listen::Clock,
) -> anyhow::Result<Option<AccountEar>> {
    let Some(wanted) = &settings.account else { return Ok(None) };
    match connect(wanted, settings.rules.group, store, clock.clone()).await {
        Ok(connected) => {
            check_voice(settings, wanted, connected.account.user())?;
            Ok(Some(AccountEar::of(connected, wanted.kind)))
        }
        Err(error) => match error.downcast_ref::<NotSignedIn>() {
            Some(why) if !std::io::stdin().is_terminal() => Ok(Some(AccountEar::deaf(why))),
            _ => Err(error),
        },
    }
}

/// What a person with a role says is an order: the mesh never speaks in such a name.
fn check_voice(settings: &Settings, wanted: &AccountSettings, user: UserId) -> anyhow::Result<()> {
    let person = settings.roster.people.iter().find(|person| person.id.0 == user.0 && person.role.is_some());
    if wanted.kind == Kind::Personal && wanted.person != Some(PersonId(user.0)) {
        bail!("[account] person: this account is user {user}, not the person named; write person = {user}");
    }
    match person {
        Some(person) if wanted.kind == Kind::Dedicated => bail!(
            "[account] kind = \"dedicated\": this account is {}'s, who has a role, so the mesh must not speak as it; \
             write kind = \"personal\" or sign in with an account of its own",
            person.name
        ),
        _ => Ok(()),
    }
}

/// Connects an account, signing it in first if nobody has. Where a Telegram of one's own is configured, every data
/// centre is that one, and nothing else is ever contacted.
///
/// # Errors
/// What Telegram refuses, or a code that nobody gives.
pub async fn connect(
    wanted: &AccountSettings,
    group: ChatId,
    store: &Store,
    clock: bot::listen::Clock,
) -> anyhow::Result<Connected> {
    let session = Arc::new(store.account(&wanted.name)?);
    if let Some(Address { socket: SocketAddr::V4(socket), .. }) = &wanted.address {
        session.data_centers_at(*socket, None)?;
    }
    if !session.is_signed_in()? {
        sign_in(wanted, &session)
            .await
            .map_err(|error| NotSignedIn(format!("account {} can't sign in: {error:#}", wanted.name)))?;
    }
    let (api_id, kind, address) = (wanted.api_id, wanted.kind, wanted.address.clone());
    let params = telegram::Params { api_id, kind, group, address };
    let around = Surroundings { clock, ..Surroundings::real(wanted.waits) };
    let connected = Account::connect_in(around, params, session).await;
    connected.with_context(|| format!("account {} can't connect", wanted.name))
}

async fn sign_in(wanted: &AccountSettings, session: &Arc<AccountSession>) -> anyhow::Result<()> {
    let credentials = Credentials {
        api_id: wanted.api_id,
        api_hash: wanted.api_hash.clone(),
        address: wanted.address.clone(),
    };
    let begun = SignIn::begin(credentials, session.clone(), &wanted.phone);
    let (mut attempt, mut step) = tokio::time::timeout(START_WITHIN, begun).await.context("no answer")??;
    loop {
        step = match step {
            Step::SignedIn { name, .. } => {
                tracing::info!("signed in as {name}");
                return Ok(());
            }
            Step::AskPassword { .. } => bail!("it has a password (2FA), which this release does not ask for"),
            Step::AskCode => attempt.code(&code(wanted).await?).await?,
        };
    }
}

/// The configured code, or the one typed at the terminal. It is never logged.
async fn code(wanted: &AccountSettings) -> anyhow::Result<String> {
    if let Some(code) = &wanted.code {
        return Ok(code.clone());
    }
    if !std::io::stdin().is_terminal() {
        bail!("Telegram sent a code: run this once in a terminal and type it, or name it by [account] code");
    }
    let ask = || {
        eprint!("Code that Telegram sent: ");
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|_| line.trim().to_owned())
    };
    tokio::task::spawn_blocking(ask).await?.context("no code was read")
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

type BotEar = (Option<JoinHandle<()>>, Option<(mpsc::Receiver<bot::Batch>, watch::Receiver<bot::Health>)>);

fn listen(
    bot: Option<&(Bot, UserId)>,
    store: &Store,
    clock: &bot::listen::Clock,
    stop: &CancellationToken,
) -> anyhow::Result<BotEar> {
    let Some((bot, _)) = bot else { return Ok((None, None)) };
    let offset = store.cursor(BOT_CURSOR)?.and_then(|bytes| decode_offset(&bytes, clock()));
    let listening = Listening::from(offset, clock.clone(), stop.clone());
    let (listener, batches, health) = bot::listen(bot, listening);
    Ok((Some(tokio::spawn(listener.run())), Some((batches, health))))
}

//! One node, wired: store, mind, account, bot, engine, control socket. `mesh run` and `mesh demo` start the same.

mod accounts;
mod ear;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use bot::{Bot, Listening};
use bridge::hooks::{Hook, Post};
use bridge::telegram::{Address, Kind, Waits};
use bridge::words::Mask;
use commands::decide::Mind;
use commands::fact::Roster;
use commands::ids::{AgentId, ChatId, PersonId, UserId};
use commands::mesh::Mesh;
use commands::rules::Rules;
use commands::slash;
use jiff::{SignedDuration, Timestamp};
use sessions::{SessionKey, Store};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::agents::{Driven, Drivers, keep_paused};
use crate::control::{self, Asker};
use crate::dispatch::{Dispatch, Door, Doors, Limits};
use crate::engine::Engine;
use crate::engine::ears::{BOT_CURSOR, Ears, decode_offset};
use crate::health;
use crate::hooks;
use crate::perform::{Speaker, Voices};
use crate::permissions;
use crate::standing::Standing;
use crate::status::Part;
use crate::tokens::{Place, Tokens};

use self::ear::hears_everything;

use self::accounts::Accounts;
pub use self::accounts::{check_owner, connect};

/// A program that polls the same token, and was thrown out by this one's poll, is back within that.
const ALONE_AFTER: Duration = Duration::from_secs(5);
/// How long the bot's Telegram and the account's may take to answer at the start.
const START_WITHIN: Duration = Duration::from_secs(30);
/// What signs the data of buttons is derived under this label.
const BUTTON_KEY: &str = "callback data";
/// ... and what Telegram shows at the webhook.
const WEBHOOK_KEY: &str = "webhook secret";

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
    /// The user accounts, the ear first. Without one the bot is the ear.
    pub accounts: Vec<AccountSettings>,
    /// The mesh's bot, if there is one.
    pub bot: Option<BotSettings>,
    /// Agents that the dedicated account may write to.
    pub by_dm: BTreeSet<AgentId>,
    /// The hooks of agents.
    pub hooks: BTreeMap<AgentId, Hook>,
    /// By what each agent's gateway is driven.
    pub drivers: Vec<Driven>,
    /// The ways in to each agent, in their order.
    pub doors: BTreeMap<AgentId, Vec<Door>>,
    /// A hook that has failed for so long is passed by.
    pub passed_by_after: SignedDuration,
    /// So often agents are asked whether they are there.
    pub ping_every: SignedDuration,
    /// Who may speak at the node's door, and where it is.
    pub door: Option<bridge::hooks::Params>,
    /// Where each agent's token stands, and how long one that is rotated away is good.
    pub tokens: (Vec<Place>, SignedDuration),
    /// Where roles are written for people to read and edit, if anywhere.
    pub permissions: Option<PathBuf>,
    /// Cancelled when the node is to be started anew; none where nobody would.
    pub restart: Option<CancellationToken>,
}

/// The bridge's user account.
pub struct AccountSettings {
    /// Its name in the store.
    pub name: String,
    /// What it may do.
    pub kind: Kind,
    /// Whose it is, for a personal one.
    pub person: Option<PersonId>,
    /// Whether whoever is at the node's shell may order it to say something.
    pub relays: bool,
    /// From my.telegram.org.
    pub api_id: i32,
    /// From my.telegram.org.
    pub api_hash: String,
    /// Its phone number; asked for where it is needed and not known.
    pub phone: Option<String>,
    /// Where the login code comes from, should one be needed.
    pub code: Option<String>,
    /// Where Telegram is; none means the real one.
    pub address: Option<Address>,
    /// How long its connection waits for what.
    pub waits: Waits,
    /// What its session is encrypted with on disk.
    pub session_key: Option<SessionKey>,
}

/// The mesh's own bot.
pub struct BotSettings {
    /// Its token.
    pub token: bot::Token,
    /// Another Bot API than Telegram's.
    pub api_url: Option<String>,
    /// Where Telegram is to bring updates; without it they are fetched.
    pub webhook: Option<config::Webhook>,
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
    /// Where agents may speak.
    pub door: Option<SocketAddr>,
    /// How its accounts stand.
    pub standings: Vec<watch::Receiver<Standing>>,
    stop: CancellationToken,
    engine: JoinHandle<anyhow::Result<()>>,
    listener: Option<JoinHandle<()>>,
    accounts: Vec<Speaker>,
}

impl Node {
    /// Starts everything: the store first, then who is heard, then the loop.
    ///
    /// # Errors
    /// A state directory that is held, a sign-in that needs a code nobody gives, a token Telegram refuses.
    pub async fn start(mut settings: Settings, clock: bot::listen::Clock) -> anyhow::Result<Self> {
        let stop = CancellationToken::new();
        let store = open_store(&settings)?;
        let (mesh, now) = remember(&store, settings.rules.term)?;
        let home = Home::of(&mesh, settings.rules.group);
        let bot = start_bot(&mut settings, home, &store).await?;
        let Accounts { speakers, parts, heard } =
            accounts::start(&mut settings, home, &store, (&clock, &stop)).await?;
        warn_of_deafness(&settings);
        let (asker, inbox) = control::channel();
        let (listener, bot_ear) = listen(&settings, home.group, bot.as_ref(), &store, (&clock, &stop))?;
        let (bot_health, bot_batches) = bot_ear.map(|(batches, health)| (health, batches)).unzip();
        let standings = parts.iter().map(|account| account.standing.clone()).collect();
        let part = Part {
            node: settings.node.clone(),
            mesh: settings.mesh.clone(),
            state: settings.state.clone(),
            started: clock(),
            accounts: parts,
            bot: settings.rules.bot_username.clone().zip(bot_health.clone()),
        };
        let post = Post::new().context("no HTTP")?.masking(Mask(crate::logging::masked));
        let drivers = Drivers::new(&settings.drivers, &post, &store);
        let register = settings.door.as_ref().map(|door| door.agents.clone()).unwrap_or_default();
        let (places, grace) = std::mem::take(&mut settings.tokens);
        let tokens = Tokens::new(register, places, grace, store.clone(), clock.clone());
        let office = hooks::Asked { asker: asker.clone(), drivers: drivers.clone() };
        let door = hooks::open(settings.door.take(), office, part.clone(), clock.clone(), stop.clone());
        let door = door.await?;
        let hands = control::Hands { speakers: speakers.clone(), drivers: drivers.clone(), tokens };
        control::serve(part, asker.clone(), hands, clock.clone(), stop.clone())?;
        let wait_for = heard.caught_up.clone().zip(heard.health.clone());
        let every = settings.ping_every.try_into().unwrap_or_default();
        let sweep =
            health::Sweep { post: post.clone(), hooks: settings.hooks.clone(), drivers: drivers.clone() };
        let pulses = sweep.begin(every, &stop);
        let ears = Ears {
            account_cursor: heard.cursor,
            account_health: heard.health,
            account_caught_up: heard.caught_up,
            account: heard.batches,
            others: heard.others,
            bot_health,
            bot: bot_batches,
            control: inbox.control,
            calls: inbox.calls,
            orders: inbox.orders,
            pulses,
        };
        let (per_chat, per_group, overall) = settings.limits;
        let limits = Limits::new(per_chat, per_group, overall);
        let doors = doors(&settings);
        let mind = Mind::new(mesh, settings.rules, now);
        let dedicated = settings.accounts.iter().any(|wanted| wanted.kind == Kind::Dedicated);
        let voices = Voices {
            bot,
            awaits_account: dedicated && !speakers.iter().any(|speaker| speaker.kind == Kind::Dedicated),
            accounts: speakers.clone(),
            by_dm: settings.by_dm.clone(),
            hooks: (post, settings.hooks.clone()),
            drivers: drivers.clone(),
            store: store.clone(),
            started: clock(),
            restart: settings.restart.clone(),
        };
        let permissions = settings.permissions.map(permissions::File::at);
        let dispatch = Dispatch::new(limits, doors);
        let engine = Engine::new(mind, settings.roster, store.clone(), voices, dispatch, permissions, clock)?;
        keep_paused(&drivers, &store, &engine.pauses(), &stop);
        let engine = tokio::spawn(engine.run(ears, stop.clone()));
        if let Some((caught_up, health)) = wait_for {
            hears_everything(caught_up, health).await;
        }
        Ok(Self { asker, door, standings, stop, engine, listener, accounts: speakers })
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
        for speaker in self.accounts {
            speaker.account.stop().await;
        }
        ended
    }
}

/// Takes the state directory; sessions that lie there in the clear and have a key are encrypted.
fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    let mut store = Store::open(&settings.state)?;
    for account in &settings.accounts {
        if let Some(key) = &account.session_key {
            store = store.sealing(&account.name, key)?;
        }
    }
    Ok(store)
}

/// The ways in that can be used at all: a private message needs a dedicated account, a hook an address.
fn doors(settings: &Settings) -> Doors {
    let dedicated = settings.accounts.iter().any(|wanted| wanted.kind == Kind::Dedicated);
    let there = |agent: &AgentId, door: &Door| match door {
        Door::Dm => dedicated,
        Door::Hook => settings.hooks.contains_key(agent),
    };
    let usable = settings
        .doors
        .iter()
        .map(|(agent, doors)| (*agent, doors.iter().copied().filter(|door| there(agent, door)).collect()));
    Doors::new(usable.collect(), settings.passed_by_after)
}

/// What the chosen ear can't do is said once, at the start.
fn warn_of_deafness(settings: &Settings) {
    match settings.accounts.first().map(|account| account.kind) {
        _ if settings.roster.agents.is_empty() => {}
        None => {
            tracing::warn!("no [account]: a bot does not hear other bots, so what agents say is not heard");
        }
        Some(Kind::Personal) if settings.accounts.len() == 1 => tracing::warn!(
            "a personal account only listens: agents get no private word, and in a basic group no reaction"
        ),
        Some(_) => {}
    }
}

/// Where the group is, and the basic group that it was.
#[derive(Clone, Copy, Debug)]
pub struct Home {
    /// The group.
    pub group: ChatId,
    /// What it was, if that is known.
    pub former: Option<ChatId>,
}

impl Home {
    fn of(mesh: &Mesh, configured: ChatId) -> Self {
        let group = mesh.moved.home(configured);
        Self { group, former: mesh.moved.former(group) }
    }
}

/// The mesh that the journal's facts make, and when the last of them became true.
fn remember(store: &Store, term: u32) -> anyhow::Result<(Mesh, Timestamp)> {
    let (mut mesh, mut now) = (Mesh::default(), Timestamp::MIN);
    for journalled in store.replay() {
        let journalled = journalled.context("the journal can't be read")?;
        mesh.apply(&journalled.fact);
        now = now.max(journalled.at);
    }
    if mesh.last_fence().term() > term {
        bail!(
            "[mesh] term = {term}: this node has seen term {}; a lower one is refused, so raise it to that at least",
            mesh.last_fence().term()
        );
    }
    Ok((mesh, now))
}

async fn start_bot(
    settings: &mut Settings,
    home: Home,
    store: &Store,
) -> anyhow::Result<Option<(Bot, UserId)>> {
    let Some(wanted) = &settings.bot else { return Ok(None) };
    let api_url = wanted.api_url.as_deref().map(str::parse).transpose().context("[bot] api_url")?;
    let params = bot::Params {
        token: wanted.token.clone(),
        api_url,
        group: home.group,
        former: home.former,
        signing_key: store.node_key().derive(BUTTON_KEY),
        with_ear: !settings.accounts.is_empty(),
    };
    let bot = Bot::new(params)?;
    let identity =
        tokio::time::timeout(START_WITHIN, bot.identity()).await.context("the Bot API does not answer")??;
    if !identity.can_read_all_group_messages {
        tracing::warn!("@{} has privacy mode on: it may not hear a bare /mesh", identity.username);
    }
    settings.rules.own.push(identity.id);
    settings.rules.bot_username = Some(identity.username);
    Ok(Some((bot, identity.id)))
}

/// The secret that Telegram sends along is this node's own, and needs no place in the configuration.
fn called_at(webhook: &config::Webhook, store: &Store) -> anyhow::Result<bot::Webhook> {
    let url = webhook.url.parse().context("[bot] webhook_url")?;
    let key = store.node_key().derive(WEBHOOK_KEY);
    let secret = sessions::hex(&key);
    Ok(bot::Webhook { url, listen: webhook.listen, secret })
}

/// Waits until the bot has listened for a while, and no other program with it: the menu of a token that another one uses
/// is that one's. No, once the bot listens no more.
async fn is_alone(mut health: watch::Receiver<bot::Health>) -> bool {
    let listens = |health: &bot::Health| matches!(health, bot::Health::Listening { .. });
    loop {
        if health.wait_for(listens).await.is_err() {
            return false;
        }
        let interrupted = health.wait_for(|health| !listens(health));
        match tokio::time::timeout(ALONE_AFTER, interrupted).await {
            Err(_) => return true,
            Ok(Err(_)) => return false,
            Ok(Ok(_)) => {}
        }
    }
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

type BotEar = (Option<JoinHandle<()>>, Option<(mpsc::Receiver<bot::Batch>, watch::Receiver<bot::Health>)>);

fn listen(
    settings: &Settings,
    group: ChatId,
    bot: Option<&(Bot, UserId)>,
    store: &Store,
    (clock, stop): (&bot::listen::Clock, &CancellationToken),
) -> anyhow::Result<BotEar> {
    let Some((bot, _)) = bot else { return Ok((None, None)) };
    let offset = store.cursor(BOT_CURSOR)?.and_then(|bytes| decode_offset(&bytes, clock()));
    let mut listening = Listening::from(offset, clock.clone(), stop.clone());
    let webhook = settings.bot.as_ref().and_then(|bot| bot.webhook.as_ref());
    listening.webhook = webhook.map(|webhook| called_at(webhook, store)).transpose()?;
    let (listener, batches, health) = bot::listen(bot, listening);
    let (heard, bot) = (health.clone(), bot.clone());
    tokio::spawn(async move {
        if is_alone(health).await {
            set_menu(&bot, group, &slash::menu()).await;
        }
    });
    Ok((Some(tokio::spawn(listener.run())), Some((batches, heard))))
}

//! The stage: sandbox, node, people and agents, each over the protocols they would use at Telegram.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bridge::telegram::{Address, Kind, Waits};
use commands::ids::{AgentId, ChatId, UserId};
use commands::rules::Rules;
use jiff::{SignedDuration, Timestamp};
use sandbox::world::World;
use sandbox::{Ready, Sandbox, Settings as SandboxSettings};
use tempfile::TempDir;

use super::actors::{Agent, Person};
use super::cast;
use crate::node::{AccountSettings, BotSettings, Node, Settings};

/// The demo draws its board this often, so that a conversation of seconds can be followed.
const BOARD_EVERY: SignedDuration = SignedDuration::from_millis(500);
/// Any number will do for the sandbox; real ones come from my.telegram.org.
const API_ID: i32 = 1;
const API_HASH: &str = "sandbox";

/// Everything the play needs.
pub struct Stage {
    sandbox: Sandbox,
    /// The node of the play.
    pub node: Node,
    /// Ely, an Exec.
    pub ely: Person,
    /// Sam, a stranger.
    pub sam: Person,
    /// The three agents, in the order of [`cast::roster`].
    pub agents: [Agent; 3],
    /// The bridge account's user.
    pub bridge: UserId,
    /// The group.
    pub group: ChatId,
    // Last, so that it is removed last.
    state: TempDir,
}

impl Stage {
    /// Starts everything.
    ///
    /// # Errors
    /// What could not be started.
    pub async fn set() -> anyhow::Result<Self> {
        let sandbox = Sandbox::start(SandboxSettings::default()).await.context("the sandbox can't start")?;
        let ready = sandbox.ready();
        let group = ChatId(ready.chats.first().context("the sandbox has no group")?.id);
        let state = tempfile::Builder::new().prefix("mesh-demo-").tempdir().context("no temporary folder")?;
        let settings = settings(&ready, group, state.path())?;
        let clock = Arc::new(Timestamp::now);
        let (node, ely, sam, agents) = tokio::join!(
            Node::start(settings, clock),
            Person::sign_in(&ready, "Ely", group),
            Person::sign_in(&ready, "Sam", group),
            agents(&ready, group),
        );
        let bridge = UserId(account(&ready, BRIDGE)?.id.0);
        Ok(Self { sandbox, node: node?, ely: ely?, sam: sam?, agents: agents?, bridge, group, state })
    }

    /// What happens in the sandbox, for the drawing and the checks.
    pub fn world(&self) -> World {
        self.sandbox.world().clone()
    }

    /// How others can join.
    pub fn ready(&self) -> Ready {
        self.sandbox.ready()
    }

    /// Ends everything, in reverse.
    ///
    /// # Errors
    /// What the node ended with.
    pub async fn strike(self) -> anyhow::Result<()> {
        for agent in self.agents {
            agent.leave();
        }
        self.ely.leave().await;
        self.sam.leave().await;
        let ended = self.node.stop().await;
        self.sandbox.stop().await;
        drop(self.state);
        ended
    }
}

/// The name of the mesh's own account in the sandbox.
const BRIDGE: &str = "Mesh Bridge";
/// The name of the mesh's own bot in the sandbox.
const MESH_BOT: &str = "mesh_mastermind_bot";

fn settings(ready: &Ready, group: ChatId, state: &std::path::Path) -> anyhow::Result<Settings> {
    let bridge = account(ready, BRIDGE)?;
    let mut rules = Rules::new(group, 1);
    rules.board_every = BOARD_EVERY;
    // Whoever joins after the play gets a card of their own.
    rules.card_every = SignedDuration::ZERO;
    let roster = cast::roster();
    let by_dm: BTreeSet<AgentId> = roster.agents.iter().map(|agent| agent.id).collect();
    let account = AccountSettings {
        name: "bridge".into(),
        kind: Kind::Dedicated,
        person: None,
        relays: true,
        api_id: API_ID,
        api_hash: API_HASH.into(),
        phone: Some(bridge.phone.clone()),
        code: Some(bridge.code.clone()),
        address: Some(address(ready)?),
        waits: Waits::default(),
        session_key: None,
    };
    let token = bot::Token::new(&token(ready, MESH_BOT)?)?;
    let bot = BotSettings { token, api_url: Some(ready.bot_api.clone()), webhook: None };
    Ok(Settings {
        node: "demo".into(),
        mesh: "Mesh Mastermind".into(),
        state: state.to_owned(),
        rules,
        roster,
        // The conversation takes seconds: the pace is the script's.
        limits: (0, 0, 0),
        accounts: vec![account],
        bot: Some(bot),
        by_dm,
        hooks: BTreeMap::new(),
        drivers: Vec::new(),
        doors: BTreeMap::new(),
        passed_by_after: SignedDuration::from_secs(60),
        ping_every: SignedDuration::from_mins(2),
        door: None,
        tokens: Default::default(),
        permissions: None,
        restart: None,
    })
}

/// Where the sandbox's Telegram is.
pub fn address(ready: &Ready) -> anyhow::Result<Address> {
    let socket = ready.mtproto.parse().context("the sandbox's address")?;
    Ok(Address { socket, rsa_key_pem: ready.rsa_key_pem.clone() })
}

/// The account of that name.
pub fn account<'a>(ready: &'a Ready, name: &str) -> anyhow::Result<&'a sandbox::ReadyAccount> {
    ready.accounts.iter().find(|account| account.name == name).with_context(|| format!("no account {name}"))
}

fn token(ready: &Ready, username: &str) -> anyhow::Result<String> {
    let bot = ready.bots.iter().find(|bot| bot.username == username);
    Ok(bot.with_context(|| format!("no bot {username}"))?.token.clone())
}

async fn agents(ready: &Ready, group: ChatId) -> anyhow::Result<[Agent; 3]> {
    let mut agents = Vec::new();
    for agent in cast::roster().agents {
        let bot = ready.bots.iter().find(|bot| bot.id.0 == agent.id.0);
        let bot = bot.with_context(|| format!("no bot for {}", agent.name))?;
        agents.push(Agent::start(&agent.name, bot, &ready.bot_api, group).await?);
    }
    agents.try_into().ok().context("three agents play")
}

/// How long anything in the demo may take.
pub const WITHIN: Duration = Duration::from_secs(8);

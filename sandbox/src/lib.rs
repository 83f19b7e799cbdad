//! A small Telegram in one process: one [`world`] behind an MTProto door, a Bot API door and a control door.
//!
//! ```no_run
//! # async fn example() -> Result<(), sandbox::StartError> {
//! let telegram = sandbox::Sandbox::start(sandbox::Settings::default()).await?;
//! println!("{}", serde_json::json!(telegram.ready()));
//! telegram.stop().await;
//! # Ok(())
//! # }
//! ```

mod body;
pub mod botapi;
pub mod control;
#[doc(hidden)]
pub mod hostile;
pub mod mtproto;
mod page;
mod ready;
pub mod world;
pub mod worlds;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};

pub use ready::{Ready, ReadyAccount, ReadyBot, ReadyChat};
pub use world::World;

/// How long [`Sandbox::stop`] lets open requests end before it drops them.
const STOP_WAIT: Duration = Duration::from_millis(1500);

/// Where the doors are, and what is behind them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The MTProto door; loopback only.
    pub mtproto_addr: SocketAddr,
    /// The Bot API door; loopback only.
    pub bot_api_addr: SocketAddr,
    /// The control door; loopback only.
    pub control_addr: SocketAddr,
    /// The world.
    pub world: World,
    /// What the doors draw follows from it; without one from the machine's chance.
    pub seed: Option<u64>,
}

impl Default for Settings {
    /// Free ports on 127.0.0.1, and [`World::mastermind`].
    fn default() -> Self {
        let any = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self {
            mtproto_addr: any,
            bot_api_addr: any,
            control_addr: any,
            world: World::mastermind(),
            seed: None,
        }
    }
}

/// Why the sandbox did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A door would be open to others.
    #[error("{0} is not a loopback address; the sandbox has no locks and is never opened to others")]
    NotLoopback(SocketAddr),
    /// The address could not be bound.
    #[error("can't listen on {address}: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// No RSA key could be made.
    #[error(transparent)]
    Key(#[from] mtproto::KeyError),
    /// The thread that makes the RSA key died.
    #[error("the making of the RSA key was interrupted")]
    Interrupted,
}

/// A running sandbox. Dropping it closes the doors at once.
#[derive(Debug)]
pub struct Sandbox {
    world: World,
    ready: Ready,
    stop: CancellationToken,
    doors: JoinSet<()>,
    _guard: DropGuard,
}

impl Sandbox {
    /// Opens all doors. The RSA key is new each time (up to a second).
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let mtproto = bind(settings.mtproto_addr).await?;
        let bot_api = bind(settings.bot_api_addr).await?;
        let control = bind(settings.control_addr).await?;
        let key = tokio::task::spawn_blocking(move || {
            settings.seed.map_or_else(mtproto::RsaKey::generate, mtproto::RsaKey::from_seed)
        });
        let key = key.await.map_err(|_| StartError::Interrupted)??;
        let addresses = ready::Addresses {
            mtproto: address_of(&mtproto, settings.mtproto_addr)?,
            bot_api: address_of(&bot_api, settings.bot_api_addr)?,
            control: address_of(&control, settings.control_addr)?,
        };
        let ready = Ready::of(&settings.world, &addresses, key.public_pem());
        let stop = CancellationToken::new();
        let doors = open(&settings, key, &stop, Listeners { mtproto, bot_api, control })?;
        let guard = stop.clone().drop_guard();
        Ok(Self { world: settings.world, ready, stop, doors, _guard: guard })
    }

    /// What there is to connect to: the one line of JSON of `mesh sandbox --ready-json`.
    pub fn ready(&self) -> Ready {
        self.ready.clone()
    }

    /// The world behind the doors.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Closes the doors, within two seconds even while somebody polls.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let ended = async { while self.doors.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_WAIT, ended).await.is_err() {
            self.doors.shutdown().await;
        }
    }
}

struct Listeners {
    mtproto: TcpListener,
    bot_api: TcpListener,
    control: TcpListener,
}

fn open(
    settings: &Settings,
    key: mtproto::RsaKey,
    stop: &CancellationToken,
    listeners: Listeners,
) -> Result<JoinSet<()>, StartError> {
    let (world, mut doors) = (&settings.world, JoinSet::new());
    let address = address_of(&listeners.mtproto, SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let mtproto = mtproto::Door::seeded(listeners.mtproto, world.clone(), key, settings.seed)
        .map_err(|source| StartError::Bind { address, source })?;
    let sessions = mtproto.sessions();
    doors.spawn(mtproto.serve(stop.clone()));
    let bot_api = botapi::Door::new(world.clone(), stop.clone());
    let control = control::Door::new(world.clone(), bot_api.clone()).with_sessions(sessions);
    doors.spawn(told("Bot API", bot_api.serve(listeners.bot_api)));
    doors.spawn(told("control", control.serve(listeners.control, stop.clone())));
    Ok(doors)
}

/// Runs a door and logs how it broke, if it did.
async fn told(door: &'static str, serving: impl Future<Output = io::Result<()>>) {
    if let Err(error) = serving.await {
        tracing::error!(%error, door, "a door of the sandbox broke");
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback(address));
    }
    TcpListener::bind(address).await.map_err(|source| StartError::Bind { address, source })
}

fn address_of(listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|source| StartError::Bind { address: asked, source })
}

#[cfg(test)]
mod tests;

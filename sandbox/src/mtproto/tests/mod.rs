//! The door with clients that nobody here wrote in front of it.

mod exchange;
mod faults;
mod grammers;
mod groups;
mod refused;
mod resend;
mod rough;
mod signing_in;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use grammers_client::update::Update;
use grammers_client::{Client, InvocationError, SenderPool, client::UpdateStream};
use grammers_mtsender::{ConnectionParams, NoRetries, UpdatesConfiguration};
use grammers_session::storages::MemorySession;
use grammers_session::types::DcOption;
use grammers_session::updates::UpdatesLike;
use grammers_session::{Session, SessionData};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::rsa_key::tests::shared;
use super::{Door, Sessions};
use crate::world::{Peer, User, World};

/// Tests fail rather than hang.
const AT_MOST: Duration = Duration::from_secs(20);

/// A world with its door open.
struct Sandbox {
    world: World,
    address: SocketAddr,
    sessions: Sessions,
    cancel: CancellationToken,
    serving: JoinHandle<()>,
}

impl Sandbox {
    async fn start() -> Self {
        Self::start_with(World::mastermind()).await
    }

    async fn start_with(world: World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = Door::new(listener, world.clone(), shared().clone()).unwrap();
        let (address, sessions, cancel) = (door.address(), door.sessions(), CancellationToken::new());
        let serving = tokio::spawn(door.serve(cancel.clone()));
        Self { world, address, sessions, cancel, serving }
    }

    fn user(&self, username: &str) -> User {
        self.world.user_by_username(username).unwrap()
    }

    fn group(&self) -> Peer {
        self.world.groups()[0].peer
    }

    /// Somebody signed in with grammers.
    async fn sign_in(&self, username: &str) -> Grammers {
        let mut grammers = Grammers::connect(self).await;
        let user = self.user(username);
        let person = user.person().unwrap();
        let token = grammers.client.request_login_code(&person.phone, "hash").await.unwrap();
        grammers.client.sign_in(&token, &person.code).await.unwrap();
        grammers.listen().await;
        grammers
    }
}

/// An unmodified grammers client.
struct Grammers {
    client: Client,
    news: Option<mpsc::Receiver<UpdatesLike>>,
    stream: Option<UpdateStream>,
    session: Arc<MemorySession>,
}

impl Grammers {
    async fn connect(sandbox: &Sandbox) -> Self {
        let key = exchange::make_key(sandbox.address, shared()).await;
        let session = Arc::new(session(sandbox.address, key));
        let params = ConnectionParams { retry_policy: Box::new(NoRetries), ..ConnectionParams::default() };
        let SenderPool { runner, handle, updates } =
            SenderPool::with_configuration(session.clone(), 12_345, params);
        tokio::spawn(runner.run());
        Self { client: Client::new(handle), news: Some(updates), stream: None, session }
    }

    async fn listen(&mut self) {
        let configuration = UpdatesConfiguration { catch_up: true };
        let stream = self.client.stream_updates(self.news.take().unwrap(), configuration).await;
        self.stream = Some(stream.unwrap());
    }

    /// The next update that `pick` wants; while the server is away the stream says so, and is asked again.
    async fn next<T>(&mut self, mut pick: impl FnMut(Update) -> Option<T>) -> T {
        let stream = self.stream.as_mut().unwrap();
        let wanted = async {
            loop {
                if let Ok(update) = stream.next().await
                    && let Some(wanted) = pick(update)
                {
                    return wanted;
                }
            }
        };
        tokio::time::timeout(AT_MOST, wanted).await.expect("no such update came")
    }

    /// The next message from others.
    async fn next_text(&mut self) -> String {
        self.next(|update| match update {
            Update::NewMessage(message) if !message.outgoing() => Some(message.text().to_owned()),
            _ => None,
        })
        .await
    }
}

/// A session with the key, and every data centre at the sandbox.
fn session(address: SocketAddr, key: [u8; 256]) -> MemorySession {
    let SocketAddr::V4(ipv4) = address else { panic!("the tests bind to 127.0.0.1") };
    let ipv6 = std::net::SocketAddrV6::new(ipv4.ip().to_ipv6_mapped(), ipv4.port(), 0, 0);
    let mut data = SessionData::default();
    for id in 1..=5 {
        data.dc_options.insert(id, DcOption { id, ipv4, ipv6, auth_key: Some(key) });
    }
    MemorySession::from(data)
}

/// All addresses a session would connect to.
fn addresses(session: &MemorySession) -> Vec<SocketAddr> {
    let options = (1..=5).filter_map(|id| session.dc_option(id).unwrap());
    options.map(|option| option.ipv4.into()).collect()
}

/// What a request was refused with: code, name and number.
fn refusal<T: std::fmt::Debug>(result: Result<T, InvocationError>) -> String {
    match result.unwrap_err() {
        InvocationError::Rpc(error) => match error.value {
            Some(value) => format!("{} {} {value}", error.code, error.name),
            None => format!("{} {}", error.code, error.name),
        },
        other => panic!("{other}"),
    }
}

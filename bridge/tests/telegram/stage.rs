//! A sandbox with its MTProto door open, and an account that listens in it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bridge::telegram::{
    Account, Address, Batch, Connected, Credentials, Health, Kind, Params, READ_BACK, Reached, SignIn, Step,
    Surroundings, Waits,
};
use commands::ids::ChatId;
use commands::input::{Heard, Input, Reacted, What};
use grammers_mtsender::SenderPool;
use grammers_session::Session;
use grammers_tl_types::functions;
use sandbox::mtproto::{Door, RsaKey, Sessions};
use sandbox::world::{ChatKind, Draft, Fault, Peer, UserId, World};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::session::Memory;

/// Nothing here takes this long; a test that waits for nothing ends with it.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const API_ID: i32 = 12_345;

/// A Telegram of its own.
pub struct Stage {
    pub world: World,
    pub address: Address,
    pub group: Peer,
    /// A hand on the sessions behind the door.
    pub sessions: Sessions,
    /// Pages that are read back after a gap.
    pub read_back: usize,
    closed: CancellationToken,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.closed.cancel();
    }
}

impl Stage {
    /// The mastermind group, a basic one.
    pub async fn open() -> Self {
        let world = World::mastermind();
        let bridge = world.user_by_username("mesh_bridge").unwrap().id;
        let group = world.dialogs(bridge)[0].peer;
        Self::behind(world, group).await
    }

    /// The same people in a supergroup.
    pub async fn open_supergroup() -> Self {
        let world = World::mastermind();
        let everybody: Vec<UserId> = world.users().iter().map(|user| user.id).collect();
        let ely = world.user_by_username("ely_exec").unwrap().id;
        let group = world.add_group(ChatKind::Supergroup, "Mesh Mastermind II", ely, &everybody);
        Self::behind(world, group).await
    }

    async fn behind(world: World, group: Peer) -> Self {
        static KEY: OnceLock<RsaKey> = OnceLock::new();
        let rsa = KEY.get_or_init(|| RsaKey::generate().unwrap()).clone();
        let rsa_key_pem = rsa.public_pem().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = Door::new(listener, world.clone(), rsa).unwrap();
        let address = Address { socket: door.address(), rsa_key_pem };
        let closed = CancellationToken::new();
        let sessions = door.sessions();
        tokio::spawn(door.serve(closed.clone()));
        Self { world, address, group, sessions, read_back: READ_BACK, closed }
    }

    pub fn user(&self, username: &str) -> UserId {
        self.world.user_by_username(username).unwrap().id
    }

    pub fn bridge(&self) -> UserId {
        self.user("mesh_bridge")
    }

    pub fn chat(&self) -> ChatId {
        ChatId(self.group.to_bot_api())
    }

    pub fn credentials(&self) -> Credentials {
        Credentials { api_id: API_ID, api_hash: "synthetic-hash".into(), address: Some(self.address.clone()) }
    }

    /// Somebody writes in the group; the id is theirs.
    pub fn say(&self, username: &str, text: &str) -> i32 {
        self.world.post(self.user(username), self.group, Draft::text(text)).unwrap().view.id
    }

    /// Somebody answers somebody's message, whose id is theirs.
    pub fn reply(&self, username: &str, (author, id): (&str, i32), text: &str) {
        let view = self.world.message(self.user(author), self.group, id).unwrap();
        let id = self.world.id_for(self.user(username), view.key).unwrap();
        self.world.post(self.user(username), self.group, Draft::reply(id, text)).unwrap();
    }

    /// All connections of an account are cut.
    pub fn cut(&self, account: UserId) {
        self.world.faults().add(Fault::Cut { account });
    }

    /// Signs an account in.
    pub async fn session_of(&self, user: UserId) -> Arc<Memory> {
        let person = self.world.user(user).unwrap().person().unwrap().clone();
        let session = Arc::new(Memory::default());
        let (mut sign_in, step) =
            SignIn::begin(self.credentials(), Arc::clone(&session), &person.phone).await.unwrap();
        assert!(matches!(step, Step::AskCode { .. }));
        assert!(matches!(sign_in.code(&person.code).await.unwrap(), Step::SignedIn { .. }));
        sign_in.close().await;
        session
    }

    /// Listens with a session, from its stored cursor.
    pub async fn listen(&self, kind: Kind, session: &Arc<Memory>) -> Listener {
        let mut listener = self.begin(kind, session).await;
        listener.catch_up().await;
        listener
    }

    /// The same, without waiting for anything.
    pub async fn begin(&self, kind: Kind, session: &Arc<Memory>) -> Listener {
        self.begin_in(Surroundings::real(Waits::default()), kind, session).await
    }

    /// The same, with other waits, another clock, another chance.
    pub async fn begin_in(&self, around: Surroundings, kind: Kind, session: &Arc<Memory>) -> Listener {
        self.begin_as(around, self.params(kind), session).await
    }

    /// The same, in a group that may have been another.
    pub async fn begin_where(
        &self,
        group: ChatId,
        former: Option<ChatId>,
        kind: Kind,
        session: &Arc<Memory>,
    ) -> Listener {
        let params = Params { group, former, ..self.params(kind) };
        self.begin_as(Surroundings::real(Waits::default()), params, session).await
    }

    /// A dedicated account that is not the ear.
    pub async fn begin_beside(&self, session: &Arc<Memory>) -> Listener {
        let params = Params { ear: false, ..self.params(Kind::Dedicated) };
        self.begin_as(Surroundings::real(Waits::default()), params, session).await
    }

    fn params(&self, kind: Kind) -> Params {
        let (read_back, address) = (self.read_back, Some(self.address.clone()));
        let (group, ear) = (self.chat(), true);
        let (former, reached, unread) = (None, None, false);
        Params { api_id: API_ID, kind, group, ear, former, reached, unread, read_back, address }
    }

    /// The same with a session that was made anew: how far the group was heard is known from the one before it.
    pub async fn begin_after(
        &self,
        before: Option<Reached>,
        (group, former): (ChatId, Option<ChatId>),
        session: &Arc<Memory>,
    ) -> Listener {
        let counters = session.updates_state().await.unwrap();
        session.store(counters, before).await;
        let params = Params { group, former, unread: true, ..self.params(Kind::Dedicated) };
        self.begin_as(Surroundings::real(Waits::default()), params, session).await
    }

    /// Waits until what is said now has another second than what was said before.
    pub async fn next_second(&self) {
        let now = self.world.now();
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        while self.world.now() <= now {
            beat.tick().await;
        }
    }

    async fn begin_as(&self, around: Surroundings, params: Params, session: &Arc<Memory>) -> Listener {
        let params = Params { reached: session.reached(), ..params };
        let connected = Account::connect_in(around, params, Arc::clone(session)).await.unwrap();
        Listener { connected, session: Arc::clone(session), inputs: Vec::new() }
    }

    /// Somebody ends the session, from another of the account's devices.
    pub async fn sign_out(&self, session: &Arc<Memory>) {
        let pool = SenderPool::new(Arc::clone(session), API_ID);
        let runner = tokio::spawn(pool.runner.run());
        let home = session.home_dc_id().unwrap();
        pool.handle.thin.invoke_in_dc(home, &functions::auth::LogOut {}).await.unwrap();
        pool.handle.thin.quit();
        runner.await.unwrap();
    }

    /// The mesh's own account listens.
    pub async fn listen_dedicated(&self) -> Listener {
        let session = self.session_of(self.bridge()).await;
        self.listen(Kind::Dedicated, &session).await
    }
}

/// An account that listens, and what the engine would do with what it hears: keep it and store the cursor.
pub struct Listener {
    pub connected: Connected,
    pub session: Arc<Memory>,
    inputs: Vec<Input>,
}

impl Listener {
    pub fn account(&self) -> &Account {
        &self.connected.account
    }

    async fn keep(&mut self, batch: Batch) {
        self.inputs.extend(batch.inputs);
        self.session.store(batch.cursor, batch.reached).await;
    }

    async fn next_batch(&mut self) {
        let batch = tokio::time::timeout(PATIENCE, self.connected.batches.recv()).await;
        let batch = batch.expect("something is heard in time").expect("the ear listens on");
        self.keep(batch).await;
    }

    /// Takes batches until the account says that it is caught up.
    pub async fn catch_up(&mut self) {
        let mut caught_up = self.connected.caught_up.clone();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if *caught_up.borrow_and_update() {
                return;
            }
            let batch = tokio::select! {
                () = tokio::time::sleep_until(deadline) => panic!("never caught up: {}", self.health()),
                _ = caught_up.changed() => None,
                batch = self.connected.batches.recv() => batch,
            };
            if let Some(batch) = batch {
                self.keep(batch).await;
            }
        }
    }

    pub fn health(&self) -> Health {
        self.connected.health.borrow().clone()
    }

    /// Waits for a state.
    pub async fn until(&mut self, wanted: impl Fn(&Health) -> bool) -> Health {
        let mut health: watch::Receiver<Health> = self.connected.health.clone();
        let waiting = health.wait_for(|health| wanted(health));
        let found = tokio::time::timeout(PATIENCE, waiting).await.map(|found| found.unwrap().clone());
        found.unwrap_or_else(|_| panic!("another state was expected: {}", self.health()))
    }

    /// The next inputs, in order.
    pub async fn hear(&mut self, count: usize) -> Vec<Input> {
        while self.inputs.len() < count {
            self.next_batch().await;
        }
        self.inputs.drain(..count).collect()
    }

    /// The next input, a message.
    pub async fn hear_one(&mut self) -> Heard {
        let input = self.hear(1).await.remove(0);
        match input.what {
            What::Heard(heard) => heard,
            other => panic!("a message was expected: {other:?}"),
        }
    }

    /// The next input, a reaction.
    pub async fn hear_reaction(&mut self) -> Reacted {
        let input = self.hear(1).await.remove(0);
        match input.what {
            What::Reacted(reacted) => reacted,
            other => panic!("a reaction was expected: {other:?}"),
        }
    }

    /// The texts of the next messages.
    pub async fn hear_texts(&mut self, count: usize) -> Vec<String> {
        self.hear(count).await.into_iter().map(text).collect()
    }

    /// Stops; what was heard and not asked for yet is returned.
    pub async fn stop(mut self) -> Vec<Input> {
        self.connected.account.stop().await;
        while let Ok(batch) = self.connected.batches.try_recv() {
            self.keep(batch).await;
        }
        self.inputs
    }
}

/// The text of a message.
pub fn text(input: Input) -> String {
    match input.what {
        What::Heard(heard) => heard.said.text,
        other => format!("{other:?}"),
    }
}

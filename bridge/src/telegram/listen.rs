//! The ear: one task that owns the connection and the updates, and hears everything exactly once.
//!
//! The message boxes are driven here and not by grammers' stream, so that the point reached is handed over together
//! with what was heard up to it, a difference too long is noticed, and nothing waits in a private buffer.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use commands::ids::{ChatId, UserId};
use grammers_session::types::{ChannelState, UpdatesState};
use grammers_session::updates::{Gap, MessageBoxes, UpdatesLike};
use grammers_tl_types::{enums, functions};
use tokio::sync::{mpsc, watch};
use tokio::time::Duration;

use super::account::{Batch, Kind};
use super::backoff::Backoff;
use super::call::CallError;
use super::connection::Line;
use super::health::Health;
use super::hearing::Found;
use super::membership::Membership;
use super::peers::Peers;
use super::reached::{Beginning, Reached};
use super::reactions::Reactions;
use super::recent::Recent;
use super::shared::{Place, Shared};
use super::sift;
use super::translate::Scope;

/// Batches that wait for the engine; while they do, nothing more is heard.
pub(super) const BATCHES_WAITING: usize = 64;
/// Updates put into one batch at most.
const BATCH_MOST: usize = 256;
/// The cursor is handed over at least this often when it moves without anything to hear.
const CURSOR_EVERY: Duration = Duration::from_mins(1);
/// Messages and senders that are remembered.
const MESSAGES_KEPT: usize = 1_024;
/// Where the counter of a new supergroup stands.
const FIRST_PTS: i32 = 1;

/// The point reached: by Telegram's counters, and by the messages of the group.
type Point = (UpdatesState, Option<Reached>);

/// Where the ear tells what it hears and how it is. Outlives an ear that broke.
#[derive(Clone)]
pub(super) struct Outlets {
    pub(super) batches: mpsc::Sender<Batch>,
    pub(super) health: Arc<watch::Sender<Health>>,
    pub(super) caught_up: Arc<watch::Sender<bool>>,
    /// The point reached with the last batch.
    pub(super) point: Arc<Mutex<Point>>,
    /// Its counters are younger than what was heard last: they say nothing of what was said between.
    pub(super) unread: Arc<AtomicBool>,
}

impl Outlets {
    pub(super) fn health(&self, health: Health) {
        self.health.send_if_modified(|current| {
            let changed = *current != health;
            *current = health;
            changed
        });
    }

    pub(super) fn caught_up(&self, caught_up: bool) {
        self.caught_up.send_if_modified(|current| std::mem::replace(current, caught_up) != caught_up);
    }

    pub(super) fn point(&self) -> Point {
        self.point.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The one owner of the connection.
pub(super) struct Ear {
    pub(super) shared: Arc<Shared>,
    pub(super) scope: Scope,
    pub(super) out: Outlets,
    pub(super) line: Option<Line>,
    pub(super) boxes: MessageBoxes,
    pub(super) peers: Peers,
    pub(super) reactions: Reactions,
    /// Messages that were heard: what a difference repeats is not heard twice.
    pub(super) heard: Recent<(ChatId, i32), ()>,
    /// Who sent a message, for replies to it.
    pub(super) senders: Recent<(ChatId, i32), UserId>,
    /// How far the group is heard.
    pub(super) reached: Reached,
    /// How far the basic group was heard that it was, until its end is.
    pub(super) behind: Option<Reached>,
    /// No counter tells what was said since then: it has to be read from the history.
    pub(super) lacks: bool,
    /// The supergroup that the group became, until the ear has followed it there.
    pub(super) moving: Option<ChatId>,
    pub(super) membership: Membership,
    knows_chats: bool,
    handed_over: Instant,
    pub(super) backoff: Backoff,
    /// Telegram closed the connection; the pool makes another one.
    pub(super) closed: bool,
    /// Since when it hears everything without a break.
    pub(super) steady: Option<Instant>,
}

impl Ear {
    pub(super) fn new(shared: Arc<Shared>, out: Outlets, line: Option<Line>) -> Self {
        let Place { group, former } = shared.place();
        let private = shared.params.kind == Kind::Dedicated;
        let scope = Scope { me: shared.me, group, former, listens: shared.params.ear, private };
        let (counters, reached) = out.point();
        let unread = out.unread.load(Ordering::Relaxed);
        let Beginning { reached, behind, lacks } = Beginning::of(reached, unread, &scope, &counters);
        let boxes = load(counters, &scope, &reached);
        let backoff = Backoff::new(&shared.around.waits);
        Self {
            shared,
            scope,
            out,
            line,
            boxes,
            peers: Peers::new(),
            reactions: Reactions::new(),
            heard: Recent::new(MESSAGES_KEPT),
            senders: Recent::new(MESSAGES_KEPT),
            reached,
            behind,
            lacks,
            moving: None,
            membership: Membership::default(),
            knows_chats: false,
            handed_over: Instant::now(),
            backoff,
            closed: false,
            steady: None,
        }
    }

    /// Listens until asked to stop.
    pub(super) async fn run(mut self) {
        let stop = self.shared.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.listen_forever() => {}
        }
        if let Some(line) = self.line.take() {
            line.close().await;
        }
    }

    async fn listen_forever(&mut self) {
        loop {
            let trouble = match Box::pin(self.listen()).await {
                Ok(never) => match never {},
                Err(trouble) => trouble,
            };
            self.out.caught_up(false);
            let pause = self.pause_after(&trouble).await;
            tracing::debug!(%trouble, ?pause, "the account does not hear");
            tokio::time::sleep(pause).await;
        }
    }

    /// Connects where needed, catches up and goes on hearing; ends with what went wrong.
    async fn listen(&mut self) -> Result<Infallible, CallError> {
        if self.line.is_none() {
            let line = Line::open(&self.shared.session, self.shared.params.api_id);
            self.shared.caller.replace(line.client.clone());
            self.line = Some(line);
        }
        self.greet().await?;
        self.reload();
        if self.lacks {
            // What was said before the counters began, before what they tell.
            self.make_up().await?;
        }
        loop {
            self.step().await?;
        }
    }

    /// A first round trip; where nothing is known yet, hearing begins here.
    async fn greet(&mut self) -> Result<(), CallError> {
        let enums::updates::State::State(state) =
            self.shared.caller.call_within(self.waits().answer, &functions::updates::GetState {}).await?;
        self.out.health(Health::CatchingUp);
        if self.boxes.is_empty() {
            if !self.lacks {
                (self.reached.date, self.reached.message) = (state.date, None);
            }
            self.boxes.set_state(state);
        }
        if !self.knows_chats || self.membership.outside.is_some() {
            self.meet().await?;
            self.knows_chats = true;
        }
        Ok(())
    }

    /// One difference, or one wait for updates. Everything found is handed over before the next.
    async fn step(&mut self) -> Result<(), CallError> {
        let deadline = self.boxes.check_deadlines();
        if let Some(request) = self.boxes.get_difference() {
            self.fall_behind();
            return Box::pin(self.difference(request)).await;
        }
        self.behind = None;
        self.make_up().await?;
        if let Some(request) = self.boxes.get_channel_difference() {
            self.fall_behind();
            return Box::pin(self.channel_difference(request)).await;
        }
        self.settle().await?;
        self.wait(deadline).await
    }

    fn is_behind(&self) -> bool {
        self.boxes.get_difference().is_some() || self.boxes.get_channel_difference().is_some()
    }

    pub(super) fn fall_behind(&self) {
        self.out.caught_up(false);
        if self.membership.outside.is_none() {
            self.out.health(Health::CatchingUp);
        }
    }

    /// Caught up only once the engine has taken everything: its clock must not run ahead of what waits for it.
    async fn settle(&mut self) -> Result<(), CallError> {
        if let Some(reason) = &self.membership.outside {
            self.out.caught_up(false);
            self.out.health(Health::Outside { reason: reason.clone() });
            return Ok(());
        }
        let idle = self.line.as_ref().is_some_and(|line| line.updates.is_empty());
        if !idle || *self.out.caught_up.borrow() {
            return Ok(());
        }
        if self.point() != self.out.point() {
            self.hand_over(Vec::new()).await?;
        }
        if self.out.batches.reserve_many(BATCHES_WAITING).await.is_err() {
            return self.nobody_listens();
        }
        self.steady.get_or_insert_with(Instant::now);
        self.out.caught_up(true);
        self.out.health(Health::Connected);
        Ok(())
    }

    async fn wait(&mut self, deadline: Instant) -> Result<(), CallError> {
        let quiet = self.shared.caller.quiet_for();
        let longest = self.waits().quiet;
        if quiet >= longest {
            return self.ping().await;
        }
        let cursor_due = self.handed_over + CURSOR_EVERY;
        let now = Instant::now();
        if now >= cursor_due {
            return self.hand_over_cursor().await;
        }
        let until = deadline.min(cursor_due).min(now + longest.saturating_sub(quiet));
        let Some(line) = &mut self.line else { return Err(ended()) };
        match tokio::time::timeout_at(until.into(), line.updates.recv()).await {
            Ok(Some(first)) => Box::pin(self.hear(first)).await,
            Ok(None) => Err(ended()),
            Err(_) => Ok(()),
        }
    }

    /// A round trip that also tells whether something was missed without a word.
    async fn ping(&mut self) -> Result<(), CallError> {
        let request = functions::updates::GetState {};
        let enums::updates::State::State(state) =
            self.shared.caller.call_within(self.waits().answer, &request).await?;
        let idle = self.line.as_ref().is_some_and(|line| line.updates.is_empty());
        if idle && state.pts > self.boxes.session_state().pts {
            self.reload();
        }
        Ok(())
    }

    async fn hand_over_cursor(&mut self) -> Result<(), CallError> {
        self.handed_over = Instant::now();
        if self.point() == self.out.point() {
            return Ok(());
        }
        self.hand_over(Vec::new()).await
    }

    /// Takes in what has come, at most a batch full.
    async fn hear(&mut self, first: UpdatesLike) -> Result<(), CallError> {
        let mut found = Found::default();
        let (mut broken, mut taken) = (false, 0);
        let mut next = Some(first);
        while let Some(like) = next {
            broken = self.take_in(like, &mut found);
            taken += 1;
            let enough = broken || taken == BATCH_MOST || self.is_behind();
            next =
                if enough { None } else { self.line.as_mut().and_then(|line| line.updates.try_recv().ok()) };
        }
        self.deliver(found, None).await?;
        if self.closed {
            return Err(CallError::NoAnswer("Telegram closed the connection".to_owned()));
        }
        if broken {
            self.reload();
        }
        Ok(())
    }

    /// One container through the boxes; true where something is missing and everything has to be asked for.
    fn take_in(&mut self, like: UpdatesLike, found: &mut Found) -> bool {
        match &like {
            UpdatesLike::ConnectionClosed => {
                self.closed = true;
                return true;
            }
            UpdatesLike::MalformedUpdates => return true,
            UpdatesLike::ShortSentMessage { request, update } => {
                self.shared.own.sent(request.random_id, update.id);
            }
            _ => {}
        }
        match self.boxes.process_updates(sift::sift(like, self.scope.channel())) {
            Ok((updates, users, chats)) => {
                found.extend(updates, users, chats);
                false
            }
            Err(Gap) => true,
        }
    }

    /// Asks for the difference of every counter, from where each stands.
    pub(super) fn reload(&mut self) {
        self.boxes = load(self.boxes.session_state(), &self.scope, &self.reached);
    }

    /// Back to what was handed over last: what came after it could not be handed over, and is fetched again.
    pub(super) fn go_back(&mut self) {
        self.boxes = load(self.out.point().0, &self.scope, &self.reached);
    }

    /// Until the end of the basic group is heard, its point is the one to come back to.
    fn point(&self) -> Point {
        let reached = self.behind.unwrap_or(self.reached);
        (self.boxes.session_state(), self.scope.listens.then_some(reached))
    }

    /// Begins at a state of Telegram's own; a supergroup's counter stays where it is.
    pub(super) fn begin_at(&mut self, state: enums::updates::State) {
        let enums::updates::State::State(state) = state;
        let channels = self.boxes.session_state().channels;
        let (pts, qts, date, seq) = (state.pts, state.qts, state.date, state.seq);
        self.boxes = load(UpdatesState { pts, qts, date, seq, channels }, &self.scope, &self.reached);
    }

    /// The same for a supergroup's counter.
    pub(super) fn count_from(&mut self, channel: i64, pts: i32) {
        let channels = vec![ChannelState { id: channel, pts }];
        self.boxes =
            load(UpdatesState { channels, ..self.boxes.session_state() }, &self.scope, &self.reached);
    }

    /// Hands over what was heard with the point reached.
    pub(super) async fn hand_over(&mut self, inputs: Vec<commands::input::Input>) -> Result<(), CallError> {
        let point = self.point();
        let (cursor, reached) = point.clone();
        let batch = Batch { inputs, cursor, reached, user: self.scope.me };
        if self.out.batches.send(batch).await.is_err() {
            return self.nobody_listens();
        }
        *self.out.point.lock().unwrap_or_else(PoisonError::into_inner) = point;
        self.out.unread.store(self.lacks, Ordering::Relaxed);
        self.handed_over = Instant::now();
        Ok(())
    }

    /// The engine dropped its end: hearing on would lose what is heard.
    fn nobody_listens(&self) -> Result<(), CallError> {
        self.shared.stop.cancel();
        Err(CallError::NoAnswer("nobody takes what is heard".to_owned()))
    }
}

/// Message boxes that ask for everything since a state. Only the account's own counters and the group's are kept. A
/// supergroup that the account knew as a basic group is heard from its beginning.
fn load(mut state: UpdatesState, scope: &Scope, reached: &Reached) -> MessageBoxes {
    if state.pts == 0 {
        return MessageBoxes::new();
    }
    let group = scope.channel();
    state.channels.retain(|channel| group == Some(channel.id));
    if let Some(id) = group.filter(|_| reached.is_at_the_beginning() && state.channels.is_empty()) {
        state.channels.push(ChannelState { id, pts: FIRST_PTS });
    }
    MessageBoxes::load(state)
}

fn ended() -> CallError {
    CallError::NoAnswer("the connection pool ended".to_owned())
}

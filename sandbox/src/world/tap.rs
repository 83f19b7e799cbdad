//! Tapping a bot's button, and the bot's answer.

use std::time::Duration;

use tokio::sync::oneshot;

use super::message::DATA_LIMIT;
use super::state::State;
use super::{
    BotUpdateKind, CallbackQuery, ChatKey, MessageKey, Peer, Seen, SeenWhat, UserId, World, WorldError,
};

/// How long a tap waits for the bot's answer, by the world's clock.
pub const ANSWER_WAIT: Duration = Duration::from_secs(10);
/// Taps that may wait at once; the oldest gives way.
const WAITING_LIMIT: usize = 1000;
/// Query ids begin here, so that nobody takes them for message ids.
const FIRST_QUERY: i64 = 4_200_000_000_000_000_000;

/// What the bot answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TapAnswer {
    /// The notice shown to the one who tapped.
    pub text: Option<String>,
    /// As a window, not as a passing notice.
    pub alert: bool,
    /// An address to open.
    pub url: Option<String>,
    /// Seconds the client may keep the answer.
    pub cache_time: i32,
}

/// A tap that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    bot: UserId,
    message: MessageKey,
    answer: oneshot::Sender<TapAnswer>,
}

impl World {
    /// Taps: the bot hears a callback query with `data` (whatever it is, as on Telegram a client may send what no
    /// button has), and this waits at most [`ANSWER_WAIT`] for its answer.
    pub async fn tap(&self, by: UserId, peer: Peer, id: i32, data: Vec<u8>) -> Result<TapAnswer, WorldError> {
        self.tap_within(ANSWER_WAIT, by, peer, id, data).await
    }

    pub(super) async fn tap_within(
        &self,
        wait: Duration,
        by: UserId,
        peer: Peer,
        id: i32,
        data: Vec<u8>,
    ) -> Result<TapAnswer, WorldError> {
        let (query, answer) = self.begin_tap(by, peer, id, data)?;
        let outcome = tokio::select! {
            biased;
            answer = answer => answer.ok(),
            () = self.clock().sleep(wait) => None,
        };
        self.lock().taps.remove(&query);
        outcome.ok_or(WorldError::BotResponseTimeout)
    }

    fn begin_tap(
        &self,
        by: UserId,
        peer: Peer,
        id: i32,
        data: Vec<u8>,
    ) -> Result<(i64, oneshot::Receiver<TapAnswer>), WorldError> {
        if data.is_empty() || data.len() > DATA_LIMIT {
            return Err(WorldError::ButtonDataInvalid);
        }
        let now = self.now();
        let mut state = self.lock();
        let key = state.find(by, peer, id)?;
        let shown = String::from_utf8_lossy(&data).into_owned();
        let begun = state.ask_bot(by, key, data)?;
        let button = state.button_text(key, shown.as_bytes());
        self.show(Seen::of(&state, key, by, now, SeenWhat::Tapped { button, data: shown }));
        Ok(begun)
    }

    /// The bot's answer to a tap; one answer each.
    pub fn answer_tap(&self, bot: UserId, query: i64, answer: TapAnswer) -> Result<(), WorldError> {
        let now = self.now();
        let mut state = self.lock();
        if state.taps.get(&query).is_none_or(|waiting| waiting.bot != bot) {
            return Err(WorldError::QueryTooOld);
        }
        let waiting = state.taps.remove(&query).ok_or(WorldError::QueryTooOld)?;
        let what = SeenWhat::Answered { text: answer.text.clone(), alert: answer.alert };
        self.show(Seen::of(&state, waiting.message, bot, now, what));
        waiting.answer.send(answer).map_err(|_| WorldError::QueryTooOld)
    }
}

impl State {
    fn ask_bot(
        &mut self,
        by: UserId,
        key: MessageKey,
        data: Vec<u8>,
    ) -> Result<(i64, oneshot::Receiver<TapAnswer>), WorldError> {
        let message = self.messages.get(&key).ok_or(WorldError::MessageNotFound)?;
        let (bot, chat) = (message.from, message.chat);
        let view = self.view(bot, key).filter(|_| self.is_bot(bot)).ok_or(WorldError::MessageNotFound)?;
        self.last_query += 1;
        let id = FIRST_QUERY + self.last_query;
        let (sender, receiver) = oneshot::channel();
        self.taps.insert(id, Waiting { bot, message: key, answer: sender });
        while self.taps.len() > WAITING_LIMIT {
            self.taps.pop_first();
        }
        let query = CallbackQuery { id, from: by, message: view, chat_instance: chat_instance(chat), data };
        self.tell_bot(bot, BotUpdateKind::CallbackQuery(query));
        Ok((id, receiver))
    }

    /// The label of the button with this data.
    fn button_text(&self, key: MessageKey, data: &[u8]) -> Option<String> {
        let keyboard = self.messages.get(&key)?.keyboard.as_ref()?;
        let mut buttons = keyboard.rows.iter().flatten();
        buttons.find(|button| button.data() == Some(data)).map(|button| button.text.clone())
    }
}

/// Any number that is the same for one chat and differs between chats.
fn chat_instance(chat: ChatKey) -> i64 {
    match chat {
        ChatKey::Private(a, b) => a.0.wrapping_mul(31).wrapping_add(b.0).wrapping_mul(1_000_003),
        ChatKey::Group(id) => id.wrapping_mul(1_000_033),
        ChatKey::Channel(id) => id.wrapping_mul(1_000_037),
    }
}

//! Our own messages, told apart by the effect that sent them: whatever else the account says is its person speaking.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use commands::ids::{ChatId, fingerprint};

use super::recent::Recent;

/// Ids of our messages that are kept.
const IDS_KEPT: usize = 1_024;
/// Sends whose id is not known yet.
const SENDS_KEPT: usize = 256;

/// What our own calls did, bounded; shared by the calls and the ear.
pub(super) struct Own(Mutex<State>);

struct State {
    /// Sent, id not known yet: its update may come before its answer, or the answer never.
    sends: VecDeque<Send>,
    messages: Recent<(ChatId, i32), ()>,
    reactions: Recent<(ChatId, i32), ()>,
}

struct Send {
    random_id: i64,
    chat: ChatId,
    print: u64,
}

impl Own {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State {
            sends: VecDeque::new(),
            messages: Recent::new(IDS_KEPT),
            reactions: Recent::new(IDS_KEPT),
        }))
    }

    /// A message is about to be sent; `text` as it will read in the chat.
    pub(super) fn expect(&self, chat: ChatId, text: &str, random_id: i64) {
        let mut state = self.lock();
        state.sends.retain(|send| send.random_id != random_id);
        if state.sends.len() == SENDS_KEPT {
            state.sends.pop_front();
        }
        let print = fingerprint(text.trim());
        state.sends.push_back(Send { random_id, chat, print });
    }

    /// Telegram named the message of a send.
    pub(super) fn sent(&self, random_id: i64, id: i32) {
        let mut state = self.lock();
        if let Some(at) = state.sends.iter().position(|send| send.random_id == random_id)
            && let Some(send) = state.sends.remove(at)
        {
            state.messages.insert((send.chat, id), ());
        }
    }

    /// Telegram refused a send: no message will come of it.
    pub(super) fn refused(&self, random_id: i64) {
        self.lock().sends.retain(|send| send.random_id != random_id);
    }

    /// Whether a message is one of ours. An outgoing one that reads like a send without an id is that send.
    pub(super) fn is_message(&self, chat: ChatId, id: i32, outgoing: bool, text: &str) -> bool {
        let mut state = self.lock();
        if state.messages.contains(&(chat, id)) {
            return true;
        }
        let print = fingerprint(text.trim());
        let same = |send: &Send| outgoing && send.chat == chat && send.print == print;
        let Some(at) = state.sends.iter().position(same) else { return false };
        state.sends.remove(at);
        state.messages.insert((chat, id), ());
        true
    }

    /// A reaction is about to be set.
    pub(super) fn expect_reaction(&self, chat: ChatId, id: i32) {
        self.lock().reactions.insert((chat, id), ());
    }

    /// Whether we ever reacted to a message.
    pub(super) fn is_reaction(&self, chat: ChatId, id: i32) -> bool {
        self.lock().reactions.contains(&(chat, id))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAT: ChatId = ChatId(-5);

    #[test]
    fn a_send_is_known_by_its_id() {
        let own = Own::new();
        own.expect(CHAT, "Granted.", 77);
        own.sent(77, 12);
        assert!(own.is_message(CHAT, 12, true, "edited since"));
        assert!(!own.is_message(CHAT, 13, true, "Granted."));
        assert!(!own.is_message(ChatId(-6), 12, true, "Granted."));
    }

    #[test]
    fn an_update_before_its_answer_is_known_by_its_text_once() {
        let own = Own::new();
        own.expect(CHAT, "Granted. ", 77);
        assert!(!own.is_message(CHAT, 11, false, "Granted."), "somebody else's");
        assert!(own.is_message(CHAT, 12, true, "Granted."));
        assert!(!own.is_message(CHAT, 13, true, "Granted."), "typed by the person");
        own.sent(77, 12);
        assert!(own.is_message(CHAT, 12, true, ""));
    }

    #[test]
    fn a_refused_send_is_nobodys() {
        let own = Own::new();
        own.expect(CHAT, "Granted.", 77);
        own.refused(77);
        assert!(!own.is_message(CHAT, 12, true, "Granted."));
    }

    #[test]
    fn the_oldest_sends_are_forgotten() {
        let own = Own::new();
        for random_id in 0..=i64::try_from(SENDS_KEPT).unwrap() {
            own.expect(CHAT, &format!("text {random_id}"), random_id);
        }
        assert!(!own.is_message(CHAT, 1, true, "text 0"));
        assert!(own.is_message(CHAT, 2, true, "text 1"));
    }
}

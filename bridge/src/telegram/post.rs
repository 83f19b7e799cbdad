//! Saying something: one message an effect, told apart from repeats by its random id.

use commands::ids::{ChatId, UserId};
use grammers_tl_types::enums::{InputReplyTo, Message, MessageEntity, Update, Updates};
use grammers_tl_types::{functions, types};

use super::account::Account;
use super::call::CallError;
use super::perform::Performed;
use super::render::render;

/// A message that is older than the answer by more seconds was not sent by this call.
const OLD: i32 = 5;

/// A message on its way.
struct Draft {
    chat: ChatId,
    message: String,
    entities: Vec<MessageEntity>,
    reply_to: Option<i32>,
    random_id: i64,
    silent: bool,
}

impl Account {
    /// Posts in a chat. Backticks mark code. The same `random_id` twice makes one message.
    /// A personal account posts only what its person ordered: that is the caller's to know.
    pub async fn post(
        &self,
        chat: ChatId,
        text: &str,
        reply_to: Option<i32>,
        random_id: i64,
        silent: bool,
    ) -> Performed {
        let (message, entities) = render(text);
        self.say(Draft { chat, message, entities, reply_to, random_id, silent }).await
    }

    /// The same, word for word: backticks are backticks. Unlike a post it is heard by the account's own ear, too: whose
    /// word it is, the core knows.
    pub async fn speak(&self, chat: ChatId, text: &str, reply_to: Option<i32>, random_id: i64) -> Performed {
        let (message, entities) = (text.to_owned(), Vec::new());
        self.call(Draft { chat, message, entities, reply_to, random_id, silent: false }).await
    }

    /// Writes to a user; a personal account refuses.
    pub async fn dm(&self, user: UserId, text: &str, reply_to: Option<i32>, random_id: i64) -> Performed {
        if let Some(refusal) = self.refusal("answers no private chats") {
            return refusal;
        }
        self.post(ChatId(user.0), text, reply_to, random_id, false).await
    }

    async fn say(&self, draft: Draft) -> Performed {
        self.shared.own.expect(draft.chat, &draft.message, draft.random_id);
        self.call(draft).await
    }

    async fn call(&self, draft: Draft) -> Performed {
        let (chat, random_id, text) = (draft.chat, draft.random_id, draft.message.clone());
        match self.send(draft).await {
            Ok(updates) if is_another(&updates, random_id, &text) => {
                self.shared.own.refused(random_id);
                Performed::DrawAnew
            }
            Ok(updates) => {
                let id = id_of(&updates, random_id);
                if let Some(id) = id {
                    self.shared.own.sent(random_id, id);
                }
                Performed::Done(id)
            }
            Err(error) if error.is("RANDOM_ID_DUPLICATE") => Performed::Done(None),
            Err(error) => {
                if matches!(error, CallError::Refused { .. } | CallError::Wait(_)) {
                    self.shared.own.refused(random_id);
                }
                self.ended::<()>(chat, Err(error), None).await
            }
        }
    }

    async fn send(&self, draft: Draft) -> Result<Updates, CallError> {
        let Draft { chat, message, entities, reply_to, random_id, silent } = draft;
        let request = functions::messages::SendMessage {
            no_webpage: true,
            silent,
            background: false,
            clear_draft: false,
            noforwards: false,
            update_stickersets_order: false,
            invert_media: false,
            allow_paid_floodskip: false,
            peer: self.shared.input_peer(chat).await?,
            reply_to: reply_to.map(reply),
            message,
            random_id,
            reply_markup: None,
            entities: (!entities.is_empty()).then_some(entities),
            schedule_date: None,
            schedule_repeat_period: None,
            send_as: None,
            quick_reply_shortcut: None,
            effect: None,
            allow_paid_stars: None,
            suggested_post: None,
            rich_message: None,
        };
        self.shared.caller.call(&request).await
    }
}

fn reply(to: i32) -> InputReplyTo {
    types::InputReplyToMessage {
        reply_to_msg_id: to,
        top_msg_id: None,
        reply_to_peer_id: None,
        quote_text: None,
        quote_entities: None,
        quote_offset: None,
        monoforum_peer_id: None,
        todo_item_id: None,
        poll_option: None,
    }
    .into()
}

/// The updates in an answer, with its date.
fn all_of(updates: &Updates) -> (&[Update], i32) {
    match updates {
        Updates::Updates(some) => (&some.updates, some.date),
        Updates::Combined(some) => (&some.updates, some.date),
        Updates::UpdateShort(one) => (std::slice::from_ref(&one.update), one.date),
        _ => (&[], 0),
    }
}

/// The id that a send became.
fn id_of(updates: &Updates, random_id: i64) -> Option<i32> {
    if let Updates::UpdateShortSentMessage(sent) = updates {
        return Some(sent.id);
    }
    all_of(updates).0.iter().find_map(|update| match update {
        Update::MessageId(sent) if sent.random_id == random_id => Some(sent.id),
        _ => None,
    })
}

/// Whether the answer names an old message with other words: the random id was used before, for something else, and
/// Telegram did not send this.
fn is_another(updates: &Updates, random_id: i64, text: &str) -> bool {
    let (all, now) = all_of(updates);
    let Some(id) = id_of(updates, random_id) else { return false };
    all.iter().any(|update| {
        let message = match update {
            Update::NewMessage(new) => &new.message,
            Update::NewChannelMessage(new) => &new.message,
            _ => return false,
        };
        let Message::Message(message) = message else { return false };
        message.id == id && message.message.trim() != text.trim() && now.saturating_sub(message.date) > OLD
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_tl_types::{Deserializable, Serializable};

    #[test]
    fn the_id_of_a_send_is_found_in_its_answer() {
        let update = types::UpdateMessageId { id: 12, random_id: 77 }.into();
        let updates: Updates = types::UpdateShort { update, date: 0 }.into();
        assert_eq!(id_of(&updates, 77), Some(12));
        assert_eq!(id_of(&updates, 78), None);
    }

    /// An answer of second 1,000 with the message that the send became.
    fn answer(date: i32, text: &str) -> Updates {
        let mut bytes = Vec::new();
        for number in [0_i32, 0, 12] {
            number.serialize(&mut bytes);
        }
        grammers_tl_types::enums::Peer::from(types::PeerChat { chat_id: 5 }).serialize(&mut bytes);
        date.serialize(&mut bytes);
        text.to_owned().serialize(&mut bytes);
        let message = types::Message::from_bytes(&bytes).unwrap();
        let new = types::UpdateNewMessage { message: message.into(), pts: 2, pts_count: 1 };
        let sent = types::UpdateMessageId { id: 12, random_id: 77 };
        let updates = vec![sent.into(), new.into()];
        types::Updates { updates, users: Vec::new(), chats: Vec::new(), date: 1_000, seq: 0 }.into()
    }

    #[test]
    fn an_old_message_with_other_words_is_not_ours() {
        assert!(is_another(&answer(400, "Granted."), 77, "PAUSE."));
        assert!(!is_another(&answer(400, "Granted."), 77, "Granted. "), "a repeat of ours");
        assert!(!is_another(&answer(1_000, "Granted"), 77, "Granted."), "Telegram changed our words");
        assert!(!is_another(&answer(400, "Granted."), 78, "PAUSE."), "another send");
    }
}

//! One call an effect: no sleeping, no repeating, no queue; those are the scheduler's.

use std::time::Duration;

use commands::ids::{ChatId, UserId};
use grammers_tl_types::enums::messages::BotCallbackAnswer;
use grammers_tl_types::enums::{InputChannel, InputPeer, InputReplyTo, Reaction, Update, Updates};
use grammers_tl_types::{functions, types};
use jiff::Timestamp;

use super::account::{Account, Kind};
use super::call::CallError;
use super::history::{self, PAGE};
use super::render::render;
use super::translate::{instant, sender_of};

/// Pages of 100 messages that are searched for a post at most.
const SEARCH_PAGES: usize = 5;
/// Messages whose reactions are asked for at once at most.
const REACTIONS_ASKED: usize = 100;

/// What came of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Performed {
    /// Done; the message id in the account's numbering, where one was made and is known.
    Done(Option<i32>),
    /// Telegram wants a pause in that chat first.
    RetryAfter(Duration),
    /// It did not happen, or can't be told.
    Failed {
        /// One sentence.
        what: String,
        /// Whether trying again is pointless.
        permanent: bool,
    },
}

impl From<CallError> for Performed {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Wait(pause) => Self::RetryAfter(pause),
            other => Self::Failed {
                permanent: matches!(other, CallError::Refused { .. }),
                what: other.to_string(),
            },
        }
    }
}

/// What a bot answered to a tap on its button.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TapAnswer {
    /// What is shown, if anything.
    pub text: Option<String>,
    /// Shown in a box that has to be closed.
    pub alert: bool,
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
        self.shared.own.expect(chat, &message, random_id);
        let sent = self.send(chat, message, entities, reply_to, random_id, silent).await;
        match sent {
            Ok(id) => {
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
                error.into()
            }
        }
    }

    async fn send(
        &self,
        chat: ChatId,
        message: String,
        entities: Vec<grammers_tl_types::enums::MessageEntity>,
        reply_to: Option<i32>,
        random_id: i64,
        silent: bool,
    ) -> Result<Option<i32>, CallError> {
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
        let updates = self.shared.caller.call(&request).await?;
        Ok(id_of(&updates, random_id))
    }

    /// Writes to a user; a personal account refuses.
    pub async fn dm(&self, user: UserId, text: &str, reply_to: Option<i32>, random_id: i64) -> Performed {
        if let Some(refusal) = self.refusal("answers no private chats") {
            return refusal;
        }
        self.post(ChatId(user.0), text, reply_to, random_id, false).await
    }

    /// Replaces the text of a message of the account.
    pub async fn edit(&self, chat: ChatId, id: i32, text: &str) -> Performed {
        let (message, entities) = render(text);
        let peer = match self.shared.input_peer(chat).await {
            Ok(peer) => peer,
            Err(error) => return error.into(),
        };
        let request = functions::messages::EditMessage {
            no_webpage: true,
            invert_media: false,
            peer,
            id,
            message: Some(message),
            media: None,
            reply_markup: None,
            entities: Some(entities),
            schedule_date: None,
            schedule_repeat_period: None,
            quick_reply_shortcut_id: None,
            rich_message: None,
        };
        done(self.shared.caller.call(&request).await, Some(id))
    }

    /// Sets the account's one reaction on a message; an empty emoji takes it away. A personal account refuses.
    pub async fn react(&self, chat: ChatId, id: i32, emoji: &str) -> Performed {
        if let Some(refusal) = self.refusal("sets no reactions") {
            return refusal;
        }
        let peer = match self.shared.input_peer(chat).await {
            Ok(peer) => peer,
            Err(error) => return error.into(),
        };
        self.shared.own.expect_reaction(chat, id);
        let one: Reaction = types::ReactionEmoji { emoticon: emoji.to_owned() }.into();
        let request = functions::messages::SendReaction {
            big: false,
            add_to_recent: false,
            peer,
            msg_id: id,
            reaction: Some(if emoji.is_empty() { Vec::new() } else { vec![one] }),
        };
        done(self.shared.caller.call(&request).await, None)
    }

    /// Pins a message for everybody, without a sound. A personal account refuses.
    pub async fn pin(&self, chat: ChatId, id: i32) -> Performed {
        if let Some(refusal) = self.refusal("pins nothing") {
            return refusal;
        }
        let peer = match self.shared.input_peer(chat).await {
            Ok(peer) => peer,
            Err(error) => return error.into(),
        };
        let request = functions::messages::UpdatePinnedMessage {
            silent: true,
            unpin: false,
            pm_oneside: false,
            peer,
            id,
        };
        done(self.shared.caller.call(&request).await, None)
    }

    /// Deletes a message for everybody: the account's own, or anybody's where it is an admin that may. A personal
    /// account refuses.
    pub async fn delete(&self, chat: ChatId, id: i32) -> Performed {
        if let Some(refusal) = self.refusal("deletes nothing") {
            return refusal;
        }
        let channel = match self.shared.input_peer(chat).await {
            Ok(InputPeer::Channel(channel)) => Some(channel),
            Ok(_) => None,
            Err(error) => return error.into(),
        };
        if let Some(channel) = channel {
            let channel =
                types::InputChannel { channel_id: channel.channel_id, access_hash: channel.access_hash };
            let request = functions::channels::DeleteMessages { channel: channel.into(), id: vec![id] };
            return done(self.shared.caller.call(&request).await, None);
        }
        let request = functions::messages::DeleteMessages { revoke: true, id: vec![id] };
        done(self.shared.caller.call(&request).await, None)
    }

    /// Asks for the reactions on messages (the first 100): changes are then heard as `Reacted`.
    pub async fn reactions_of(&self, chat: ChatId, ids: &[i32]) -> Performed {
        let peer = match self.shared.input_peer(chat).await {
            Ok(peer) => peer,
            Err(error) => return error.into(),
        };
        // The answer is a list of updates, and so reaches the ear like any other.
        let id = ids.iter().copied().take(REACTIONS_ASKED).collect();
        let request = functions::messages::GetMessagesReactions { peer, id };
        done(self.shared.caller.call(&request).await, None)
    }

    /// Presses an inline button. Telegram gives the bot some seconds; a bot that does not answer is
    /// `Refused` with `BOT_RESPONSE_TIMEOUT`.
    pub async fn tap(&self, chat: ChatId, id: i32, data: &[u8]) -> Result<TapAnswer, CallError> {
        let request = functions::messages::GetBotCallbackAnswer {
            game: false,
            peer: self.shared.input_peer(chat).await?,
            msg_id: id,
            data: Some(data.to_vec()),
            password: None,
        };
        let BotCallbackAnswer::Answer(answer) = self.shared.caller.call(&request).await?;
        Ok(TapAnswer { text: answer.message, alert: answer.alert })
    }

    /// Looks for a message of `from` that reads exactly `text` (backticks or not) and is not older than `since`,
    /// among the newest 500 of the chat.
    pub async fn find_post(
        &self,
        chat: ChatId,
        from: UserId,
        text: &str,
        since: Timestamp,
    ) -> Result<Option<i32>, CallError> {
        let (text, _) = render(text);
        let text = text.trim();
        let mut before = 0;
        for _ in 0..SEARCH_PAGES {
            let peer = self.shared.input_peer(chat).await?;
            let page = history::page(&self.shared.caller, peer, before, PAGE).await?;
            let recent: Vec<_> =
                page.messages.iter().filter(|message| instant(message.date) >= since).collect();
            let same = recent
                .iter()
                .find(|message| message.message.trim() == text && sender_of(message, self.shared.me) == from);
            if let Some(found) = same {
                return Ok(Some(found.id));
            }
            let too_old = recent.len() < page.messages.len();
            match page.oldest {
                Some(oldest) if !too_old => before = oldest,
                _ => break,
            }
        }
        Ok(None)
    }

    /// Marks a chat read up to a message; a personal account refuses.
    pub async fn mark_read(&self, chat: ChatId, up_to: i32) -> Performed {
        if let Some(refusal) = self.refusal("marks nothing read") {
            return refusal;
        }
        let peer = match self.shared.input_peer(chat).await {
            Ok(peer) => peer,
            Err(error) => return error.into(),
        };
        if let InputPeer::Channel(channel) = peer {
            let (channel_id, access_hash) = (channel.channel_id, channel.access_hash);
            let channel: InputChannel = types::InputChannel { channel_id, access_hash }.into();
            let request = functions::channels::ReadHistory { channel, max_id: up_to };
            return done(self.shared.caller.call(&request).await, None);
        }
        let request = functions::messages::ReadHistory { peer, max_id: up_to };
        done(self.shared.caller.call(&request).await, None)
    }

    fn refusal(&self, what: &str) -> Option<Performed> {
        (self.shared.params.kind == Kind::Personal)
            .then(|| Performed::Failed { what: format!("a personal account {what}"), permanent: true })
    }
}

/// Asking for what is already so has done it.
fn done<T>(answer: Result<T, CallError>, id: Option<i32>) -> Performed {
    match answer {
        Ok(_) => Performed::Done(id),
        Err(error) if error.is("MESSAGE_NOT_MODIFIED") => Performed::Done(id),
        Err(error) => error.into(),
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

/// The id that a send became.
fn id_of(updates: &Updates, random_id: i64) -> Option<i32> {
    let all = match updates {
        Updates::UpdateShortSentMessage(sent) => return Some(sent.id),
        Updates::Updates(some) => some.updates.as_slice(),
        Updates::Combined(some) => some.updates.as_slice(),
        Updates::UpdateShort(one) => std::slice::from_ref(&one.update),
        _ => return None,
    };
    all.iter().find_map(|update| match update {
        Update::MessageId(sent) if sent.random_id == random_id => Some(sent.id),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_tell_the_scheduler_what_to_do() {
        let pause = Duration::from_secs(31);
        assert_eq!(Performed::from(CallError::Wait(pause)), Performed::RetryAfter(pause));
        let lost = Performed::from(CallError::NoAnswer("cut".into()));
        assert!(matches!(lost, Performed::Failed { permanent: false, .. }));
        let refused = Performed::from(CallError::refused("CHAT_WRITE_FORBIDDEN"));
        assert!(matches!(refused, Performed::Failed { permanent: true, .. }));
        let same = done::<()>(Err(CallError::refused("MESSAGE_NOT_MODIFIED")), Some(3));
        assert_eq!(same, Performed::Done(Some(3)));
    }

    #[test]
    fn the_id_of_a_send_is_found_in_its_answer() {
        let update = types::UpdateMessageId { id: 12, random_id: 77 }.into();
        let updates: Updates = types::UpdateShort { update, date: 0 }.into();
        assert_eq!(id_of(&updates, 77), Some(12));
        assert_eq!(id_of(&updates, 78), None);
    }
}

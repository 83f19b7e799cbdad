//! One call an effect: no sleeping, no repeating, no queue; those are the scheduler's.

use std::time::Duration;

use commands::ids::{ChatId, UserId};
use grammers_tl_types::enums::messages::BotCallbackAnswer;
use grammers_tl_types::enums::{InputChannel, InputPeer, Reaction};
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
    /// The chat is a supergroup now, under this id: nothing was done.
    Moved(ChatId),
    /// The random id stood for another message already: it has to be sent with another one.
    DrawAnew,
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
        self.ended(chat, self.shared.caller.call(&request).await, Some(id)).await
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
        self.ended(chat, self.shared.caller.call(&request).await, None).await
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
        self.ended(chat, self.shared.caller.call(&request).await, None).await
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

    /// Looks for a message of `from` that reads exactly `text` (with backticks, or with code in their place) and is not
    /// older than `since`, among the newest 500 of the chat.
    pub async fn find_post(
        &self,
        chat: ChatId,
        from: UserId,
        text: &str,
        since: Timestamp,
    ) -> Result<Option<i32>, CallError> {
        let (rendered, _) = render(text);
        let wanted = [rendered.trim(), text.trim()];
        let mut before = 0;
        for _ in 0..SEARCH_PAGES {
            let peer = self.shared.input_peer(chat).await?;
            let page = history::page(&self.shared.caller, peer, before, PAGE).await?;
            let recent: Vec<_> =
                page.messages.iter().filter(|message| instant(message.date) >= since).collect();
            let same = recent.iter().find(|message| {
                wanted.contains(&message.message.trim()) && sender_of(message, self.shared.me) == from
            });
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

    /// What came of a call about a chat. Where Telegram refuses it for good in a basic group, it may be one no longer.
    pub(super) async fn ended<T>(
        &self,
        chat: ChatId,
        answer: Result<T, CallError>,
        id: Option<i32>,
    ) -> Performed {
        let ended = done(answer, id);
        if !matches!(ended, Performed::Failed { permanent: true, .. }) {
            return ended;
        }
        self.shared.moved_to(chat).await.map_or(ended, Performed::Moved)
    }

    pub(super) fn refusal(&self, what: &str) -> Option<Performed> {
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
}

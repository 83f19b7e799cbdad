//! One match: each effect to the adapter that does it. One call, no retry, no sleep.

use std::collections::BTreeSet;
use std::time::Duration;

use bot::{Bot, Outcome, Post};
use bridge::telegram::{Account, CallError, Kind, Performed};
use commands::effect::{Class, Effect, Slot};
use commands::ids::{AgentId, ChatId, Ear, MessageRef, UserId, VoiceId};
use commands::input::EffectResult;
use jiff::{SignedDuration, Timestamp};
use sessions::{OutboxEntry, Progress, Store};

/// The bot hears a message at its own pace: so long its number for it is waited for.
const SIGHTING_FOR: SignedDuration = SignedDuration::from_secs(3);
/// ... asking again after this.
const SIGHTING_AGAIN: Duration = Duration::from_millis(150);
/// A post that may have happened is looked for from this much before it was decided (clocks differ).
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(30);

/// Those through whom the node acts; cheap to clone.
#[derive(Clone)]
pub struct Voices {
    /// The mesh's bot, and its user.
    pub bot: Option<(Bot, UserId)>,
    /// The user account, and what it may do.
    pub account: Option<(Account, Kind)>,
    /// A dedicated account is configured, and nobody is signed in with it yet: what is its to do waits.
    pub awaits_account: bool,
    /// Agents that can be written to by the account.
    pub by_dm: BTreeSet<AgentId>,
    /// Where the bot's own numbers of messages are kept.
    pub store: Store,
}

/// How a call ended.
#[derive(Debug)]
pub enum Finished {
    /// For good.
    Ended(EffectResult),
    /// To be tried again, after what was asked for; `None` leaves it to the retry policy.
    Again(Option<Duration>),
    /// It was sent, and whether it arrived can't be told: look before it is sent again.
    Unclear(Option<Duration>),
}

impl Voices {
    /// Performs one effect.
    pub async fn perform(&self, entry: &OutboxEntry, now: Timestamp) -> Finished {
        match &entry.effect {
            Effect::React { to, with } => self.react(to, with.emoji(), entry, now).await,
            Effect::Post { .. } => self.post(entry, now).await,
            Effect::Edit { chat, message, text, buttons, .. } => match &self.bot {
                Some((bot, _)) => bot.edit(*chat, *message, text, buttons).await.into(),
                None => self.edit_by_account(*chat, *message, text).await,
            },
            Effect::Pin { chat, message } => match &self.bot {
                Some((bot, _)) => bot.pin(*chat, *message).await.into(),
                None => no_voice(),
            },
            Effect::Disarm { chat, message } => match &self.bot {
                Some((bot, _)) => bot.disarm(*chat, *message).await.into(),
                None => no_voice(),
            },
            Effect::Delete { message } => self.delete(message, entry, now).await,
            Effect::AnswerTap { query, text, alert } => match &self.bot {
                Some((bot, _)) => bot.answer_tap(query, text.as_deref(), *alert).await.into(),
                None => no_voice(),
            },
            Effect::Dm { to, text, reply_to } => {
                self.dm(*to, text, reply_to.map(|message| message.id), entry.random_id).await
            }
            Effect::Tell { agent, text, .. } => self.tell(*agent, text, entry.random_id).await,
        }
    }

    /// A dedicated account's ear reacts itself: it has the message's number. Else the bot does, by its own.
    async fn react(&self, to: &MessageRef, emoji: &str, entry: &OutboxEntry, now: Timestamp) -> Finished {
        if let Some(account) = self.dedicated()
            && (to.ear == Ear::Account(account.user().0) || to.chat.shares_message_ids())
        {
            return account.react(to.chat, to.id, emoji).await.into();
        }
        let Some((bot, _)) = &self.bot else { return no_voice() };
        match self.bots_number(to) {
            Some(message) => bot.react(to.chat, message, emoji).await.into(),
            None if still_fresh(entry, now) => Finished::Again(Some(SIGHTING_AGAIN)),
            None => Finished::Ended(EffectResult::Failed("the bot did not hear that message".into())),
        }
    }

    /// The bot deletes, by its own number of the message; where it has none, a dedicated account by the ear's.
    async fn delete(&self, of: &MessageRef, entry: &OutboxEntry, now: Timestamp) -> Finished {
        let numbered = self.bots_number(of);
        if let (Some((bot, _)), Some(message)) = (&self.bot, numbered) {
            return bot.delete(of.chat, message).await.into();
        }
        match self.dedicated() {
            Some(account) if of.ear == Ear::Account(account.user().0) || of.chat.shares_message_ids() => {
                account.delete(of.chat, of.id).await.into()
            }
            _ if self.bot.is_none() => no_voice(),
            _ if still_fresh(entry, now) => Finished::Again(Some(SIGHTING_AGAIN)),
            _ => Finished::Ended(EffectResult::Failed("the bot did not hear that message".into())),
        }
    }

    async fn post(&self, entry: &OutboxEntry, now: Timestamp) -> Finished {
        let Effect::Post { chat, text, reply_to, buttons, sound, .. } = &entry.effect else {
            return no_voice();
        };
        let mut text = text.clone();
        if entry.class == Class::LookThenSend && entry.state == Progress::Started {
            match self.look_for(entry).await {
                Looked::There(id) => return Finished::Ended(EffectResult::Done(id)),
                Looked::NotThere => {}
                Looked::NotNow(wait) => return Finished::Unclear(wait),
                Looked::NoEar => text.push_str(" (again)"),
            }
        }
        let Some((bot, _)) = &self.bot else {
            let Some(account) = self.dedicated() else { return no_voice() };
            let reply_to = reply_to.map(|message| message.id);
            return account.post(*chat, &text, reply_to, entry.random_id, !sound).await.into();
        };
        let reply_to = match reply_to {
            None => None,
            Some(message) => match self.bots_number(message) {
                Some(id) => Some(id),
                None if still_fresh(entry, now) => return Finished::Again(Some(SIGHTING_AGAIN)),
                None => None,
            },
        };
        bot.post(&Post { chat: *chat, text: &text, reply_to, buttons, sound: *sound }).await.into()
    }

    /// Seeks a post that may have happened in the history, by the account's ear.
    async fn look_for(&self, entry: &OutboxEntry) -> Looked {
        let Effect::Post { chat, text, .. } = &entry.effect else { return Looked::NotThere };
        let (Some((account, _)), Some((_, bot))) = (&self.account, &self.bot) else { return Looked::NoEar };
        let since = entry.at.saturating_sub(LOOK_BACK).unwrap_or(entry.at);
        match account.find_post(*chat, *bot, text, since).await {
            Ok(Some(id)) if chat.shares_message_ids() => Looked::There(Some(VoiceId(id))),
            Ok(Some(id)) => {
                self.have_it_numbered(entry, *chat, id).await;
                Looked::There(None)
            }
            Ok(None) => Looked::NotThere,
            Err(CallError::Wait(wait)) => Looked::NotNow(Some(wait)),
            Err(CallError::NoAnswer(_) | CallError::Fault(_)) => Looked::NotNow(None),
            Err(_) => Looked::NoEar,
        }
    }

    /// In a basic group the bot does not know its own number of a post whose answer was lost. It hears it when the
    /// account pins that post, which the board is to be anyway.
    async fn have_it_numbered(&self, entry: &OutboxEntry, chat: ChatId, id: i32) {
        let board = entry.effect.slot() == Some(&Slot::Board);
        if let Some(account) = self.dedicated().filter(|_| board) {
            let pinned = account.pin(chat, id).await;
            tracing::debug!(?pinned, "a board that was found again");
        }
    }

    async fn edit_by_account(&self, chat: ChatId, message: VoiceId, text: &str) -> Finished {
        match self.dedicated() {
            Some(account) => account.edit(chat, message.0, text).await.into(),
            None => no_voice(),
        }
    }

    async fn dm(&self, to: UserId, text: &str, reply_to: Option<i32>, random_id: i64) -> Finished {
        match self.dedicated() {
            Some(account) => account.dm(to, text, reply_to, random_id).await.into(),
            None if self.awaits_account => Finished::Again(None),
            None => no_voice(),
        }
    }

    async fn tell(&self, agent: AgentId, text: &str, random_id: i64) -> Finished {
        match self.dedicated().filter(|_| self.by_dm.contains(&agent)) {
            Some(account) => account.dm(UserId(agent.0), text, None, random_id).await.into(),
            None if self.awaits_account && self.by_dm.contains(&agent) => Finished::Again(None),
            None => Finished::Ended(EffectResult::NoDoor(agent)),
        }
    }

    fn dedicated(&self) -> Option<&Account> {
        self.account.as_ref().filter(|(_, kind)| *kind == Kind::Dedicated).map(|(account, _)| account)
    }

    /// The bot's own number of a message.
    fn bots_number(&self, message: &MessageRef) -> Option<VoiceId> {
        if message.ear == Ear::Bot || message.chat.shares_message_ids() {
            return Some(VoiceId(message.id));
        }
        let id = self.store.sighted(message, 0);
        id.inspect_err(|error| tracing::warn!(%error, "sightings can't be read")).ok().flatten().map(VoiceId)
    }
}

enum Looked {
    There(Option<VoiceId>),
    NotThere,
    NotNow(Option<Duration>),
    NoEar,
}

fn still_fresh(entry: &OutboxEntry, now: Timestamp) -> bool {
    now.duration_since(entry.at) < SIGHTING_FOR
}

fn no_voice() -> Finished {
    Finished::Ended(EffectResult::Failed("no account or bot is configured that could do it".into()))
}

impl From<Outcome> for Finished {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done(id) => Self::Ended(EffectResult::Done(id)),
            Outcome::RetryAfter(wait) => Self::Again(Some(wait)),
            Outcome::Unclear(wait) => Self::Unclear(Some(wait)),
            Outcome::Gone => Self::Ended(EffectResult::Gone),
            Outcome::Migrated(chat) => Self::Ended(EffectResult::Failed(format!(
                "the group became the supergroup {chat}: put this id into the configuration"
            ))),
            Outcome::Failed(why) => Self::Ended(EffectResult::Failed(why)),
        }
    }
}

impl From<Performed> for Finished {
    fn from(performed: Performed) -> Self {
        match performed {
            Performed::Done(id) => Self::Ended(EffectResult::Done(id.map(VoiceId))),
            Performed::RetryAfter(wait) => Self::Again(Some(wait)),
            Performed::Failed { what, permanent: true } => Self::Ended(EffectResult::Failed(what)),
            Performed::Failed { .. } => Self::Again(None),
        }
    }
}

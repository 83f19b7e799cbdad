//! One match: each effect to the adapter that does it. One call, no retry, no sleep.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use bot::{Bot, Outcome};
use bridge::hooks::{Hook, Letter, Post, Sent};
use bridge::telegram::{Account, CallError, Kind, Performed, TapAnswer};
use commands::effect::{Class, Effect, Look, Slot};
use commands::ids::{AgentId, ChatId, Ear, MessageRef, UserId, VoiceId};
use commands::input::EffectResult;
use jiff::{SignedDuration, Timestamp};
use sessions::{OutboxEntry, Progress, Store};
use tokio_util::sync::CancellationToken;

use crate::agents::Drivers;

/// The bot hears a message at its own pace: so long its number for it is waited for.
const SIGHTING_FOR: SignedDuration = SignedDuration::from_secs(3);
/// ... asking again after this.
const SIGHTING_AGAIN: Duration = Duration::from_millis(150);
/// ... after this where Telegram was asked in vain.
const REFUSED_AGAIN: Duration = Duration::from_secs(1);
/// After a start the bot waits for the ear, and then has all to hear that was said meanwhile: so long it is waited for.
const SIGHTING_AT_START: SignedDuration = SignedDuration::from_secs(20);
/// A post that may have happened is looked for from this much before it was decided (clocks differ).
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(30);

/// Before what an agent may have by its hook already.
const PERHAPS_AGAIN: &str = "Perhaps you have this already, your hook gave no answer: ";
/// Telegram is not relied upon to know a random id again for longer.
const RANDOM_ID_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Those through whom the node acts; cheap to clone.
#[derive(Clone)]
pub struct Voices {
    /// The mesh's bot, and its user.
    pub bot: Option<(Bot, UserId)>,
    /// The user accounts that are signed in, the ear first.
    pub accounts: Vec<Speaker>,
    /// A dedicated account is configured, and nobody is signed in with it yet: what is its to do waits.
    pub awaits_account: bool,
    /// Agents that can be written to by the account.
    pub by_dm: BTreeSet<AgentId>,
    /// The hooks of agents, and what posts there.
    pub hooks: (Post, BTreeMap<AgentId, Hook>),
    /// What drives the gateways behind agents.
    pub drivers: Drivers,
    /// Where the bot's own numbers of messages are kept.
    pub store: Store,
    /// When this node started: what was heard before, the bot may hear only now.
    pub started: Timestamp,
    /// Told when the node is to be started anew; none where nobody would.
    pub restart: Option<CancellationToken>,
}

/// One of the node's user accounts.
#[derive(Clone)]
pub struct Speaker {
    /// How the configuration calls it.
    pub name: String,
    /// Makes its calls.
    pub account: Account,
    /// What it may do by itself.
    pub kind: Kind,
    /// Whether whoever is at the node's shell may order it to say something.
    pub relays: bool,
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
    /// Its chat goes on as this one, and nothing was done.
    Moved(ChatId),
    /// Its random id stands for something else: it is to be tried again at once with another.
    DrawAnew,
    /// Nobody is signed in who could do it: surely nothing was done.
    NoAccount,
    /// By private message it surely did not arrive: its agent's hook is to be tried.
    ByHook,
    /// It ends with this process; the next one knows what came of it.
    NotHere,
    /// It was posted at an agent's hook, with this answer.
    Sent(Sent),
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
            Effect::Pin { chat, message } => match (&self.bot, self.dedicated()) {
                (Some((bot, _)), _) => bot.pin(*chat, *message).await.into(),
                (None, Some(account)) => account.pin(*chat, message.0).await.into(),
                (None, None) => no_voice(),
            },
            Effect::Disarm { chat, message } => match &self.bot {
                Some((bot, _)) => bot.disarm(*chat, *message).await.into(),
                // What an account says has no buttons.
                None => Finished::Ended(EffectResult::Done(None)),
            },
            Effect::Delete { message } => self.delete(message, entry, now).await,
            Effect::AnswerTap { query, text, alert } => match &self.bot {
                Some((bot, _)) => bot.answer_tap(query, text.as_deref(), *alert).await.into(),
                None => no_voice(),
            },
            Effect::Dm { reply_to, .. } => self.dm(*reply_to, entry, now).await,
            Effect::Tell { agent, .. } => self.tell(*agent, entry, now).await,
            Effect::Speak { account, .. } => match self.of(*account) {
                Some(speaker) => self.say(&speaker.account, entry, now).await,
                None => no_voice(),
            },
            Effect::Press { account, chat, message, data, .. } => match self.of(*account) {
                Some(speaker) => press(&speaker.account, *chat, *message, data).await,
                None => no_voice(),
            },
            Effect::File { chat, name, text } => match &self.bot {
                // Nobody can look for it in the bot's private chats.
                Some((bot, _)) if entry.state == Progress::Started => {
                    bot.file(*chat, &format!("again-{name}"), text).await.into()
                }
                Some((bot, _)) => bot.file(*chat, name, text).await.into(),
                None => no_voice(),
            },
            Effect::Look { what: Look::Agent { agent, of }, .. } => {
                Finished::Ended(self.drivers.look(*agent, of).await)
            }
            Effect::Look { .. } => Finished::Ended(self.ping().await),
            Effect::Drive { agent, deed, .. } => Finished::Ended(self.drivers.perform(*agent, deed).await),
            Effect::Restart { .. } => self.restart(),
        }
    }

    /// How soon Telegram answers.
    async fn ping(&self) -> EffectResult {
        let Some((bot, _)) = &self.bot else { return EffectResult::Found("🟢 Here.".into()) };
        let start = Instant::now();
        match bot.identity().await {
            Ok(_) => {
                let took = start.elapsed().as_millis();
                EffectResult::Found(format!("🟢 Here. Telegram's Bot API answered in {took} ms."))
            }
            Err(fault) => EffectResult::Found(format!("🟡 Here, but the Bot API does not answer: {fault}")),
        }
    }

    /// What comes of it is told at the next start: from here on there is nobody to tell.
    fn restart(&self) -> Finished {
        if let Some(restart) = &self.restart {
            restart.cancel();
            return Finished::NotHere;
        }
        Finished::Ended(EffectResult::Failed("it was not started by `mesh run`".to_owned()))
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
            None if self.may_hear(entry, now) => Finished::Again(Some(SIGHTING_AGAIN)),
            None => Finished::Ended(EffectResult::Failed("the bot did not hear that message".into())),
        }
    }

    /// The bot deletes, by its own number of the message; where it has none, or may not, a dedicated account by the
    /// ear's.
    async fn delete(&self, of: &MessageRef, entry: &OutboxEntry, now: Timestamp) -> Finished {
        let by_bot = match (&self.bot, self.bots_number(of)) {
            (Some((bot, _)), Some(message)) => Some(bot.delete(of.chat, message).await),
            _ => None,
        };
        let account = self.dedicated().filter(|account| numbers(account, of));
        match (by_bot, account) {
            (Some(Outcome::Failed(_)), Some(account)) => account.delete(of.chat, of.id).await.into(),
            (Some(ended), _) => ended.into(),
            (None, Some(account)) => match account.delete(of.chat, of.id).await {
                // Where the account may not, the bot may, as soon as it has a number for the message.
                Performed::Failed { permanent: true, .. }
                    if self.bot.is_some() && self.may_hear(entry, now) =>
                {
                    Finished::Again(Some(REFUSED_AGAIN))
                }
                ended => ended.into(),
            },
            (None, None) if self.bot.is_none() => no_voice(),
            (None, None) if self.may_hear(entry, now) => Finished::Again(Some(SIGHTING_AGAIN)),
            (None, None) => Finished::Ended(EffectResult::Failed("the bot did not hear that message".into())),
        }
    }

    async fn post(&self, entry: &OutboxEntry, now: Timestamp) -> Finished {
        let Effect::Post { chat, text, reply_to, buttons, sound, .. } = &entry.effect else {
            return no_voice();
        };
        let Some((bot, _)) = &self.bot else {
            let Some(account) = self.dedicated() else { return no_voice() };
            return self.say(account, entry, now).await;
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
        let reply_to = match reply_to {
            None => None,
            Some(message) => match self.bots_number(message) {
                Some(id) => Some(id),
                None if self.may_hear(entry, now) => return Finished::Again(Some(SIGHTING_AGAIN)),
                None => None,
            },
        };
        bot.post(&bot::Post { chat: *chat, text: &text, reply_to, buttons, sound: *sound }).await.into()
    }

    /// Seeks a post that may have happened in the history, by the account's ear.
    async fn look_for(&self, entry: &OutboxEntry) -> Looked {
        let Effect::Post { chat, text, .. } = &entry.effect else { return Looked::NotThere };
        let (Some(Speaker { account, .. }), Some((_, bot))) = (self.accounts.first(), &self.bot) else {
            return Looked::NoEar;
        };
        // The account has no ear in the bot's private chats.
        if chat.is_private() {
            return Looked::NoEar;
        }
        match look(account, *bot, *chat, text, entry.at).await {
            // It hears nothing until somebody signs it in: what is to be said is not held up by that.
            Looked::NotNow(_) if account.is_lost() => Looked::NoEar,
            Looked::There(Some(VoiceId(id))) if !chat.shares_message_ids() => {
                self.have_it_numbered(entry, *chat, id).await;
                Looked::There(None)
            }
            other => other,
        }
    }

    /// Said by an account: Telegram drops a repeat by its random id. What is older than it may remember that is sought
    /// in the history first.
    async fn say(&self, account: &Account, entry: &OutboxEntry, now: Timestamp) -> Finished {
        let (Some(chat), Some(text)) = (entry.effect.chat(), entry.effect.text()) else { return no_voice() };
        if now.duration_since(entry.at) > RANDOM_ID_FOR {
            match look(account, account.user(), chat, text, entry.at).await {
                Looked::There(id) => return Finished::Ended(EffectResult::Done(id)),
                Looked::NotNow(wait) => return Finished::Again(wait),
                Looked::NotThere | Looked::NoEar => {}
            }
        }
        let random_id = entry.random_id;
        match &entry.effect {
            Effect::Speak { reply_to, .. } => account.speak(chat, text, *reply_to, random_id).await,
            Effect::Post { reply_to, sound, .. } => {
                let reply_to = reply_to.filter(|to| numbers(account, to)).map(|to| to.id);
                match account.post(chat, text, reply_to, random_id, !sound).await {
                    // A repeat that Telegram dropped: it is there, and its number is wanted.
                    Performed::Done(None) => return self.number_of(account, entry).await,
                    ended => ended,
                }
            }
            Effect::Dm { reply_to, .. } => {
                let reply_to = reply_to.filter(|to| numbers(account, to)).map(|to| to.id);
                account.dm(UserId(chat.0), text, reply_to, random_id).await
            }
            _ => account.dm(UserId(chat.0), text, None, random_id).await,
        }
        .into()
    }

    /// The number of a post of the account's that is there.
    async fn number_of(&self, account: &Account, entry: &OutboxEntry) -> Finished {
        let (Some(chat), Some(text)) = (entry.effect.chat(), entry.effect.text()) else { return no_voice() };
        match look(account, account.user(), chat, text, entry.at).await {
            Looked::There(id) => Finished::Ended(EffectResult::Done(id)),
            Looked::NotNow(wait) => Finished::Again(wait),
            Looked::NotThere | Looked::NoEar => Finished::Ended(EffectResult::Done(None)),
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

    /// By the account that was written to, where it may.
    async fn dm(&self, by: Option<MessageRef>, entry: &OutboxEntry, now: Timestamp) -> Finished {
        let asked = by.and_then(|message| match message.ear {
            Ear::Account(user) => self.of(UserId(user)),
            _ => None,
        });
        let asked = asked.filter(|speaker| speaker.kind == Kind::Dedicated).map(|speaker| &speaker.account);
        match asked.or(self.dedicated()) {
            Some(account) => self.say(account, entry, now).await,
            None if self.awaits_account => Finished::Again(None),
            None => no_voice(),
        }
    }

    async fn tell(&self, agent: AgentId, entry: &OutboxEntry, now: Timestamp) -> Finished {
        let known = self.by_dm.contains(&agent);
        let told = match self.dedicated().filter(|_| known) {
            Some(account) if matches!(entry.state, Progress::Started | Progress::ByDm { again: true }) => {
                self.say(account, &perhaps_again(entry), now).await
            }
            Some(account) => self.say(account, entry, now).await,
            None if self.awaits_account && known => Finished::NoAccount,
            None => Finished::Ended(EffectResult::NoDoor(agent)),
        };
        match told {
            Finished::Again(None) if self.dedicated().is_some_and(Account::is_lost) => Finished::NoAccount,
            told => told,
        }
    }

    /// Posts a letter at an agent's hook.
    pub async fn post_at_hook(&self, agent: AgentId, letter: &Letter) -> Finished {
        let (post, hooks) = &self.hooks;
        match hooks.get(&agent) {
            Some(hook) => Finished::Sent(post.send(hook, letter).await),
            None => Finished::Ended(EffectResult::NoDoor(agent)),
        }
    }

    /// The account that speaks for the mesh where its bot can't.
    fn dedicated(&self) -> Option<&Account> {
        let mut dedicated = self.accounts.iter().filter(|speaker| speaker.kind == Kind::Dedicated);
        dedicated.next().map(|speaker| &speaker.account)
    }

    /// The account of that user.
    pub fn of(&self, user: UserId) -> Option<&Speaker> {
        self.accounts.iter().find(|speaker| speaker.account.user() == user)
    }

    /// Whether the bot may yet hear the message that an effect is about.
    fn may_hear(&self, entry: &OutboxEntry, now: Timestamp) -> bool {
        now.duration_since(entry.at) < SIGHTING_FOR || now.duration_since(self.started) < SIGHTING_AT_START
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

/// Whether the account itself numbered that message so.
fn numbers(account: &Account, message: &MessageRef) -> bool {
    message.ear == Ear::Account(account.user().0) || message.chat.shares_message_ids()
}

/// Seeks a message in the history.
async fn look(account: &Account, from: UserId, chat: ChatId, text: &str, at: Timestamp) -> Looked {
    let since = at.saturating_sub(LOOK_BACK).unwrap_or(at);
    match account.find_post(chat, from, text, since).await {
        Ok(found) => found.map_or(Looked::NotThere, |id| Looked::There(Some(VoiceId(id)))),
        Err(CallError::Wait(wait)) => Looked::NotNow(Some(wait)),
        Err(CallError::NoAnswer(_) | CallError::Fault(_)) => Looked::NotNow(None),
        Err(_) => Looked::NoEar,
    }
}

/// Presses a button once. Without an answer nobody knows whether it was pressed.
async fn press(account: &Account, chat: ChatId, message: i32, data: &[u8]) -> Finished {
    Finished::Ended(match account.tap(chat, message, data).await {
        Ok(TapAnswer { text, alert }) => EffectResult::Shown { text, alert },
        Err(CallError::Wait(wait)) => return Finished::Again(Some(wait)),
        Err(CallError::NoAnswer(_) | CallError::Fault(_)) => EffectResult::Unknown,
        Err(refused) => EffectResult::Failed(refused.to_string()),
    })
}

/// An order that its hook may have taken, though no answer came: there is nothing by which it would be known again.
fn perhaps_again(entry: &OutboxEntry) -> OutboxEntry {
    let mut entry = entry.clone();
    if let Effect::Tell { text, .. } = &mut entry.effect {
        text.insert_str(0, PERHAPS_AGAIN);
    }
    entry
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
            Outcome::Migrated(chat) => Self::Moved(chat),
            Outcome::Failed(why) => Self::Ended(EffectResult::Failed(why)),
        }
    }
}

impl From<Performed> for Finished {
    fn from(performed: Performed) -> Self {
        match performed {
            Performed::Done(id) => Self::Ended(EffectResult::Done(id.map(VoiceId))),
            Performed::RetryAfter(wait) => Self::Again(Some(wait)),
            Performed::Moved(chat) => Self::Moved(chat),
            Performed::DrawAnew => Self::DrawAnew,
            Performed::Failed { what, permanent: true } => Self::Ended(EffectResult::Failed(what)),
            Performed::Failed { .. } => Self::Again(None),
        }
    }
}

#[cfg(test)]
mod tests;

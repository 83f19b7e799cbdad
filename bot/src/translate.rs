//! teloxide's types → the mesh's inputs.

use commands::effect::ButtonAction;
use commands::grammar::Said;
use commands::ids::{ChatId, Ear, MessageRef, UserId, VoiceId, fingerprint};
use commands::input::{Door, Heard, Input, Reacted, Sender, SenderKind, Tap, What};
use jiff::Timestamp;
use serde_json::Value;
use teloxide::types::{
    CallbackQuery, Chat, ChatMemberUpdated, MaybeAnonymousUser, Message, MessageEntity,
    MessageReactionUpdated, Update, UpdateKind, User,
};

use crate::bot::Bot;
use crate::lean::{lean, update_id};
use crate::listen::Notice;

/// What came out of some updates.
#[derive(Debug, Default)]
pub(crate) struct Translated {
    pub(crate) inputs: Vec<Input>,
    pub(crate) sightings: Vec<MessageRef>,
    pub(crate) notices: Vec<Notice>,
}

/// Translates for one bot, at one instant of the node's clock.
pub(crate) struct Translator<'a> {
    bot: &'a Bot,
    now: Timestamp,
}

impl<'a> Translator<'a> {
    pub(crate) fn new(bot: &'a Bot, now: Timestamp) -> Self {
        Self { bot, now }
    }

    /// Each update is read on its own: one that can't be read loses no other. In the order of time, and at one
    /// instant in Telegram's.
    pub(crate) fn batch(&self, updates: &[Value]) -> Translated {
        let mut out = Translated::default();
        for update in updates {
            if let Some(input) = self.own_pin(update) {
                out.inputs.push(input);
            } else if let Some(kind) = read(update) {
                self.update(kind, &mut out);
            }
        }
        out.inputs.sort_by_key(|input| input.at);
        out
    }

    /// A message of this bot's own was pinned in its group. Read from the JSON: all that counts is its number.
    fn own_pin(&self, update: &Value) -> Option<Input> {
        let service = update.get("message")?;
        let pinned = service.get("pinned_message")?;
        let chat = ChatId(service["chat"]["id"].as_i64()?);
        let own = pinned["from"]["id"].as_i64() == Some(self.bot.token.bot_id());
        let message = VoiceId(i32::try_from(pinned["message_id"].as_i64()?).ok()?);
        let at = instant(service["date"].as_i64()?)?;
        (own && self.is_ours(chat)).then_some(Input { at, what: What::Pinned { chat, message } })
    }

    fn update(&self, kind: UpdateKind, out: &mut Translated) {
        match kind {
            UpdateKind::Message(message) => self.message(&message, false, out),
            UpdateKind::EditedMessage(message) => self.message(&message, true, out),
            UpdateKind::CallbackQuery(query) => out.inputs.extend(self.tap(query)),
            UpdateKind::MessageReaction(reaction) => out.inputs.extend(self.reaction(&reaction)),
            UpdateKind::MyChatMember(change) => out.notices.extend(self.standing(&change)),
            _ => {}
        }
    }

    fn message(&self, message: &Message, edited: bool, out: &mut Translated) {
        let chat = ChatId(message.chat.id.0);
        self.migration(message, chat, out);
        let (Some(door), Some(sender)) = (self.door(&message.chat), sender(message)) else {
            return;
        };
        if sender.id.0 == self.bot.token.bot_id() {
            return;
        }
        let Some(at) = instant(message.date.timestamp()) else {
            return;
        };
        let reference = MessageRef {
            ear: Ear::Bot,
            chat,
            id: message.id.0,
            from: sender.id,
            at,
            print: fingerprint(message.text().unwrap_or_default()),
        };
        if door != Door::BotDm {
            out.sightings.push(reference);
        }
        out.inputs.extend(heard(message, reference, door, sender, edited));
    }

    /// The last word of a basic group, or the first of the supergroup that it became: what follows is heard there.
    fn migration(&self, message: &Message, chat: ChatId, out: &mut Translated) {
        let moved = match (message.migrate_to_chat_id(), message.migrate_from_chat_id()) {
            (Some(to), _) => (chat, ChatId(to.0)),
            (None, Some(from)) => (ChatId(from.0), chat),
            (None, None) => return,
        };
        let (from, to) = moved;
        let Some(at) = instant(message.date.timestamp()).filter(|_| self.is_ours(from) || self.is_ours(to))
        else {
            return;
        };
        self.bot.moved(from, to);
        out.notices.push(Notice::Moved(to));
        out.inputs.push(Input { at, what: What::Migrated { from, to } });
    }

    /// The group and private chats have a door; nothing else has.
    fn door(&self, chat: &Chat) -> Option<Door> {
        if self.is_ours(ChatId(chat.id.0)) {
            Some(if self.bot.with_ear { Door::Bot } else { Door::Only })
        } else {
            chat.is_private().then_some(Door::BotDm)
        }
    }

    fn is_ours(&self, chat: ChatId) -> bool {
        self.bot.place.is(chat)
    }

    fn tap(&self, query: CallbackQuery) -> Option<Input> {
        let message = query.message?;
        let chat = ChatId(message.chat().id.0);
        let action: Option<ButtonAction> =
            query.data.and_then(|data| self.bot.signer.action(chat, &data, self.now));
        let tap = Tap {
            query: query.id.0,
            from: user_id(&query.from)?,
            name: query.from.full_name(),
            username: query.from.username.clone(),
            chat,
            message: VoiceId(message.id().0),
            action,
        };
        Some(Input { at: self.now, what: What::Tapped(tap) })
    }

    fn reaction(&self, reaction: &MessageReactionUpdated) -> Option<Input> {
        let chat = ChatId(reaction.chat.id.0);
        if !self.is_ours(chat) && !reaction.chat.is_private() {
            return None;
        }
        let from = match &reaction.actor {
            MaybeAnonymousUser::User(user) => user_id(user)?,
            MaybeAnonymousUser::Chat(chat) => UserId(chat.id.0),
        };
        let emoji = reaction.new_reaction.iter().filter_map(|r| r.emoji());
        let reacted = Reacted {
            ear: Ear::Bot,
            chat,
            message: reaction.message_id.0,
            from,
            emoji: emoji.cloned().collect(),
        };
        Some(Input { at: instant(reaction.date.timestamp())?, what: What::Reacted(reacted) })
    }

    fn standing(&self, change: &ChatMemberUpdated) -> Option<Notice> {
        if !self.is_ours(ChatId(change.chat.id.0)) {
            return None;
        }
        let present = change.new_chat_member.is_present();
        Some(if present { Notice::Present } else { Notice::Removed })
    }
}

/// The only way that works: `from_value` always makes an error of an update (notes of teloxide 0.17).
fn read(update: &Value) -> Option<UpdateKind> {
    let text = lean(update)?.to_string();
    match serde_json::from_str::<Update>(&text) {
        Ok(Update { kind: UpdateKind::Error(_), .. }) | Err(_) => {
            tracing::warn!(id = ?update_id(update), "an update that can't be read");
            None
        }
        Ok(update) => Some(update.kind),
    }
}

/// A message with words in it.
fn heard(
    message: &Message,
    reference: MessageRef,
    door: Door,
    sender: Sender,
    edited: bool,
) -> Option<Input> {
    let said = said(message.text()?, message.entities().unwrap_or_default());
    let answered = message.reply_to_message();
    let at = match message.edit_date() {
        Some(edit) if edited => instant(edit.timestamp())?,
        _ => reference.at,
    };
    let heard = Heard {
        door,
        message: reference,
        heard_at: reference.at,
        sender,
        said,
        reply_to: answered.map(|answered| answered.id.0),
        reply_to_from: answered.and_then(self::sender).map(|sender| sender.id),
        edited,
        forwarded: message.forward_origin().is_some() || message.via_bot.is_some(),
    };
    Some(Input { at, what: What::Heard(heard) })
}

/// Anonymous admins, channels and linked-channel forwards come with a `sender_chat`, or as one of Telegram's own users.
fn sender(message: &Message) -> Option<Sender> {
    if let Some(chat) = &message.sender_chat {
        return Some(Sender {
            id: UserId(chat.id.0),
            name: chat.title().unwrap_or_default().to_owned(),
            username: chat.username().map(str::to_owned),
            kind: SenderKind::Impersonal,
        });
    }
    let user = message.from.as_ref()?;
    let impersonal = user.id.is_anonymous() || user.id.is_channel() || user.id.is_telegram();
    let kind = match (impersonal, user.is_bot) {
        (true, _) => SenderKind::Impersonal,
        (false, true) => SenderKind::Bot,
        (false, false) => SenderKind::Person,
    };
    Some(Sender { id: user_id(user)?, name: user.full_name(), username: user.username.clone(), kind })
}

/// Only entities that quote are left in a lean update.
fn said(text: &str, entities: &[MessageEntity]) -> Said {
    let quoting: Vec<_> = entities.iter().map(|e| (e.offset, e.length)).collect();
    Said::from_utf16(text, &quoting)
}

fn user_id(user: &User) -> Option<UserId> {
    i64::try_from(user.id.0).ok().map(UserId)
}

fn instant(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

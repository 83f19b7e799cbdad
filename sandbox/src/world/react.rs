//! Reactions, told as sparsely as Telegram does.

use super::state::State;
use super::{
    BotUpdateKind, MessageKey, MessageView, Peer, Reaction, ReactionChange, Seen, SeenWhat, UpdateKind,
    UserId, World, WorldError,
};

/// How long an account that looked at a message hears of reactions to it, in seconds of the world's clock.
pub const LOOKED_FOR: i64 = 300;

/// What anybody may react with, without U+FE0F.
const FREE: [&str; 73] = [
    "❤",
    "👍",
    "👎",
    "🔥",
    "🥰",
    "👏",
    "😁",
    "🤔",
    "🤯",
    "😱",
    "🤬",
    "😢",
    "🎉",
    "🤩",
    "🤮",
    "💩",
    "🙏",
    "👌",
    "🕊",
    "🤡",
    "🥱",
    "🥴",
    "😍",
    "🐳",
    "❤\u{200d}🔥",
    "🌚",
    "🌭",
    "💯",
    "🤣",
    "⚡",
    "🍌",
    "🏆",
    "💔",
    "🤨",
    "😐",
    "🍓",
    "🍾",
    "💋",
    "🖕",
    "😈",
    "😴",
    "😭",
    "🤓",
    "👻",
    "👨\u{200d}💻",
    "👀",
    "🎃",
    "🙈",
    "😇",
    "😨",
    "🤝",
    "✍",
    "🤗",
    "🫡",
    "🎅",
    "🎄",
    "☃",
    "💅",
    "🤪",
    "🗿",
    "🆒",
    "💘",
    "🙉",
    "🦄",
    "😘",
    "💊",
    "🙊",
    "😎",
    "👾",
    "🤷\u{200d}♂",
    "🤷",
    "🤷\u{200d}♀",
    "😡",
];

impl World {
    /// Sets `by`'s one reaction to a message, or takes it away.
    /// The same reaction again is refused as [`WorldError::NotModified`].
    pub fn react(
        &self,
        by: UserId,
        peer: Peer,
        id: i32,
        emoji: Option<&str>,
    ) -> Result<MessageView, WorldError> {
        let emoji = emoji.map(free).transpose()?;
        let now = self.now();
        let mut state = self.lock();
        state.open_chat_for(by, peer)?;
        let key = state.find(by, peer, id)?;
        let old = state.set_reaction(by, key, emoji.clone(), now)?;
        state.tell_reactions(key, now, self.clock().millis());
        if !state.is_bot(by) {
            state.tell_bots_reaction(key, by, (old.as_ref(), emoji.as_ref()), now);
        }
        self.show(Seen::of(&state, key, by, now, SeenWhat::Reacted { emoji }));
        state.view(by, key).ok_or(WorldError::MessageNotFound)
    }
}

fn free(emoji: &str) -> Result<String, WorldError> {
    let plain = emoji.replace('\u{fe0f}', "");
    if FREE.contains(&plain.as_str()) { Ok(plain) } else { Err(WorldError::ReactionInvalid) }
}

impl State {
    fn set_reaction(
        &mut self,
        by: UserId,
        key: MessageKey,
        emoji: Option<String>,
        date: i64,
    ) -> Result<Option<String>, WorldError> {
        let message = self.message_mut(key).ok_or(WorldError::MessageNotFound)?;
        let old = message.reactions.iter().find(|reaction| reaction.by == by).map(|r| r.emoji.clone());
        if old == emoji {
            return Err(WorldError::NotModified);
        }
        message.reactions.retain(|reaction| reaction.by != by);
        message.reactions.extend(emoji.map(|emoji| Reaction { by, emoji, date }));
        Ok(old)
    }

    /// Tells the accounts that looked at the message lately; no pts moves.
    fn tell_reactions(&mut self, key: MessageKey, now: i64, now_millis: i64) {
        let Some(message) = self.messages.get(&key).cloned() else { return };
        for member in self.members(message.chat) {
            let Some(id) = self.id_for(member, key) else { continue };
            let channel = message.chat.channel();
            let pts = self.pts_of(member, channel);
            let Some(mailbox) = self.mailboxes.get_mut(&member) else { continue };
            let looked = mailbox.last_look(key).is_some_and(|at| now_millis - at <= LOOKED_FOR * 1000);
            if looked {
                let peer = message.chat.peer_for(member);
                let kind = UpdateKind::Reactions { peer, id, reactions: message.reactions.clone() };
                mailbox.log_update(channel, pts, 0, now, kind.into());
            }
        }
    }

    /// Bots hear of people's reactions where they are administrators (and in private), if they asked for it.
    fn tell_bots_reaction(
        &mut self,
        key: MessageKey,
        by: UserId,
        (old, new): (Option<&String>, Option<&String>),
        date: i64,
    ) {
        let Some(chat) = self.messages.get(&key).map(|message| message.chat) else { return };
        for member in self.members(chat) {
            let trusted = !chat.is_group() || self.chats.get(&chat).is_some_and(|chat| chat.is_admin(member));
            if !trusted || !self.is_bot(member) {
                continue;
            }
            let Some(id) = self.id_for(member, key) else { continue };
            let peer = chat.peer_for(member);
            let change = ReactionChange { peer, id, by, date, old: old.cloned(), new: new.cloned() };
            self.tell_bot(member, BotUpdateKind::MessageReaction(change));
        }
    }
}

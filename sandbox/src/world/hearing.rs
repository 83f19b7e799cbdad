//! What a bot hears (privacy mode and bot-to-bot mode, as Telegram documents them).
//!
//! * Its own posts: never, except its own "pinned a message".
//! * People: everything in private and, with privacy off or as an administrator, in groups. Else: commands that name
//!   it, bare commands while it was the last bot to write there, replies to it, and service messages.
//! * Bots: nothing by default. If either of the two has bot-to-bot mode on: commands that name the hearer and replies
//!   to it. If the hearer has it on and hears the whole group anyway: everything.

use super::message::{Body, Message};
use super::state::State;
use super::{Bot, UserId};

impl State {
    pub fn bot_hears(&self, bot: UserId, message: &Message) -> bool {
        if message.from == bot {
            return matches!(message.body, Body::Pinned);
        }
        if !message.chat.is_group() {
            return true;
        }
        let Some(settings) = self.bot(bot) else { return false };
        match self.bot(message.from) {
            Some(author) => self.hears_bot(bot, settings, author, message),
            None => self.hears_person(bot, settings, message),
        }
    }

    fn hears_person(&self, bot: UserId, settings: &Bot, message: &Message) -> bool {
        self.hears_all(bot, settings, message)
            || message.is_service()
            || self.is_for(bot, message)
            || self.is_bare_command_for(bot, message)
    }

    fn hears_bot(&self, bot: UserId, settings: &Bot, author: &Bot, message: &Message) -> bool {
        let spoken_to = (settings.hears_bots || author.hears_bots) && self.is_for(bot, message);
        spoken_to || settings.hears_bots && self.hears_all(bot, settings, message)
    }

    fn hears_all(&self, bot: UserId, settings: &Bot, message: &Message) -> bool {
        !settings.privacy || self.chats.get(&message.chat).is_some_and(|chat| chat.is_admin(bot))
    }

    /// A reply to the bot, or a command that names it.
    fn is_for(&self, bot: UserId, message: &Message) -> bool {
        let replied = message.reply_to.and_then(|key| self.messages.get(&key));
        if replied.is_some_and(|replied| replied.from == bot) {
            return true;
        }
        let addressee = command(message).and_then(|command| command.split_once('@'));
        addressee.is_some_and(|(_, name)| self.users.get(&bot).is_some_and(|user| user.is_called(name)))
    }

    fn is_bare_command_for(&self, bot: UserId, message: &Message) -> bool {
        let last_bot = self.chats.get(&message.chat).and_then(|chat| chat.last_bot);
        last_bot == Some(bot) && command(message).is_some_and(|command| !command.contains('@'))
    }

    fn bot(&self, user: UserId) -> Option<&Bot> {
        self.users.get(&user)?.bot()
    }
}

/// The leading `/command` or `/command@name` of a message.
fn command(message: &Message) -> Option<&str> {
    let first = message.text()?.split_whitespace().next()?;
    first.starts_with('/').then_some(first)
}

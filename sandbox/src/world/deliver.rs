//! Who is told of what.

use super::message::Message;
use super::snapshot::{Kept, Snapshot};
use super::state::State;
use super::{BotUpdateKind, ChatKey, MessageKey, Update, UpdateKind, UserId};

impl State {
    /// Tells everybody in the chat of a message that is new, and returns the author's own update.
    pub fn tell_new(&mut self, key: MessageKey, now: i64) -> Option<Update> {
        let message = self.messages.get(&key)?.clone();
        let told = self.tell_accounts(message.chat, message.from, now, |state, viewer| {
            state.snapshot(viewer, key).map(Kept::New)
        });
        self.tell_bots(&message, "message", Kept::New);
        told
    }

    /// Tells everybody who has the message that it was edited.
    pub fn tell_edit(&mut self, key: MessageKey, now: i64) -> Option<Update> {
        let message = self.messages.get(&key)?.clone();
        let told = self.tell_accounts(message.chat, message.from, now, |state, viewer| {
            state.snapshot(viewer, key).map(Kept::Edited)
        });
        self.tell_bots(&message, "edited_message", Kept::Edited);
        told
    }

    /// Logs one counted update (pts + 1) for each account in the chat; returns the one of `actor`.
    pub fn tell_accounts(
        &mut self,
        chat: ChatKey,
        actor: UserId,
        now: i64,
        kind_for: impl Fn(&Self, UserId) -> Option<Kept<UpdateKind>>,
    ) -> Option<Update> {
        let shared_pts = self.step_shared_pts(chat);
        let mut own = None;
        for member in self.members(chat) {
            let Some(kind) = kind_for(self, member) else { continue };
            if self.is_bot(member) {
                continue;
            }
            let Some(mailbox) = self.mailboxes.get_mut(&member) else { continue };
            let logged = match (chat, shared_pts) {
                (ChatKey::Channel(id), Some(pts)) => mailbox.log_update(Some(id), pts, 1, now, kind),
                _ => mailbox.log_common(kind, 1, now),
            };
            if member == actor {
                own = Some(logged.told(actor));
            }
        }
        own
    }

    fn step_shared_pts(&mut self, chat: ChatKey) -> Option<i32> {
        let chat = self.chats.get_mut(&chat).filter(|_| chat.shares_ids())?;
        chat.shared.pts += 1;
        Some(chat.shared.pts)
    }

    fn tell_bots(
        &mut self,
        message: &Message,
        name: &'static str,
        kept: fn(Snapshot) -> Kept<BotUpdateKind>,
    ) {
        for member in self.members(message.chat) {
            if self.is_bot(member)
                && self.bot_hears(member, message)
                && let Some(snapshot) = self.snapshot(member, message.key)
            {
                self.queue_for_bot(member, name, kept(snapshot));
            }
        }
    }
}

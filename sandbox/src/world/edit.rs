//! Changing and deleting what was said.

use super::message::Body;
use super::post::words;
use super::state::State;
use super::text::Clean;
use super::{
    ChatKey, Draft, Entity, Extras, Keyboard, MessageKey, Peer, Posted, Seen, SeenWhat, Update, UpdateKind,
    UserId, World, WorldError,
};

impl World {
    /// Replaces text, formatting and buttons of `by`'s own message.
    pub fn edit(
        &self,
        by: UserId,
        peer: Peer,
        id: i32,
        text: &str,
        entities: Vec<Entity>,
        keyboard: Option<Keyboard>,
    ) -> Result<Posted, WorldError> {
        self.revise(by, peer, id, Draft { entities, keyboard, ..Draft::text(text) })
    }

    /// The same, and how its link is shown and where its caption stands; the rest of the draft is not looked at.
    pub fn revise(&self, by: UserId, peer: Peer, id: i32, draft: Draft) -> Result<Posted, WorldError> {
        let Draft { text, entities, keyboard, extras, .. } = draft;
        self.change(by, peer, id, Some((&text, entities, extras)), keyboard)
    }

    /// Replaces only the buttons of `by`'s own message; `None` takes them away.
    pub fn edit_keyboard(
        &self,
        by: UserId,
        peer: Peer,
        id: i32,
        keyboard: Option<Keyboard>,
    ) -> Result<Posted, WorldError> {
        self.change(by, peer, id, None, keyboard)
    }

    fn change(
        &self,
        by: UserId,
        peer: Peer,
        id: i32,
        said: Option<(&str, Vec<Entity>, Extras)>,
        keyboard: Option<Keyboard>,
    ) -> Result<Posted, WorldError> {
        let now = self.now();
        let mut state = self.lock();
        let chat = state.open_chat_for(by, peer)?;
        let key = state.find(by, peer, id)?;
        let said = said.map(|(text, entities, extras)| {
            state.new_body(key, text, entities).map(|body| (body, state.new_extras(key, extras)))
        });
        let (said, keyboard) = (said.transpose()?, state.keyboard_of(by, chat, keyboard)?);
        state.rewrite(by, key, said, keyboard, now)?;
        let update = state.tell_edit(key, now);
        let view = state.view(by, key).ok_or(WorldError::MessageNotFound)?;
        self.show(Seen::edited(&state, key));
        Ok(Posted { key, view, update })
    }

    /// Deletes messages for everybody: one's own, in private any, in groups any as an administrator.
    /// `channel` is the supergroup's bare id, `None` for the common box. Unknown ids are passed over.
    pub fn delete(&self, by: UserId, channel: Option<i64>, ids: &[i32]) -> Result<Vec<Update>, WorldError> {
        let now = self.now();
        let mut state = self.lock();
        let keys: Vec<MessageKey> = ids.iter().filter_map(|id| state.find_any(by, channel, *id)).collect();
        if !keys.iter().all(|key| state.may_delete(by, *key)) {
            return Err(WorldError::NotAdmin);
        }
        let mut updates = Vec::new();
        for key in keys {
            self.show(Seen::of(&state, key, by, now, SeenWhat::Deleted));
            updates.extend(state.remove(by, key, now));
        }
        Ok(updates)
    }

    /// Deletes messages of the common box for `by` alone: the others keep them. Unknown ids are passed over.
    pub fn delete_for_oneself(&self, by: UserId, ids: &[i32]) -> Vec<Update> {
        let now = self.now();
        let mut state = self.lock();
        let Some(mailbox) = state.mailboxes.get_mut(&by) else { return Vec::new() };
        let mut updates = Vec::new();
        for id in ids {
            let Some(key) = mailbox.key_of(*id) else { continue };
            mailbox.forget(key);
            let deleted = UpdateKind::DeleteMessages { ids: vec![*id] };
            updates.push(mailbox.log_common(deleted.into(), 1, now).told(by));
        }
        updates
    }
}

impl State {
    /// What a message is to say; beside a file it may be nothing.
    fn new_body(&self, key: MessageKey, text: &str, entities: Vec<Entity>) -> Result<Body, WorldError> {
        let is_caption = self.messages.get(&key).is_some_and(|message| message.document.is_some());
        let Clean { text, entities } = words(text, entities, is_caption)?;
        Ok(Body::Text { text, entities })
    }

    /// What else the message is to carry: an edit changes how it is shown, no more.
    fn new_extras(&self, key: MessageKey, given: Extras) -> Option<Box<Extras>> {
        let old = self.messages.get(&key).and_then(|message| message.extras.as_deref().cloned());
        let Extras { preview, caption_above, .. } = given;
        Extras { preview, caption_above, ..old.unwrap_or_default() }.kept()
    }

    fn rewrite(
        &mut self,
        by: UserId,
        key: MessageKey,
        said: Option<(Body, Option<Box<Extras>>)>,
        keyboard: Option<Keyboard>,
        now: i64,
    ) -> Result<(), WorldError> {
        let message = self.message_mut(key).ok_or(WorldError::MessageNotFound)?;
        if message.from != by || message.is_service() {
            return Err(WorldError::NotAuthor);
        }
        let is_said = |(body, extras): &(Body, _)| *body == message.body && *extras == message.extras;
        if said.as_ref().is_none_or(is_said) && message.keyboard == keyboard {
            return Err(WorldError::NotModified);
        }
        if let Some((body, extras)) = said {
            (message.body, message.extras) = (body, extras);
        }
        message.keyboard = keyboard;
        message.edited = Some(now);
        Ok(())
    }

    /// A message by id, in a supergroup or in the viewer's common box.
    pub fn find_any(&self, viewer: UserId, channel: Option<i64>, id: i32) -> Option<MessageKey> {
        match channel {
            Some(channel) => self
                .chats
                .get(&ChatKey::Channel(channel))
                .filter(|chat| chat.members.contains_key(&viewer))
                .and_then(|chat| chat.shared.by_id.get(&id).copied()),
            None => self.mailboxes.get(&viewer)?.key_of(id),
        }
    }

    fn may_delete(&self, by: UserId, key: MessageKey) -> bool {
        let Some(message) = self.messages.get(&key) else { return false };
        let is_admin = || self.chats.get(&message.chat).is_some_and(|chat| chat.is_admin(by));
        message.from == by || !message.chat.is_group() || is_admin()
    }

    fn remove(&mut self, by: UserId, key: MessageKey, now: i64) -> Option<Update> {
        let chat = self.messages.get(&key)?.chat;
        let update = self.tell_accounts(chat, by, now, |state, viewer| {
            state.id_for(viewer, key).map(|id| UpdateKind::DeleteMessages { ids: vec![id] }.into())
        });
        self.forget(key);
        update
    }
}

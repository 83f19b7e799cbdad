//! Questions about messages that do not count as looking at them.

use super::{MessageView, Peer, UserId, World, WorldError};

impl World {
    /// The messages of a chat that `is_wanted` picks, the newest first.
    pub fn search(
        &self,
        viewer: UserId,
        peer: Peer,
        is_wanted: impl Fn(&MessageView) -> bool,
    ) -> Result<Vec<MessageView>, WorldError> {
        let mut state = self.lock();
        let chat = state.chat_for(viewer, peer)?;
        let mut views = state.views(viewer, chat);
        views.retain(is_wanted);
        Ok(views)
    }

    /// How many chats have something unread.
    pub fn unread_chats(&self, viewer: UserId) -> usize {
        let state = self.lock();
        let dialogs = state.chats.keys().filter_map(|key| state.dialog(viewer, *key));
        dialogs.filter(|dialog| dialog.unread > 0).count()
    }
}

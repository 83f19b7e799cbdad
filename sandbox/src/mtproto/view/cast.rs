//! Everybody an answer mentions, so that the client can name them afterwards.

use std::collections::BTreeSet;

use grammers_tl_types::enums;

use crate::world::{Content, EntityKind, MessageView, Peer, Service, Update, UpdateKind, UserId, World};

use super::people;

/// Users and chats mentioned.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    peers: BTreeSet<Peer>,
}

/// Users and chats mentioned, in TL.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// With access hashes.
    pub users: Vec<enums::User>,
    /// With access hashes where there are any.
    pub chats: Vec<enums::Chat>,
}

impl Cast {
    /// Of these messages.
    pub fn of<'a>(messages: impl IntoIterator<Item = &'a MessageView>) -> Self {
        let mut cast = Self::default();
        for message in messages {
            cast.message(message);
        }
        cast
    }

    /// A user.
    pub fn user(&mut self, user: UserId) {
        self.peers.insert(Peer::User(user));
    }

    /// Users.
    pub fn users(&mut self, users: impl IntoIterator<Item = UserId>) {
        self.peers.extend(users.into_iter().map(Peer::User));
    }

    /// A chat, or the user it is with.
    pub fn peer(&mut self, peer: Peer) {
        self.peers.insert(peer);
    }

    /// Where and by whom a message was written, and whom it names.
    pub fn message(&mut self, message: &MessageView) {
        self.peer(message.peer);
        self.user(message.from);
        self.users(message.reactions.iter().map(|reaction| reaction.by));
        match &message.content {
            Content::Text { entities, .. } => {
                for entity in entities {
                    if let EntityKind::TextMention { user } = entity.kind {
                        self.user(user);
                    }
                }
            }
            Content::Service(Service::Created { members, .. }) => self.users(members.iter().copied()),
            Content::Service(Service::Joined { users }) => self.users(users.iter().copied()),
            Content::Service(Service::Left { user }) => self.user(*user),
            Content::Service(Service::MigratedTo { channel }) => self.peer(Peer::Channel(*channel)),
            Content::Service(Service::MigratedFrom { group, .. }) => self.peer(Peer::Group(*group)),
            Content::Service(Service::Pinned { .. }) => {}
        }
    }

    /// Whom an update names.
    pub fn update(&mut self, update: &Update) {
        match &update.kind {
            UpdateKind::NewMessage(message) | UpdateKind::EditMessage(message) => self.message(message),
            UpdateKind::Reactions { peer, reactions, .. } => {
                self.peer(*peer);
                self.users(reactions.iter().map(|reaction| reaction.by));
            }
            UpdateKind::PinnedMessage { peer, .. }
            | UpdateKind::ReadInbox { peer, .. }
            | UpdateKind::ReadOutbox { peer, .. } => self.peer(*peer),
            UpdateKind::Typing { peer, by, .. } => {
                self.peer(*peer);
                self.user(*by);
            }
            UpdateKind::Members(group) => {
                self.peer(group.peer);
                self.users(group.members.iter().map(|member| member.user));
            }
            UpdateKind::Rank { group, user, .. } => {
                self.peer(Peer::Group(*group));
                self.user(*user);
            }
            UpdateKind::Blocked { user, .. } => self.user(*user),
            UpdateKind::Channel { channel } => self.peer(Peer::Channel(*channel)),
            UpdateKind::DeleteMessages { .. } => {}
        }
    }

    /// All of them as `viewer` sees them. Who does not exist, or can't be seen, is left out.
    pub fn people(&self, world: &World, viewer: UserId) -> People {
        let mut people = People::default();
        for peer in &self.peers {
            match peer {
                Peer::User(id) => {
                    people.users.extend(world.user(*id).map(|user| people::user(&user, viewer)));
                }
                Peer::Group(_) | Peer::Channel(_) => people.chats.extend(chat(world, viewer, *peer)),
            }
        }
        people
    }
}

/// A chat as a member sees it, or what somebody who left still knows of it.
fn chat(world: &World, viewer: UserId, peer: Peer) -> Option<enums::Chat> {
    if let Ok(view) = world.chat(viewer, peer) {
        return Some(people::chat(&view, viewer));
    }
    world.group(peer).map(|left| people::forbidden(&left, viewer))
}

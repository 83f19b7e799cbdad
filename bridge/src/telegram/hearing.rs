//! From what was found to a batch: in order, without our own, with names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use commands::ids::{ChatId, UserId};
use commands::input::{Input, What};
use grammers_session::updates::State;
use grammers_tl_types::enums::{
    Chat, InputPeer, InputUser, Message as AnyMessage, MessageReactions, Update, User,
};
use grammers_tl_types::types::{InputUserFromMessage, Message, MessageService};
use grammers_tl_types::{functions, types};
use jiff::Timestamp;

use super::call::CallError;
use super::history;
use super::listen::Ear;
use super::peers::chat_id;
use super::reading::Missed;
use super::translate::{self, instant, reply_of, sender_of};

/// Replied-to messages that are asked for at once: the most that Telegram gives ...
const REPLIES_AT_ONCE: usize = 100;
/// ... and for one batch.
const REPLIES_ASKED: usize = 1_000;
/// Senders whose names are asked for at once.
const NAMES_ASKED: usize = 100;

/// What Telegram told, not yet in the mesh's words.
#[derive(Default)]
pub(super) struct Found {
    pub(super) messages: Vec<Message>,
    pub(super) service: Vec<MessageService>,
    edits: Vec<Message>,
    reactions: Vec<(ChatId, i32, MessageReactions)>,
    /// Random ids of our sends with the message ids they became.
    sent: Vec<(i64, i32)>,
    /// Who sent which of the messages, of ours too.
    authors: BTreeMap<(ChatId, i32), UserId>,
    date: i32,
    pub(super) users: Vec<User>,
    pub(super) chats: Vec<Chat>,
}

impl Found {
    pub(super) fn extend(&mut self, updates: Vec<(Update, State)>, users: Vec<User>, chats: Vec<Chat>) {
        for (update, state) in updates {
            self.date = self.date.max(state.date);
            self.add(update);
        }
        self.users.extend(users);
        self.chats.extend(chats);
    }

    fn add(&mut self, update: Update) {
        match update {
            Update::NewMessage(new) => self.add_message(new.message),
            Update::NewChannelMessage(new) => self.add_message(new.message),
            Update::EditMessage(edit) => self.add_edit(edit.message),
            Update::EditChannelMessage(edit) => self.add_edit(edit.message),
            Update::MessageReactions(now) => {
                self.reactions.push((chat_id(&now.peer), now.msg_id, now.reactions));
            }
            Update::MessageId(sent) => self.sent.push((sent.random_id, sent.id)),
            _ => {}
        }
    }

    fn add_message(&mut self, message: AnyMessage) {
        match message {
            AnyMessage::Message(message) => self.messages.push(message),
            AnyMessage::Service(service) => self.service.push(service),
            AnyMessage::Empty(_) => {}
        }
    }

    /// An edit that Telegram hides changed only buttons or reactions.
    fn add_edit(&mut self, message: AnyMessage) {
        if let AnyMessage::Message(message) = message
            && !message.edit_hide
        {
            self.edits.push(message);
        }
    }
}

/// The messages in it, with those that say nothing: where, which, when.
fn positions(found: &Found) -> impl Iterator<Item = (ChatId, i32, i32)> {
    let messages = found.messages.iter().map(|one| (chat_id(&one.peer_id), one.id, one.date));
    messages.chain(found.service.iter().map(|one| (chat_id(&one.peer_id), one.id, one.date)))
}

fn key_of(message: &Message) -> (ChatId, i32) {
    (chat_id(&message.peer_id), message.id)
}

/// New messages by (date, id), those of the basic group that the group was first; then edits and reactions by date.
type Rank = (bool, Timestamp, bool, i32);

impl Ear {
    /// Hands over what was found. Where there was a gap, it is over before what the history told if that is whole, else
    /// behind it.
    pub(super) async fn deliver(
        &mut self,
        mut found: Found,
        missed: Option<Missed>,
    ) -> Result<(), CallError> {
        self.learn(&found.users, &found.chats).await;
        self.ask_whether_inside().await.inspect_err(|_| self.go_back())?;
        self.notice_coming(&found.service);
        for (random_id, id) in found.sent.drain(..) {
            self.shared.own.sent(random_id, id);
        }
        let missed = Missed::both(missed, self.read_what_lacks(&mut found).await?);
        let (all, date) = (found.messages.len(), found.date);
        let former = self.scope.former;
        found.messages.sort_by_key(|one| (one.date, Some(chat_id(&one.peer_id)) != former, one.id));
        for (chat, id, date) in positions(&found) {
            self.reached.take(chat, id, date);
        }
        let me = self.scope.me;
        found.authors =
            found.messages.iter().map(|message| (key_of(message), sender_of(message, me))).collect();
        self.choose(&mut found);
        let some_ours = found.messages.len() < all;
        let silent = self.complete(&found).await;

        let mut ranked = self.messages_in(&found);
        ranked.extend(self.reactions_in(found));
        ranked.sort_by_key(|(rank, _)| *rank);
        let mut inputs: Vec<Input> = ranked.into_iter().map(|(_, input)| input).collect();
        if let Some(missed) = missed {
            self.announce(missed, &mut inputs);
        }
        inputs.extend(self.follow(date));
        if !inputs.is_empty() || some_ours {
            self.hand_over(inputs).await?;
        }
        // What was asked counts as the round trip that a quiet line is tried with.
        if silent && self.shared.caller.quiet_for() >= self.waits().quiet {
            return Err(CallError::NoAnswer("none about what was heard".to_owned()));
        }
        Ok(())
    }

    /// What no counter tells. Where it can't be read, what was found is not handed over either: it is fetched again.
    async fn read_what_lacks(&mut self, found: &mut Found) -> Result<Option<Missed>, CallError> {
        if !self.lacks || self.membership.outside.is_some() {
            return Ok(None);
        }
        let begins = self.reached.message.is_none() && !self.out.unread.load(Ordering::Relaxed);
        let read = Box::pin(self.read_anew(found)).await.inspect_err(|_| self.go_back())?;
        self.learn(&found.users, &found.chats).await;
        // Where hearing only begins, nothing was missed.
        Ok(read.filter(|missed| !begins || missed.unheard.is_some()))
    }

    /// The history since everything was heard; a supergroup is counted from before it is read.
    async fn read_anew(&mut self, found: &mut Found) -> Result<Option<Missed>, CallError> {
        if let Some(channel) = self.scope.channel() {
            let Some((pts, _)) = self.counter().await? else { return Ok(None) };
            self.count_from(channel, pts);
        }
        let points: Vec<_> = self.behind.into_iter().chain([self.reached]).collect();
        let read = self.read_back(&points, found).await?;
        // Of another account, a number of a message would not be known: what it was told in private was not for the mesh.
        let same = self.reached.message.is_some() && self.out.unread.load(Ordering::Relaxed);
        if same && self.scope.private {
            self.refetch_private(self.reached.date, found).await?;
        }
        self.lacks = false;
        Ok(read)
    }

    /// A gap in which nothing was said is none.
    fn announce(&self, missed: Missed, inputs: &mut Vec<Input>) {
        let (group, at) = (self.scope.group, instant(missed.since));
        if inputs.is_empty() && missed.unheard.is_none() {
            return;
        }
        let over = if missed.unheard.is_none() { 0 } else { inputs.len() };
        inputs.insert(over, Input { at, what: What::Refetched(group) });
        inputs.insert(0, Input { at, what: What::Gap(group) });
        if let Some((since, until)) = missed.unheard {
            let (since, until) = (instant(since), instant(until));
            inputs.push(Input { at: until, what: What::Unheard { chat: group, since, until } });
        }
    }

    /// Remembers people and chats.
    pub(super) async fn learn(&mut self, users: &[User], chats: &[Chat]) {
        self.notice_membership(chats);
        let supergroup = self.notice_migration(chats);
        let mut news = self.peers.learn(users, chats);
        news.extend(supergroup);
        self.shared.remember(news).await;
    }

    /// Leaves only what this ear listens to, was not heard before, and is not our own.
    fn choose(&mut self, found: &mut Found) {
        let Self { shared, scope, heard, senders, .. } = self;
        let ours = |message: &Message| {
            let chat = chat_id(&message.peer_id);
            shared.own.is_message(chat, message.id, message.out, &message.message)
        };
        let listened = |message: &Message| {
            let chat = chat_id(&message.peer_id);
            // What the account writes in private is for the other side's ears.
            scope.door(chat).is_some() && !(chat.is_private() && message.out)
        };
        found.messages.retain(|message| {
            let key = key_of(message);
            let fresh = listened(message) && !heard.contains(&key);
            if fresh {
                heard.insert(key, ());
                senders.insert(key, sender_of(message, scope.me));
            }
            fresh && !ours(message)
        });
        found.edits.retain(|message| listened(message) && !ours(message));
        found.reactions.retain(|(chat, ..)| scope.door(*chat).is_some());
    }

    /// Asks for what a batch lacks: senders of replied-to messages, names of senders. Without an answer it goes on, and
    /// tells whether there was none.
    async fn complete(&mut self, found: &Found) -> bool {
        let within = self.waits().answer;
        let asked = tokio::time::timeout(within, async {
            self.ask_replies(found).await?;
            self.ask_names(found).await
        });
        let lacking = match asked.await {
            Ok(Ok(())) => return false,
            Ok(Err(error)) => error,
            Err(_) => CallError::NoAnswer(format!("none in {} s", within.as_secs())),
        };
        tracing::debug!(%lacking, "something about what was heard stays unknown");
        matches!(lacking, CallError::NoAnswer(_))
    }

    async fn ask_replies(&mut self, found: &Found) -> Result<(), CallError> {
        let replies = found.messages.iter().chain(&found.edits);
        let targets = replies.filter_map(|message| Some((chat_id(&message.peer_id), reply_of(message)?)));
        let unknown: BTreeSet<(ChatId, i32)> =
            targets.filter(|key| !found.authors.contains_key(key) && !self.senders.contains(key)).collect();
        // The newest first: what is answered late is seldom an order.
        let unknown: Vec<_> = unknown.into_iter().rev().take(REPLIES_ASKED).collect();
        for one_chat in unknown.chunk_by(|a, b| a.0 == b.0) {
            for some in one_chat.chunks(REPLIES_AT_ONCE) {
                self.ask_who_sent(some[0].0, some.iter().map(|key| key.1)).await?;
            }
        }
        Ok(())
    }

    /// A chat that can't be asked leaves its own unknown, not the others'.
    async fn ask_who_sent(&mut self, chat: ChatId, ids: impl Iterator<Item = i32>) -> Result<(), CallError> {
        let peer = self.shared.input_peer(chat).await?;
        let found = match history::these(&self.shared.caller, peer, ids).await {
            Err(CallError::Refused { name, .. }) => {
                tracing::debug!(%chat, name, "who is replied to stays unknown");
                return Ok(());
            }
            found => found?,
        };
        self.learn(&found.users, &found.chats).await;
        for message in &found.messages {
            // A private chat's numbers are the account's: another chat's message may have been meant.
            if chat_id(&message.peer_id) == chat {
                self.senders.insert(key_of(message), sender_of(message, self.scope.me));
            }
        }
        Ok(())
    }

    async fn ask_names(&mut self, found: &Found) -> Result<(), CallError> {
        let mut unknown: BTreeMap<UserId, &Message> = BTreeMap::new();
        for message in found.messages.iter().chain(&found.edits) {
            let from = sender_of(message, self.scope.me);
            if !self.peers.knows(from) && unknown.len() < NAMES_ASKED {
                unknown.insert(from, message);
            }
        }
        let mut id = Vec::new();
        for (user, message) in unknown {
            id.extend(self.input_user(user, message).await);
        }
        if !id.is_empty() {
            let users = self.shared.caller.call(&functions::users::GetUsers { id }).await?;
            self.learn(&users, &[]).await;
        }
        Ok(())
    }

    /// A user by hash, else by the message that was seen of them.
    async fn input_user(&self, user: UserId, message: &Message) -> Option<InputUser> {
        if user == self.scope.me {
            return Some(InputUser::UserSelf);
        }
        if let Ok(InputPeer::User(known)) = self.shared.input_peer(ChatId(user.0)).await
            && known.access_hash != 0
        {
            let (user_id, access_hash) = (known.user_id, known.access_hash);
            return Some(types::InputUser { user_id, access_hash }.into());
        }
        let peer = self.shared.input_peer(chat_id(&message.peer_id)).await.ok()?;
        Some(InputUserFromMessage { peer, msg_id: message.id, user_id: user.0 }.into())
    }

    fn messages_in(&mut self, found: &Found) -> Vec<(Rank, Input)> {
        let new = found.messages.iter().map(|message| (message, false));
        let edits = found.edits.iter().map(|message| (message, true));
        new.chain(edits).filter_map(|(message, edited)| self.rank(found, message, edited)).collect()
    }

    fn rank(&self, found: &Found, message: &Message, edited: bool) -> Option<(Rank, Input)> {
        let chat = chat_id(&message.peer_id);
        let sender = |id| found.authors.get(&(chat, id)).or_else(|| self.senders.get(&(chat, id)));
        let reply_to_from = reply_of(message).and_then(sender).copied();
        let input = translate::heard(&self.scope, &self.peers, message, edited, reply_to_from)?;
        Some(((edited, input.at, Some(chat) != self.scope.former, message.id), input))
    }

    /// Reactions told by themselves, and those that new messages already had when they were fetched.
    fn reactions_in(&mut self, found: Found) -> Vec<(Rank, Input)> {
        let noticed = found.date;
        let carried = found.messages.into_iter().filter_map(|message| {
            let chat = chat_id(&message.peer_id);
            message.reactions.map(|reactions| (chat, message.id, reactions))
        });
        let all: Vec<_> = carried.chain(found.reactions).collect();
        let mut inputs = Vec::new();
        for (chat, id, now) in all {
            for change in self.reactions.learn(chat, id, &now) {
                if change.from == self.scope.me && self.shared.own.is_reaction(chat, id) {
                    continue;
                }
                let input = translate::reacted(&self.scope, chat, id, change, noticed);
                inputs.push(((true, input.at, true, id), input));
            }
        }
        inputs
    }
}

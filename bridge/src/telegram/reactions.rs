//! Reactions: Telegram tells all of a message's at once, the mesh wants to know whose changed.

use std::collections::{BTreeMap, BTreeSet};

use commands::ids::{ChatId, UserId};
use grammers_tl_types::enums::{MessagePeerReaction, MessageReactions, Reaction};

use super::peers::chat_id;
use super::recent::Recent;

/// Messages whose reactions are remembered.
const MESSAGES_KEPT: usize = 1_024;

type BySender = BTreeMap<UserId, BTreeSet<String>>;

/// The reactions last seen on each message.
pub(super) struct Reactions {
    seen: Recent<(ChatId, i32), BySender>,
}

/// One sender's reactions on a message, changed since last seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) from: UserId,
    pub(super) emoji: Vec<String>,
    /// Telegram's date of the latest of them; none where they were taken away.
    pub(super) date: Option<i32>,
}

impl Reactions {
    pub(super) fn new() -> Self {
        Self { seen: Recent::new(MESSAGES_KEPT) }
    }

    /// Takes over what a message has now; returns whose changed, by sender.
    pub(super) fn learn(&mut self, chat: ChatId, id: i32, now: &MessageReactions) -> Vec<Change> {
        let MessageReactions::Reactions(now) = now;
        let listed = now.recent_reactions.as_deref().unwrap_or_default();
        let nobody = now.results.is_empty();
        if listed.is_empty() && !nobody {
            return Vec::new(); // Only counted: who reacted is not told.
        }
        let (current, dates) = by_sender(listed);
        let before = self.seen.get(&(chat, id)).cloned().unwrap_or_default();
        let mut changes = Vec::new();
        for (from, emoji) in &current {
            if before.get(from) != Some(emoji) {
                let emoji = emoji.iter().cloned().collect();
                changes.push(Change { from: *from, emoji, date: dates.get(from).copied() });
            }
        }
        for from in before.keys().filter(|from| !current.contains_key(from)) {
            changes.push(Change { from: *from, emoji: Vec::new(), date: None });
        }
        self.seen.insert((chat, id), current);
        changes
    }
}

fn by_sender(listed: &[MessagePeerReaction]) -> (BySender, BTreeMap<UserId, i32>) {
    let mut current = BySender::new();
    let mut dates: BTreeMap<UserId, i32> = BTreeMap::new();
    for MessagePeerReaction::Reaction(one) in listed {
        let from = UserId(chat_id(&one.peer_id).0);
        let emoji = current.entry(from).or_default();
        if let Reaction::Emoji(reaction) = &one.reaction {
            emoji.insert(reaction.emoticon.clone());
        }
        let date = dates.entry(from).or_default();
        *date = one.date.max(*date);
    }
    (current, dates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_tl_types::{enums, types};

    const CHAT: ChatId = ChatId(-5);

    fn reactions(listed: &[(i64, &str)]) -> MessageReactions {
        let one = |(user, emoji): &(i64, &str)| {
            MessagePeerReaction::Reaction(types::MessagePeerReaction {
                big: false,
                unread: false,
                my: false,
                peer_id: types::PeerUser { user_id: *user }.into(),
                date: 100,
                reaction: types::ReactionEmoji { emoticon: (*emoji).to_owned() }.into(),
            })
        };
        let count = |(_, emoji): &(i64, &str)| {
            enums::ReactionCount::Count(types::ReactionCount {
                chosen_order: None,
                reaction: types::ReactionEmoji { emoticon: (*emoji).to_owned() }.into(),
                count: 1,
            })
        };
        MessageReactions::Reactions(types::MessageReactions {
            min: false,
            can_see_list: true,
            reactions_as_tags: false,
            results: listed.iter().map(count).collect(),
            recent_reactions: Some(listed.iter().map(one).collect()),
            top_reactors: None,
        })
    }

    fn change(from: i64, emoji: &[&str]) -> Change {
        Change {
            from: UserId(from),
            emoji: emoji.iter().map(|&emoji| emoji.to_owned()).collect(),
            date: (!emoji.is_empty()).then_some(100),
        }
    }

    #[test]
    fn only_changes_are_told() {
        let mut seen = Reactions::new();
        assert_eq!(seen.learn(CHAT, 1, &reactions(&[(7, "👍")])), [change(7, &["👍"])]);
        assert_eq!(seen.learn(CHAT, 1, &reactions(&[(7, "👍"), (8, "👎")])), [change(8, &["👎"])]);
        assert_eq!(seen.learn(CHAT, 1, &reactions(&[(7, "👍"), (8, "👎")])), []);
        assert_eq!(seen.learn(CHAT, 1, &reactions(&[(7, "🔥")])), [change(7, &["🔥"]), change(8, &[])]);
        assert_eq!(seen.learn(CHAT, 1, &reactions(&[])), [change(7, &[])]);
        assert_eq!(seen.learn(CHAT, 2, &reactions(&[(7, "👍")])), [change(7, &["👍"])]);
    }
}

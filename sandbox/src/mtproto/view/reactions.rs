//! Reactions: counts, and who set them.

use std::collections::BTreeMap;

use grammers_tl_types::{enums, types};

use super::{date, peer};
use crate::world::{Peer, Reaction, UserId};

/// Reactions named one by one; the rest is only counted.
const RECENT_LIMIT: usize = 3;

/// All reactions to a message, as `viewer` sees them: the most frequent first.
pub fn reactions(reactions: &[Reaction], viewer: UserId, in_group: bool) -> enums::MessageReactions {
    let newest = reactions.iter().rev().take(RECENT_LIMIT);
    let recent: Vec<enums::MessagePeerReaction> =
        newest.map(|reaction| peer_reaction(reaction, viewer)).collect();
    types::MessageReactions {
        min: false,
        can_see_list: in_group,
        reactions_as_tags: false,
        results: counts(reactions, viewer),
        recent_reactions: Some(recent).filter(|recent| in_group && !recent.is_empty()),
        top_reactors: None,
    }
    .into()
}

/// One reaction and its setter.
pub fn peer_reaction(reaction: &Reaction, viewer: UserId) -> enums::MessagePeerReaction {
    types::MessagePeerReaction {
        big: false,
        unread: false,
        my: reaction.by == viewer,
        peer_id: peer(Peer::User(reaction.by)),
        date: date(reaction.date),
        reaction: emoji(&reaction.emoji),
    }
    .into()
}

fn counts(reactions: &[Reaction], viewer: UserId) -> Vec<enums::ReactionCount> {
    let mut counts: BTreeMap<&str, (i32, bool)> = BTreeMap::new();
    for reaction in reactions {
        let (count, mine) = counts.entry(&reaction.emoji).or_default();
        *count += 1;
        *mine |= reaction.by == viewer;
    }
    let mut counts: Vec<(&str, (i32, bool))> = counts.into_iter().collect();
    counts.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let to_tl = |(text, (count, mine)): (&str, (i32, bool))| {
        types::ReactionCount { chosen_order: mine.then_some(0), reaction: emoji(text), count }.into()
    };
    counts.into_iter().map(to_tl).collect()
}

fn emoji(text: &str) -> enums::Reaction {
    types::ReactionEmoji { emoticon: text.to_owned() }.into()
}

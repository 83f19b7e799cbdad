//! Who is in a basic group.

use grammers_tl_types::{enums, types};

use super::date;
use crate::world::{ChatView, Member, Rank, UserId};

/// The members of a basic group.
pub fn participants(chat_id: i64, view: &ChatView) -> enums::ChatParticipants {
    let creator = view.members.iter().find(|member| member.rank == Rank::Creator);
    let inviter = creator.or(view.members.first()).map_or(UserId(0), |member| member.user);
    let participants = view.members.iter().map(|member| participant(*member, inviter, view.date)).collect();
    types::ChatParticipants { chat_id, participants, version: view.version }.into()
}

fn participant(member: Member, inviter: UserId, joined: i64) -> enums::ChatParticipant {
    let (user_id, inviter_id, date, rank) = (member.user.0, inviter.0, date(joined), None);
    match member.rank {
        Rank::Creator => types::ChatParticipantCreator { user_id, rank }.into(),
        Rank::Admin => types::ChatParticipantAdmin { user_id, inviter_id, date, rank }.into(),
        Rank::Member => types::ChatParticipant { user_id, inviter_id, date, rank }.into(),
    }
}

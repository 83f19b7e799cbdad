//! Who is in a supergroup, and as what.

use grammers_tl_types::{enums, functions as f, types};

use crate::mtproto::rpc::caused::{caused, invited};
use crate::mtproto::rpc::messages::groups::{promote, users};
use crate::mtproto::rpc::{Call, RpcError, input};
use crate::mtproto::view::{Cast, People, admin_rights, blank, count, date};
use crate::world::{ChatView, Member, Peer, Rank, UserId};

/// The most members of one answer.
const MEMBERS_LIMIT: usize = 200;

const NOT_PARTICIPANT: RpcError = RpcError::bad("USER_NOT_PARTICIPANT");

pub fn get_participants(
    call: &mut Call,
    request: &f::channels::GetParticipants,
) -> Result<enums::channels::ChannelParticipants, RpcError> {
    let me = call.me()?;
    let view = super::view(call, me, &request.channel)?;
    let wanted: Vec<Member> =
        view.members.iter().filter(|member| suits(call, **member, &request.filter)).copied().collect();
    let skip = usize::try_from(request.offset).unwrap_or(0);
    let limit = usize::try_from(request.limit).unwrap_or(0).min(MEMBERS_LIMIT);
    let page: Vec<Member> = wanted.iter().skip(skip).take(limit).copied().collect();
    let people = people(call, me, &view, &page);
    Ok(types::channels::ChannelParticipants {
        count: count(wanted.len()),
        participants: page.iter().map(|member| participant(&view, *member, me)).collect(),
        chats: people.chats,
        users: people.users,
    }
    .into())
}

fn suits(call: &Call, member: Member, filter: &enums::ChannelParticipantsFilter) -> bool {
    use enums::ChannelParticipantsFilter as Filter;
    let named = |words: &str| {
        let words = words.to_lowercase();
        call.world().user(member.user).is_some_and(|user| {
            let username = user.username.unwrap_or_default();
            user.name.to_lowercase().contains(&words) || username.to_lowercase().contains(&words)
        })
    };
    match filter {
        Filter::ChannelParticipantsRecent => true,
        Filter::ChannelParticipantsAdmins => member.rank >= Rank::Admin,
        Filter::ChannelParticipantsBots => call.world().user(member.user).is_some_and(|user| user.is_bot()),
        Filter::ChannelParticipantsSearch(search) => named(&search.q),
        Filter::ChannelParticipantsMentions(mentions) => named(mentions.q.as_deref().unwrap_or_default()),
        // Nobody is restricted here, and nobody keeps an address book.
        Filter::ChannelParticipantsKicked(_)
        | Filter::ChannelParticipantsBanned(_)
        | Filter::ChannelParticipantsContacts(_) => false,
    }
}

pub fn get_participant(
    call: &mut Call,
    request: &f::channels::GetParticipant,
) -> Result<enums::channels::ChannelParticipant, RpcError> {
    let me = call.me()?;
    let view = super::view(call, me, &request.channel)?;
    let Peer::User(wanted) = input::peer(call, &request.participant)? else { return Err(NOT_PARTICIPANT) };
    let member = view.members.iter().find(|member| member.user == wanted).ok_or(NOT_PARTICIPANT)?;
    let people = people(call, me, &view, &[*member]);
    let participant = participant(&view, *member, me);
    Ok(types::channels::ChannelParticipant { participant, chats: people.chats, users: people.users }.into())
}

fn people(call: &Call, me: UserId, view: &ChatView, members: &[Member]) -> People {
    let mut cast = Cast::default();
    cast.peer(view.peer);
    cast.users(members.iter().map(|member| member.user));
    // Whoever promoted and invited is named, too.
    cast.users(creator(view));
    cast.people(call.world(), me)
}

fn creator(view: &ChatView) -> Option<UserId> {
    view.members.iter().find(|member| member.rank == Rank::Creator).map(|member| member.user)
}

fn participant(view: &ChatView, member: Member, me: UserId) -> enums::ChannelParticipant {
    let (user_id, date, rank, is_self) = (member.user.0, date(view.date), None, member.user == me);
    let creator = creator(view).map_or(user_id, |creator| creator.0);
    match member.rank {
        Rank::Creator => {
            let admin_rights = admin_rights().into();
            types::ChannelParticipantCreator { user_id, admin_rights, rank }.into()
        }
        Rank::Admin => types::ChannelParticipantAdmin {
            can_edit: creator == me.0,
            is_self,
            user_id,
            inviter_id: is_self.then_some(creator),
            promoted_by: creator,
            date,
            admin_rights: admin_rights().into(),
            rank,
        }
        .into(),
        Rank::Member if is_self => types::ChannelParticipantSelf {
            via_request: false,
            user_id,
            inviter_id: creator,
            date,
            subscription_until_date: None,
            rank,
        }
        .into(),
        Rank::Member => {
            types::ChannelParticipant { user_id, date, subscription_until_date: None, rank }.into()
        }
    }
}

pub fn edit_admin(call: &mut Call, request: &f::channels::EditAdmin) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    let at = super::view(call, me, &request.channel)?.peer;
    let user = input::user(call, &request.user_id)?;
    let enums::ChatAdminRights::Rights(rights) = &request.admin_rights;
    let admin = *rights != blank::<types::ChatAdminRights>();
    let before = call.world().account_state(me).cursor;
    promote(call, me, at, user, admin)?;
    let own = call.world().updates_since(me, before);
    Ok(crate::mtproto::rpc::caused::told(call, me, &own))
}

pub fn invite_to_channel(
    call: &mut Call,
    request: &f::channels::InviteToChannel,
) -> Result<enums::messages::InvitedUsers, RpcError> {
    let me = call.me()?;
    let view = super::view(call, me, &request.channel)?;
    let mut users = users(call, &request.users)?;
    users.retain(|user| view.rank(*user).is_none());
    // All of them or nobody.
    users.iter().try_for_each(|user| call.world().may_be_added(*user))?;
    let invite = |world: &crate::world::World| {
        users.iter().try_for_each(|user| world.add_member(me, view.peer, *user))
    };
    let ((), updates) = caused(call, me, invite)?;
    Ok(invited(updates))
}

pub fn leave_channel(
    call: &mut Call,
    request: &f::channels::LeaveChannel,
) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    let view = super::view(call, me, &request.channel).map_err(|_| NOT_PARTICIPANT)?;
    if view.rank(me) == Some(Rank::Creator) {
        return Err(RpcError::bad("USER_CREATOR"));
    }
    Ok(caused(call, me, |world| world.remove_member(me, view.peer, me))?.1)
}

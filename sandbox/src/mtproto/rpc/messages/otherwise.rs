//! What asks for a message to be sent otherwise than the sandbox sends messages: refused, with Telegram's own words.

use grammers_tl_types::enums;

use crate::mtproto::rpc::{Call, RpcError, input};
use crate::mtproto::view::entities_from_tl;
use crate::world::{Peer, Quote, UserId};

/// A message that is due so soon is sent at once, as at Telegram; in seconds.
const AT_ONCE: i64 = 20;
/// The furthest date that Telegram takes: a year, in seconds.
const FURTHEST: i64 = 365 * 86_400;
/// No date: when the other comes online.
const WHEN_ONLINE: i32 = 0x7FFF_FFFE;

/// What of a request would be done otherwise.
pub struct Otherwise<'a> {
    /// Unix seconds.
    pub schedule_date: Option<i32>,
    /// Again and again.
    pub repeats: bool,
    /// In the name of a channel.
    pub send_as: Option<&'a enums::InputPeer>,
    /// Into the quick replies of a business.
    pub shortcut: bool,
    /// With an animation.
    pub effect: Option<i64>,
    /// As a post for a channel to take.
    pub suggested: bool,
}

/// Of either request that sends a message: their fields have the same names.
macro_rules! otherwise {
    ($request:expr) => {
        $crate::mtproto::rpc::messages::otherwise::Otherwise {
            schedule_date: $request.schedule_date,
            repeats: $request.schedule_repeat_period.is_some(),
            send_as: $request.send_as.as_ref(),
            shortcut: $request.quick_reply_shortcut.is_some(),
            effect: $request.effect,
            suggested: $request.suggested_post.is_some(),
        }
    };
}
pub(super) use otherwise;

impl Otherwise<'_> {
    /// Refuses what is not here.
    pub fn refuse(&self, call: &Call, me: UserId) -> Result<(), RpcError> {
        self.schedule(call.world().now())?;
        if self.repeats {
            return Err(RpcError::bad("SCHEDULE_DATE_INVALID"));
        }
        if let Some(other) = self.send_as
            && input::peer(call, other)? != Peer::User(me)
        {
            return Err(RpcError::bad("SEND_AS_PEER_INVALID"));
        }
        if self.shortcut {
            return Err(RpcError::bad("SHORTCUT_INVALID"));
        }
        if self.effect.is_some_and(|effect| effect != 0) {
            return Err(RpcError::bad("EFFECT_ID_INVALID"));
        }
        if self.suggested {
            return Err(RpcError::bad("SUGGESTED_POST_PEER_INVALID"));
        }
        Ok(())
    }

    fn schedule(&self, now: i64) -> Result<(), RpcError> {
        let Some(date) = self.schedule_date else { return Ok(()) };
        match i64::from(date) - now {
            _ if date == WHEN_ONLINE => Err(RpcError::bad("SCHEDULE_STATUS_PRIVATE")),
            ..AT_ONCE => Ok(()),
            FURTHEST.. => Err(RpcError::bad("SCHEDULE_DATE_TOO_LATE")),
            _ => {
                tracing::warn!("scheduled messages are not there in the sandbox");
                Err(RpcError::bad("SCHEDULE_DATE_INVALID"))
            }
        }
    }
}

/// The message answered and the part of it that is quoted, in the chat that is written to.
pub fn replied(
    call: &Call,
    me: UserId,
    to: Peer,
    reply: Option<&enums::InputReplyTo>,
) -> Result<(Option<i32>, Option<Quote>), RpcError> {
    let message = match reply {
        None => return Ok((None, None)),
        Some(enums::InputReplyTo::Message(message)) => message,
        Some(enums::InputReplyTo::Story(_)) => return Err(RpcError::bad("STORY_ID_INVALID")),
        Some(enums::InputReplyTo::MonoForum(_)) => {
            return Err(RpcError::bad("REPLY_TO_MONOFORUM_PEER_INVALID"));
        }
        Some(enums::InputReplyTo::EphemeralMessage(_)) => return Err(ELSEWHERE),
    };
    if let Some(other) = &message.reply_to_peer_id
        && input::peer(call, other)? != to
    {
        return Err(ELSEWHERE);
    }
    if message.todo_item_id.is_some() || message.poll_option.is_some() {
        return Err(ELSEWHERE);
    }
    if message.monoforum_peer_id.is_some() {
        return Err(RpcError::bad("REPLY_TO_MONOFORUM_PEER_INVALID"));
    }
    let quote = message.quote_text.clone().map(|text| Quote {
        text,
        entities: entities_from_tl(message.quote_entities.as_deref().unwrap_or_default(), me),
        position: message.quote_offset.and_then(|at| usize::try_from(at).ok()).unwrap_or(0),
    });
    Ok((Some(message.reply_to_msg_id).filter(|id| *id != 0), quote))
}

/// The message answered is in another chat, or a part of a message that is not here.
const ELSEWHERE: RpcError = RpcError::bad("REPLY_MESSAGE_ID_INVALID");

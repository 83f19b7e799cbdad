//! A message of an export, read once: past this there is no raw shape.

use commands::grammar::Said;
use commands::ids::UserId;
use commands::input::SenderKind;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use super::shapes::{Peer, Raw, Reaction};

/// So many reactions of one message are kept.
const THUMBS_MOST: usize = 64;
/// Anonymous admins share this user.
const ANONYMOUS: UserId = UserId(1_087_968_824);

/// Something that somebody said.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its id in the chat.
    pub id: i32,
    /// When it was sent.
    pub at: Timestamp,
    /// Who sent it; channels and groups as the Bot API numbers them.
    pub from: UserId,
    /// The name they bore when the export was made.
    pub name: Option<String>,
    /// The account of a person or bot (the export does not tell them apart), or nobody's.
    pub kind: SenderKind,
    /// What was said, as it was last.
    pub said: Said,
    /// The message it answers.
    pub reply_to: Option<i32>,
    /// It was edited after it was sent.
    pub edited: bool,
    /// It was forwarded from elsewhere.
    pub forwarded: bool,
    /// Who reacted to it, as far as the export tells, in the order of time.
    pub reactions: Vec<Thumb>,
}

/// A reaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thumb {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub from: UserId,
    /// With what.
    pub emoji: String,
}

impl Message {
    pub(super) fn new(raw: Raw) -> Result<Self, String> {
        let id = raw.id.ok_or("missing field `id`")?;
        let id = i32::try_from(id).map_err(|_| format!("{id} is no message id"))?;
        let from = raw.from_id.ok_or("missing field `from_id`")?;
        let (at, ahead) = instant(&raw)?;
        Ok(Self {
            id,
            at,
            from: from.id(),
            name: raw.from,
            kind: kind(from),
            said: raw.text.0,
            reply_to: raw.reply_to_message_id.and_then(|id| i32::try_from(id).ok()),
            edited: raw.edited_unixtime.map_or(raw.edited.0, |edited| edited.0 > 0),
            forwarded: raw.forwarded_from.0,
            reactions: reactions(&raw.reactions, ahead),
        })
    }
}

fn kind(from: Peer) -> SenderKind {
    match from {
        Peer::User(_) if from.id() != ANONYMOUS => SenderKind::Person,
        Peer::User(_) | Peer::Chat(_) => SenderKind::Impersonal,
    }
}

/// When it was sent, and how far the clock of the export was ahead of UTC; old exports have that clock alone, and it is
/// taken for UTC.
fn instant(raw: &Raw) -> Result<(Timestamp, SignedDuration), String> {
    let wall = raw.date.as_deref().and_then(wall_clock);
    let at = match (raw.date_unixtime, wall) {
        (Some(seconds), _) => Timestamp::from_second(seconds.0).map_err(|error| error.to_string())?,
        (None, Some(wall)) => wall,
        (None, None) => return Err("neither `date_unixtime` nor `date` tells when it was sent".into()),
    };
    Ok((at, wall.map_or(SignedDuration::ZERO, |wall| wall.duration_since(at))))
}

/// `2026-02-01T10:00:00`, as if it were UTC.
fn wall_clock(date: &str) -> Option<Timestamp> {
    let date: DateTime = date.parse().ok()?;
    date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|date| date.timestamp())
}

fn reactions(all: &[Reaction], ahead: SignedDuration) -> Vec<Thumb> {
    let thumbs = all.iter().flat_map(|reaction| {
        reaction.recent.iter().filter_map(move |recent| {
            let at = wall_clock(recent.date.as_deref()?)?.checked_sub(ahead).ok()?;
            Some(Thumb { at, from: recent.from_id?.id(), emoji: reaction.emoji.clone()? })
        })
    });
    let mut thumbs: Vec<_> = thumbs.take(THUMBS_MOST).collect();
    thumbs.sort();
    thumbs
}

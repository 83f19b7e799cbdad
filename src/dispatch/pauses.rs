//! Pauses that Telegram asked for: each holds one place, and is told.

use std::collections::BTreeMap;

use commands::ids::ChatId;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sessions::EffectId;

use super::{Destination, Dispatch, Way};

/// Another pause of the same place so soon after the last is the same trouble, and not told again.
const SAME_FOR: SignedDuration = SignedDuration::from_mins(10);

/// A place that Telegram wants left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pause {
    /// What waits there.
    pub what: &'static str,
    /// The chat, as the Bot API numbers it.
    pub chat: i64,
    /// Until then.
    pub until: Timestamp,
}

/// Ends of pauses, by place; those that are over are kept for a while.
#[derive(Default)]
pub struct Pauses(BTreeMap<Destination, Timestamp>);

impl Dispatch {
    /// Telegram asked for a pause where an effect that is under way goes. Returns it if it is news.
    pub fn paused(&mut self, id: EffectId, now: Timestamp, until: Timestamp) -> Option<Pause> {
        let place = *self.running.get(&id).filter(|(way, _)| *way != Way::Hooks)?;
        let pauses = &mut self.pauses.0;
        pauses.retain(|_, until| now.duration_since(*until) < SAME_FOR);
        pauses.insert(place, until).is_none().then(|| pause(&place, until))
    }

    /// The pauses that are not over.
    pub fn pauses(&self, now: Timestamp) -> Vec<Pause> {
        let open = self.pauses.0.iter().filter(|(_, until)| **until > now);
        open.map(|(place, until)| pause(place, *until)).collect()
    }
}

fn pause((way, chat): &(Way, ChatId), until: Timestamp) -> Pause {
    let what = match way {
        Way::Posts => "posts",
        Way::Reactions => "reactions",
        Way::Private => "private messages",
        Way::Hooks => "hooks",
        Way::Taps => "answers to taps",
        Way::Spoken => "posts by order",
        Way::Pressed => "taps by order",
        Way::Looks => "looks",
        Way::Driven => "orders to gateways",
    };
    Pause { what, chat: chat.0, until }
}

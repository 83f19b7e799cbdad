//! How much waits, for people to read.

use commands::effect::Lane;
use jiff::Timestamp;
use serde::Serialize;

use super::{Dispatch, Pause};

/// The effects that wait or are under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// Of the lane that goes first: stand-downs, taps, orders.
    pub orders: usize,
    /// Answers.
    pub answers: usize,
    /// Boards and notices.
    pub notices: usize,
    /// Handed to Telegram, and not answered yet.
    pub under_way: usize,
    /// When the oldest that waits was decided.
    pub oldest: Option<Timestamp>,
    /// Where Telegram asked for a pause.
    pub paused: Vec<Pause>,
}

impl Queue {
    /// All that wait.
    pub fn waiting(&self) -> usize {
        self.orders + self.answers + self.notices
    }
}

impl Dispatch {
    /// How much waits.
    pub fn queue(&self, now: Timestamp) -> Queue {
        let count = |wanted| self.waiting.all().filter(|(lane, _)| *lane == wanted).count();
        Queue {
            orders: count(Lane::Exec) + count(Lane::Order),
            answers: count(Lane::Answer),
            notices: count(Lane::Notice),
            under_way: self.running.len(),
            oldest: self.waiting.all().map(|(_, at)| at).min(),
            paused: self.pauses(now),
        }
    }
}

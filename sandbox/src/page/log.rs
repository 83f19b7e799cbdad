//! What happened lately, numbered, so that a window that was away is told what it missed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::world::{ChatKey, MessageKey, Seen, SeenWhat};

/// Events kept; a window that was away for longer starts anew.
pub const EVENTS_KEPT: usize = 2000;

/// What happened, and where: enough to look up how it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    pub chat: ChatKey,
    pub message: MessageKey,
    pub is_gone: bool,
}

/// What a window is told next.
#[derive(Debug, PartialEq, Eq)]
pub enum Missed {
    /// These, each with its number.
    Events(Vec<(u64, Event)>),
    /// More than is known: it has to look anew, and goes on from this number.
    TooMuch(u64),
}

/// The events of one run of the sandbox.
#[derive(Debug)]
pub struct Log {
    /// Tells this run's numbers from an earlier one's.
    run: i64,
    events: Mutex<Kept>,
    newest: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The number of the last event.
    last: u64,
    events: VecDeque<Event>,
}

impl Log {
    pub fn new(run: i64) -> Self {
        Self { run, events: Mutex::default(), newest: watch::Sender::new(0) }
    }

    /// Where the log stands, as a window keeps it: the run and a number.
    pub fn position(&self) -> String {
        self.position_of(self.lock().last)
    }

    pub fn position_of(&self, number: u64) -> String {
        format!("{}-{number}", self.run)
    }

    /// The number in a position of this run.
    pub fn number_in(&self, position: &str) -> Option<u64> {
        let (run, number) = position.rsplit_once('-')?;
        (run.parse() == Ok(self.run)).then(|| number.parse().ok()).flatten()
    }

    /// Changes whenever something happened.
    pub fn newest(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    /// What happened after event `number`.
    pub fn since(&self, number: u64) -> Missed {
        let kept = self.lock();
        let first = kept.last - kept.events.len() as u64 + 1;
        if number + 1 < first || number > kept.last {
            return Missed::TooMuch(kept.last);
        }
        let skipped = usize::try_from(number + 1 - first).unwrap_or(usize::MAX);
        Missed::Events((number + 1..).zip(kept.events.iter().skip(skipped).copied()).collect())
    }

    fn add(&self, event: Event) {
        let mut kept = self.lock();
        kept.last += 1;
        kept.events.push_back(event);
        if kept.events.len() > EVENTS_KEPT {
            kept.events.pop_front();
        }
        self.newest.send_replace(kept.last);
    }

    /// Some were lost: nobody can be told what they were.
    fn break_off(&self) {
        let mut kept = self.lock();
        kept.last += 1;
        kept.events.clear();
        self.newest.send_replace(kept.last);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps what happens, until stopped.
pub async fn keep(log: Arc<Log>, mut seen: broadcast::Receiver<Seen>, stop: CancellationToken) {
    loop {
        let seen = tokio::select! {
            () = stop.cancelled() => return,
            seen = seen.recv() => seen,
        };
        match seen {
            Ok(seen) => {
                let is_gone = seen.what == SeenWhat::Deleted;
                log.add(Event { chat: seen.chat, message: seen.message, is_gone });
            }
            Err(RecvError::Lagged(_)) => log.break_off(),
            Err(RecvError::Closed) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(message: u64) -> Event {
        Event { chat: ChatKey::Group(1), message: MessageKey(message), is_gone: false }
    }

    #[test]
    fn what_was_missed_is_told_from_the_position_on() {
        let log = Log::new(7);
        assert_eq!((log.position(), log.since(0)), ("7-0".to_owned(), Missed::Events(Vec::new())));
        (1..=3).for_each(|n| log.add(event(n)));
        assert_eq!(log.since(1), Missed::Events(vec![(2, event(2)), (3, event(3))]));
        assert_eq!(log.since(3), Missed::Events(Vec::new()));
        assert_eq!(log.since(4), Missed::TooMuch(3), "of a run that told more");
        assert_eq!(log.number_in("7-2"), Some(2));
        assert_eq!((log.number_in("6-2"), log.number_in("nonsense")), (None, None));
    }

    #[test]
    fn only_so_much_is_kept() {
        let log = Log::new(7);
        let many = EVENTS_KEPT as u64 + 10;
        (1..=many).for_each(|n| log.add(event(n)));
        assert_eq!(log.since(9), Missed::TooMuch(many));
        assert!(matches!(log.since(10), Missed::Events(events) if events.len() == EVENTS_KEPT));
        log.break_off();
        assert_eq!(log.since(many), Missed::TooMuch(many + 1));
        assert_eq!(log.since(many + 1), Missed::Events(Vec::new()));
    }
}

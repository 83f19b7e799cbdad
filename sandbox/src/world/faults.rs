//! What is to go wrong next, for both doors. Each fault is used up by the calls it hits.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use super::UserId;

/// Faults that may wait at once; further ones are refused.
const FAULTS_KEPT: usize = 1000;
/// Cuts a slow listener may lag behind.
const CUTS_KEPT: usize = 64;

/// Something to go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// MTProto: `FLOOD_WAIT_<seconds>` instead of the next `times` calls of a method (`messages.sendMessage`).
    FloodWait {
        /// The TL method name, compared without regard to case.
        method: String,
        /// The wait, in seconds.
        seconds: u32,
        /// How many calls.
        times: u32,
    },
    /// MTProto: the next `times` calls are executed, and the connection is cut instead of answering.
    LoseReply {
        /// The TL method name.
        method: String,
        /// How many calls.
        times: u32,
    },
    /// MTProto: all connections of this account are cut now.
    Cut {
        /// Whose.
        account: UserId,
    },
    /// Bot API: this status instead of the next `times` calls.
    Status {
        /// The method name, compared without regard to case.
        method: String,
        /// Only in this chat (a Bot API id).
        chat: Option<i64>,
        /// 429 or 5xx.
        status: u16,
        /// For 429: seconds.
        retry_after: u32,
        /// How many calls.
        times: u32,
    },
    /// Bot API: the next `times` calls are executed, and the answer is lost.
    LoseBotReply {
        /// The method name.
        method: String,
        /// How many calls.
        times: u32,
    },
}

/// What an MTProto call meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RpcFault {
    /// Not executed; answer `420 FLOOD_WAIT_<seconds>`.
    FloodWait {
        /// The wait, in seconds.
        seconds: u32,
    },
    /// Execute, then cut the connection instead of answering.
    LoseReply,
}

/// What a Bot API call meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BotFault {
    /// Not executed.
    Status {
        /// 429 or 5xx.
        status: u16,
        /// For 429: seconds.
        retry_after: u32,
    },
    /// Execute, then close without an answer.
    LoseReply,
}

/// What is to go wrong next.
#[derive(Debug)]
pub struct Faults {
    waiting: Mutex<Vec<Fault>>,
    cuts: broadcast::Sender<UserId>,
}

impl Default for Faults {
    fn default() -> Self {
        Self { waiting: Mutex::default(), cuts: broadcast::channel(CUTS_KEPT).0 }
    }
}

impl Faults {
    /// Adds a fault; a cut happens at once. False when too many wait already.
    pub fn add(&self, fault: Fault) -> bool {
        if let Fault::Cut { account } = fault {
            // No connection to cut is no error.
            let _ = self.cuts.send(account);
            return true;
        }
        let mut waiting = self.lock();
        let fits = waiting.len() < FAULTS_KEPT;
        if fits {
            waiting.push(fault);
        }
        fits
    }

    /// Takes away all faults that wait.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// The accounts whose connections are to be cut, from now on.
    pub fn cuts(&self) -> broadcast::Receiver<UserId> {
        self.cuts.subscribe()
    }

    /// The fault this MTProto call meets, used up by asking. `method` is the TL name, `messages.sendMessage`.
    pub fn rpc(&self, method: &str) -> Option<RpcFault> {
        self.take(|fault| match fault {
            Fault::FloodWait { method: hit, seconds, times } if hit.eq_ignore_ascii_case(method) => {
                Some((RpcFault::FloodWait { seconds: *seconds }, times))
            }
            Fault::LoseReply { method: hit, times } if hit.eq_ignore_ascii_case(method) => {
                Some((RpcFault::LoseReply, times))
            }
            _ => None,
        })
    }

    /// The fault this Bot API call meets, used up by asking.
    pub fn bot_api(&self, method: &str, chat: Option<i64>) -> Option<BotFault> {
        self.take(|fault| match fault {
            Fault::Status { method: hit, chat: only, status, retry_after, times }
                if hit.eq_ignore_ascii_case(method) && (only.is_none() || *only == chat) =>
            {
                Some((BotFault::Status { status: *status, retry_after: *retry_after }, times))
            }
            Fault::LoseBotReply { method: hit, times } if hit.eq_ignore_ascii_case(method) => {
                Some((BotFault::LoseReply, times))
            }
            _ => None,
        })
    }

    fn take<T>(&self, mut hit: impl FnMut(&mut Fault) -> Option<(T, &mut u32)>) -> Option<T> {
        let mut waiting = self.lock();
        let (at, found, left) = waiting.iter_mut().enumerate().find_map(|(at, fault)| {
            let (found, times) = hit(fault)?;
            *times = times.saturating_sub(1);
            Some((at, found, *times))
        })?;
        if left == 0 {
            waiting.remove(at);
        }
        Some(found)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

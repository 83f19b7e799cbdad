//! What is to go wrong next, for both doors. Each fault is used up by the calls it hits.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{broadcast, watch};

use super::UserId;

/// Faults that may wait at once; further ones are refused.
const FAULTS_KEPT: usize = 1000;
/// Cuts a slow listener may lag behind.
const CUTS_KEPT: usize = 64;

/// No method of Telegram's: a QR code that was scanned.
const SCANNED: &str = "a scanned QR code";
/// Any method.
const ANY: &str = "*";

/// Something to go wrong. A `method` of `*` is any method.
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
    /// MTProto: this error instead of the next `times` calls of a method.
    Refuse {
        /// The TL method name.
        method: String,
        /// The error's code: 400, 303, …
        code: i32,
        /// Its word: `PHONE_NUMBER_BANNED`.
        error: String,
        /// How many calls.
        times: u32,
    },
    /// MTProto: the next QR codes that were scanned send their clients to another data centre.
    MoveQr {
        /// Its number.
        dc: i32,
        /// How many codes.
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
    /// Both doors: the next `times` calls are neither executed nor answered; the connection stays open.
    Silence {
        /// The method name.
        method: String,
        /// How many calls.
        times: u32,
    },
    /// Both doors: the next `times` calls are executed, and answered so much later.
    Slow {
        /// The method name.
        method: String,
        /// How much later.
        by: Duration,
        /// How many calls.
        times: u32,
    },
    /// Both doors: nothing whatever is sent to this user any more, until [`Faults::clear`].
    Mute {
        /// An account or a bot.
        user: UserId,
    },
}

impl Fault {
    /// The method it hits and the calls it has left; `None` for what happens at once.
    fn aim(&mut self) -> Option<(&str, &mut u32)> {
        match self {
            Self::FloodWait { method, times, .. }
            | Self::Refuse { method, times, .. }
            | Self::LoseReply { method, times }
            | Self::Status { method, times, .. }
            | Self::LoseBotReply { method, times }
            | Self::Silence { method, times }
            | Self::Slow { method, times, .. } => Some((method, times)),
            Self::MoveQr { times, .. } => Some((SCANNED, times)),
            Self::Cut { .. } | Self::Mute { .. } => None,
        }
    }
}

/// Whose calls a fault hits, and in which chat; where absent: anybody's, anywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aim {
    /// The account or the bot that calls.
    pub by: Option<UserId>,
    /// The chat the call is about, in the Bot API's form.
    pub chat: Option<i64>,
}

/// What an MTProto call meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RpcFault {
    /// Not executed; answer `420 FLOOD_WAIT_<seconds>`.
    FloodWait {
        /// The wait, in seconds.
        seconds: u32,
    },
    /// Not executed; answer this error.
    Refuse {
        /// Its code.
        code: i32,
        /// Its word.
        error: String,
    },
    /// Execute, then cut the connection instead of answering.
    LoseReply,
    /// Neither execute nor answer.
    Silence,
    /// Execute, and answer so much later.
    Slow(Duration),
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
    /// Neither execute nor answer.
    Silence,
    /// Execute, and answer so much later.
    Slow(Duration),
}

/// A fault that waits for calls to hit.
#[derive(Debug)]
struct Waiting {
    fault: Fault,
    aim: Aim,
}

/// What is to go wrong next.
#[derive(Debug)]
pub struct Faults {
    waiting: Mutex<Vec<Waiting>>,
    muted: watch::Sender<BTreeSet<UserId>>,
    cuts: broadcast::Sender<UserId>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            muted: watch::Sender::default(),
            cuts: broadcast::channel(CUTS_KEPT).0,
        }
    }
}

impl Faults {
    /// Adds a fault that hits anybody; a cut happens at once. False when too many wait already.
    pub fn add(&self, fault: Fault) -> bool {
        self.add_at(fault, Aim::default())
    }

    /// Adds a fault that hits only the calls aimed at.
    pub fn add_at(&self, fault: Fault, aim: Aim) -> bool {
        match fault {
            Fault::Cut { account } => {
                // No connection to cut is no error.
                let _ = self.cuts.send(account);
                true
            }
            Fault::Mute { user } => {
                self.muted.send_if_modified(|muted| muted.insert(user));
                true
            }
            fault => {
                let mut waiting = lock(&self.waiting);
                let fits = waiting.len() < FAULTS_KEPT;
                if fits {
                    waiting.push(Waiting { fault, aim });
                }
                fits
            }
        }
    }

    /// Takes away all faults that wait; whoever was muted is heard again.
    pub fn clear(&self) {
        lock(&self.waiting).clear();
        self.muted.send_modify(BTreeSet::clear);
    }

    /// Whether nothing may be sent to this user.
    pub fn is_muted(&self, user: UserId) -> bool {
        self.muted.borrow().contains(&user)
    }

    /// Whoever is muted, and each change of it.
    pub fn mutes(&self) -> watch::Receiver<BTreeSet<UserId>> {
        self.muted.subscribe()
    }

    /// The accounts whose connections are to be cut, from now on.
    pub fn cuts(&self) -> broadcast::Receiver<UserId> {
        self.cuts.subscribe()
    }

    /// The fault this MTProto call meets, used up by asking. `method` is the TL name, `messages.sendMessage`.
    /// `chat` is only asked where a fault waits for a chat.
    pub fn rpc(
        &self,
        method: &str,
        by: Option<UserId>,
        chat: impl FnOnce() -> Option<i64>,
    ) -> Option<RpcFault> {
        self.take(method, by, chat, |fault| match fault {
            Fault::FloodWait { seconds, .. } => Some(RpcFault::FloodWait { seconds: *seconds }),
            Fault::Refuse { code, error, .. } => Some(RpcFault::Refuse { code: *code, error: error.clone() }),
            Fault::LoseReply { .. } => Some(RpcFault::LoseReply),
            Fault::Silence { .. } => Some(RpcFault::Silence),
            Fault::Slow { by, .. } => Some(RpcFault::Slow(*by)),
            _ => None,
        })
    }

    /// The data centre to which a QR code that was scanned sends its client, used up by asking.
    pub fn moves_qr(&self) -> Option<i32> {
        let hit = |fault: &Fault| if let Fault::MoveQr { dc, .. } = fault { Some(*dc) } else { None };
        self.take(SCANNED, None, || None, hit)
    }

    /// The fault this Bot API call meets, used up by asking. `chat` as the bot wrote it.
    pub fn bot_api(&self, method: &str, bot: UserId, chat: Option<i64>) -> Option<BotFault> {
        self.take(
            method,
            Some(bot),
            || chat,
            |fault| match fault {
                Fault::Status { chat: only, status, retry_after, .. } if only.is_none() || *only == chat => {
                    Some(BotFault::Status { status: *status, retry_after: *retry_after })
                }
                Fault::LoseBotReply { .. } => Some(BotFault::LoseReply),
                Fault::Silence { .. } => Some(BotFault::Silence),
                Fault::Slow { by, .. } => Some(BotFault::Slow(*by)),
                _ => None,
            },
        )
    }

    fn take<T>(
        &self,
        method: &str,
        by: Option<UserId>,
        chat: impl FnOnce() -> Option<i64>,
        hit: impl Fn(&Fault) -> Option<T>,
    ) -> Option<T> {
        let mut waiting = lock(&self.waiting);
        if waiting.is_empty() {
            return None;
        }
        let chat = waiting.iter().any(|one| one.aim.chat.is_some()).then(chat).flatten();
        let (at, found) = waiting.iter_mut().enumerate().find_map(|(at, one)| {
            let is_aimed = one.aim.by.is_none_or(|only| by == Some(only))
                && one.aim.chat.is_none_or(|only| chat == Some(only));
            let (wanted, _) = one.fault.aim()?;
            let is_method = wanted == ANY || wanted.eq_ignore_ascii_case(method);
            (is_aimed && is_method).then(|| hit(&one.fault)).flatten().map(|found| (at, found))
        })?;
        use_up(&mut waiting, at);
        Some(found)
    }
}

fn use_up(waiting: &mut Vec<Waiting>, at: usize) {
    let Some((_, times)) = waiting[at].fault.aim() else { return };
    *times = times.saturating_sub(1);
    if *times == 0 {
        waiting.remove(at);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

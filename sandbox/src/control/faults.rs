//! Making things go wrong.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use super::Door;
use super::changes::done;
use super::names::Name;
use super::refusal::{Refusal, read};
use super::refuse;
use crate::world::{Aim, Disturbance, Fault, Peer, UserId};

/// The most calls one fault may hit.
const TIMES_LIMIT: u32 = 10_000;
/// Seconds of a 429 that is ordered without any.
const LEAST_PAUSE: u32 = 1;
/// The longest delay that may be ordered, in milliseconds.
const LONGEST_DELAY: u64 = 600_000;

/// A fault as it is ordered: `{"fault":"flood_wait","method":"messages.sendMessage","seconds":3}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub fault: Kind,
    /// The method; absent or `*`: any.
    pub method: Option<String>,
    /// Only in this chat.
    pub chat: Option<Name>,
    /// Whose connection, updates or calls.
    #[serde(alias = "account", alias = "bot", alias = "as")]
    pub who: Option<Name>,
    times: Option<u32>,
    seconds: Option<u32>,
    millis: Option<u64>,
    status: Option<u16>,
    retry_after: Option<u32>,
    code: Option<i32>,
    error: Option<String>,
    dc: Option<i32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// MTProto: `FLOOD_WAIT` instead of the next calls.
    FloodWait,
    /// MTProto: this error instead of the next calls.
    Refuse,
    /// MTProto: the next QR codes that are scanned belong to another data centre.
    MoveQr,
    /// MTProto: the next calls are done, their connections cut before the answer.
    LoseReply,
    /// Bot API: this status (429, 500, …) instead of the next calls.
    Status,
    /// Bot API: the next calls are done, their answers lost.
    LoseBotReply,
    /// Both: the next calls are not done and never answered.
    Silence,
    /// Both: the next calls are done, and answered so many milliseconds later.
    Slow,
    /// Both: nothing at all is sent to somebody until `none`.
    Mute,
    /// MTProto: an account's connections are cut now.
    Cut,
    /// MTProto: an account's sessions are ended; signing in again is the only way.
    Revoke,
    /// MTProto: the same, as if each of the account's keys had been used from two places.
    KeyDuplicated,
    /// MTProto: the next message to an account bears the id of another session.
    WrongSession,
    /// Both: what happens is told so many milliseconds late, all together.
    Delay,
    /// Both: nothing that happens is told, until `release`.
    Hold,
    /// Both: what was held back is told.
    Release,
    /// Both: each of the next updates is told twice.
    Duplicate,
    /// Both: each of the next updates is told after the one that follows it.
    Reorder,
    /// MTProto: a gap too long, in an account's box or in a supergroup's.
    Gap,
    /// All faults that wait are taken back.
    None,
}

impl Kind {
    /// What it takes beside its name.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::FloodWait => &["method", "who", "chat", "times", "seconds"],
            Self::Refuse => &["method", "who", "chat", "times", "error", "code"],
            Self::MoveQr => &["dc", "times"],
            Self::LoseReply | Self::LoseBotReply | Self::Silence => &["method", "who", "chat", "times"],
            Self::Status => &["method", "who", "chat", "times", "status", "retry_after"],
            Self::Slow => &["method", "who", "chat", "times", "millis"],
            Self::Mute
            | Self::Cut
            | Self::Revoke
            | Self::KeyDuplicated
            | Self::WrongSession
            | Self::Hold
            | Self::Release => &["who"],
            Self::Delay => &["who", "millis"],
            Self::Duplicate | Self::Reorder => &["who", "times"],
            Self::Gap => &["who", "chat"],
            Self::None => &[],
        }
    }
}

pub(super) async fn fault(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let order: Order = read(&body)?;
    order.check_keys()?;
    if !(1..=TIMES_LIMIT).contains(&order.times()) {
        return Err(Refusal::bad(format!("\"times\" must be 1 to {TIMES_LIMIT}.")));
    }
    match order.fault {
        Kind::None => door.world.faults().clear(),
        Kind::Cut => order.add(&door, Fault::Cut { account: order.account(&door)? })?,
        Kind::Mute => order.add(&door, Fault::Mute { user: order.whose(&door)? })?,
        Kind::Revoke => {
            door.sessions()?.revoke(order.account(&door)?);
        }
        Kind::KeyDuplicated => {
            door.sessions()?.duplicate(order.account(&door)?);
        }
        Kind::WrongSession => door.sessions()?.mistake(order.account(&door)?),
        Kind::Gap => order.gap(&door)?,
        Kind::Delay => order.delay(&door)?,
        Kind::Hold => order.disturb(&door, Disturbance::Hold)?,
        Kind::Release => order.release(&door)?,
        Kind::Duplicate => order.disturb(&door, Disturbance::Duplicate(order.times()))?,
        Kind::Reorder => order.disturb(&door, Disturbance::Reorder(order.times()))?,
        _ => {
            let fault = order.of_calls()?;
            order.check_aim(&door)?;
            order.add(&door, fault)?;
        }
    }
    Ok(done())
}

impl Order {
    /// Refuses what this fault would pass over.
    fn check_keys(&self) -> Result<(), Refusal> {
        let given = [
            ("method", self.method.is_some()),
            ("chat", self.chat.is_some()),
            ("who", self.who.is_some()),
            ("times", self.times.is_some()),
            ("seconds", self.seconds.is_some()),
            ("millis", self.millis.is_some()),
            ("status", self.status.is_some()),
            ("retry_after", self.retry_after.is_some()),
            ("code", self.code.is_some()),
            ("error", self.error.is_some()),
            ("dc", self.dc.is_some()),
        ];
        let known = self.fault.keys();
        match given.into_iter().find(|(key, is_given)| *is_given && !known.contains(key)) {
            None => Ok(()),
            Some((key, _)) if known.is_empty() => {
                Err(Refusal::bad(format!("This fault takes nothing, and so no \"{key}\".")))
            }
            Some((key, _)) => Err(Refusal::bad(format!(
                "This fault takes no \"{key}\"; it takes \"{}\".",
                known.join("\", \"")
            ))),
        }
    }

    fn times(&self) -> u32 {
        self.times.unwrap_or(1)
    }

    /// A fault that waits for calls.
    fn of_calls(&self) -> Result<Fault, Refusal> {
        let (method, times) = (self.method.clone().unwrap_or_else(|| "*".to_owned()), self.times());
        Ok(match self.fault {
            Kind::FloodWait => {
                let seconds = self.seconds.ok_or_else(|| missing("seconds"))?;
                Fault::FloodWait { method, seconds, times }
            }
            Kind::Status => {
                let status = error_status(self.status.ok_or_else(|| missing("status"))?)?;
                let retry_after = self.pause(status)?;
                Fault::Status { method, chat: None, status, retry_after, times }
            }
            Kind::Refuse => {
                let (code, error) = refuse::error(self.code, self.error.as_deref())?;
                Fault::Refuse { method, code, error, times }
            }
            Kind::MoveQr => Fault::MoveQr { dc: refuse::data_centre(self.dc)?, times },
            Kind::LoseReply => Fault::LoseReply { method, times },
            Kind::LoseBotReply => Fault::LoseBotReply { method, times },
            Kind::Slow => Fault::Slow { method, by: self.delay_ordered()?, times },
            _ => Fault::Silence { method, times },
        })
    }

    fn add(&self, door: &Door, fault: Fault) -> Result<(), Refusal> {
        let by = self.who.as_ref().map(|who| door.who(who).map(|user| user.id)).transpose()?;
        let chat = self.chat.as_ref().map(|chat| door.place(chat)).transpose()?.map(Peer::to_bot_api);
        if door.world.faults().add_at(fault, Aim { by, chat }) {
            Ok(())
        } else {
            Err(Refusal::bad("Too many faults wait already; {\"fault\":\"none\"} takes them back."))
        }
    }

    fn whose(&self, door: &Door) -> Result<UserId, Refusal> {
        door.who(self.who.as_ref().ok_or_else(|| missing("who"))?).map(|user| user.id)
    }

    fn account(&self, door: &Door) -> Result<UserId, Refusal> {
        door.account(self.who.as_ref().ok_or_else(|| missing("who"))?)
    }

    fn disturb(&self, door: &Door, disturbance: Disturbance) -> Result<(), Refusal> {
        door.world.disturb(self.whose(door)?, disturbance);
        Ok(())
    }

    /// Seconds to wait, for a 429: at least one, as Telegram says it.
    fn pause(&self, status: u16) -> Result<u32, Refusal> {
        match (status, self.retry_after) {
            (429, Some(0)) => Err(Refusal::bad("\"retry_after\" must be at least 1.")),
            (429, given) => Ok(given.unwrap_or(LEAST_PAUSE)),
            (_, None) => Ok(0),
            (_, Some(_)) => Err(Refusal::bad("\"retry_after\" goes with \"status\" 429 only.")),
        }
    }

    fn release(&self, door: &Door) -> Result<(), Refusal> {
        let user = door.who(self.who.as_ref().ok_or_else(|| missing("who"))?)?;
        if door.world.is_held(user.id) {
            return self.disturb(door, Disturbance::Release);
        }
        let sentence = format!("Nothing is held back from {}; {{\"fault\":\"hold\"}} does that.", user.name);
        Err(Refusal::conflict(sentence))
    }

    fn delay(&self, door: &Door) -> Result<(), Refusal> {
        let (who, late) = (self.whose(door)?, self.delay_ordered()?);
        door.world.disturb(who, Disturbance::Hold);
        let world = door.world.clone();
        tokio::spawn(async move {
            world.clock().sleep(late).await;
            world.disturb(who, Disturbance::Release);
        });
        Ok(())
    }

    fn gap(&self, door: &Door) -> Result<(), Refusal> {
        if let Some(chat) = &self.chat {
            let (peer, what) =
                (door.place(chat)?, "a gap is ordered for a supergroup, or for an account by \"who\"");
            if !matches!(peer, Peer::Channel(_)) {
                let is = if matches!(peer, Peer::Group(_)) { "a basic group" } else { "a private chat" };
                return Err(Refusal::bad(format!("{chat} is {is}; {what}.")));
            }
            if self.who.is_some() {
                return Err(Refusal::bad(
                    "A gap is in a \"chat\" or for \"who\", not both: in a supergroup all share it.",
                ));
            }
            door.world.forget_channel_updates(peer)?;
        } else {
            door.world.forget_updates(self.account(door)?);
        }
        Ok(())
    }

    fn delay_ordered(&self) -> Result<Duration, Refusal> {
        let millis = self.millis.ok_or_else(|| missing("millis"))?;
        if millis > LONGEST_DELAY {
            return Err(Refusal::bad(format!("\"millis\" must be at most {LONGEST_DELAY}.")));
        }
        Ok(Duration::from_millis(millis))
    }
}

fn missing(key: &str) -> Refusal {
    Refusal::bad(format!("This fault needs \"{key}\"."))
}

fn error_status(status: u16) -> Result<u16, Refusal> {
    if (400..=599).contains(&status) {
        Ok(status)
    } else {
        Err(Refusal::bad("\"status\" must be 400 to 599."))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsOrder {
    on: bool,
}

/// Telegram's own limits on the Bot API door, on or off.
pub(super) async fn limits(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let order: LimitsOrder = read(&body)?;
    door.bot_api.enforce_limits(order.on);
    Ok(done())
}

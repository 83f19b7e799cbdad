//! The sweep: every agent with a hook is asked again and again whether it is there. What it comes to is pure.

mod uptime;

use std::collections::BTreeMap;
use std::time::Duration;

use bridge::agents::{Fault, Wanted};
use bridge::hooks::{Hook, Post, Probed};
use commands::ids::AgentId;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::uptime::Uptime;
use crate::agents::Drivers;

/// An agent that was missed so often in a row can't be reached.
const MISSES_MOST: u32 = 3;
/// One that came back and went so often within an hour ...
const CHANGES_CALM: usize = 2;
/// ... has to answer so often in a row before it counts as back.
const ANSWERS_AFTER_FLAPPING: u32 = 5;
const FLAPPING_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// Answers that wait for the loop.
const WAITING_MOST: usize = 32;

/// What came of asking one agent.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which.
    pub agent: AgentId,
    /// What it answered.
    pub probed: Probed,
}

/// Who is asked, and by what.
pub struct Sweep {
    /// What asks at hooks.
    pub post: Post,
    /// The hooks.
    pub hooks: BTreeMap<AgentId, Hook>,
    /// What asks those that have none.
    pub drivers: Drivers,
}

impl Sweep {
    /// Asks every agent again and again, each by itself, until `stop`; nothing where there is nobody to ask.
    pub fn begin(self, every: Duration, stop: &CancellationToken) -> Option<mpsc::Receiver<Asked>> {
        let Self { post, hooks, drivers } = self;
        let by_driver = drivers.without_hook();
        if hooks.is_empty() && by_driver.is_empty() {
            return None;
        }
        let (sender, asked) = mpsc::channel(WAITING_MOST);
        for (agent, hook) in hooks {
            let post = post.clone();
            tokio::spawn(ask(agent, every, stop.clone(), sender.clone(), async move || {
                Some(post.probe(&hook).await)
            }));
        }
        for agent in by_driver {
            let drivers = drivers.clone();
            let ping = async move || match drivers.drive(agent, Wanted::Ping).await {
                Ok(told) => Some(Probed::Well(Duration::from_millis(told.took_ms))),
                // Nothing that is configured could tell.
                Err(Fault::Unable(_)) => None,
                Err(_) => Some(Probed::Missed),
            };
            tokio::spawn(ask(agent, every, stop.clone(), sender.clone(), ping));
        }
        Some(asked)
    }
}

async fn ask(
    agent: AgentId,
    every: Duration,
    stop: CancellationToken,
    sender: mpsc::Sender<Asked>,
    probe: impl AsyncFn() -> Option<Probed>,
) {
    let mut beat = tokio::time::interval(every);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = beat.tick() => {}
        }
        let Some(probed) = probe().await else { return };
        if sender.send(Asked { agent, probed }).await.is_err() {
            return;
        }
    }
}

/// How one agent is, as far as asking tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pulse {
    /// What the last answer took; none after a miss.
    pub latency: Option<Duration>,
    /// When it answered last.
    pub seen: Option<Timestamp>,
    /// What it answered instead of letting anything in.
    pub shut: Option<u16>,
    uptime: Uptime,
    misses: u32,
    answers: u32,
    down: bool,
    changes: Vec<Timestamp>,
}

impl Pulse {
    /// What was kept of an agent that counted as down, or not.
    pub fn read(kept: &[u8], down: bool) -> Self {
        let (seen, uptime) = Uptime::read(kept);
        Self { seen, uptime, down, ..Self::default() }
    }

    /// What is kept of it.
    pub fn kept(&self) -> Vec<u8> {
        self.uptime.kept(self.seen)
    }

    /// Takes an answer in; whether the agent can be reached, where that has changed.
    pub fn learn(&mut self, probed: &Probed, now: Timestamp) -> Option<bool> {
        let (latency, shut) = match probed {
            Probed::Well(took) => (Some(*took), None),
            Probed::Shut(took, status) => (Some(*took), Some(*status)),
            Probed::Closed(_) | Probed::Missed => (None, None),
        };
        (self.latency, self.shut) = (latency, shut);
        self.uptime.count(latency.is_some(), now);
        if latency.is_some() {
            (self.seen, self.misses) = (Some(now), 0);
            self.answers = self.answers.saturating_add(1);
        } else {
            // It was about to be believed: it comes and goes still.
            self.changes.extend((self.down && self.answers > 0).then_some(now));
            (self.misses, self.answers) = (self.misses.saturating_add(1), 0);
        }
        let down =
            if self.down { self.answers < self.answers_wanted(now) } else { self.misses >= MISSES_MOST };
        if down == self.down {
            return None;
        }
        self.down = down;
        self.changes.push(now);
        Some(!down)
    }

    /// One that comes and goes is believed only after a while.
    fn answers_wanted(&mut self, now: Timestamp) -> u32 {
        self.changes.retain(|at| now.duration_since(*at) < FLAPPING_WITHIN);
        if self.changes.len() > CHANGES_CALM { ANSWERS_AFTER_FLAPPING } else { 1 }
    }

    /// The part of the last seven days' questions that it answered, in percent; none before the first.
    pub fn uptime(&self, now: Timestamp) -> Option<f64> {
        self.uptime.percent(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    const WELL: Probed = Probed::Well(Duration::from_millis(3));

    #[test]
    fn three_misses_are_down_and_one_answer_is_up() {
        let mut pulse = Pulse::default();
        let verdicts: Vec<_> = [WELL, Probed::Missed, Probed::Missed, WELL]
            .iter()
            .chain([Probed::Missed, Probed::Missed, Probed::Missed, Probed::Missed, WELL, WELL].iter())
            .zip(0..)
            .map(|(probed, at)| pulse.learn(probed, minutes(2 * at)))
            .collect();
        assert_eq!(verdicts[..6], [None; 6]);
        assert_eq!(verdicts[6..], [Some(false), None, Some(true), None]);
        assert_eq!((pulse.latency, pulse.seen), (Some(Duration::from_millis(3)), Some(minutes(18))));
    }

    #[test]
    fn one_that_flaps_is_believed_later() {
        let (mut pulse, mut changes, mut at) = (Pulse::default(), Vec::new(), 0);
        for round in 0..40 {
            let probed = if round % 4 == 3 { WELL } else { Probed::Missed };
            changes.extend(pulse.learn(&probed, minutes(at)));
            at += 2;
        }
        assert_eq!(changes, [false, true, false], "told of once, then only that it stays");
        let back: Vec<_> = (0..5).filter_map(|_| pulse.learn(&WELL, minutes(at))).collect();
        assert_eq!(back, [true]);
    }

    #[test]
    fn a_wrong_token_is_no_absence() {
        let mut pulse = Pulse::default();
        let shut = Probed::Shut(Duration::from_millis(1), 401);
        assert_eq!((0..5).filter_map(|at| pulse.learn(&shut, minutes(at))).count(), 0);
        assert_eq!((pulse.shut, pulse.uptime(minutes(5))), (Some(401), Some(100.0)));
    }

    #[test]
    fn what_is_kept_is_known_after_a_restart() {
        let mut pulse = Pulse::default();
        for at in 0..10 {
            pulse.learn(if at < 9 { &WELL } else { &Probed::Missed }, minutes(at));
        }
        let again = Pulse::read(&pulse.kept(), false);
        assert_eq!((again.seen, again.uptime(minutes(10))), (Some(minutes(8)), Some(90.0)));
        assert_eq!(Pulse::read(b"torn", true).uptime(minutes(10)), None);
    }
}

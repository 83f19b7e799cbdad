//! `mesh replay`: a recorded log through the same core, time taken from its lines. Same input, same bytes.

mod line;
mod show;

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, Write};

use anyhow::{Context, bail};
use commands::decide::Mind;
use commands::effect::{ButtonAction, Effect};
use commands::fact::Roster;
use commands::ids::{ChatId, UserId, VoiceId};
use commands::input::{EffectResult, Input, Outcome, SenderKind, What};
use commands::mesh::{Member, Mesh};
use commands::rules::Rules;
use jiff::Timestamp;

use self::line::{Line, Opening};
use crate::state::StateView;

/// The chat of a replayed log.
const LOG_CHAT: ChatId = ChatId(-4_000_000_001);
/// Strangers are numbered from here, in the order in which they appear.
const FIRST_STRANGER: i64 = 9_000_000_001;
/// So many recent messages are remembered for replies.
const REMEMBERED: usize = 65_536;

/// Replays `log` and writes what the mesh did, line by line, then the state as one JSON object.
///
/// # Errors
/// A line that is not of the contract, with its number; a log or output that fails.
pub fn run(log: impl BufRead, mut out: impl Write, default: Roster) -> anyhow::Result<()> {
    let mut lines = log.lines().enumerate();
    let mut replay = None;
    for (index, line) in &mut lines {
        let number = index + 1;
        let line = line.with_context(|| format!("line {number} can't be read as UTF-8"))?;
        if line.trim().is_empty() {
            continue;
        }
        match Opening::parse(&line).with_context(|| format!("line {number}"))? {
            Opening::Roster(roster) if replay.is_none() => replay = Some(Replay::new(roster)),
            Opening::Roster(_) => bail!("line {number}: people and agents are named on the first line only"),
            Opening::Line(line) => {
                let replay = replay.get_or_insert_with(|| Replay::new(default.clone()));
                replay.take(*line, &mut out).with_context(|| format!("line {number}"))?;
            }
        }
    }
    let replay = replay.unwrap_or_else(|| Replay::new(default));
    let state = StateView::of(replay.mind.mesh(), replay.mind.now());
    writeln!(out, "{}", serde_json::to_string(&state)?)?;
    Ok(())
}

struct Replay {
    mind: Mind,
    strangers: BTreeMap<String, UserId>,
    senders: BTreeMap<i32, UserId>,
    last_post: i32,
    buttons: BTreeMap<String, (VoiceId, ButtonAction)>,
    settled: Option<Roster>,
}

impl Replay {
    fn new(roster: Roster) -> Self {
        let rules = Rules::new(LOG_CHAT, 1);
        Self {
            mind: Mind::new(Mesh::default(), rules, Timestamp::MIN),
            strangers: BTreeMap::new(),
            senders: BTreeMap::new(),
            last_post: 0,
            buttons: BTreeMap::new(),
            settled: Some(roster),
        }
    }

    fn take(&mut self, line: Line, out: &mut impl Write) -> anyhow::Result<()> {
        if let Some(roster) = self.settled.take() {
            self.put(Input { at: line.at, what: What::Roster(roster) }, out)?;
        }
        let from = self.user(&line.from);
        self.remember(line.id, from);
        let is_agent = matches!(self.mind.mesh().roll.get(from), Some(Member::Agent(_)));
        let kind = if is_agent { SenderKind::Bot } else { SenderKind::Person };
        let input = line.into_input((from, kind), &self.senders, &self.buttons, LOG_CHAT)?;
        self.put(input, out)
    }

    fn remember(&mut self, id: i32, from: UserId) {
        self.senders.insert(id, from);
        if self.senders.len() > REMEMBERED {
            self.senders.pop_first();
        }
    }

    /// The member of that name, else a stranger's number.
    fn user(&mut self, name: &str) -> UserId {
        if let Some(member) = self.mind.mesh().roll.by_name(name) {
            return member.who().user();
        }
        let next = UserId(FIRST_STRANGER + i64::try_from(self.strangers.len()).unwrap_or(0));
        *self.strangers.entry(name.to_owned()).or_insert(next)
    }

    /// Decides an input, shows what follows, and lets every effect succeed at once.
    fn put(&mut self, input: Input, out: &mut impl Write) -> anyhow::Result<()> {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let decision = self.mind.decide(input);
            let at = self.mind.now();
            for effect in decision.effects {
                writeln!(out, "{}", show::effect(self.mind.mesh(), at, &effect))?;
                let result = self.pretend(&effect);
                inputs.push_back(Input { at, what: What::Outcome(Outcome { effect, result }) });
            }
        }
        Ok(())
    }

    fn pretend(&mut self, effect: &Effect) -> EffectResult {
        match effect {
            Effect::Post { buttons, .. } => {
                self.last_post += 1;
                let message = VoiceId(self.last_post);
                for button in buttons.iter().flatten() {
                    self.buttons.insert(button.label.clone(), (message, button.action));
                }
                EffectResult::Done(Some(message))
            }
            Effect::Tell { agent, .. } => EffectResult::NoDoor(*agent),
            _ => EffectResult::Done(None),
        }
    }
}

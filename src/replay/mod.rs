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
use commands::mesh::{Member, Mesh, Roll};
use commands::rules::Rules;
use jiff::Timestamp;

use self::line::{Known, Line, Opening};
use crate::state::StateView;

/// The chat of a replayed log.
const LOG_CHAT: ChatId = ChatId(-4_000_000_001);
/// Strangers are numbered from here, in the order in which they appear.
const FIRST_STRANGER: i64 = 9_000_000_001;

/// Replays `log` and writes what the mesh did, line by line, then the state as one JSON object.
///
/// # Errors
/// A line that is not of the contract, with its number; a log or output that fails.
pub fn run(log: impl BufRead, mut out: impl Write, default: Roster) -> anyhow::Result<()> {
    let mut replay = None;
    for (index, line) in log.lines().enumerate() {
        let number = index + 1;
        let line = line.with_context(|| format!("line {number} can't be read as UTF-8"))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            continue;
        }
        match Opening::parse(line).with_context(|| format!("line {number}"))? {
            Opening::Roster(roster) if replay.is_none() => replay = Some(Replay::new(roster)),
            Opening::Roster(_) => bail!("line {number}: people and agents are named on the first line only"),
            Opening::Line(line) => {
                let replay = replay.get_or_insert_with(|| Replay::new(default.clone()));
                replay.take(*line, &mut out).with_context(|| format!("line {number}"))?;
            }
        }
    }
    let mut replay = replay.unwrap_or_else(|| Replay::new(default));
    replay.settle(Timestamp::MIN, &mut out)?;
    let state = StateView::of(replay.mind.mesh(), replay.mind.now());
    writeln!(out, "{}", serde_json::to_string(&state)?)?;
    Ok(())
}

struct Replay {
    mind: Mind,
    strangers: BTreeMap<String, UserId>,
    messages: BTreeMap<i32, (UserId, Timestamp)>,
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
            messages: BTreeMap::new(),
            last_post: 0,
            buttons: BTreeMap::new(),
            settled: Some(roster),
        }
    }

    fn take(&mut self, line: Line, out: &mut impl Write) -> anyhow::Result<()> {
        self.settle(line.at, out)?;
        self.let_time_pass(line.at, out)?;
        let (roll, strangers) = (&self.mind.mesh().roll, &mut self.strangers);
        let mut user = |name: &str| user(roll, strangers, name);
        let mut known = Known { user: &mut user, messages: &mut self.messages, buttons: &self.buttons };
        let input = line.into_input(&mut known, LOG_CHAT)?;
        self.put(input, out)
    }

    /// Who is who, before anything else happens.
    fn settle(&mut self, at: Timestamp, out: &mut impl Write) -> anyhow::Result<()> {
        match self.settled.take() {
            Some(roster) => self.put(Input { at, what: What::Roster(roster) }, out),
            None => Ok(()),
        }
    }

    /// Everything that is due until then happens at its own instant.
    fn let_time_pass(&mut self, until: Timestamp, out: &mut impl Write) -> anyhow::Result<()> {
        while let Some(at) = self.mind.next_deadline().filter(|deadline| *deadline <= until) {
            self.put(Input { at, what: What::Tick }, out)?;
        }
        Ok(())
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

/// The member of that name or number, else a stranger's number: here a name must be written as in the roster.
fn user(roll: &Roll, strangers: &mut BTreeMap<String, UserId>, name: &str) -> (UserId, SenderKind) {
    let named = |member: &&Member| match member {
        Member::Person(person) => person.name == name,
        Member::Agent(agent) => agent.name == name || agent.aliases.iter().any(|alias| alias == name),
    };
    let numbered = |member: &&Member| member.who().user().to_string() == name;
    match roll.members().find(named).or_else(|| roll.members().find(numbered)) {
        Some(Member::Agent(agent)) => (UserId(agent.id.0), SenderKind::Bot),
        Some(Member::Person(person)) => (UserId(person.id.0), SenderKind::Person),
        None => {
            let next = UserId(FIRST_STRANGER + i64::try_from(strangers.len()).unwrap_or(0));
            (*strangers.entry(name.to_owned()).or_insert(next), SenderKind::Person)
        }
    }
}

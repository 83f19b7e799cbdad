//! A log of our own, line by line.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::time::Instant;

use anyhow::{Context, bail};
use commands::fact::Roster;
use commands::ids::UserId;
use commands::input::SenderKind;
use commands::mesh::{Member, Roll};
use commands::rules::Rules;
use jiff::Timestamp;

use super::line::{Known, Line, Opening};
use super::player::{Player, Watchers};
use super::stats::Stats;

/// Strangers are numbered from here, in the order in which they appear.
const FIRST_STRANGER: i64 = 9_000_000_001;

/// Plays a log to its end, and keeps the figures.
///
/// # Errors
/// A line that is not of the contract, with its number; a log that can't be read, an audience that leaves.
pub fn play(
    lines: impl BufRead,
    (rules, default): (Rules, Roster),
    watchers: &mut Watchers<'_>,
    stats: &mut Stats,
) -> anyhow::Result<Player> {
    let mut log: Option<Log> = None;
    let mut last = Instant::now();
    for (index, line) in lines.lines().enumerate() {
        let number = index + 1;
        let line = line.with_context(|| format!("line {number} can't be read as UTF-8"))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            continue;
        }
        let opening = Opening::parse(line).with_context(|| format!("line {number}"))?;
        stats.reading += last.elapsed();
        match opening {
            Opening::Roster(roster) if log.is_none() => log = Some(Log::new(rules.clone(), roster)),
            Opening::Roster(_) => bail!("line {number}: people and agents are named on the first line only"),
            Opening::Line(line) => {
                let log = log.get_or_insert_with(|| Log::new(rules.clone(), default.clone()));
                log.take(*line, watchers, stats).with_context(|| format!("line {number}"))?;
            }
        }
        last = Instant::now();
    }
    let mut player = log.unwrap_or_else(|| Log::new(rules, default)).player;
    player.settle(Timestamp::MIN, watchers)?;
    Ok(player)
}

struct Log {
    player: Player,
    strangers: BTreeMap<String, UserId>,
    messages: BTreeMap<i32, (UserId, Timestamp)>,
}

impl Log {
    fn new(rules: Rules, roster: Roster) -> Self {
        let (strangers, messages) = Default::default();
        Self { player: Player::new(rules, roster), strangers, messages }
    }

    fn take(&mut self, line: Line, watchers: &mut Watchers<'_>, stats: &mut Stats) -> anyhow::Result<()> {
        self.player.let_time_pass(line.at, watchers)?;
        let chat = self.player.chat();
        let (roll, strangers) = (&self.player.mesh().roll, &mut self.strangers);
        let mut user = |name: &str| user(roll, strangers, name);
        let (messages, buttons) = (&mut self.messages, &self.player.buttons);
        let who = |user| roll.get(user).map(Member::who);
        let input = line.into_input(&mut Known { user: &mut user, who: &who, messages, buttons }, chat)?;
        stats.count(&input);
        self.player.put(input, watchers)?;
        stats.mark(&self.player);
        Ok(())
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

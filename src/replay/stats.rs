//! `--stats`: what a log holds, what it costs, and how that grows with its length.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use commands::grammar::{self, Reading};
use commands::input::{Heard, Input, What};
use serde::Serialize;

use super::player::{Audience, Moment, Player};
use super::show;

/// The first row of the growth; each next one is at ten times as many messages.
const FIRST_ROW: u64 = 1_000;

/// What a log holds and what it costs.
#[derive(Debug, Default)]
pub struct Stats {
    /// Whether messages are read a second time, to tell utterances from chatter.
    wanted: bool,
    /// The time that reading JSON took.
    pub reading: Duration,
    deciding: Duration,
    messages: u64,
    utterances: u64,
    almost: u64,
    chatter: u64,
    others: u64,
    growth: Vec<Row>,
    last: (u64, Duration),
}

/// What the mesh did.
#[derive(Debug, Default)]
pub struct Effects {
    kinds: BTreeMap<&'static str, u64>,
    posts: Posts,
    /// What would be runs of agents' models.
    runs: u64,
}

/// What the mesh said in the group.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Posts {
    silent: u64,
    sound: u64,
}

/// What a message cost at one length of the log.
#[derive(Clone, Copy, Debug, Serialize)]
struct Row {
    /// The length.
    messages: u64,
    /// Nanoseconds each, parsed and decided, since the row before.
    ns_each: u64,
    /// Memory of the whole program, where the system tells.
    resident_kib: Option<u64>,
    /// Tasks that somebody has.
    open_tasks: usize,
}

/// The figures as programs read them.
#[derive(Serialize)]
struct View<'a> {
    messages: u64,
    utterances: u64,
    almost: u64,
    chatter: u64,
    others: u64,
    effects: &'a BTreeMap<&'static str, u64>,
    posts: Posts,
    runs: u64,
    reading_ms: u128,
    deciding_ms: u128,
    messages_a_second: u64,
    growth: &'a [Row],
}

impl Stats {
    /// Figures that somebody wants to see.
    pub fn wanted() -> Self {
        Self { wanted: true, ..Self::default() }
    }

    /// Counts an input of the log.
    pub fn count(&mut self, input: &Input) {
        if !self.wanted {
            return;
        }
        let What::Heard(heard) = &input.what else {
            self.others += 1;
            return;
        };
        self.messages += 1;
        *match read(heard) {
            Reading::Utterance(_) => &mut self.utterances,
            Reading::Almost(_) => &mut self.almost,
            Reading::Chatter => &mut self.chatter,
        } += 1;
    }

    /// A row at each power of ten.
    pub fn mark(&mut self, player: &Player) {
        self.deciding = player.deciding;
        let next = self.growth.last().map_or(FIRST_ROW, |row| row.messages * 10);
        if self.messages == next && self.last.0 < next {
            self.row(player);
        }
    }

    /// The last row, where the log has more messages than the row before.
    pub fn close(&mut self, player: &Player) {
        self.deciding = player.deciding;
        if self.messages > self.last.0 {
            self.row(player);
        }
    }

    fn row(&mut self, player: &Player) {
        let (before, spent) = self.last;
        self.growth.push(Row {
            messages: self.messages,
            ns_each: per(player.deciding.saturating_sub(spent), self.messages - before),
            resident_kib: resident_kib(),
            open_tasks: player.mesh().claims.count_open(),
        });
        self.last = (self.messages, player.deciding);
    }

    /// How much was said, for people.
    pub fn of_messages(&self) -> String {
        let Self { messages, utterances, almost, chatter, others, .. } = self;
        format!(
            "Messages   {messages}: {utterances} utterances, {almost} almost, {chatter} chatter; {others} other inputs"
        )
    }

    /// How much was said, for programs.
    pub fn counts(&self) -> serde_json::Value {
        let Self { messages, utterances, almost, chatter, others, .. } = self;
        serde_json::json!({
            "all": messages, "utterances": utterances, "almost": almost, "chatter": chatter, "others": others,
        })
    }

    /// The figures as one JSON object.
    pub fn to_json(&self, effects: &Effects) -> serde_json::Result<serde_json::Value> {
        serde_json::to_value(View {
            messages: self.messages,
            utterances: self.utterances,
            almost: self.almost,
            chatter: self.chatter,
            others: self.others,
            effects: &effects.kinds,
            posts: effects.posts,
            runs: effects.runs,
            reading_ms: self.reading.as_millis(),
            deciding_ms: self.deciding.as_millis(),
            messages_a_second: rate(self.messages, self.deciding),
            growth: &self.growth,
        })
    }

    /// The figures for people.
    pub fn to_text(&self, effects: &Effects) -> String {
        let (posts, runs) = (effects.posts, effects.runs);
        let effects: Vec<_> = effects.kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let mut text = format!(
            "{}\n\
             Effects    {}\n\
             Posts      {} silent, {} with sound\n\
             Runs       {runs} of agents' models\n\
             Reading    {} ms of JSON, {} messages a second\n\
             Deciding   {} ms, {} messages a second, parsed and decided\n",
            self.of_messages(),
            if effects.is_empty() { "none".to_owned() } else { effects.join(", ") },
            posts.silent,
            posts.sound,
            self.reading.as_millis(),
            rate(self.messages, self.reading),
            self.deciding.as_millis(),
            rate(self.messages, self.deciding),
        );
        text.push_str("\n  messages   ns each   resident KiB   open tasks\n");
        for row in &self.growth {
            let resident = row.resident_kib.map_or_else(|| "?".to_owned(), |kib| kib.to_string());
            let (messages, each, open) = (row.messages, row.ns_each, row.open_tasks);
            writeln!(text, "{messages:>10} {each:>9} {resident:>14} {open:>12}").expect("a String takes all");
        }
        text
    }
}

impl Audience for Effects {
    fn see(&mut self, moment: &Moment<'_>) -> anyhow::Result<()> {
        for effect in &moment.decision.effects {
            *self.kinds.entry(show::kind(effect)).or_default() += 1;
            self.runs += u64::from(effect.is_run());
            match show::rings(effect) {
                Some(true) => self.posts.sound += 1,
                Some(false) => self.posts.silent += 1,
                None => {}
            }
        }
        Ok(())
    }
}

fn read(heard: &Heard) -> Reading {
    if heard.forwarded { Reading::Chatter } else { grammar::read(&heard.said, heard.reply_to.is_some()) }
}

fn per(spent: Duration, messages: u64) -> u64 {
    u64::try_from(spent.as_nanos() / u128::from(messages.max(1))).unwrap_or(u64::MAX)
}

fn rate(messages: u64, spent: Duration) -> u64 {
    let nanos = spent.as_nanos().max(1);
    u64::try_from(u128::from(messages) * 1_000_000_000 / nanos).unwrap_or(u64::MAX)
}

/// What this process holds in memory, where the system tells.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

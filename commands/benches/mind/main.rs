//! How fast the mind is, and whether it stays so: nine parts chatter, one part utterances, on one core.
//!
//! `cargo bench -p commands --bench mind [-- MESSAGES [SECONDS]]` prints figures, never verdicts; SECONDS are what lies
//! between two messages at most. Making up the talk is not timed; deciding it is (in time on the core), with the outcome
//! of every post, as in a running node. Last, what a claim costs beside so many open tasks (`-- 0` for that alone).

mod claims;
mod talk;

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use commands::decide::Mind;
use commands::effect::Effect;
use commands::grammar;
use commands::ids::VoiceId;
use commands::input::{EffectResult, Heard, Input, Outcome, What};
use commands::mesh::Mesh;
use commands::rules::Rules;
use jiff::Timestamp;

use self::talk::{GROUP, Talk};

/// So many messages, if the command line says nothing else.
const MESSAGES: usize = 1_000_000;
/// Seconds between two messages, at most, if the command line says nothing else: a busy group.
const PAUSE_MOST: u64 = 2;
/// So many are made up before they are timed.
const BLOCK: usize = 1_000;
/// The figures are printed at ten times this, and ten times that, and at the end.
const FIRST_STOP: usize = 1_000;
/// A person finishes the oldest task when more than so many are open.
const OPEN_MOST: usize = 64;
/// The seed of the talk: the same every time.
const SEED: u64 = 7;

fn main() {
    let mut numbers = std::env::args().filter_map(|word| word.parse().ok());
    let messages = numbers.next().map_or(MESSAGES, |number: u64| usize::try_from(number).unwrap_or(MESSAGES));
    let pause_most = numbers.next().unwrap_or(PAUSE_MOST);
    if messages > 0 {
        read_and_decided(messages, pause_most);
    }
    claims::print();
}

fn read_and_decided(messages: usize, pause_most: u64) {
    read_only(messages.min(200_000), pause_most);
    let mut run = Run::new(pause_most);
    println!("{}", Row::HEAD);
    let (mut stop, mut since) = (FIRST_STOP, Row::default());
    while run.total.messages < messages {
        run.block();
        if run.total.messages >= stop.min(messages) {
            println!("{}", run.total.since(&since).shown(&run));
            (stop, since) = (stop * 10, run.total);
        }
    }
    println!("\n{}", run.conclusion());
}

/// The grammar alone, over the same talk.
fn read_only(messages: usize, pause_most: u64) {
    let mut talk = Talk::new(SEED, pause_most);
    let (mut spent, mut chatter) = (Duration::ZERO, 0_usize);
    for _ in 0..messages.div_ceil(BLOCK) {
        let block: Vec<Heard> = (0..BLOCK).map(|_| talk.message()).collect();
        let start = cpu();
        for heard in &block {
            let reading = grammar::read(black_box(&heard.said), heard.reply_to.is_some());
            chatter += usize::from(matches!(reading, grammar::Reading::Chatter));
        }
        spent += cpu().saturating_sub(start);
    }
    let read = messages.div_ceil(BLOCK) * BLOCK;
    println!("read only: {} ns a message; {} % chatter\n", each(spent, read), chatter * 100 / read);
}

/// A mind at work, and what it has cost so far.
struct Run {
    mind: Mind,
    talk: Talk,
    last_post: i32,
    total: Row,
}

/// What some messages cost.
#[derive(Clone, Copy, Default)]
struct Row {
    messages: usize,
    facts: usize,
    effects: usize,
    posts: usize,
    spent: Duration,
}

impl Run {
    fn new(pause_most: u64) -> Self {
        let mut mind = Mind::new(Mesh::default(), Rules::new(GROUP, 1), Timestamp::MIN);
        mind.decide(Input { at: talk::start(), what: What::Roster(talk::roster()) });
        Self { mind, talk: Talk::new(SEED, pause_most), last_post: 0, total: Row::default() }
    }

    fn block(&mut self) {
        let left = self.left_open().map(str::to_owned).collect();
        self.talk.tidy_up(left);
        let block: Vec<Heard> = (0..BLOCK).map(|_| self.talk.message()).collect();
        self.total.messages += block.len();
        let start = cpu();
        for heard in block {
            self.put(Input { at: heard.message.at, what: What::Heard(heard) });
        }
        self.total.spent += cpu().saturating_sub(start);
    }

    /// Tasks that nobody finishes, as the made-up agents know less than the mesh.
    fn left_open(&self) -> impl Iterator<Item = &str> {
        let claims = &self.mind.mesh().claims;
        let most = claims.count_open().saturating_sub(OPEN_MOST);
        claims.all_open().take(most).map(|(_, claim)| claim.task.as_str())
    }

    /// Decides an input; every post succeeds at once, and the mind learns of it.
    fn put(&mut self, input: Input) {
        let decision = self.mind.decide(input);
        self.total.facts += decision.facts.len();
        self.total.effects += decision.effects.len();
        for effect in decision.effects {
            if matches!(effect, Effect::Post { .. }) {
                self.last_post += 1;
                self.total.posts += 1;
                let result = EffectResult::Done(Some(VoiceId(self.last_post)));
                let outcome = Outcome { effect, result };
                self.put(Input { at: self.mind.now(), what: What::Outcome(outcome) });
            }
        }
    }

    fn conclusion(&self) -> String {
        let open = self.mind.mesh().claims.count_open();
        let tasks = self.mind.mesh().claims.iter().count();
        let rate = self.total.messages as u128 * 1_000_000_000 / self.total.spent.as_nanos().max(1);
        format!(
            "{rate} messages a second; {} of 1,000 are utterances, {} fences drawn, {open} tasks open, {} remembered as done",
            self.talk.utterances() * 1_000 / self.total.messages,
            self.mind.mesh().last_fence().counter(),
            tasks - open
        )
    }
}

impl Row {
    const HEAD: &str = "   messages   ns each   facts  effects  posts  facts of a snapshot  resident KiB";

    fn since(&self, before: &Self) -> Self {
        Self {
            messages: self.messages - before.messages,
            facts: self.facts - before.facts,
            effects: self.effects - before.effects,
            posts: self.posts - before.posts,
            spent: self.spent.saturating_sub(before.spent),
        }
    }

    fn shown(&self, run: &Run) -> String {
        format!(
            "{:>11} {:>9} {:>7} {:>8} {:>6} {:>20} {:>13}",
            run.total.messages,
            each(self.spent, self.messages),
            self.facts,
            self.effects,
            self.posts,
            run.mind.mesh().to_facts().len(),
            resident_kib().map_or_else(|| "?".to_owned(), |kib| kib.to_string())
        )
    }
}

fn each(spent: Duration, messages: usize) -> u128 {
    spent.as_nanos() / messages.max(1) as u128
}

/// The time that this thread has had on a core, where the system tells; else the time that went by. Other programs on
/// the machine then matter less.
fn cpu() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let read = || {
        let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        stat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
    };
    read().unwrap_or_else(|| START.elapsed())
}

/// What this process holds in memory, where the system tells.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

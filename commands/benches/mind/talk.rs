//! A talk made up from a seed: sixteen agents and four people, nine parts chatter, one part utterances.

use commands::fact::{Agent, Person, Role, Roster};
use commands::grammar::Said;
use commands::ids::{AgentId, ChatId, Ear, MessageRef, PersonId, UserId, fingerprint};
use commands::input::{Door, Heard, Sender, SenderKind};
use jiff::{SignedDuration, Timestamp};

/// Where they talk.
pub const GROUP: ChatId = ChatId(-4_000_000_001);

const AGENTS: usize = 16;
const PEOPLE: usize = 4;
/// An agent claims no more while it holds so many.
const HELD_MOST: usize = 3;
/// One message in so many is an utterance.
const ONE_IN: u64 = 10;

const CHATTER: &[&str] = &[
    "looking into it",
    "the build is green again, three flaky tests left",
    "no, the other one",
    "restarting my shell, back in a minute",
    "I think the token in staging is the old one, could somebody check before lunch?",
    "done with the first half of it",
    "ok",
    "Claim numbers are up 4 % since Monday, here is the chart: https://example.org/c/81",
    "thanks!",
    "- pulled main\n- ran the suite\n- 412 passed, 2 skipped\n- nothing else to report",
    "🔥 staging is slow today",
    "stand-up in five minutes",
    "can we pause the deploys until the release is out?",
    "progress: 60 %, the migration of the second table runs",
];

const VERBS: &[&str] = &["rotate", "fix", "review", "migrate", "document", "upgrade", "test", "clean up"];
const THINGS: &[&str] =
    &["hooks token", "api keys", "Notion sync", "billing job", "login page", "search index", "backup"];

/// The talk: deterministic in its seed.
pub struct Talk {
    state: u64,
    pause_most: u64,
    at: Timestamp,
    id: i32,
    task: u32,
    held: Vec<Vec<String>>,
    offered: Option<(usize, String)>,
    quiet: Option<usize>,
    left: Vec<String>,
    utterances: usize,
}

/// When it begins.
pub fn start() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56)
}

/// Who takes part in it.
pub fn roster() -> Roster {
    let person = |n: usize| Person {
        id: PersonId(user(n).0),
        name: format!("Person {n}"),
        role: Some(if n.is_multiple_of(2) { Role::Exec } else { Role::Operator }),
    };
    let agent = |n: usize| Agent {
        id: AgentId(user(n).0),
        name: name(n),
        aliases: vec![],
        address: None,
        always_on: true,
    };
    Roster {
        people: (AGENTS..AGENTS + PEOPLE).map(person).collect(),
        agents: (0..AGENTS).map(agent).collect(),
        lead: Some(name(0)),
        ..Roster::default()
    }
}

fn name(n: usize) -> String {
    if n < AGENTS { format!("Agent{n:02}") } else { format!("Person {n}") }
}

fn user(n: usize) -> UserId {
    UserId(7_000_000_000 + i64::try_from(n).unwrap_or(0))
}

impl Talk {
    /// One with at most so many seconds between two messages.
    pub fn new(seed: u64, pause_most: u64) -> Self {
        let held = vec![Vec::new(); AGENTS];
        let (at, left) = (start(), Vec::new());
        let (offered, quiet) = (None, None);
        Self { state: seed, pause_most, at, id: 0, task: 0, held, offered, quiet, left, utterances: 0 }
    }

    /// The next message.
    pub fn message(&mut self) -> Heard {
        let pause = self.below(self.pause_most + 1);
        self.at += SignedDuration::from_secs(i64::try_from(pause).unwrap_or(0));
        if self.below(ONE_IN) == 0 {
            let (from, text) = self.utterance();
            return self.said(from, &text);
        }
        let from = self.index(AGENTS + PEOPLE);
        let text = CHATTER[self.index(CHATTER.len())];
        self.said(from, text)
    }

    /// With the next utterances an Exec finishes these tasks.
    pub fn tidy_up(&mut self, tasks: Vec<String>) {
        self.left = tasks;
    }

    /// How many messages were utterances.
    pub fn utterances(&self) -> usize {
        self.utterances
    }

    /// An agent claims a task: each in its turn.
    pub fn one_claims(&mut self, number: usize, task: &str) -> Heard {
        self.said(number % AGENTS, &format!("🔒 EXCLUSIVE CLAIM: {task}\nETA: 20 min"))
    }

    /// The same one finishes it.
    pub fn one_finishes(&mut self, number: usize, task: &str) -> Heard {
        self.said(number % AGENTS, &format!("✅ DONE: {task}"))
    }

    fn utterance(&mut self) -> (usize, String) {
        self.utterances += 1;
        if let Some((to, task)) = self.offered.take() {
            self.held[to].push(task.clone());
            return (to, format!("✅ ACK: {task}"));
        }
        if let Some(task) = self.left.pop() {
            return (AGENTS, format!("✅ DONE: {task}"));
        }
        let agent = self.index(AGENTS);
        let (full, none) = (self.held[agent].len() >= HELD_MOST, self.held[agent].is_empty());
        match self.below(20) {
            0..10 if !full => self.claim(agent),
            0..13 if !none => (agent, format!("✅ DONE: {}\nResult: it works", self.drop_task(agent))),
            13..15 if !none => self.hand_off(agent),
            15 if !none => self.rival(agent),
            16 if !none => (agent, format!("⏸️ TASK PAUSED: {}\nStatus: waiting", self.held[agent][0])),
            17 => (agent, "🔒 EXCLUSIVE CLAIM:".to_owned()),
            18 => self.stand_down(agent),
            19 => (AGENTS + self.index(PEOPLE), "/mesh claims".to_owned()),
            _ => self.shared(agent),
        }
    }

    fn claim(&mut self, agent: usize) -> (usize, String) {
        let task = self.new_task();
        self.held[agent].push(task.clone());
        let minutes = 5 + self.below(60);
        (agent, format!("🔒 EXCLUSIVE CLAIM: {task}\nOther bot: PAUSE on this task\nETA: {minutes} min"))
    }

    fn shared(&mut self, agent: usize) -> (usize, String) {
        let task = self.new_task();
        (agent, format!("🎯 CLAIMING: {task}\n👤 Owner: {}\n⏱️ ETA: 1h 30m", name(agent)))
    }

    fn hand_off(&mut self, agent: usize) -> (usize, String) {
        let (task, to) = (self.drop_task(agent), (agent + 1 + self.index(AGENTS - 1)) % AGENTS);
        let text = format!("✅ DONE: {task}\nResult: half of it\nHANDOFF to: {}", name(to));
        self.offered = Some((to, task));
        (agent, text)
    }

    /// Somebody else wants what `agent` holds.
    fn rival(&mut self, agent: usize) -> (usize, String) {
        let rival = (agent + 1 + self.index(AGENTS - 1)) % AGENTS;
        let task = self.held[agent][0].clone();
        match self.below(3) {
            0 => (rival, format!("⚠️ CONFLICT — I already started {task}. Half way through.")),
            1 => (AGENTS, format!("🔒 EXCLUSIVE CLAIM: {task}")),
            _ => (rival, format!("🔒 EXCLUSIVE CLAIM: {task}\nETA: 30m")),
        }
    }

    fn stand_down(&mut self, agent: usize) -> (usize, String) {
        if let Some(quiet) = self.quiet.take() {
            return (AGENTS, format!("{} stand up", name(quiet)));
        }
        self.quiet = Some(agent);
        (AGENTS, format!("{} stand down please", name(agent)))
    }

    fn new_task(&mut self) -> String {
        self.task += 1;
        let (verb, thing) = (VERBS[self.index(VERBS.len())], THINGS[self.index(THINGS.len())]);
        format!("{verb} the {thing} #{}", self.task)
    }

    fn drop_task(&mut self, agent: usize) -> String {
        self.held[agent].remove(0)
    }

    fn said(&mut self, from: usize, text: &str) -> Heard {
        self.id += 1;
        let kind = if from < AGENTS { SenderKind::Bot } else { SenderKind::Person };
        let (id, at) = (user(from), self.at);
        Heard {
            door: Door::Only,
            message: MessageRef {
                ear: Ear::Log,
                chat: GROUP,
                id: self.id,
                from: id,
                at,
                print: fingerprint(text),
            },
            sender: Sender { id, name: name(from), username: None, kind },
            said: Said::plain(text),
            reply_to: None,
            reply_to_from: None,
            edited: false,
            forwarded: false,
            heard_at: at,
        }
    }

    fn index(&mut self, of: usize) -> usize {
        usize::try_from(self.below(of as u64)).unwrap_or(0)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.chance() % bound
    }

    /// `SplitMix64`.
    fn chance(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

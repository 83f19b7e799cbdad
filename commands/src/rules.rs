//! The constants of the mesh, each with its default; all of them can be configured.

pub mod settings;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::ids::{AgentId, ChatId, UserId};
use crate::secrets::KnownTokens;

/// What the rules need to know that is not a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// The group.
    pub group: ChatId,
    /// The node's name: `/mesh agent … restart` and the like mean the node itself by it.
    pub node: String,
    /// The sequencer's term.
    pub term: u32,
    /// What the mesh may do in the group.
    pub mode: Mode,
    /// The zone of bare clock times.
    pub zone: jiff::tz::TimeZone,
    /// The mesh's own bot, without `@`; commands for another bot are not ours.
    pub bot_username: Option<String>,
    /// The users the mesh itself speaks as (its bot, its dedicated account): never heard.
    pub own: Vec<UserId>,
    /// Tokens of the configuration, by keyed hash: found in a message, they are masked.
    pub known_tokens: KnownTokens,
    /// Whose messages each agent takes; nobody's where it is missing. The mesh itself always may.
    pub accepts_from: BTreeMap<AgentId, Accepts>,
    /// Agents whose gateway can be driven: asked, restarted, changed.
    pub driven: BTreeSet<AgentId>,
    /// How agents that are asked answer, as far as this start knows.
    pub pulses: BTreeMap<AgentId, Pulse>,
    /// How the gateways of paused agents follow, as far as this start knows.
    pub followed: BTreeMap<AgentId, Followed>,
    /// Agents of which only the hook is known: they can be asked whether they are there, and nothing else.
    pub hook_alone: BTreeSet<AgentId>,
    /// Lease without an ETA: 30 min.
    pub lease: SignedDuration,
    /// The least added to an ETA: 15 min (or half of it).
    pub lease_slack: SignedDuration,
    /// The longest lease of an agent: 4 h.
    pub lease_most: SignedDuration,
    /// A CONFLICT counts so long after the claim: 60 s.
    pub conflict_window: SignedDuration,
    /// A contest nobody decided goes to the domain registry, else to the first: 15 min.
    pub contested_rule: SignedDuration,
    /// A task may be taken over after so much silence of its owner: 30 min ...
    pub takeover_silence: SignedDuration,
    /// ... and so long after it was asked, at its lease's end: 5 min.
    pub takeover_ping: SignedDuration,
    /// A shared claim is noted for: 24 h.
    pub note_for: SignedDuration,
    /// Who was told to stand down and is spoken to may answer within: 5 min.
    pub answer_within: SignedDuration,
    /// An unanswered handoff is asked again: 5 min.
    pub handoff_again: SignedDuration,
    /// An unanswered handoff goes to people: 15 min.
    pub handoff_people: SignedDuration,
    /// An unconfirmed stand-down is asked again: 3 min.
    pub stand_down_again: SignedDuration,
    /// An unconfirmed stand-down goes to Execs: 6 min.
    pub stand_down_people: SignedDuration,
    /// While a 👍 is awaited, the account asks for reactions this often: 10 s.
    pub reactions_every: SignedDuration,
    /// "The one that spoke" last is a stand-down's target within: 2 min.
    pub spoke_within: SignedDuration,
    /// Least time between two edits of the board: 10 s.
    pub board_every: SignedDuration,
    /// A finished task stays on the board for: 1 h.
    pub done_shown: SignedDuration,
    /// Preflight looks back at what was finished within: 7 days, which is also the most that is remembered.
    pub preflight_done: SignedDuration,
    /// A status card asked for again within this time is refreshed, not posted anew: 60 s.
    pub card_every: SignedDuration,
    /// An agent counts as online after a sign of life within: 30 min.
    pub online_within: SignedDuration,
    /// An agent's question that a person has not answered is said to him in private: 30 min.
    pub question_dm: SignedDuration,
    /// Messages of two bots to each other in any 60 s: 20.
    pub loop_messages: usize,
    /// After more than that, they are not listened to: 60 s.
    pub loop_silence: SignedDuration,
    /// Turns of two bots without a person: 12.
    pub loop_turns: usize,
    /// After a shorter absence the mesh does not say that it is back, unless something was missed: 5 min.
    pub back_after: SignedDuration,
    /// A command that is heard later than this is answered, not carried out: 5 min.
    pub missed_after: SignedDuration,
    /// Nothing is said of an agent that somebody has silenced for: 1 h.
    pub silence: SignedDuration,
    /// An agent's gateway is not started anew again within: 5 min. Each start registers its commands with Telegram anew,
    /// which after a few is answered with minutes of waiting.
    pub restart_every: SignedDuration,
    /// Commands of one person in any 60 s: 10.
    pub commands_a_minute: usize,
    /// Taps of one person in any 60 s: 30.
    pub taps_a_minute: usize,
}

/// What the mesh may do in the group: one filter over the effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// Journal only.
    Observe,
    /// Reactions and the board only.
    React,
    /// Everything.
    #[default]
    Enforce,
}

/// How an agent answers whoever asks whether it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// What the last answer took, in milliseconds; none after a miss.
    pub took_ms: Option<u64>,
    /// Of the last seven days' questions it answered so many, in tenths of a percent.
    pub uptime: Option<u16>,
}

/// What the gateway of a paused agent does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// It is suspended.
    Suspended,
    /// It can't be suspended: the mesh alone keeps the agent out.
    CannotBe(String),
    /// It is not suspended yet, for this reason.
    NotYet(String),
    /// It is suspended still, though its agent may go on, for this reason.
    NotLetGo(String),
}

/// Whose messages an agent takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepts {
    /// Everybody's of the mesh.
    Everybody,
    /// These.
    These(BTreeSet<UserId>),
}

impl Rules {
    /// The defaults, for a group and a term.
    pub fn new(group: ChatId, term: u32) -> Self {
        let minutes = SignedDuration::from_mins;
        Self {
            group,
            node: "node".into(),
            term,
            mode: Mode::Enforce,
            zone: jiff::tz::TimeZone::UTC,
            bot_username: None,
            own: Vec::new(),
            known_tokens: KnownTokens::default(),
            accepts_from: BTreeMap::new(),
            driven: BTreeSet::new(),
            pulses: BTreeMap::new(),
            followed: BTreeMap::new(),
            hook_alone: BTreeSet::new(),
            lease: minutes(30),
            lease_slack: minutes(15),
            lease_most: minutes(240),
            conflict_window: minutes(1),
            contested_rule: minutes(15),
            takeover_silence: minutes(30),
            takeover_ping: minutes(5),
            note_for: SignedDuration::from_hours(24),
            answer_within: minutes(5),
            handoff_again: minutes(5),
            handoff_people: minutes(15),
            stand_down_again: minutes(3),
            stand_down_people: minutes(6),
            reactions_every: SignedDuration::from_secs(10),
            spoke_within: minutes(2),
            board_every: SignedDuration::from_secs(10),
            done_shown: minutes(60),
            preflight_done: SignedDuration::from_hours(7 * 24),
            card_every: SignedDuration::from_secs(60),
            online_within: minutes(30),
            question_dm: minutes(30),
            loop_messages: 20,
            loop_silence: SignedDuration::from_secs(60),
            loop_turns: 12,
            back_after: minutes(5),
            missed_after: minutes(5),
            silence: minutes(60),
            restart_every: minutes(5),
            commands_a_minute: 10,
            taps_a_minute: 30,
        }
    }
}

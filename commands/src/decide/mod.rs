//! (Mesh, Input) to Decision: the one place where it is decided what follows from what was said.

mod about;
mod agenda;
mod assign;
mod board;
mod call;
#[cfg(test)]
mod called;
mod claim;
mod command;
#[cfg(test)]
mod commanded;
mod conflict;
mod deadline;
#[cfg(test)]
mod delivered;
mod delivery;
mod done;
#[cfg(test)]
mod doors;
mod edit;
mod forward;
mod guard;
mod handoff;
mod health;
mod heard;
mod hold;
mod late;
#[cfg(test)]
mod leaking;
mod limiter;
mod meant;
mod migrate;
mod others;
mod outcome;
mod pressed;
mod question;
mod queue;
mod quiet;
mod refusals;
mod relay;
mod release;
mod roster;
mod secret;
mod shared;
mod similar;
mod stand_down;
mod takeover;
mod tap;
mod tap_task;
#[cfg(test)]
mod tests;
mod undelivered;
mod verdict;

use std::collections::BTreeMap;

use jiff::Timestamp;

use self::agenda::{Agenda, Subject};
use self::call::Answering;
use self::guard::Guard;
use self::limiter::SlidingLog;
use self::pressed::Pressed;
use self::refusals::Refusals;
use crate::answer::Answer;
use crate::effect::{Effect, Envelope, Reaction, Slot};
use crate::fact::{Fact, Ordered};
use crate::grammar::Task;
use crate::ids::{AgentId, ChatId, Fence, MessageRef, UserId, Who};
use crate::input::{DriveOrder, Input, Order, What};
use crate::mesh::Mesh;
use crate::preflight::{self, Preflight, Shelf};
use crate::rules::settings::Setting;
use crate::rules::{Followed, Mode, Pulse, Rules};
use crate::say;

/// What follows from one input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// What is now true, in order.
    pub facts: Vec<Fact>,
    /// What to do, in order.
    pub effects: Vec<Effect>,
    /// What goes into the audit.
    pub audit: Vec<Audited>,
    /// The answer to a call, and who called; nothing else has one.
    pub answer: Option<(Who, Answer)>,
    /// Agents that were told to stand down: what waits in the outbox for them, but for orders, is struck off.
    pub struck: Vec<AgentId>,
}

impl Decision {
    /// Nothing is true that was not before, and there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
            && self.effects.is_empty()
            && self.audit.is_empty()
            && self.answer.is_none()
            && self.struck.is_empty()
    }
}

/// A command or tap, for the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// Who.
    pub user: UserId,
    /// The name they bore.
    pub name: String,
    /// The command, as typed.
    pub command: String,
    /// What it was about: an agent, a task, a person.
    pub target: Option<String>,
    /// What came of it.
    pub result: Result<String, String>,
    /// The message that gave it, or that bore the button.
    pub anchor: Option<MessageRef>,
}

/// The mesh with its rules and its volatile guards. Facts of a decision are applied at once, so that the next input
/// of the same batch sees them; if they can't be journalled, the whole `Mind` is to be thrown away.
#[derive(Clone, Debug)]
pub struct Mind {
    mesh: Mesh,
    rules: Rules,
    now: Timestamp,
    commands: SlidingLog,
    taps: SlidingLog,
    refusals: Refusals,
    pressed: Pressed,
    leaks: SlidingLog,
    /// What strangers are answered, and Execs are told of them: a crowd counts as one.
    strangers: SlidingLog,
    /// The rules as configured, without what was set by command.
    configured: Rules,
    guard: Guard,
    signing_in: bool,
    spoke: Option<(AgentId, Timestamp)>,
    agenda: Agenda,
    /// The board may not show what is true.
    board_stale: bool,
    /// When it is due, as of the last fact.
    board_due: Option<Timestamp>,
    shelf: Shelf,
}

impl Mind {
    /// A mind that holds `mesh` to be true as of `now`.
    pub fn new(mesh: Mesh, rules: Rules, now: Timestamp) -> Self {
        let (commands, taps, refusals, pressed, leaks, guard, agenda) = Default::default();
        let subjects = deadline::subjects(&mesh);
        let shelf = Shelf::of(&mesh);
        let configured = rules.clone();
        let rules = Rules { group: mesh.moved.home(rules.group), ..rules };
        let mut mind = Self {
            mesh,
            strangers: SlidingLog::default(),
            configured,
            rules,
            now,
            commands,
            taps,
            refusals,
            pressed,
            leaks,
            guard,
            signing_in: false,
            spoke: None,
            agenda,
            board_stale: true,
            board_due: None,
            shelf,
        };
        mind.apply_settings();
        for subject in subjects {
            mind.look_up(subject);
        }
        mind.board_due = board::due(&mind);
        mind
    }

    /// What is true.
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// The rules it decides by.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The core's time: the greatest seen.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// When it next wants to be woken by a [`What::Tick`], if nothing else happens.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        deadline::next(self)
    }

    /// Says whether a sign-in waits for its code: only then are digits with the word *code* a secret. Volatile, as the
    /// sign-in is.
    pub fn expect_code(&mut self, open: bool) {
        self.signing_in = open;
    }

    /// What `who` should know before they begin `task`.
    pub fn preflight(&self, task: &Task, who: Option<Who>) -> Preflight {
        preflight::preflight((&self.mesh, &self.shelf), task, who, (self.now, self.rules.preflight_done))
    }

    /// Whether an account may be ordered to say this; else why not.
    ///
    /// # Errors
    /// The reason, as a sentence.
    pub fn may_relay(&self, order: &Order) -> Result<(), String> {
        relay::may(self, order)
    }

    /// Whether somebody at the node's shell may have that done to an agent's gateway now; else why not.
    ///
    /// # Errors
    /// The reason, as a sentence.
    pub fn may_drive(&self, order: &DriveOrder, now: Timestamp) -> Result<(), String> {
        command::may_drive(self, order, now)
    }

    /// Knows how an agent answers: for the cards, and for nothing that is decided.
    pub fn felt(&mut self, agent: AgentId, pulse: Pulse) {
        for rules in [&mut self.rules, &mut self.configured] {
            rules.pulses.insert(agent, pulse);
        }
    }

    /// Knows how the gateways of paused agents follow: for the cards, and for nothing that is decided.
    pub fn followed(&mut self, how: &BTreeMap<AgentId, Followed>) {
        for rules in [&mut self.rules, &mut self.configured] {
            rules.followed.clone_from(how);
        }
    }

    /// Knows one more token: an agent has another.
    pub fn learn_token(&mut self, what: &str, owner: AgentId, token: &str) {
        for rules in [&mut self.rules, &mut self.configured] {
            rules.known_tokens.learn(what, Some(owner), token);
        }
    }

    /// Makes a fact true, and moves the deadlines that it shifts.
    fn learn(&mut self, fact: &Fact) {
        let shows = board::shows(fact, self);
        self.board_stale |= shows;
        self.shelf.learn(fact, &self.mesh);
        self.mesh.apply(fact);
        self.rules.group = self.mesh.moved.home(self.rules.group);
        if let Fact::Ordered(Ordered::Set { .. }) = fact {
            self.apply_settings();
            for subject in deadline::subjects(&self.mesh) {
                self.look_up(subject);
            }
        }
        // A sign of life only puts deadlines off: they are looked up again when they come.
        if shows || !matches!(fact, Fact::Alive { .. }) {
            for subject in deadline::moved(fact, &self.mesh) {
                // Midnight does not move.
                if subject != Subject::Day || !self.agenda.waits(&subject, self.now) {
                    self.look_up(subject);
                }
            }
        }
        self.board_due = board::due(self);
    }

    /// The board may show what is true, or may not, without a fact.
    fn board_is_stale(&mut self, stale: bool) {
        self.board_stale = stale;
        self.board_due = board::due(self);
    }

    /// The rules are the configuration's, but for what was set by command; what no longer can be is left out.
    fn apply_settings(&mut self) {
        let group = self.rules.group;
        self.rules = Rules { group, ..self.configured.clone() };
        let set = &self.mesh.orders.settings;
        // One of a pair may have to wait for the other.
        for (key, (value, _)) in set.iter().chain(set) {
            if let Some(setting) = Setting::named(key) {
                // What the configuration no longer goes with is left as it is configured.
                let _ = setting.set(&mut self.rules, value);
            }
        }
    }

    fn look_up(&mut self, subject: Subject) {
        let due = deadline::of(&subject, &self.mesh, &self.rules, self.now);
        self.agenda.put(subject, due);
    }

    /// Decides one input. All deadlines up to its instant fire first, each at its own.
    pub fn decide(&mut self, input: Input) -> Decision {
        let mut turn = Turn { mind: self, decision: Decision::default(), answering: None, spoken: None };
        let at = input.at.max(turn.mind.now);
        deadline::fire_until(&mut turn, at);
        turn.mind.now = at;
        match input.what {
            What::Roster(roster) => roster::settle(&mut turn, roster),
            What::People(edit) => command::settle_edit(&mut turn, edit),
            What::Heard(heard) => {
                let heard = secret::cover(&mut turn, heard);
                turn.spoken = Some(heard.message);
                heard::hear(&mut turn, &heard);
            }
            What::Relay(order) => relay::order(&mut turn, order),
            What::Drive(order) => command::drive(&mut turn, order),
            What::Called(asked) => call::answer(&mut turn, &asked),
            What::Tapped(tap) => tap::press(&mut turn, &tap),
            What::Reacted(reacted) => {
                question::reacted(&mut turn, &reacted);
                stand_down::reacted(&mut turn, &reacted);
            }
            What::Outcome(outcome) => outcome::learn(&mut turn, outcome),
            What::Pinned { chat, message } => outcome::pinned(&mut turn, chat, message),
            What::Taken(taken) => health::taken(&mut turn, taken),
            What::Health { agent, up } => health::verdict(&mut turn, agent, up),
            What::Throttled { agent, until } => health::throttled(&mut turn, agent, until),
            What::HookShut { agent, why } => undelivered::shut(&mut turn, agent, why),
            What::Away { since } => {
                turn.fact(Fact::Away { since, applied: 0 });
                command::forget_late(&mut turn);
            }
            What::Back => health::back(&mut turn),
            What::Gap(chat) => turn.fact(Fact::Missed { chat: turn.mesh().moved.home(chat), at }),
            What::Refetched(chat) => turn.fact(Fact::Refetched { chat: turn.mesh().moved.home(chat) }),
            What::Unheard { chat, since, until } => health::unheard(&mut turn, chat, (since, until)),
            What::Migrated { from, to } => migrate::migrate(&mut turn, from, to),
            What::Tick => {}
        }
        secret::after_tasks(&mut turn);
        // Without a fact the board is due when it was.
        if !turn.decision.facts.is_empty() {
            board::redraw(&mut turn);
        }
        let mut decision = turn.decision;
        about::put(&mut decision, &self.mesh);
        let mode = self.rules.mode;
        decision.effects.retain(|effect| allowed(mode, effect));
        let moved = &self.mesh.moved;
        if !moved.is_empty() {
            let effects = decision.effects.into_iter();
            decision.effects = effects.filter_map(|effect| moved.readdress(effect)).collect();
        }
        secret::keep_back(&mut decision, &self.rules);
        for effect in &mut decision.effects {
            if let Effect::Post { text, chat, .. } | Effect::Edit { text, chat, .. } = effect
                && !chat.is_private()
            {
                *text = say::for_the_group(std::mem::take(text));
            }
        }
        decision
    }
}

/// Observe does nothing, react only reacts and keeps the board.
fn allowed(mode: Mode, effect: &Effect) -> bool {
    match mode {
        Mode::Enforce => true,
        Mode::Observe => false,
        Mode::React => match effect {
            Effect::Post { slot, .. } | Effect::Edit { slot, .. } => *slot == Slot::Board,
            // An order of people to the node itself is carried out in every mode but observe.
            Effect::React { .. }
            | Effect::Pin { .. }
            | Effect::AnswerTap { .. }
            | Effect::Restart { .. }
            | Effect::Drive { .. }
            | Effect::Look { .. } => true,
            Effect::Disarm { .. }
            | Effect::Delete { .. }
            | Effect::Dm { .. }
            | Effect::Tell { .. }
            | Effect::Speak { .. }
            | Effect::Press { .. }
            | Effect::File { .. } => false,
        },
    }
}

/// One decision in the making.
struct Turn<'a> {
    mind: &'a mut Mind,
    decision: Decision,
    answering: Option<Answering>,
    /// The message that is being decided.
    spoken: Option<MessageRef>,
}

impl Turn<'_> {
    fn mesh(&self) -> &Mesh {
        &self.mind.mesh
    }

    fn rules(&self) -> &Rules {
        &self.mind.rules
    }

    fn now(&self) -> Timestamp {
        self.mind.now
    }

    fn fact(&mut self, fact: Fact) {
        self.mind.learn(&fact);
        self.decision.facts.push(fact);
    }

    fn effect(&mut self, effect: Effect) {
        self.decision.effects.extend(call::kept_from_the_caller(&mut self.answering, effect));
    }

    /// The 🙈 on a message stays, whatever else comes of it.
    fn react(&mut self, to: MessageRef, with: Reaction) {
        if with != Reaction::Secret && self.mesh().leaks.marks(&to) {
            return;
        }
        self.effect(Effect::React { to, with });
    }

    fn tell(&mut self, agent: AgentId, text: String, urgent: bool) {
        let answers = self.spoken.is_some_and(|message| message.from.0 == agent.0);
        let envelope = Envelope { answers, origin: self.spoken, ..Envelope::default() };
        self.effect(Effect::Tell { agent, text, urgent, order: None, envelope });
    }

    /// Passes an order on, or asks again: never an answer.
    fn order(&mut self, agent: AgentId, text: String, order: Option<MessageRef>) {
        let envelope = Envelope { origin: order, addressed: true, ..Envelope::default() };
        self.effect(Effect::Tell { agent, text, urgent: true, order, envelope });
    }

    /// Tells an agent; a person reads the board.
    fn tell_who(&mut self, who: Who, text: String, urgent: bool) {
        if let Who::Agent(agent) = who {
            self.tell(agent, text, urgent);
        }
    }

    /// Asks an agent something, whose answer people may read; a person reads the board.
    fn ask_who(&mut self, who: Who, text: String) {
        if let Who::Agent(agent) = who {
            let envelope = Envelope { addressed: true, origin: self.spoken, ..Envelope::default() };
            self.effect(Effect::Tell { agent, text, urgent: true, order: None, envelope });
        }
    }

    /// A message of ours says something else, without buttons; it may change again.
    fn rewrite(&mut self, chat: ChatId, slot: Slot, text: String) {
        if let Some(message) = self.mesh().voice.id(chat, &slot) {
            self.effect(Effect::Edit { slot, chat, message, text, buttons: Vec::new() });
        }
    }

    /// A card that another takes the place of.
    fn drop_card(&mut self, chat: ChatId, slot: Slot) {
        if let Some(message) = self.mesh().voice.id(chat, &slot) {
            self.effect(Effect::Disarm { chat, message });
        }
        self.clear(chat, slot);
    }

    /// The last words of a message of ours, without buttons.
    fn close(&mut self, chat: ChatId, slot: Slot, text: String) {
        if let Some(message) = self.mesh().voice.id(chat, &slot) {
            self.effect(Effect::Edit { slot: slot.clone(), chat, message, text, buttons: Vec::new() });
        }
        self.clear(chat, slot);
    }

    fn clear(&mut self, chat: ChatId, slot: Slot) {
        if self.mesh().voice.get(chat, &slot).is_some() {
            self.fact(Fact::Cleared { slot, chat });
        }
    }

    fn next_fence(&self) -> Fence {
        self.mesh().last_fence().max(Fence::first(self.rules().term)).next()
    }

    fn name(&self, who: Who) -> String {
        self.mesh().name(who)
    }
}

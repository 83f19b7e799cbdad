//! Every command by every role, every refusal word for word, every button by everybody: the promises of `/mesh`.

mod buttons;
mod cards;
mod driven;
mod hostile;
mod late;
mod roles;
mod table;
mod throttled;

use jiff::{SignedDuration, Timestamp};

use super::doors::said;
use super::tests::{GROUP, roster};
use super::*;
use crate::effect::{Button, ButtonAction, Look, Way};
use crate::fact::Role;
use crate::ids::VoiceId;
use crate::input::{Door, EffectResult, Heard, Outcome, Tap};

/// A mind with people in it, and a clock that goes on by a second with whatever happens.
pub(super) struct Stage {
    pub mind: Mind,
    second: i32,
    id: i32,
    posted: i32,
    /// The buttons that stand, by label: the newest of each.
    pub buttons: BTreeMap<String, (ChatId, VoiceId, ButtonAction)>,
    pub audit: Vec<Audited>,
    facts: Vec<Fact>,
}

use std::collections::BTreeMap;

/// So many facts are folded anew after each input.
const FOLDED_MOST: usize = 200;

pub(super) const ELY: i64 = 1;
pub(super) const OLGA: i64 = 2;
pub(super) const VIC: i64 = 3;
pub(super) const NOBODY: i64 = 4;
pub(super) const ORACLE: i64 = 12;

impl Stage {
    pub fn new() -> Self {
        let rules = Rules { bot_username: Some("mesh_bot".into()), ..Rules::new(GROUP, 1) };
        let mind = Mind::new(Mesh::default(), rules, Timestamp::UNIX_EPOCH);
        let (buttons, audit, facts) = Default::default();
        let mut stage = Self { mind, second: 0, id: 0, posted: 100, buttons, audit, facts };
        stage.put(What::Roster(roster()));
        stage
    }

    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(100_000 + i64::from(self.second))
    }

    pub fn wait(&mut self, seconds: i32) {
        self.second += seconds;
    }

    /// Somebody says something in the group, to the bot.
    pub fn say(&mut self, from: i64, text: &str) -> Vec<String> {
        let door = if from > 10 { Door::Ear } else { Door::Bot };
        self.hear(from, door, text, |_| {})
    }

    /// Somebody says something to the bot in private.
    pub fn whisper(&mut self, from: i64, text: &str) -> Vec<String> {
        self.hear(from, Door::BotDm, text, |_| {})
    }

    pub fn hear(
        &mut self,
        from: i64,
        door: Door,
        text: &str,
        change: impl FnOnce(&mut Heard),
    ) -> Vec<String> {
        self.second += 1;
        self.id += 1;
        let mut heard = said(from, self.second, door, text);
        heard.message.id = self.id;
        change(&mut heard);
        self.put(What::Heard(heard))
    }

    /// Somebody taps the newest button of that label.
    pub fn tap(&mut self, from: i64, label: &str) -> Vec<String> {
        let found = self.buttons.get(label);
        let (chat, message, action) =
            *found.unwrap_or_else(|| panic!("no {label} in {:?}", self.buttons.keys()));
        self.tap_at(from, chat, message, Some(action))
    }

    pub fn tap_at(
        &mut self,
        from: i64,
        chat: ChatId,
        message: VoiceId,
        action: Option<ButtonAction>,
    ) -> Vec<String> {
        self.second += 1;
        let (query, name) = (format!("q{}", self.second), "somebody".to_owned());
        self.put(What::Tapped(Tap { query, from: UserId(from), name, username: None, chat, message, action }))
    }

    /// What follows, in short; every effect succeeds but restarts and what is looked up, which are shown only.
    pub fn put(&mut self, what: What) -> Vec<String> {
        let mut shown = Vec::new();
        let mut inputs = std::collections::VecDeque::from([what]);
        while let Some(what) = inputs.pop_front() {
            let at = self.now();
            let decision = self.mind.decide(Input { at, what });
            self.audit.extend(decision.audit);
            self.facts.extend(decision.facts);
            for effect in decision.effects {
                if effect.slot() == Some(&Slot::Board) {
                    continue;
                }
                let result = self.pretend(&effect);
                shown.push(short(&effect));
                if let Some(result) = result {
                    inputs.push_back(What::Outcome(Outcome { effect, result }));
                }
            }
        }
        let shown = shown.into_iter().map(|text: String| text.replace('\u{2060}', "")).collect();
        // It costs with the square of what was said: a flood is let off.
        if self.facts.len() < FOLDED_MOST {
            assert_eq!(&Mesh::fold(&self.facts), self.mind.mesh(), "the mesh is the fold of its facts");
            assert_eq!(&Mesh::fold(&self.mind.mesh().to_facts()), self.mind.mesh());
        }
        shown
    }

    fn pretend(&mut self, effect: &Effect) -> Option<EffectResult> {
        match effect {
            Effect::Post { chat, buttons, .. } => {
                self.posted += 1;
                self.show(*chat, VoiceId(self.posted), buttons);
                Some(EffectResult::Done(Some(VoiceId(self.posted))))
            }
            Effect::Edit { chat, message, buttons, .. } => {
                self.show(*chat, *message, buttons);
                Some(EffectResult::Done(None))
            }
            Effect::Look { .. } | Effect::Restart { .. } | Effect::Drive { .. } => None,
            _ => Some(EffectResult::Done(None)),
        }
    }

    fn show(&mut self, chat: ChatId, message: VoiceId, buttons: &[Vec<Button>]) {
        for button in buttons.iter().flatten() {
            self.buttons.insert(button.label.clone(), (chat, message, button.action));
        }
    }

    /// The last line of the audit: what was ordered, and what came of it.
    pub fn audited(&self) -> String {
        let line = self.audit.last().expect("something was ordered");
        let result = match &line.result {
            Ok(result) => result.clone(),
            Err(error) => format!("no: {error}"),
        };
        format!("{} → {result}", line.command)
    }

    pub fn role(&self, of: i64) -> Option<Role> {
        self.mind.mesh().roll.get(UserId(of)).and_then(crate::mesh::Member::role)
    }
}

/// An effect as it is told apart here: texts whole, the rest in a word.
fn short(effect: &Effect) -> String {
    match effect {
        Effect::React { with, .. } => with.emoji().into(),
        Effect::Post { text, chat, buttons, .. } => {
            let private = if chat.is_private() { format!("to {chat}: ") } else { String::new() };
            let labels: Vec<_> =
                buttons.iter().flatten().map(|button| format!(" [{}]", button.label)).collect();
            format!("{private}{text}{}", labels.concat())
        }
        Effect::Edit { text, .. } => format!("edit: {text}"),
        Effect::AnswerTap { text, .. } => format!("tap: {}", text.as_deref().unwrap_or("-")),
        Effect::Tell { agent, text, .. } => format!("tell {agent}: {text}"),
        Effect::Look { what, asker } => {
            let private = if asker.way == Way::Private { " in private" } else { "" };
            match what {
                Look::Logs { lines } => format!("look: {lines} lines{private}"),
                Look::Audit { lines } => format!("look: audit {lines}"),
                Look::Why { task } => format!("look: why {task}"),
                other => format!("look: {other:?}{private}"),
            }
        }
        Effect::Drive { agent, deed, .. } => format!("drive {agent}: {deed:?}"),
        Effect::Restart { number, .. } => format!("restart {number}"),
        other => format!("{other:?}").chars().take(40).collect(),
    }
}

//! The core at play: inputs in, everything that is due in between at its own instant, every effect done at once.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use commands::decide::{Decision, Mind};
use commands::effect::{Button, ButtonAction, Effect};
use commands::fact::Roster;
use commands::ids::{ChatId, VoiceId};
use commands::input::{EffectResult, Input, Outcome, What};
use commands::mesh::Mesh;
use commands::rules::Rules;
use jiff::Timestamp;

/// Whoever looks on while a log is played.
pub trait Audience {
    /// An input was decided.
    ///
    /// # Errors
    /// What keeps the audience from going on, such as an output that is closed.
    fn see(&mut self, moment: &Moment<'_>) -> anyhow::Result<()>;
}

/// What an audience sees.
pub struct Moment<'a> {
    /// The mesh, as it is afterwards.
    pub mesh: &'a Mesh,
    /// The core's time.
    pub at: Timestamp,
    /// What was decided.
    pub decision: &'a Decision,
    /// Nothing was said: time went by.
    pub tick: bool,
}

/// All who look on.
pub type Watchers<'a> = [&'a mut dyn Audience];

/// A mind that is given a log.
pub struct Player {
    mind: Mind,
    settled: Option<Roster>,
    last_post: i32,
    /// The buttons of the mesh's messages, by label.
    pub buttons: BTreeMap<String, (VoiceId, ButtonAction)>,
    /// The time that deciding took.
    pub deciding: Duration,
}

impl Player {
    /// A mind that knows nothing but who is who.
    pub fn new(rules: Rules, roster: Roster) -> Self {
        Self {
            mind: Mind::new(Mesh::default(), rules, Timestamp::MIN),
            settled: Some(roster),
            last_post: 0,
            buttons: BTreeMap::new(),
            deciding: Duration::ZERO,
        }
    }

    /// What it holds to be true.
    pub fn mesh(&self) -> &Mesh {
        self.mind.mesh()
    }

    /// Its time.
    pub fn now(&self) -> Timestamp {
        self.mind.now()
    }

    /// The group it minds.
    pub fn chat(&self) -> ChatId {
        self.mind.rules().group
    }

    /// Everything that is due until then happens at its own instant, after who is who.
    pub fn let_time_pass(&mut self, until: Timestamp, watchers: &mut Watchers<'_>) -> anyhow::Result<()> {
        self.settle(until, watchers)?;
        while let Some(at) = self.mind.next_deadline().filter(|deadline| *deadline <= until) {
            self.put(Input { at, what: What::Tick }, watchers)?;
        }
        Ok(())
    }

    /// Who is who, before anything else happens.
    pub fn settle(&mut self, at: Timestamp, watchers: &mut Watchers<'_>) -> anyhow::Result<()> {
        match self.settled.take() {
            Some(roster) => self.put(Input { at, what: What::Roster(roster) }, watchers),
            None => Ok(()),
        }
    }

    /// Decides an input, shows what follows, and lets every effect succeed at once.
    pub fn put(&mut self, input: Input, watchers: &mut Watchers<'_>) -> anyhow::Result<()> {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let tick = input.what == What::Tick;
            let start = Instant::now();
            let decision = self.mind.decide(input);
            self.deciding += start.elapsed();
            let at = self.mind.now();
            for audience in watchers.iter_mut() {
                audience.see(&Moment { mesh: self.mind.mesh(), at, decision: &decision, tick })?;
            }
            for effect in decision.effects {
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
                self.show(message, buttons);
                EffectResult::Done(Some(message))
            }
            Effect::Edit { message, buttons, .. } => {
                self.show(*message, buttons);
                EffectResult::Done(None)
            }
            _ => EffectResult::Done(None),
        }
    }

    fn show(&mut self, message: VoiceId, buttons: &[Vec<Button>]) {
        for button in buttons.iter().flatten() {
            self.buttons.insert(button.label.clone(), (message, button.action));
        }
    }
}

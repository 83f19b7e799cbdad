//! What is done to the gateways behind agents: pauses that they follow, orders of whoever is at the node's shell.

use commands::effect::{Awaited, Deed, Effect};
use commands::ids::AgentId;
use commands::input::{DriveOrder, EffectResult, Input, What};
use sessions::AuditLine;
use tokio::sync::watch;

use super::Engine;
use super::work::Work;
use crate::agents::Pauses;
use crate::control::{Obeyed, Told};

impl Engine {
    /// Which agents are paused, for the gateways that follow.
    pub fn pauses(&self) -> watch::Receiver<Pauses> {
        self.paused.subscribe()
    }

    /// What is for a paused agent waits, and its gateway follows: both only once the pause is written.
    pub(super) fn note_pauses(&mut self) {
        let paused = &self.mind.mesh().floor.paused;
        let now: Pauses = paused.iter().map(|(agent, (_, at))| (*agent, *at)).collect();
        if *self.paused.borrow() != now {
            self.dispatch.pause(now.keys().copied().collect());
            self.paused.send_replace(now);
        }
    }

    /// Cards tell how the gateways of paused agents follow.
    pub(super) fn note_followers(&mut self) {
        if self.followed.has_changed().unwrap_or(false) {
            self.mind.followed(&self.followed.borrow_and_update());
        }
    }

    /// Begins what was ordered; or why it can't be.
    pub(super) fn order_deed(
        &mut self,
        (key, agent, deed): (String, AgentId, Deed),
        caught_up: bool,
        work: &mut Work,
    ) -> Option<Obeyed> {
        let at = if caught_up { (self.clock)().max(self.mind.now()) } else { self.mind.now() };
        let order = DriveOrder { key, agent, deed };
        let may = self.mind.may_drive(&order, at);
        self.note_deed(&order, "ordered", may.clone().err(), work);
        if let Err(why) = may {
            return Some(Err(why));
        }
        self.decide(Input { at, what: What::Drive(order) }, work);
        None
    }

    /// Tells whoever waits at the shell what came of it, and the audit.
    pub(super) fn report_deed(&mut self, effect: &Effect, result: &EffectResult, work: &mut Work) {
        let Effect::Drive { agent, deed, awaited: Awaited::AtShell { key } } = effect else { return };
        let obeyed: Obeyed = match result {
            EffectResult::Found(text) => Ok(Told { shown: Some(text.clone()), ..Told::default() }),
            EffectResult::Done(_) => Ok(Told::default()),
            EffectResult::Failed(why) => Err(why.clone()),
            _ => Err("nobody can tell what became of it: look before you do it again".to_owned()),
        };
        let order = DriveOrder { key: key.clone(), agent: *agent, deed: deed.clone() };
        self.note_deed(&order, "done", obeyed.clone().err(), work);
        for waiting in self.ordered.remove(key).unwrap_or_default() {
            work.obeyed.push((waiting, obeyed.clone()));
        }
    }

    fn note_deed(&self, order: &DriveOrder, result: &str, error: Option<String>, work: &mut Work) {
        let command = match &order.deed {
            Deed::Restart => "restart".to_owned(),
            Deed::Set { key, .. } => format!("config {key}"),
            Deed::Look => "look".to_owned(),
        };
        work.batch.audit.push(AuditLine {
            at: (self.clock)(),
            user: commands::ids::UserId(0),
            name: "shell".to_owned(),
            command: format!("agent {command}"),
            target: Some(self.mind.mesh().name(commands::ids::Who::Agent(order.agent))),
            result: result.to_owned(),
            error,
            anchor: None,
        });
    }
}

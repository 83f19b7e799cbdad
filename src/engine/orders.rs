//! Orders of whoever is at the node's shell: what an account says or presses, once, and what came of it.

use commands::effect::Effect;
use commands::ids::{ChatId, UserId};
use commands::input::{EffectResult, Input, Order, What};
use commands::rules::Mode;
use commands::say;
use sessions::{AuditLine, NewEffect};

use super::Engine;
use super::work::Work;
use crate::control::{Obeyed, Ordered, Told, Wanted};
use crate::node::chance;

impl Engine {
    /// Takes an order: its effect is written like any other, and whoever gave it waits for the end of that.
    pub(super) fn obey(&mut self, ordered: Ordered, caught_up: bool, work: &mut Work) {
        let Ordered { key, account, chat, wanted, answer } = ordered;
        self.ordered.retain(|_, waiting| {
            waiting.retain(|caller| !caller.is_closed());
            !waiting.is_empty()
        });
        let begun = match wanted {
            Wanted::Say { text, reply_to } => {
                self.order_words(Order { key: key.clone(), account, chat, text, reply_to }, work)
            }
            Wanted::Press { message, label, data } => {
                let key = key.clone();
                self.order_press(Effect::Press { key, account, chat, message, label, data }, work)
            }
            Wanted::Drive(agent, deed) => self.order_deed((key.clone(), agent, deed), caught_up, work),
        };
        match begun {
            Some(known) => work.obeyed.push((answer, known)),
            None => self.ordered.entry(key).or_default().push(answer),
        }
    }

    /// Begins it; or what came of it before, or why it can't be.
    fn order_words(&mut self, order: Order, work: &mut Work) -> Option<Obeyed> {
        if let Err(why) = self.mind.may_relay(&order) {
            return Some(Err(why));
        }
        let at = self.mind.now();
        let before = self.mind.mesh().relays.get(&order.key, at);
        if let Some(ended) = before.and_then(|known| known.ended.clone()) {
            let told = Told { message: ended.message.map(|id| id.0), ..Told::default() };
            return Some(ended.failed.map_or(Ok(told), Err));
        }
        if before.is_none() {
            self.note("post", order.account, order.chat, work);
            self.decide(Input { at, what: What::Relay(order) }, work);
        }
        None
    }

    fn order_press(&mut self, effect: Effect, work: &mut Work) -> Option<Obeyed> {
        if self.mind.rules().mode != Mode::Enforce {
            return Some(Err(say::relay::mode()));
        }
        let now = (self.clock)();
        if let Effect::Press { account, chat, .. } = &effect {
            self.note("tap", *account, *chat, work);
        }
        let lane = effect.lane(self.mind.mesh());
        work.batch.effects.push(NewEffect { effect, lane, random_id: chance(), at: now, not_before: now });
        None
    }

    /// The audit has every order: who spoke and where, never what.
    fn note(&self, command: &str, account: UserId, chat: ChatId, work: &mut Work) {
        work.batch.audit.push(AuditLine {
            at: self.mind.now(),
            user: account,
            name: "shell".to_owned(),
            command: command.to_owned(),
            target: Some(chat.to_string()),
            result: "ordered".to_owned(),
            error: None,
            anchor: None,
        });
    }

    /// Tells whoever waits what came of an order.
    pub(super) fn report(&mut self, effect: &Effect, result: &EffectResult, work: &mut Work) {
        let (Effect::Speak { key, .. } | Effect::Press { key, .. }) = effect else {
            return self.report_deed(effect, result, work);
        };
        let obeyed: Obeyed = match result {
            EffectResult::Done(message) => Ok(Told { message: message.map(|id| id.0), ..Told::default() }),
            EffectResult::Shown { text, alert } => {
                Ok(Told { shown: text.clone(), alert: *alert, ..Told::default() })
            }
            EffectResult::Failed(why) => Err(why.clone()),
            EffectResult::Gone | EffectResult::Unknown | EffectResult::Found(_) | EffectResult::NoDoor(_) => {
                Err("nobody can tell whether it happened: look before you do it again".to_owned())
            }
        };
        for waiting in self.ordered.remove(key).unwrap_or_default() {
            work.obeyed.push((waiting, obeyed.clone()));
        }
    }
}

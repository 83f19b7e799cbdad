//! Calls: decided like everything else that is said, answered once that is written.

use commands::grammar::Said;
use commands::ids::Who;
use commands::input::{Call, Input, What};
use commands::mesh::Member;

use super::Engine;
use super::work::Work;
use crate::control::{Called, Caller};

impl Engine {
    /// Decides a call. While the ear is behind, its clock does not move the core's time: what was said before it is
    /// yet to be heard.
    pub(super) fn call(&mut self, called: Called, caught_up: bool, work: &mut Work) {
        let Called { caller, key, text, handing, answer } = called;
        let who = match self.known(&caller) {
            Ok(who) => who,
            Err(why) => {
                let _ = answer.send(Err(why));
                return;
            }
        };
        let clock = (self.clock)();
        let at = if caught_up { clock } else { self.mind.now() };
        let call = Call { who, key, at: clock.max(at), said: Said::plain(text), handing };
        let decided = self.decide(Input { at, what: What::Called(call) }, work);
        work.answers.extend(decided.map(|decided| (answer, decided)));
    }

    fn known(&self, caller: &Caller) -> Result<Who, String> {
        match caller {
            Caller::Named(name) => self.caller(name.as_deref()),
            Caller::Is(who) => Ok(*who),
        }
    }

    /// Whoever answers to that name; without one the only agent there is.
    pub(super) fn caller(&self, name: Option<&str>) -> Result<Who, String> {
        let roll = &self.mind.mesh().roll;
        if let Some(name) = name {
            let member = roll.by_name(name);
            return member.map(Member::who).ok_or_else(|| {
                format!("nobody, or more than one, answers to \"{name}\" here; name a person or an agent of the mesh")
            });
        }
        let mut agents = roll.agents();
        match (agents.next(), agents.next()) {
            (Some(agent), None) => Ok(Who::Agent(agent.id)),
            (None, _) => Err("this mesh has no agent; say who speaks: --as NAME".to_owned()),
            _ => Err("this mesh has more than one agent; say who speaks: --as NAME, or MESH_AS".to_owned()),
        }
    }
}

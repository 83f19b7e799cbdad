//! What commands leave behind, one of each.

use commands::effect::{About, Deed, Effect, Envelope};
use commands::fact::{Ask, Fact, Letter, Order, Ordered, Role};
use commands::ids::{AgentId, Fence, PersonId, UserId, Who};

use super::samples::{GROUP, at, message};

pub(super) fn facts_of_commands() -> Vec<Fact> {
    let (by, user, username) = (PersonId(4001), UserId(4002), "alex_a".to_owned());
    let ask = |about| Ask { who: user, chat: GROUP, at: at(40), about };
    let key = || "conflict_window".to_owned();
    let (role, persona) = (Some(Role::Operator), Some("Alex".to_owned()));
    let (agent, set) = (AgentId(4101), Deed::Set { key: "a.b".to_owned(), value: "1".to_owned() });
    let orders = vec![
        Ordered::Pinned { username: username.clone(), user },
        Ordered::Promised { username: username.clone(), role, persona, by, at: at(40) },
        Ordered::PromiseEnded { username },
        Ordered::Asked { number: 1, ask: ask(Order::Restart) },
        Ordered::Asked { number: 2, ask: ask(Order::Restarting) },
        Ordered::Asked { number: 3, ask: ask(Order::Revoke { user, role: Role::Viewer, left: None }) },
        Ordered::Asked { number: 4, ask: ask(Order::Set { key: key(), value: None }) },
        Ordered::Settled { number: 1 },
        Ordered::Counted { last: 4 },
        Ordered::Requested { user, name: "Zoe".to_owned() },
        Ordered::Ignored { user },
        Ordered::Stopped { by, at: at(41) },
        Ordered::Started,
        Ordered::Taken { at: at(42) },
        Ordered::HeardAgain,
        Ordered::Set { key: key(), value: Some("2m".to_owned()), by },
        Ordered::Invited { hash: "5a4d".to_owned(), until: at(3_640) },
        Ordered::InvitationEnded { hash: "5a4d".to_owned() },
        Ordered::Asked { number: 5, ask: ask(Order::Drive { agent, deed: Deed::Restart }) },
        Ordered::Asked { number: 6, ask: ask(Order::Driving { agent, deed: set }) },
        Ordered::Restarted { agent, at: at(44) },
        Ordered::NotRestarted { agent },
    ];
    orders.into_iter().map(Fact::Ordered).chain(facts_of_letters()).collect()
}

fn facts_of_letters() -> [Fact; 5] {
    let (agent, why, text) = (AgentId(4101), "401 Unauthorized".to_owned(), "PAUSE".to_owned());
    let letters = [
        Letter::Dead { agent, at: at(43), why: why.clone(), text },
        Letter::Reached { agent },
        Letter::Shut { agent, at: at(43), why },
        Letter::Open { agent },
        Letter::Handed { message: message(16), to: agent, addressed: true },
    ];
    letters.map(Fact::Letter)
}

/// A word to an agent, with all that goes with it.
pub(super) fn word() -> Effect {
    let from = Some(Who::Agent(AgentId(4102)));
    let origin = Some(message(15));
    let (fence, until) = (Some(Fence::first(1).next()), Some(at(90)));
    let about = Some(About { task: "alpha".to_owned(), fence, until });
    let envelope = Envelope { answers: true, addressed: true, passes: true, omitted: 3, from, origin, about };
    Effect::Tell {
        agent: AgentId(4101),
        text: "look at this".to_owned(),
        urgent: true,
        order: None,
        envelope,
    }
}

//! Where a message goes that came by a hook: into the group for people, to an agent, or nowhere. And what is said of an
//! agent by name, which its own bot may not hear.

use super::{Turn, guard, question};
use crate::answer::{Answer, Refused};
use crate::effect::{Effect, Envelope, Slot};
use crate::fact::{Agent, Fact, Letter};
use crate::grammar::{Reading, Said, Utterance};
use crate::ids::{AgentId, ChatId, MessageRef, Who};
use crate::input::{Call, Handing};
use crate::mesh::Member;
use crate::rules::{Accepts, Mode};
use crate::say;
use crate::say::delivery as words;

/// A message is posted in so many parts at most.
const PARTS_MOST: usize = 4;
/// A message is passed on to so many of those it names at most.
const NAMED_MOST: usize = 4;

/// Where it is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Into the group.
    Group,
    /// To an agent.
    Agent(AgentId),
}

/// Whither a call wants its words to go; nowhere for a call that is no hook.
///
/// # Errors
/// The answer, where it may not.
pub(super) fn place(turn: &mut Turn<'_>, call: &Call) -> Result<Option<Place>, Answer> {
    let (deliver, to) = match &call.handing {
        Handing::Answered => return Ok(None),
        Handing::Announced => return Ok(Some(Place::Group)),
        Handing::Delivered { deliver, to } => (*deliver, to.as_deref()),
    };
    match to.map(str::trim) {
        None => Ok(deliver.then_some(Place::Group)),
        // Agents may be called like chats: "4o-mini".
        Some(to) if is_chat(to) && !is_agent(turn, to) => {
            if deliver && !is_ours(turn, to) {
                return Err(refused(Refused::ForeignChat, words::foreign_chat(to)));
            }
            Ok(deliver.then_some(Place::Group))
        }
        Some(name) => to_agent(turn, call.who, name).map(Some),
    }
}

/// A chat id, perhaps with a topic behind it, or a username.
fn is_chat(to: &str) -> bool {
    to.starts_with('@') || to.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())
}

/// An agent's name; its number is that of a private chat.
fn is_agent(turn: &Turn<'_>, to: &str) -> bool {
    let agent = turn.mesh().roll.by_name(to);
    matches!(agent, Some(Member::Agent(agent)) if to.trim_start_matches('@').parse() != Ok(agent.id.0))
}

fn is_ours(turn: &Turn<'_>, to: &str) -> bool {
    let chat = to.split(':').next().and_then(|id| id.parse().ok()).map(ChatId);
    chat.is_some_and(|chat| turn.mesh().moved.home(chat) == turn.rules().group)
}

fn to_agent(turn: &mut Turn<'_>, from: Who, name: &str) -> Result<Place, Answer> {
    let to = match turn.mesh().roll.by_name(name) {
        Some(Member::Agent(agent)) if Who::Agent(agent.id) != from => agent.id,
        _ => return Err(refused(Refused::NoSuchAgent, words::no_such_agent(name))),
    };
    let name = turn.name(Who::Agent(to));
    if !accepts(turn, to, from) {
        return Err(refused(Refused::NotAccepted, words::not_accepted(&name)));
    }
    if let Who::Agent(from) = from
        && !guard::may_hand(turn, from, to)
    {
        return Err(refused(Refused::HeldBack, words::loops(&name)));
    }
    Ok(Place::Agent(to))
}

/// Whether an agent takes messages of somebody: nobody's, unless its configuration names them.
fn accepts(turn: &Turn<'_>, agent: AgentId, from: Who) -> bool {
    match turn.rules().accepts_from.get(&agent) {
        Some(Accepts::Everybody) => turn.mesh().roll.get(from.user()).is_some(),
        Some(Accepts::These(users)) => users.contains(&from.user()),
        None => false,
    }
}

fn refused(reason: Refused, text: String) -> Answer {
    Answer { reason: Some(reason), ..Answer::refusal(text) }
}

/// Sends a call's words on, if they came to something; says where they went.
pub(super) fn send_on(
    turn: &mut Turn<'_>,
    (call, message): (&Call, MessageRef),
    reading: &Reading,
    (place, may_speak): (Place, bool),
    answer: &mut Answer,
) {
    let command = matches!(reading, Reading::Utterance(Utterance::Command(_)));
    let talk = *reading == Reading::Chatter;
    if !may_speak && (talk || !answer.ok) {
        (answer.ok, answer.text) = (false, super::call::held_back(turn, call.who));
        answer.reason = Some(Refused::HeldBack);
    }
    if !answer.ok || command {
        return;
    }
    let (name, text) = (turn.name(call.who), &call.said.text);
    let mut left_out = 0;
    let shown = matches!(call.handing, Handing::Announced | Handing::Delivered { deliver: true, .. });
    match place {
        Place::Agent(to) => {
            let other = turn.name(Who::Agent(to));
            hand(turn, to, call.who, message, text, true);
            if shown {
                left_out = post(turn, message, &words::to_agent(&name, &other, text));
            }
            if turn.rules().mode != Mode::Enforce {
                (answer.ok, answer.text) = (false, words::not_handed(&other));
            } else if talk {
                answer.text = words::handed(&other);
            }
        }
        Place::Group => {
            left_out = post(turn, message, &words::said(&name, text));
            if talk {
                pass_on(turn, call.who, message, &call.said);
            }
        }
    }
    if left_out > 0 {
        answer.text = format!("{}\n{}", answer.text, words::cut_short(left_out));
    }
}

/// Into the group, in as many parts as may be; how many characters are in none of them.
fn post(turn: &mut Turn<'_>, of: MessageRef, text: &str) -> usize {
    let chat = turn.rules().group;
    // What breaks a mention takes room.
    let (parts, left_out) = say::parts_at_most(&say::without_mentions(text.to_owned()), PARTS_MOST);
    for text in parts {
        let (slot, buttons) = (Slot::Hooked(of), Vec::new());
        turn.effect(Effect::Post { slot, chat, text, reply_to: None, buttons, sound: false });
    }
    left_out
}

/// What is said of an agent by name reaches it, where it takes messages of whoever says so: bots don't hear each other.
/// A question is worth a run of its model.
pub(super) fn pass_on(turn: &mut Turn<'_>, from: Who, message: MessageRef, said: &Said) {
    if turn.rules().accepts_from.is_empty() {
        return;
    }
    let named = turn.mesh().roll.named_in(&said.text).map(|user| AgentId(user.0));
    let mut named: Vec<_> = named.filter(|agent| Who::Agent(*agent) != from).collect();
    named.sort_unstable();
    named.dedup();
    let asked = !named.is_empty() && question::is_asked(said);
    for to in named.into_iter().take(NAMED_MOST) {
        let known = turn.mesh().roll.agent(to).is_some_and(|Agent { id, .. }| accepts(turn, *id, from));
        let new = !turn.mesh().letters.was_handed(&message, to, asked);
        let may = |turn: &mut Turn<'_>| match from {
            Who::Agent(from) => guard::may_hand(turn, from, to),
            Who::Person(_) => true,
        };
        if known && new && may(turn) {
            hand(turn, to, from, message, &said.text, asked);
        }
    }
}

/// Somebody's words go to an agent once, whichever door they come by.
fn hand(turn: &mut Turn<'_>, agent: AgentId, from: Who, origin: MessageRef, text: &str, addressed: bool) {
    if turn.mesh().letters.was_handed(&origin, agent, addressed) {
        return;
    }
    turn.fact(Fact::Letter(Letter::Handed { message: origin, to: agent, addressed }));
    let text = words::said(&turn.name(from), text);
    let envelope = Envelope { addressed, from: Some(from), origin: Some(origin), ..Envelope::default() };
    turn.effect(Effect::Tell { agent, text, urgent: addressed, order: None, envelope });
}

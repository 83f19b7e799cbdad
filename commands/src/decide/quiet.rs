//! An agent that was told to stand down: it may answer once, within five minutes, each time somebody speaks to it.

use std::ops::Range;

use super::Turn;
use crate::fact::{Agent, Fact};
use crate::grammar::{Reading, Utterance};
use crate::ids::{AgentId, Who};
use crate::input::Heard;

/// Notes whom of the quiet ones a message speaks to: by name, or as a reply. An order to be quiet, or its end, is no
/// such word.
pub(super) fn listen(turn: &mut Turn<'_>, heard: &Heard, from: Who, reading: &Reading) {
    let order = matches!(
        reading,
        Reading::Utterance(Utterance::StandDown { .. } | Utterance::StandUp { .. } | Utterance::Command(_))
    );
    if turn.mesh().floor.stood_down.is_empty() || order {
        return;
    }
    let at = turn.now();
    for agent in addressed(turn, heard, from) {
        turn.fact(Fact::Addressed { agent, at });
    }
}

fn addressed(turn: &Turn<'_>, heard: &Heard, from: Who) -> Vec<AgentId> {
    let mesh = turn.mesh();
    let text = heard.said.text.as_str();
    let quiet = mesh.floor.stood_down.keys().filter(|agent| Who::Agent(**agent) != from);
    let spoken_to = |agent: &&Agent| {
        heard.reply_to_from.is_some_and(|to| to.0 == agent.id.0)
            || std::iter::once(&agent.name).chain(&agent.aliases).any(|name| names(text, name))
    };
    quiet.filter_map(|agent| mesh.roll.agent(*agent)).filter(spoken_to).map(|agent| agent.id).collect()
}

/// Whether a name stands in a text as a word of its own, whatever its case.
fn names(text: &str, name: &str) -> bool {
    if !name.is_ascii() {
        let (text, name) = (text.to_lowercase(), name.to_lowercase());
        return text.match_indices(&name).any(|(at, _)| stands_alone(&text, at..at + name.len()));
    }
    let Some(first) = name.bytes().next() else { return false };
    let starts =
        memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text.as_bytes());
    starts.map(|at| at..at + name.len()).any(|place| {
        let there = text.get(place.clone()).is_some_and(|there| there.eq_ignore_ascii_case(name));
        there && stands_alone(text, place)
    })
}

fn stands_alone(text: &str, place: Range<usize>) -> bool {
    let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    ends(text[..place.start].chars().next_back()) && ends(text[place.end..].chars().next())
}

/// Whether what a quiet agent says now is its one answer; it is, if so, then given.
pub(super) fn may_answer(turn: &mut Turn<'_>, who: Who) -> bool {
    let may = may_speak(turn, who);
    if let Who::Agent(agent) = who
        && turn.mesh().floor.stood_down.get(&agent).is_some_and(|order| order.addressed.is_some())
    {
        turn.fact(Fact::SpokeOnce { agent });
    }
    may
}

/// Whether what somebody says now counts: not that of a quiet agent, unless somebody has spoken to it a moment ago.
pub(super) fn may_speak(turn: &Turn<'_>, who: Who) -> bool {
    let Who::Agent(agent) = who else { return true };
    let floor = &turn.mesh().floor;
    let Some(order) = floor.stood_down.get(&agent) else { return !floor.paused.contains_key(&agent) };
    order.addressed.is_some_and(|at| turn.now().duration_since(at) <= turn.rules().answer_within)
}

//! An agent that was told to stand down: it may answer once, within five minutes, each time somebody speaks to it.

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
    let text = format!(" {} ", heard.said.text.to_lowercase());
    let quiet = mesh.floor.stood_down.keys().filter(|agent| Who::Agent(**agent) != from);
    let spoken_to = |agent: &&Agent| {
        heard.reply_to_from.is_some_and(|to| to.0 == agent.id.0)
            || std::iter::once(&agent.name).chain(&agent.aliases).any(|name| names(&text, name))
    };
    quiet.filter_map(|agent| mesh.roll.agent(*agent)).filter(spoken_to).map(|agent| agent.id).collect()
}

/// Whether a name stands in a text in lower case, as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !name.is_empty()
        && text.match_indices(&name).any(|(at, _)| {
            ends(text[..at].chars().next_back()) && ends(text[at + name.len()..].chars().next())
        })
}

/// Whether what a quiet agent says now is its one answer; it is, if so, then given.
pub(super) fn may_answer(turn: &mut Turn<'_>, who: Who) -> bool {
    let Who::Agent(agent) = who else { return true };
    let Some(order) = turn.mesh().floor.stood_down.get(&agent) else { return true };
    let Some(addressed) = order.addressed else { return false };
    turn.fact(Fact::SpokeOnce { agent });
    turn.now().duration_since(addressed) <= turn.rules().answer_within
}

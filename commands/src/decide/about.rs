//! Which task a word to an agent is about, for the agent's program: the one that the decision changed.

use super::Decision;
use crate::effect::{About, Effect};
use crate::fact::Fact;
use crate::grammar::Task;
use crate::mesh::Mesh;

/// Puts it to each word that a decision says to an agent, if there is exactly one.
pub(super) fn put(decision: &mut Decision, mesh: &Mesh) {
    if !decision.effects.iter().any(|effect| matches!(effect, Effect::Tell { .. })) {
        return;
    }
    let mut tasks = decision.facts.iter().filter_map(task);
    let Some(first) = tasks.next() else { return };
    let key = Task::fold(first);
    if tasks.any(|task| task != first && Task::fold(task) != key) {
        return;
    }
    let Some(claim) = mesh.claims.get(&key) else { return };
    let about = About { task: claim.task.clone(), fence: claim.fence, until: claim.runs_out() };
    for effect in &mut decision.effects {
        if let Effect::Tell { envelope, .. } = effect {
            envelope.about = Some(about.clone());
        }
    }
}

fn task(fact: &Fact) -> Option<&str> {
    match fact {
        Fact::Claimed { task, .. }
        | Fact::Assigned { task, .. }
        | Fact::Contested { task, .. }
        | Fact::Renewed { task, .. }
        | Fact::Warned { task, .. }
        | Fact::TakeoverAsked { task, .. }
        | Fact::Paused { task, .. }
        | Fact::Resumed { task, .. }
        | Fact::Offered { task, .. }
        | Fact::Accepted { task, .. }
        | Fact::OfferEnded { task, .. }
        | Fact::Done { task, .. } => Some(task),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::super::tests::{mind, roster};
    use super::super::*;
    use crate::grammar::Said;
    use crate::ids::AgentId;
    use crate::input::{Call, Handing};

    #[test]
    fn a_word_tells_its_task_with_fence_and_end() {
        let mut mind = mind();
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(100_000);
        mind.decide(Input { at, what: What::Roster(roster()) });
        let mut said = |second: i64, text: &str| {
            let (at, who) = (at + SignedDuration::from_secs(second), Who::Agent(AgentId(11)));
            let call = Call {
                who,
                key: second.to_string(),
                at,
                said: Said::plain(text),
                handing: Handing::Answered,
            };
            mind.decide(Input { at, what: What::Called(call) }).effects
        };
        let about = |effects: Vec<Effect>| {
            let told = effects.into_iter().filter_map(|effect| match effect {
                Effect::Tell { envelope, .. } => Some(envelope.about),
                _ => None,
            });
            told.collect::<Vec<_>>()
        };
        let claimed = about(said(1, "EXCLUSIVE CLAIM: alpha"));
        assert_eq!(claimed.len(), 2, "{claimed:?}");
        for about in claimed {
            let about = about.expect("a task");
            assert_eq!((about.task.as_str(), about.fence.map(Fence::counter)), ("alpha", Some(1)));
            assert_eq!(about.until, Some(at + SignedDuration::from_secs(1 + 30 * 60)));
        }
        assert!(about(said(2, "hello Oracle")).iter().all(Option::is_none));
    }
}

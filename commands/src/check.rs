//! Whether a fence still holds: asked before something that can't be undone.

use crate::grammar::Task;
use crate::ids::{Fence, Who};
use crate::mesh::Mesh;
use crate::say;

/// What a fence is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// Its owner owns the task.
    Holds,
    /// It is dead, or was never drawn for this task; the sentence says how things stand.
    Dead(String),
    /// It was drawn in a later term than this node knows of: somebody else decides by now.
    Behind(u32),
}

/// Asks whether `fence` owns the task now. A number below 2^32 is the counter that people and agents are shown: it is
/// taken for a fence of the task's own term, if that is the first or `who` asks for an own task; so no two agents can
/// ever hold by one counter.
pub fn check(mesh: &Mesh, task: &str, fence: Fence, who: Option<Who>) -> Check {
    let last = mesh.last_fence();
    if fence.term() > last.term() {
        return Check::Behind(fence.term());
    }
    let name = Task::new(task).map_or_else(|| task.to_owned(), |task| task.shown);
    let Some(claim) = mesh.claims.open(&Task::fold(&name)) else {
        return Check::Dead(say::answers::nobody_holds(&name));
    };
    let Some(current) = claim.fence else { return Check::Dead(say::answers::contested(&claim.task)) };
    // A refusal names the holder's fence, too.
    let another = who.is_some_and(|who| who != claim.owner);
    let shown = fence.term() == 0 && (current.term() <= 1 || who == Some(claim.owner));
    if !another && (current == fence || shown && u64::from(current.counter()) == fence.0) {
        return Check::Holds;
    }
    Check::Dead(say::answers::another_fence(&claim.task, &mesh.name(claim.owner), current))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::fact::Fact;
    use crate::ids::{AgentId, ChatId, Ear, MessageRef, UserId};

    const SANDMAN: Who = Who::Agent(AgentId(11));
    const ORACLE: Who = Who::Agent(AgentId(12));

    fn claimed(owner: Who, fence: Fence) -> Fact {
        let at = Timestamp::UNIX_EPOCH;
        let by = MessageRef { ear: Ear::Log, chat: ChatId(-1), id: 1, from: UserId(11), at, print: 0 };
        Fact::Claimed { task: "API keys".into(), owner, fence, at, until: None, by, about: None }
    }

    fn dead(check: &Check) -> bool {
        matches!(check, Check::Dead(_))
    }

    #[test]
    fn the_last_fence_holds_and_no_other() {
        let (old, new) = (Fence::first(1).next(), Fence::first(1).next().next());
        let mesh = Mesh::fold(&[claimed(SANDMAN, old), claimed(ORACLE, new)]);
        for (fence, holds) in
            [(new, true), (Fence(2), true), (old, false), (Fence(1), false), (Fence(3), false)]
        {
            assert_eq!(check(&mesh, "api  keys", fence, None) == Check::Holds, holds, "{fence}");
        }
        assert!(dead(&check(&mesh, "other", new, None)));
        assert!(dead(&check(&mesh, "", new, None)));
        assert_eq!(check(&mesh, "api keys", Fence::first(2).next(), None), Check::Behind(2));
    }

    #[test]
    fn a_counter_alone_never_holds_for_two() {
        let mesh =
            Mesh::fold(&[claimed(SANDMAN, Fence::first(1).next()), claimed(ORACLE, Fence::first(2).next())]);
        assert!(dead(&check(&mesh, "api keys", Fence(1), None)));
        assert!(dead(&check(&mesh, "api keys", Fence(1), Some(SANDMAN))));
        assert_eq!(check(&mesh, "api keys", Fence(1), Some(ORACLE)), Check::Holds);
        let whole = Fence::first(2).next();
        assert_eq!(check(&mesh, "api keys", whole, Some(ORACLE)), Check::Holds);
        assert!(dead(&check(&mesh, "api keys", whole, Some(SANDMAN))), "it is Oracle's");
        assert_eq!(check(&mesh, "api keys", Fence::first(2).next(), None), Check::Holds);
    }

    #[test]
    fn nothing_done_holds() {
        let fence = Fence::first(1).next();
        let at = Timestamp::UNIX_EPOCH;
        let message = MessageRef { ear: Ear::Log, chat: ChatId(-1), id: 2, from: UserId(11), at, print: 0 };
        let done = Fact::Done { task: "api keys".into(), by: SANDMAN, at, result: None, message };
        assert!(dead(&check(&Mesh::fold(&[claimed(SANDMAN, fence), done]), "api keys", fence, None)));
    }
}

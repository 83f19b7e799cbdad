//! What is true, as one JSON object: for `mesh replay`, the control socket and the end of the demo.

use commands::grammar::Task;
use commands::ids::Who;
use commands::mesh::{Claim, Mesh, Note, State};
use jiff::Timestamp;
use serde::Serialize;

/// The state as programs read it. Lists are in a stable order: same mesh, same bytes.
#[derive(Debug, Serialize)]
pub struct StateView {
    /// Tasks, oldest owner first.
    claims: Vec<ClaimView>,
    /// Shared claims: who is at what, beside others.
    shared: Vec<SharedView>,
    /// Names of agents that were told to stand down.
    stood_down: Vec<String>,
    /// Those of them that confirmed.
    confirmed: Vec<String>,
    /// Agents that people keep out until they may speak again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    paused: Vec<String>,
    /// Who leads.
    lead: Option<String>,
    /// The highest fence drawn.
    last_fence: u64,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of the contract")]
struct ClaimView {
    task: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fence: Option<u64>,
    state: &'static str,
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    overdue: bool,
    uncertain: bool,
    paused: bool,
    blocked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocker: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rivals: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offered_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    next: Vec<String>,
}

#[derive(Debug, Serialize)]
struct SharedView {
    task: String,
    who: String,
    since: Timestamp,
}

impl StateView {
    /// The state as of `now`.
    pub fn of(mesh: &Mesh, now: Timestamp) -> Self {
        let mut claims: Vec<&Claim> = mesh.claims.iter().map(|(_, claim)| claim).collect();
        claims.sort_by_key(|claim| (claim.since, claim.fence, Task::fold(&claim.task)));
        let quiet = &mesh.floor.stood_down;
        let name = |agent| mesh.name(Who::Agent(agent));
        Self {
            claims: claims.into_iter().map(|claim| ClaimView::of(mesh, claim, now)).collect(),
            shared: mesh.shared.iter().map(|(_, note)| SharedView::of(mesh, note)).collect(),
            paused: mesh.floor.paused.keys().map(|agent| name(*agent)).collect(),
            stood_down: quiet.keys().map(|agent| name(*agent)).collect(),
            confirmed: quiet.iter().filter(|(_, o)| o.confirmed.is_some()).map(|(a, _)| name(*a)).collect(),
            lead: mesh.floor.lead.map(name),
            last_fence: mesh.last_fence().0,
        }
    }
}

impl SharedView {
    fn of(mesh: &Mesh, note: &Note) -> Self {
        Self { task: note.task.clone(), who: mesh.name(note.who), since: note.at }
    }
}

impl ClaimView {
    fn of(mesh: &Mesh, claim: &Claim, now: Timestamp) -> Self {
        let (state, result) = match &claim.state {
            State::Held => ("held", None),
            State::Offered(offer) => ("offered", offer.result.clone()),
            State::Contested(_) => ("contested", None),
            State::Done { result, .. } => ("done", result.clone()),
        };
        let rivals = claim.contest().map(|contest| contest.rivals.as_slice()).unwrap_or_default();
        Self {
            task: claim.task.clone(),
            owner: claim.contest().is_none().then(|| mesh.name(claim.owner)),
            fence: claim.fence.map(|fence| fence.0),
            state,
            since: claim.since,
            until: claim.until,
            overdue: claim.overdue(now),
            uncertain: claim.is_open() && !mesh.missed.is_empty(),
            paused: claim.is_paused(),
            blocked: claim.is_blocked(),
            blocker: claim.hold.as_ref().and_then(|hold| hold.blocker.clone()),
            rivals: rivals.iter().map(|rival| mesh.name(rival.who)).collect(),
            offered_to: claim.offer().map(|offer| mesh.name(offer.to)),
            result,
            next: claim.next.iter().map(|waiting| mesh.name(waiting.who)).collect(),
        }
    }
}

//! What is true, as one JSON object: for `mesh replay`, the control socket and the end of the demo.

use commands::grammar::Task;
use commands::ids::Who;
use commands::mesh::{Claim, Mesh, State};
use jiff::Timestamp;
use serde::Serialize;

/// The state as programs read it. Lists are in a stable order: same mesh, same bytes.
#[derive(Debug, Serialize)]
pub struct StateView {
    /// Tasks, oldest owner first.
    claims: Vec<ClaimView>,
    /// Names of agents that were told to stand down.
    stood_down: Vec<String>,
    /// Those of them that confirmed.
    confirmed: Vec<String>,
    /// Who leads.
    lead: Option<String>,
    /// The highest fence drawn.
    last_fence: u64,
}

#[derive(Debug, Serialize)]
struct ClaimView {
    task: String,
    owner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fence: Option<u64>,
    state: &'static str,
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    overdue: bool,
    uncertain: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    offered_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    next: Vec<String>,
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
            stood_down: quiet.keys().map(|agent| name(*agent)).collect(),
            confirmed: quiet.iter().filter(|(_, o)| o.confirmed.is_some()).map(|(a, _)| name(*a)).collect(),
            lead: mesh.floor.lead.map(name),
            last_fence: mesh.last_fence().0,
        }
    }
}

impl ClaimView {
    fn of(mesh: &Mesh, claim: &Claim, now: Timestamp) -> Self {
        let (state, result) = match &claim.state {
            State::Held => ("held", None),
            State::Offered(offer) => ("offered", offer.result.clone()),
            State::Done { result, .. } => ("done", result.clone()),
        };
        Self {
            task: claim.task.clone(),
            owner: mesh.name(claim.owner),
            fence: claim.fence.map(|fence| fence.0),
            state,
            since: claim.since,
            until: claim.until,
            overdue: claim.overdue(now),
            uncertain: claim.is_open() && !mesh.missed.is_empty(),
            offered_to: claim.offer().map(|offer| mesh.name(offer.to)),
            result,
            next: claim.next.iter().map(|waiting| mesh.name(waiting.who)).collect(),
        }
    }
}

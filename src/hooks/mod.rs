//! The door for agents, wired: what is asked at it is asked of the engine, and answered once it is written.

mod figures;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use bridge::agents::Wanted;
use bridge::agents::node::Order;
use bridge::hooks::{self, Answer, Ask, Params, Refusal, Request, Say, Speaking};
use commands::check::Check;
use commands::ids::{AgentId, Who};
use commands::input::Handing;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::agents::Drivers;
use crate::control::{About, Asker, Caller, FenceOf, Query};
use crate::status::{Part, Status};

/// So long at most an agent says that it is throttled: a mistyped year would stop its leases for ever.
const THROTTLED_MOST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Opens the door, if there is somebody who may speak at it; where it is.
///
/// # Errors
/// An address that can't be listened at.
pub async fn open(
    params: Option<Params>,
    Asked { asker, drivers }: Asked,
    part: Part,
    clock: bot::listen::Clock,
    stop: CancellationToken,
) -> anyhow::Result<Option<SocketAddr>> {
    let Some(params) = params.filter(|params| !(params.agents.is_empty() && params.nodes.is_empty())) else {
        return Ok(None);
    };
    let names = params.agents.names();
    let listen = params.listen;
    let office = Arc::new(Office { asker, drivers, part, clock, names: names.into_iter().collect() });
    let mut door = hooks::serve(params, stop).await.with_context(|| not_opened(listen))?;
    tracing::info!("agents may speak at http://{}", door.address);
    tokio::spawn(async move {
        while let Some(Request { who, ask, answer }) = door.requests.recv().await {
            let office = office.clone();
            tokio::spawn(async move {
                let _ = answer.send(office.answer(who, ask).await);
            });
        }
    });
    Ok(Some(door.address))
}

/// Opens a door at which other nodes alone may knock; where it is.
///
/// # Errors
/// An address that can't be listened at.
pub async fn open_for_nodes(
    params: Params,
    drivers: Drivers,
    stop: CancellationToken,
) -> anyhow::Result<SocketAddr> {
    let listen = params.listen;
    let mut door = hooks::serve(params, stop).await.with_context(|| not_opened(listen))?;
    tokio::spawn(async move {
        while let Some(Request { ask, answer, .. }) = door.requests.recv().await {
            let drivers = drivers.clone();
            tokio::spawn(async move {
                let answered = match ask {
                    Ask::Drive { node, order } => drive(&drivers, &node, order).await,
                    _ => Err(Refusal::Senseless("this node runs no mesh".into())),
                };
                let _ = answer.send(answered);
            });
        }
    });
    Ok(door.address)
}

fn not_opened(listen: SocketAddr) -> String {
    format!("[hooks] listen = \"{listen}\": the door can't be opened")
}

/// Has an agent driven for another node; every deed is logged.
async fn drive(drivers: &Drivers, node: &str, order: Order) -> Answered {
    let Some(agent) = drivers.by_name(&order.agent) else {
        return Err(Refusal::Senseless(format!(
            "no agent that can be driven here is called \"{}\"",
            order.agent
        )));
    };
    if !matches!(order.wanted, Wanted::Ping) {
        tracing::info!("{node} has {} driven: {}", order.agent, kind(&order.wanted));
    }
    match drivers.drive(agent, order.wanted).await {
        Ok(told) => Ok(Answer::Json(value(&told)?)),
        Err(fault) => Ok(Answer::No(value(&fault)?)),
    }
}

/// What is wanted, without what may be somebody's words.
fn kind(wanted: &Wanted) -> &'static str {
    match wanted {
        Wanted::Ping => "ping",
        Wanted::Logs { .. } => "logs",
        Wanted::Restart => "restart",
        Wanted::Pause { .. } => "pause",
        Wanted::Resume { .. } => "resume",
        Wanted::Config { .. } => "config",
        Wanted::Set { .. } => "set",
    }
}

/// Who answers at the door.
pub struct Asked {
    /// The engine.
    pub asker: Asker,
    /// The gateways.
    pub drivers: Drivers,
}

/// Where what is asked at the door is answered.
struct Office {
    asker: Asker,
    drivers: Drivers,
    part: Part,
    clock: bot::listen::Clock,
    names: std::collections::BTreeMap<AgentId, String>,
}

type Answered = Result<Answer, Refusal>;

impl Office {
    async fn answer(&self, who: Option<AgentId>, ask: Ask) -> Answered {
        if let Ask::Drive { node, order } = ask {
            return drive(&self.drivers, &node, order).await;
        }
        let Some(who) = who else {
            return Err(Refusal::Senseless("nobody speaks".into()));
        };
        match ask {
            Ask::Say(say) => self.say(who, say).await,
            Ask::Claims => json(self.asker.ask(Query::State).await),
            Ask::Agents => json(self.asker.ask(Query::Agents).await),
            Ask::Check { task, fence } => self.check(who, task, fence).await,
            Ask::Preflight { task } => self.preflight(who, task).await,
            Ask::Throttled { until } => self.throttled(who, until).await,
            Ask::Description => Err(Refusal::Senseless("the door itself describes it".into())),
            Ask::Drive { .. } => Err(Refusal::Senseless("only nodes have agents driven".into())),
            Ask::Ready => Ok(ready(&self.status().await?)),
            Ask::Metrics => {
                let agents = self.asker.ask(Query::Agents).await.map_err(unavailable)?;
                Ok(Answer::Text(figures::of(&self.status().await?, &agents)))
            }
        }
    }

    async fn say(&self, who: AgentId, say: Say) -> Answered {
        let Say { key, text, speaking } = say;
        let is_hook = matches!(speaking, Speaking::Delivers { .. });
        let handing = match speaking {
            Speaking::Asks => Handing::Answered,
            Speaking::Announces => Handing::Announced,
            Speaking::Delivers { deliver, to } => Handing::Delivered { deliver, to },
        };
        let heeded = self.asker.call(Caller::Is(Who::Agent(who)), key, text, handing).await;
        let answer = heeded.map_err(unavailable)?.map_err(Refusal::Senseless)?;
        if let Some(reason) = answer.reason {
            return Err(Refusal::Forbidden { reason: reason.name(), text: answer.text });
        }
        // Talk is taken without a word.
        if is_hook && answer.ok && answer.text == commands::say::answers::heard() {
            return Ok(Answer::Json(Value::Null));
        }
        let ok = answer.ok;
        let value = value(&answer)?;
        Ok(if ok { Answer::Json(value) } else { Answer::No(value) })
    }

    async fn check(&self, who: AgentId, task: String, fence: u64) -> Answered {
        let asked = FenceOf { task, fence, caller: self.names.get(&who).cloned() };
        match self.asker.ask(|answer| Query::Check(asked, answer)).await.map_err(unavailable)? {
            Check::Holds => Ok(Answer::Json(json!({ "holds": true }))),
            Check::Dead(why) => Ok(Answer::Json(json!({ "holds": false, "why": why }))),
            Check::Behind(term) => {
                Err(Refusal::Unavailable(format!("this node is not of term {term}: another decides by now")))
            }
        }
    }

    async fn preflight(&self, who: AgentId, task: String) -> Answered {
        let about = About { task, caller: self.names.get(&who).cloned() };
        let found = self.asker.ask(|answer| Query::Preflight(about, answer)).await.map_err(unavailable)?;
        found.map(Answer::Json).map_err(Refusal::Senseless)
    }

    async fn throttled(&self, who: AgentId, until: Option<Timestamp>) -> Answered {
        let now = (self.clock)();
        if until.is_some_and(|until| until <= now || until.duration_since(now) > THROTTLED_MOST) {
            return Err(Refusal::Senseless("until is past, or more than seven days from now".into()));
        }
        let query = |answer| Query::Throttled(who, until, answer);
        self.asker.ask(query).await.map_err(unavailable)?;
        Ok(Answer::Json(json!({ "ok": true, "throttled": until })))
    }

    async fn status(&self) -> Result<Status, Refusal> {
        let vitals = self.asker.ask(Query::Vitals).await.map_err(unavailable)?;
        Ok(Status::of(&self.part, vitals, (self.clock)()))
    }
}

/// Ready is a node that hears Telegram, whose loop turns, and that is certain of every claim.
fn ready(status: &Status) -> Answer {
    let hears = status.vitals.heard.caught_up;
    let certain = status.vitals.claims.uncertain == 0;
    let problems: Vec<_> = status.problems.iter().map(|problem| problem.what.clone()).collect();
    let value =
        json!({ "ready": hears && certain, "hears": hears, "certain": certain, "problems": problems });
    if hears && certain { Answer::Json(value) } else { Answer::Unready(value) }
}

fn json(answer: anyhow::Result<impl serde::Serialize>) -> Answered {
    Ok(Answer::Json(value(&answer.map_err(unavailable)?)?))
}

fn value(of: &impl serde::Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(of).map_err(|error| Refusal::Unavailable(error.to_string()))
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands on")]
fn unavailable(error: anyhow::Error) -> Refusal {
    Refusal::Unavailable(error.to_string())
}

//! What became of a task: the facts of the journal that name it, in order, each with its time and its message.

use commands::fact::{Fact, How};
use commands::grammar::Task;
use commands::ids::{ChatId, Ear, Fence, MessageRef, UserId, Who};
use commands::mesh::{Mesh, State};
use commands::say;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;
use sessions::{Cause, Journalled};

/// So many open tasks are named where a task is not known.
const NEAR_MOST: usize = 3;

/// The way of a task to where it is today.
#[derive(Debug, Serialize)]
pub struct History {
    /// As first written.
    task: String,
    /// `held`, `done`, …; none for a task that nobody named.
    state: Option<&'static str>,
    /// Who has it, or finished it.
    owner: Option<String>,
    /// Oldest first.
    facts: Vec<Step>,
    /// Open tasks with the nearest names, where this one is not known.
    near: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Step {
    at: Timestamp,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Said>,
    because: String,
}

#[derive(Debug, Serialize)]
struct Said {
    chat: i64,
    id: i32,
    ear: Ear,
}

impl History {
    /// Of the task of that name, by what the journal still holds of it.
    pub fn of(journal: &[Journalled], mesh: &Mesh, task: &str) -> Self {
        let key = Task::new(task).map_or_else(|| Task::fold(task), |task| task.key);
        let claim = mesh.claims.get(&key);
        let facts: Vec<Step> = journal.iter().filter_map(|entry| step(entry, mesh, &key)).collect();
        let known = claim.is_some() || !facts.is_empty();
        let owner = claim.filter(|claim| !claim.is_open() || claim.fence.is_some());
        Self {
            task: claim.map_or_else(|| task.to_owned(), |claim| claim.task.clone()),
            state: claim.map(|claim| match claim.state {
                State::Held => "held",
                State::Offered(_) => "offered",
                State::Contested(_) => "contested",
                State::Done { .. } => "done",
            }),
            owner: owner.map(|claim| mesh.name(claim.owner)),
            facts,
            near: if known { Vec::new() } else { near(mesh, &key) },
        }
    }
}

impl History {
    /// As people read it in a chat, with a link to each message where Telegram has links.
    pub fn told(&self, zone: &TimeZone) -> String {
        if self.facts.is_empty() {
            let near = match self.near.as_slice() {
                [] => "nothing is open".to_owned(),
                near => format!("open: {}", near.join("; ")),
            };
            return format!("Nobody spoke of \"{}\"; {near}.", say::short(&self.task));
        }
        let owner = self.owner.as_deref().unwrap_or("nobody");
        let head = format!("{}: {}, {owner}", say::short(&self.task), self.state.unwrap_or("forgotten"));
        let steps = self.facts.iter().map(|step| step.told(zone));
        std::iter::once(head).chain(steps).collect::<Vec<_>>().join("\n")
    }
}

impl Step {
    fn told(&self, zone: &TimeZone) -> String {
        let at = self.at.to_zoned(zone.clone()).strftime("%d %b %H:%M:%S").to_string();
        let who = self.who.as_ref().map(|who| format!(" ({who})")).unwrap_or_default();
        let place = self.message.as_ref().map_or_else(|| self.because.clone(), Said::told);
        format!("{at} {}{who}; {place}", say::short(&self.what))
    }
}

impl Said {
    /// In groups whose messages have the same number for everybody there are links.
    fn told(&self) -> String {
        match ChatId(self.chat) {
            chat if chat.shares_message_ids() => {
                format!("https://t.me/c/{}/{}", -(self.chat + 1_000_000_000_000), self.id)
            }
            _ => format!("message {}", self.id),
        }
    }
}

/// The open tasks with the names nearest to this one.
fn near(mesh: &Mesh, key: &str) -> Vec<String> {
    let words = |key: &str| key.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let wanted = words(key);
    let mut open: Vec<_> = mesh
        .claims
        .all_open()
        .map(|(other, claim)| {
            let common = words(other).iter().filter(|word| wanted.contains(word)).count();
            (std::cmp::Reverse(common), claim.task.clone())
        })
        .collect();
    open.sort();
    open.into_iter().take(NEAR_MOST).map(|(_, task)| task).collect()
}

fn step(entry: &Journalled, mesh: &Mesh, key: &str) -> Option<Step> {
    if is_of_no_task(&entry.fact) {
        return None;
    }
    // Whatever kind of fact it is: a fact about a task names it.
    let value = serde_json::to_value(&entry.fact).ok()?;
    let named = value["task"].as_str().or_else(|| value["about"]["offer"].as_str())?;
    if Task::fold(named) != key {
        return None;
    }
    let message = message(&entry.fact).map(|by| (by.chat.0, by.id, by.ear)).or_else(|| told(&entry.cause));
    Some(Step {
        at: entry.at,
        what: what(&entry.fact, &value, mesh),
        who: who(&entry.cause).map(|user| name(mesh, user)),
        message: message.map(|(chat, id, ear)| Said { chat, id, ear }),
        because: entry.cause.to_string(),
    })
}

/// Most facts are.
fn is_of_no_task(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Noted { .. }
            | Fact::Unread { .. }
            | Fact::Alive { .. }
            | Fact::Answered { .. }
            | Fact::Posted { .. }
            | Fact::Drawn { .. }
            | Fact::Leaked(_)
    )
}

fn name(mesh: &Mesh, user: UserId) -> String {
    mesh.roll.get(user).map_or_else(|| user.to_string(), |member| mesh.name(member.who()))
}

/// What came true, in a few words.
fn what(fact: &Fact, value: &Value, mesh: &Mesh) -> String {
    let name = |who: &Who| mesh.name(*who);
    let owned = |how: &str, owner: &Who, fence: &Fence, until: &Option<Timestamp>| {
        let until = until.map(|until| format!(", until {until}")).unwrap_or_default();
        format!("{how} {}, fence {}{until}", name(owner), fence.counter())
    };
    match fact {
        Fact::Claimed { owner, fence, until, .. } => owned("owned by", owner, fence, until),
        Fact::Accepted { owner, fence, until, .. } => owned("accepted by", owner, fence, until),
        Fact::Assigned { owner, fence, until, how, .. } => {
            let owned = owned("given to", owner, fence, until);
            let by = match how {
                How::Word(person) => mesh.name(Who::Person(*person)),
                _ => String::new(),
            };
            format!("{owned}, {}", say::ground(*how, &by))
        }
        Fact::Contested { rivals, .. } => {
            let rivals: Vec<String> = rivals.iter().map(|rival| name(&rival.who)).collect();
            format!("contested by {}; nobody's", say::listed(&rivals))
        }
        Fact::TakeoverAsked { who, .. } => format!("wanted by {}, if its owner stays silent", name(who)),
        Fact::SharedNoted { who, .. } => format!("{} is at it, beside others", name(who)),
        Fact::Renewed { until, .. } => {
            until.map_or("renewed".to_owned(), |until| format!("renewed, until {until}"))
        }
        Fact::Queued { who, .. } => format!("refused to {}, who waits", name(who)),
        Fact::Offered { to, .. } => format!("offered to {}", name(to)),
        Fact::OfferEnded { .. } => "the offer ended; still its sender's".to_owned(),
        Fact::Done { by, result, .. } => {
            let result = result.as_ref().map(|result| format!(": {result}")).unwrap_or_default();
            format!("done by {}{result}", name(by))
        }
        _ => value["fact"].as_str().unwrap_or_default().replace('_', " "),
    }
}

fn message(fact: &Fact) -> Option<MessageRef> {
    match fact {
        Fact::Claimed { by, .. }
        | Fact::Accepted { by, .. }
        | Fact::Assigned { by, .. }
        | Fact::TakeoverAsked { by, .. }
        | Fact::SharedNoted { by, .. }
        | Fact::Queued { by, .. }
        | Fact::Offered { by, .. }
        | Fact::Done { message: by, .. } => Some(*by),
        _ => None,
    }
}

fn told(cause: &Cause) -> Option<(i64, i32, Ear)> {
    match cause {
        Cause::Message { ear, chat, id, .. } => Some((chat.0, *id, *ear)),
        Cause::Reaction { ear, chat, message, .. } => Some((chat.0, *message, *ear)),
        _ => None,
    }
}

fn who(cause: &Cause) -> Option<UserId> {
    match cause {
        Cause::Message { from, .. }
        | Cause::Call { from, .. }
        | Cause::Tap { from, .. }
        | Cause::Reaction { from, .. } => Some(*from),
        _ => None,
    }
}

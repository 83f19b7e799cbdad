//! The end of the play: what is true, and where each fact came from.

use std::collections::BTreeMap;

use commands::fact::Fact;
use commands::ids::{AgentId, UserId, Who};
use sandbox::Ready;
use sessions::{Cause, Journalled};

use super::cast;
use super::stage::Stage;
use crate::control::Query;

/// Prints the state and the journal behind it.
///
/// # Errors
/// The node does not answer.
pub async fn print(stage: &Stage) -> anyhow::Result<()> {
    let view = stage.node.asker.ask(Query::State).await?;
    let names = Names::of(&stage.ready());
    let facts = stage.node.asker.ask(Query::Journal).await?;
    println!("\nWhere each fact came from");
    for entry in &facts {
        // Facts about tasks and the floor; the rest is book-keeping.
        if let Some(what) = names.fact(&entry.fact) {
            println!("  {what:<58} ← {}", names.cause(entry));
        }
    }
    println!("\nThe state, as a program reads it");
    println!("{}", serde_json::to_string(&view)?);
    Ok(())
}

/// Everybody's name, by number.
struct Names(BTreeMap<UserId, String>);

impl Names {
    fn of(ready: &Ready) -> Self {
        let people = ready.accounts.iter().map(|account| (UserId(account.id.0), account.name.clone()));
        let agents = cast::roster().agents.into_iter().map(|agent| (UserId(agent.id.0), agent.name));
        Self(people.chain(agents).collect())
    }

    fn user(&self, user: UserId) -> String {
        self.0.get(&user).cloned().unwrap_or_else(|| user.to_string())
    }

    fn who(&self, who: Who) -> String {
        self.user(who.user())
    }

    fn agent(&self, agent: AgentId) -> String {
        self.who(Who::Agent(agent))
    }

    fn fact(&self, fact: &Fact) -> Option<String> {
        Some(match fact {
            Fact::LeadNamed { agent: Some(agent) } => format!("{} leads", self.agent(*agent)),
            Fact::Claimed { task, owner, fence, .. }
            | Fact::Accepted { task, owner, fence, .. }
            | Fact::Assigned { task, owner, fence, .. } => {
                format!("\"{task}\" is {}'s, fence {}", self.who(*owner), fence.counter())
            }
            Fact::Queued { task, who, .. } => format!("{} is next for \"{task}\"", self.who(*who)),
            Fact::Offered { task, to, .. } => format!("\"{task}\" is offered to {}", self.who(*to)),
            Fact::Done { task, by, .. } => format!("\"{task}\" was done by {}", self.who(*by)),
            Fact::StoodDown { agent, .. } => format!("{} stood down", self.agent(*agent)),
            Fact::Confirmed { agent, .. } => format!("{} confirmed", self.agent(*agent)),
            Fact::Told { user, .. } => format!("{} was told that a role is needed", self.user(*user)),
            _ => return None,
        })
    }

    fn cause(&self, entry: &Journalled) -> String {
        let time = entry.at.strftime("%H:%M:%S");
        match &entry.cause {
            Cause::Message { id, from, .. } => format!("message {id} of {}, {time}", self.user(*from)),
            Cause::Tap { from, .. } => format!("a tap of {}, {time}", self.user(*from)),
            other => format!("{other}, {time}"),
        }
    }
}

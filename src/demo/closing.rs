//! The end of the play: what is true, and where each fact came from.

use commands::fact::Fact;
use commands::ids::{UserId, Who};
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
    let facts = stage.node.asker.ask(Query::Journal).await?;
    println!("\nWhere each fact came from");
    for entry in facts.iter().filter(|entry| tells(&entry.fact)) {
        println!("  {:>3}  {}  ← {}", entry.seq, what(&entry.fact), cause(entry));
    }
    println!("\nThe state, as a program reads it");
    println!("{}", serde_json::to_string(&view)?);
    Ok(())
}

/// Facts about tasks and the floor; the rest is book-keeping.
fn tells(fact: &Fact) -> bool {
    what_of(fact).is_some()
}

fn what(fact: &Fact) -> String {
    what_of(fact).unwrap_or_default()
}

fn what_of(fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::LeadNamed { agent: Some(agent) } => format!("{} leads", name(Who::Agent(*agent))),
        Fact::Claimed { task, owner, fence, .. } | Fact::Accepted { task, owner, fence, .. } => {
            format!("\"{task}\" is {}'s, fence {}", name(*owner), fence.counter())
        }
        Fact::Queued { task, who, .. } => format!("{} is next for \"{task}\"", name(*who)),
        Fact::Offered { task, to, .. } => format!("\"{task}\" is offered to {}", name(*to)),
        Fact::Done { task, by, .. } => format!("\"{task}\" was done by {}", name(*by)),
        Fact::StoodDown { agent, .. } => format!("{} stood down", name(Who::Agent(*agent))),
        Fact::Confirmed { agent, .. } => format!("{} confirmed", name(Who::Agent(*agent))),
        Fact::Told { user, .. } => format!("{} was told once", user_name(*user)),
        _ => return None,
    })
}

fn cause(entry: &Journalled) -> String {
    let time = entry.at.strftime("%H:%M:%S");
    match &entry.cause {
        Cause::Message { id, from, .. } => format!("message {id} of {}, {time}", user_name(*from)),
        Cause::Tap { from, .. } => format!("a tap of {}, {time}", user_name(*from)),
        other => format!("{other}, {time}"),
    }
}

fn name(who: Who) -> String {
    user_name(who.user())
}

fn user_name(user: UserId) -> String {
    let roster = cast::roster();
    let people = roster.people.iter().map(|person| (person.id.0, person.name.clone()));
    let agents = roster.agents.iter().map(|agent| (agent.id.0, agent.name.clone()));
    people
        .chain(agents)
        .find(|(id, _)| *id == user.0)
        .map_or_else(|| format!("stranger {user}"), |(_, name)| name)
}

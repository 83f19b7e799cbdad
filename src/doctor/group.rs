//! The group: what kind it is, what the bot may do in it, who is missing from it.

use ::bot::Fault;
use ::bot::examine::{Group, GroupKind, Membership};
use commands::ids::UserId;
use config::Config;

use super::finding::Finding;
use super::patient::Patient;

/// Members asked for at most: one request each.
const ASKED_MOST: usize = 200;

/// The bot's word for a group that became a supergroup.
const MOVED: &str = "the group moved to";

/// Looks at the group and the bot's place in it.
pub async fn check(patient: &Patient) -> Vec<Finding> {
    let (Some(Ok(bot)), Some(group)) = (patient.bot(), patient.group()) else { return Vec::new() };
    match bot.group().await {
        Ok(found) => of(&found),
        Err(Fault::Answer(why)) if why.contains(MOVED) => vec![Finding::warning(
            why,
            "write that id as [mesh] group; a node that saw it move goes on there meanwhile",
        )],
        Err(Fault::Answer(why)) => vec![Finding::fault(
            format!("the bot does not see the group {group}: {why}"),
            "add the bot to the group, and compare [mesh] group with the id it has there",
        )],
        // The check of the bot has said why.
        Err(_) => Vec::new(),
    }
}

fn of(group: &Group) -> Vec<Finding> {
    let mut found = vec![Finding::ok(format!("the bot is in \"{}\"", group.title))];
    match group.kind {
        GroupKind::Super => {}
        GroupKind::Basic => found.push(Finding::warning(
            "it is a basic group, in which everybody numbers messages for themselves",
            "make it a supergroup (in its settings, let new members see its history), then write its new id as [mesh] \
             group: answers find their message at once, and the board survives lost answers",
        )),
        GroupKind::Other => {
            found[0] = Finding::fault("[mesh] group is no group", "name the group in which the agents speak");
        }
    }
    found.extend(rights(group.place));
    found
}

fn rights(place: Membership) -> Vec<Finding> {
    let no = |may: bool, what: &str, for_what: &str| {
        (!may).then(|| {
            Finding::warning(
                format!("the bot may not {what}, so {for_what}"),
                format!("let it, in the group's list of administrators: {what}"),
            )
        })
    };
    match place {
        Membership::Creator => Vec::new(),
        Membership::Administrator { pins, deletes } => {
            let pins = no(pins, "pin messages", "the board is posted but not pinned");
            let deletes = no(deletes, "delete messages", "a secret that somebody posts stays there");
            pins.into_iter().chain(deletes).collect()
        }
        Membership::Member => vec![Finding::warning(
            "the bot is no administrator: it can't pin the board, nor delete a secret that somebody posts",
            "make it one, with the rights to pin and to delete messages",
        )],
        Membership::Outside => {
            vec![Finding::fault("the bot is not in the group", "add it, as an administrator")]
        }
    }
}

/// Looks for agents and people that the configuration names and the group lacks.
pub async fn members(patient: &Patient) -> Vec<Finding> {
    let (Some(Ok(bot)), Ok(config)) = (patient.bot(), &patient.config) else { return Vec::new() };
    if !matches!(bot.group().await, Ok(Group { place, .. }) if place != Membership::Outside) {
        return Vec::new();
    }
    let (mut found, mut unknown, wanted) = (Vec::new(), 0, named(config));
    for (what, name, user) in wanted.iter().take(ASKED_MOST) {
        match bot.membership(*user).await {
            Ok(Membership::Outside) => found.push(missing(what, name, *user)),
            Ok(_) => {}
            Err(_) => unknown += 1,
        }
    }
    if unknown > 0 {
        found.push(Finding::warning(
            format!("of {unknown} it could not be told whether they are in the group"),
            "make the bot an administrator: others may not be told",
        ));
    }
    if found.is_empty() {
        found.push(Finding::ok(format!("all {} agents and people are in the group", wanted.len())));
    }
    found
}

/// Whoever is to speak in the group.
fn named(config: &Config) -> Vec<(&'static str, String, UserId)> {
    let agents = config.agents.iter().map(|one| ("agent", one.agent.name.clone(), UserId(one.agent.id.0)));
    let people = config.people.iter().map(|one| ("person", one.name.clone(), UserId(one.id.0)));
    agents.chain(people).collect()
}

fn missing(what: &str, name: &str, user: UserId) -> Finding {
    Finding::warning(
        format!("the {what} {name} (user {user}) is not in the group"),
        "add them to the group, or correct the id",
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    fn found(kind: GroupKind, place: Membership) -> Vec<Finding> {
        of(&Group { kind, title: "Mesh".into(), place })
    }

    #[test]
    fn a_supergroup_with_a_bot_that_may_pin_and_delete_is_well() {
        let place = Membership::Administrator { pins: true, deletes: true };
        assert_eq!(found(GroupKind::Super, place), [Finding::ok("the bot is in \"Mesh\"")]);
    }

    #[test]
    fn what_the_group_lacks_is_told() {
        let basic = found(GroupKind::Basic, Membership::Creator);
        assert!(basic[1].todo.as_ref().unwrap().contains("supergroup"), "{basic:?}");
        assert_eq!(found(GroupKind::Other, Membership::Creator)[0].verdict, Verdict::Fault);
        let bound = found(GroupKind::Super, Membership::Administrator { pins: false, deletes: false });
        assert_eq!(bound.len(), 3);
        assert_eq!(found(GroupKind::Super, Membership::Member)[1].verdict, Verdict::Warning);
        assert_eq!(found(GroupKind::Super, Membership::Outside)[1].verdict, Verdict::Fault);
        assert!(missing("agent", "Sandman", UserId(7)).what.contains("Sandman (user 7)"));
    }
}

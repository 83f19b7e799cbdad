//! From what a file says to a world.

use std::collections::BTreeSet;

use super::plan::{GroupPlan, PersonPlan, Plan};
use crate::mtproto::Draw;
use crate::world::{Clock, Draft, Rank, UserId, World};

/// Builds what a faultless file says.
pub fn world(plan: &Plan, clock: Clock, seed: Option<u64>) -> World {
    let world = World::empty(clock);
    let mut draw = Draw::new(seed, "codes");
    let taken: BTreeSet<&str> = plan.people.iter().filter_map(|person| person.phone.as_deref()).collect();
    let mut made_up =
        (1..).map(|number| format!("+1555019{number:04}")).filter(|phone| !taken.contains(phone.as_str()));
    let mut users = Vec::new();
    for person in &plan.people {
        let phone = person.phone.clone().or_else(|| made_up.next()).unwrap_or_default();
        users.push(add_person(&world, person, &phone, &mut draw));
    }
    for bot in &plan.bots {
        let id = world.add_bot(&bot.name, &bot.username, bot.privacy);
        world.set_hears_bots(id, bot.hears_bots);
        world.set_can_join_groups(id, bot.can_join_groups);
        users.push(id);
    }
    for group in &plan.groups {
        add_group(&world, group, &users);
    }
    // All of it is old: no bot is told of it any more.
    for bot in world.users().iter().filter(|user| user.is_bot()) {
        world.drop_updates(bot.id);
    }
    world
}

fn add_person(world: &World, person: &PersonPlan, phone: &str, draw: &mut Draw) -> UserId {
    let drawn = format!("{:05}", draw.below(100_000));
    let code = person.code.clone().unwrap_or(drawn);
    let id = world.add_person(&person.name, person.username.as_deref().unwrap_or_default(), phone, &code);
    world.set_password(id, person.password.as_deref());
    id
}

fn add_group(world: &World, plan: &GroupPlan, users: &[UserId]) {
    let members: Vec<UserId> = plan.members.iter().chain(&plan.admins).map(|at| users[*at]).collect();
    let group = world.add_group(plan.kind, &plan.title, users[plan.creator], &members);
    for admin in plan.admins.iter().filter(|admin| **admin != plan.creator) {
        world.set_rank(group, users[*admin], Rank::Admin);
    }
    for (author, text) in &plan.messages {
        if let Err(error) = world.post(users[*author], group, Draft::text(text.clone())) {
            // The reading has checked what can be checked; what is left is a text of nothing but invisible characters.
            tracing::warn!(%error, group = plan.title, "a message of the world's file was not posted");
        }
    }
}

//! The sandbox as a process of its own, its world's bounds full before anybody comes.

use sandbox::world::{ChatKind, Clock, Draft, LOG_KEPT, UserId, World};
use sandbox::{Sandbox, Settings};
use tokio::io::AsyncReadExt;

use super::plan::{PEOPLE, crowds, title};

/// Serves until its standard input closes.
pub async fn serve() {
    let world = world();
    let sandbox = Sandbox::start(Settings { world, ..Settings::default() }).await.expect("free ports");
    println!("{}", serde_json::to_string(&sandbox.ready()).expect("JSON"));
    let mut rest = Vec::new();
    tokio::io::stdin().read_to_end(&mut rest).await.expect("standard input");
    sandbox.stop().await;
}

fn world() -> World {
    let world = World::empty(Clock::System);
    let mut users: Vec<UserId> = (0..PEOPLE)
        .map(|n| {
            let (name, username) = (format!("Person {n}"), format!("person_{n}"));
            world.add_person(&name, &username, &format!("+1555019{n:04}"), "55555")
        })
        .collect();
    users.extend((0..PEOPLE).map(|n| world.add_bot(&format!("Bot {n}"), &format!("load{n}_bot"), false)));
    for (number, members) in crowds().into_iter().enumerate() {
        let kind = if number % 2 == 0 { ChatKind::Group } else { ChatKind::Supergroup };
        let members: Vec<UserId> = members.into_iter().map(|member| users[member]).collect();
        world.add_group(kind, &title(number), members[0], &members);
    }
    fill(&world, &users);
    world
}

/// Until every log is full: from here on, what comes drives out what is there.
fn fill(world: &World, users: &[UserId]) {
    let groups: Vec<_> =
        world.groups().into_iter().map(|group| (group.peer, group.members[0].user)).collect();
    for _ in 0..LOG_KEPT / 2 {
        for (peer, creator) in &groups {
            world.post(*creator, *peer, Draft::text("as long as what is to come")).expect("a member");
        }
    }
    for bot in &users[PEOPLE..] {
        world.drop_updates(*bot);
    }
}

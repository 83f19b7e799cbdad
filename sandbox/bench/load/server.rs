//! The sandbox as a process of its own, its world's bounds full before anybody comes.

use std::sync::{Arc, Barrier};

use sandbox::world::{ChatKind, Clock, Draft, LOG_KEPT, Peer, UserId, World};
use sandbox::{Sandbox, Settings};
use tokio::io::AsyncReadExt;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::plan::{PEOPLE, crowds, title};

/// Updates that each account is told of when everybody sends once, at the least.
const UPDATES_A_ROUND: usize = 3;

/// Serves until its standard input closes.
pub async fn serve() {
    let world = world().await;
    let sandbox = Sandbox::start(Settings { world, ..Settings::default() }).await.expect("free ports");
    println!("{}", serde_json::to_string(&sandbox.ready()).expect("JSON"));
    let mut rest = Vec::new();
    tokio::io::stdin().read_to_end(&mut rest).await.expect("standard input");
    sandbox.stop().await;
}

async fn world() -> World {
    let world = World::empty(Clock::System);
    let mut users: Vec<UserId> = (0..PEOPLE)
        .map(|n| {
            let (name, username) = (format!("Person {n}"), format!("person_{n}"));
            world.add_person(&name, &username, &format!("+1555019{n:04}"), "55555")
        })
        .collect();
    users.extend((0..PEOPLE).map(|n| world.add_bot(&format!("Bot {n}"), &format!("load{n}_bot"), false)));
    let open = |(number, members): (usize, Vec<usize>)| {
        let kind = if number.is_multiple_of(2) { ChatKind::Group } else { ChatKind::Supergroup };
        let members: Vec<UserId> = members.into_iter().map(|member| users[member]).collect();
        world.add_group(kind, &title(number), members[0], &members)
    };
    let chats: Vec<Peer> = crowds().into_iter().enumerate().map(open).collect();
    fill(&world, users, &chats).await;
    world
}

/// Until every log is full: from here on, what comes drives out what is there. As the clients will do it, and by the
/// threads that will answer them: so no message is longer, is kept for longer, or lies elsewhere in memory.
async fn fill(world: &World, users: Vec<UserId>, chats: &[Peer]) {
    let chats_of = |member| {
        let all = crowds().into_iter().zip(chats);
        all.filter(|(crowd, _)| crowd.contains(&member)).map(|(_, chat)| *chat).collect()
    };
    let chats: Vec<Vec<Peer>> = (0..users.len()).map(chats_of).collect();
    let threads = Handle::current().metrics().num_workers();
    let rounds = Arc::new(Barrier::new(threads));
    let members = Arc::new(users.into_iter().zip(chats).enumerate().collect::<Vec<_>>());
    let mut filling = JoinSet::new();
    for first in 0..threads {
        let (world, rounds, members) = (world.clone(), rounds.clone(), members.clone());
        filling.spawn(async move {
            for round in 0..LOG_KEPT / UPDATES_A_ROUND {
                rounds.wait();
                let own = members.iter().skip(first).step_by(threads);
                own.for_each(|(member, (user, chats))| say(&world, *member, *user, chats, round));
            }
        });
    }
    filling.join_all().await;
}

/// A member's message of this round; a bot also takes what waits for it.
fn say(world: &World, member: usize, user: UserId, chats: &[Peer], round: usize) {
    let random_id = i64::try_from(round).ok().filter(|_| member < PEOPLE);
    // As long as what the clients say, and not to be taken for it.
    let text = format!("{member} {round} a-moment-ago----");
    let draft = Draft { random_id, ..Draft::text(text) };
    world.post(user, chats[round % chats.len()], draft).expect("a member");
    world.drop_updates(user);
}

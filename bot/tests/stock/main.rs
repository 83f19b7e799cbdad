//! teloxide as its documentation uses it, against the sandbox: that the Bot API door is Telegram to a client which
//! nobody here wrote. The bot of the mesh itself is tested in `bot/src/tests`.

#![allow(clippy::unwrap_used, reason = "what helps a test is no test to the lint")]

mod errors;
mod faults;
mod files;
mod talk;

use std::net::SocketAddr;
use std::time::Duration;

use sandbox::botapi::Door;
use sandbox::world::{Draft, Peer, Seen, SeenMessage, SeenWhat, UserId, World};
use teloxide::prelude::*;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Until something awaited must have happened.
const WITHIN: Duration = Duration::from_secs(20);

/// A world, the door to it, and the bot of the mesh as teloxide's `Bot`.
struct Stage {
    world: World,
    api: String,
    bot: Bot,
    me: UserId,
    ely: UserId,
    group: Peer,
    stop: CancellationToken,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Stage {
    async fn open() -> Self {
        let world = World::mastermind();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        tokio::spawn(Door::new(world.clone(), stop.clone()).serve(listener));
        let me = world.user_by_username("mesh_mastermind_bot").unwrap();
        let ely = world.user_by_username("ely_exec").unwrap().id;
        let bot = bot_at(&api, &me.bot().unwrap().token);
        let group = world.groups()[0].peer;
        Self { world, api, bot, me: me.id, ely, group, stop }
    }

    fn chat(&self) -> ChatId {
        ChatId(self.group.to_bot_api())
    }

    fn says(&self, text: &str) {
        self.world.post(self.ely, self.group, Draft::text(text)).unwrap();
    }
}

fn bot_at(api: &str, token: &str) -> Bot {
    Bot::new(token).set_api_url(api.parse().unwrap())
}

/// An address on the loopback that nobody listens at.
async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// The next thing that happens and fits.
async fn next<T>(seen: &mut broadcast::Receiver<Seen>, fits: impl Fn(Seen) -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = fits(seen.recv().await.unwrap()) {
                return found;
            }
        }
    };
    tokio::time::timeout(WITHIN, found).await.expect("it happens in time")
}

/// The next message that somebody posts.
async fn post_of(seen: &mut broadcast::Receiver<Seen>, by: UserId) -> SeenMessage {
    next(seen, |seen| match seen.what {
        SeenWhat::Posted(message) if seen.by == by => Some(message),
        _ => None,
    })
    .await
}

//! The rules of the world.

mod chats;
mod edits;
mod files;
mod hearing;
mod ids;
mod migration;
mod reactions;
mod reading;
mod standing;
mod taps;
mod texts;
mod updates;

use super::*;

pub const NOON: i64 = 1_770_000_000;

/// The default world at a standing clock, and who is who in it.
pub struct Cast {
    pub world: World,
    pub ely: UserId,
    pub alex: UserId,
    pub sam: UserId,
    pub mesh: UserId,
    pub sandman: UserId,
    pub oracle: UserId,
    pub group: Peer,
}

pub fn cast() -> Cast {
    let world = World::mastermind_at(Clock::manual(NOON));
    let id = |username: &str| world.user_by_username(username).unwrap().id;
    let (ely, alex, sam) = (id("ely_exec"), id("alex_ops"), id("sam_stranger"));
    let (mesh, sandman, oracle) =
        (id("@mesh_mastermind_bot"), id("sandman_agent_bot"), id("Oracle_Agent_Bot"));
    let group = world.groups()[0].peer;
    Cast { world, ely, alex, sam, mesh, sandman, oracle, group }
}

impl Cast {
    pub fn say(&self, by: UserId, text: &str) -> Posted {
        self.world.post(by, self.group, Draft::text(text)).unwrap()
    }

    /// The author's message as `viewer` names it.
    pub fn id(&self, viewer: UserId, posted: &Posted) -> i32 {
        self.world.id_for(viewer, posted.key).unwrap()
    }

    /// The texts a bot was told of, oldest first.
    pub fn heard(&self, bot: UserId) -> Vec<String> {
        let updates = self.world.bot_updates(bot, 0, 100);
        updates
            .into_iter()
            .map(|update| match update.kind {
                BotUpdateKind::Message(view) => match view.content {
                    Content::Text { text, .. } => text,
                    Content::Service(service) => format!("{service:?}"),
                },
                other => other.name().to_owned(),
            })
            .collect()
    }
}

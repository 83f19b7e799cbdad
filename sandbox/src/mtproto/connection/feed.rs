//! News for a connection's account, in the order of its log.

use grammers_tl_types::{Serializable, enums};
use tokio::sync::watch;

use crate::mtproto::envelope::Outgoing;
use crate::mtproto::view::updates;
use crate::world::{Update, UserId, World};

/// Updates of one push.
const PUSH_LIMIT: usize = 100;

/// Where a connection stands in its account's log.
pub struct Feed {
    account: UserId,
    cursor: u64,
    wake: watch::Receiver<u64>,
}

/// What has not been told yet.
pub enum News {
    /// These, in order.
    Updates(Vec<Update>),
    /// More than the log keeps: the client has to ask for the difference.
    TooLong,
}

/// Waits for news; for ever where nobody is told any.
pub async fn news(feed: Option<&mut Feed>) {
    if let Some(feed) = feed
        && feed.wake.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

impl Feed {
    /// Begins with what comes from now on.
    pub fn begin(world: &World, account: UserId) -> Option<Self> {
        let wake = world.subscribe(account)?;
        Some(Self { account, cursor: world.account_state(account).cursor, wake })
    }

    /// Whose it is.
    pub fn account(&self) -> UserId {
        self.account
    }

    /// What has not been told yet.
    pub fn take(&mut self, world: &World) -> News {
        self.wake.mark_unchanged();
        let (updates, cursor) = world.pushes(self.account, self.cursor);
        let expected = self.cursor + 1;
        self.cursor = cursor;
        match updates.iter().map(|update| update.cursor).min() {
            Some(first) if first > expected => News::TooLong,
            None if cursor >= expected => News::TooLong,
            _ => News::Updates(updates),
        }
    }

    /// The news as messages to the client.
    pub fn told(&self, world: &World, news: &[Update]) -> Vec<Outgoing> {
        let push = |chunk: &[Update]| {
            let told: enums::Updates = updates(Vec::new(), chunk, self.account, world).into();
            Outgoing::push(told.to_bytes())
        };
        news.chunks(PUSH_LIMIT).map(push).collect()
    }
}

/// Tells the client to ask for the difference.
pub fn too_long() -> Outgoing {
    Outgoing::push(enums::Updates::TooLong.to_bytes())
}

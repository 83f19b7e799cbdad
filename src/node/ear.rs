//! The account at the start: it hears, or nobody is signed in with it and the node goes on without.

use std::fmt;

use bridge::telegram::{Account, Batch, Connected, Grade, Health};
use tokio::sync::{mpsc, watch};

use super::START_WITHIN;

/// An account of the configuration.
pub(super) struct AccountEar {
    /// For calls; none while nobody is signed in.
    pub voice: Option<Account>,
    /// What is heard.
    pub batches: Option<mpsc::Receiver<Batch>>,
    /// How it stands.
    pub health: watch::Receiver<Health>,
    /// Whether everything missed was heard.
    pub caught_up: watch::Receiver<bool>,
}

/// Nobody could be signed in; the text says why.
#[derive(Debug)]
pub(super) struct NotSignedIn(pub String);

impl std::error::Error for NotSignedIn {}

impl fmt::Display for NotSignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AccountEar {
    pub fn of(connected: Connected) -> Self {
        let Connected { account, batches, health, caught_up } = connected;
        Self { voice: Some(account), batches: Some(batches), health, caught_up }
    }

    /// Hears nothing, and never will: its time stands still, so that nothing expires that might have been answered.
    pub fn deaf(why: &NotSignedIn) -> Self {
        let health = Health::SignedOut { reason: why.0.clone() };
        let (health, caught_up) = (watch::channel(health).1, watch::channel(false).1);
        Self { voice: None, batches: None, health, caught_up }
    }
}

/// A node that says it runs has heard what was said before; one that can't reach Telegram, or whose account is signed
/// out, runs all the same.
pub(super) async fn hears_everything(
    mut caught_up: watch::Receiver<bool>,
    mut health: watch::Receiver<Health>,
) {
    let lost = |health: &Health| health.meaning().grade == Grade::NeedsSomebody;
    let decided = async {
        tokio::select! {
            _ = caught_up.wait_for(|caught_up| *caught_up) => {}
            Ok(_) = health.wait_for(lost) => {}
        }
    };
    if tokio::time::timeout(START_WITHIN, decided).await.is_err() {
        tracing::warn!("the account has not caught up yet; what was missed is heard as soon as it has");
    }
}

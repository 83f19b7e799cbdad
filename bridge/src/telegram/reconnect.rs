//! What follows when the ear can't hear: how it stands then, and for how long nothing is tried.

use std::time::Duration;

use super::call::CallError;
use super::health::Health;
use super::listen::Ear;
use super::waits::Waits;

impl Ear {
    pub(super) fn waits(&self) -> Waits {
        self.shared.around.waits
    }

    /// What the ear asks for: it hears nothing meanwhile, so a silent server must not hold it up for longer.
    pub(super) async fn in_time<T>(
        &self,
        asked: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        let within = self.waits().answer;
        let none = || CallError::NoAnswer(format!("none in {} s", within.as_secs()));
        tokio::time::timeout(within, asked).await.unwrap_or_else(|_| Err(none()))
    }

    /// Says how it stands and for how long nothing is tried.
    pub(super) async fn pause_after(&mut self, trouble: &CallError) -> Duration {
        let around = self.shared.around.clone();
        let lost = match trouble {
            CallError::Wait(pause) => {
                self.out.health(Health::FloodWait { until: around.after(*pause) });
                return *pause;
            }
            CallError::NoAnswer(_) | CallError::Fault(_) | CallError::Refused { .. } => {
                return self.disconnected(trouble.to_string()).await;
            }
            CallError::SignedOut(word) => Health::SignedOut { reason: word.clone() },
            CallError::BadCredentials(word) => Health::BadCredentials { reason: word.clone() },
            CallError::Replaced => Health::Replaced,
        };
        self.out.health(lost);
        (self.line, self.closed, self.steady) = (None, false, None);
        around.waits.lost
    }

    /// The connection is made anew after a pause. Where Telegram only closed it, the same pool does that.
    async fn disconnected(&mut self, reason: String) -> Duration {
        let around = self.shared.around.clone();
        match self.steady.take() {
            Some(since) if since.elapsed() >= around.waits.steady => self.backoff.reset(),
            Some(_) => self.backoff.soften(),
            None => {}
        }
        let pause = self.backoff.next((around.chance)());
        let broken = match &mut self.line {
            Some(line) => line.broken().await,
            None => None,
        };
        if let Some(why) = &broken {
            tracing::error!("{why}; it is made anew");
        }
        if !std::mem::take(&mut self.closed) || broken.is_some() {
            self.line = None;
        }
        let since = match &*self.out.health.borrow() {
            Health::Disconnected { since, .. } => *since,
            _ => (around.clock)(),
        };
        let reason = broken.unwrap_or(reason);
        self.out.health(Health::Disconnected { since, next_try: around.after(pause), reason });
        pause
    }
}

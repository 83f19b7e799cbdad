//! SIGTERM and SIGINT end the program in order; the second one at once.

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled by the first signal.
///
/// # Errors
/// The system lets nobody listen to signals.
pub fn on_signal() -> anyhow::Result<CancellationToken> {
    let token = CancellationToken::new();
    let mut term = signal(SignalKind::terminate()).context("SIGTERM can't be heard")?;
    let mut int = signal(SignalKind::interrupt()).context("SIGINT can't be heard")?;
    let stop = token.clone();
    tokio::spawn(async move {
        for _ in 0..2 {
            tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
            if stop.is_cancelled() {
                std::process::exit(130);
            }
            stop.cancel();
        }
    });
    Ok(token)
}

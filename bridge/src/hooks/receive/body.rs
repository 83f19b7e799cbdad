//! A body within its limits.

use std::time::Duration;

use axum::body::Body;
use tokio_stream::StreamExt as _;

/// The longest body that is read, in bytes: the gateways' own limit.
pub const BODY_MOST: usize = 262_144;
/// What is longer is taken in up to here and thrown away, so that whoever sends it reads the answer.
const DRAINED_MOST: usize = 4 * 1024 * 1024;
/// How long a body may take.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// How long one that nobody reads may take.
const DRAIN_WITHIN: Duration = Duration::from_secs(5);

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    TooLarge,
    TooSlow,
    Broken,
}

/// Reads a body whole.
pub(super) async fn read(body: Body) -> Result<Vec<u8>, Fault> {
    let whole = tokio::time::timeout(BODY_WITHIN, take(body, BODY_MOST)).await;
    whole.unwrap_or(Err(Fault::TooSlow))
}

/// Takes in what nobody will read.
pub(super) async fn drain(body: Body) {
    let _ = tokio::time::timeout(DRAIN_WITHIN, take(body, 0)).await;
}

async fn take(body: Body, most: usize) -> Result<Vec<u8>, Fault> {
    let (mut whole, mut length) = (Vec::new(), 0_usize);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Fault::Broken)?;
        length = length.saturating_add(chunk.len());
        if length <= most {
            whole.extend_from_slice(&chunk);
        } else if length > DRAINED_MOST {
            break;
        } else {
            whole = Vec::new();
        }
    }
    if length > most { Err(Fault::TooLarge) } else { Ok(whole) }
}

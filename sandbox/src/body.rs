//! The whole body of a request, for both HTTP doors.

use std::time::Duration;

use axum::body::{Body, Bytes};
use tokio_stream::StreamExt as _;

/// Why there is no whole body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// More than the door takes.
    TooBig,
    /// It did not come to its end, or its next part not in time.
    Cut,
}

/// Reads it, or the connection could not be used again; each of its parts is waited for so long, or for as long as its
/// connection stands.
///
/// # Errors
/// It is longer than `limit` bytes, or has no end.
pub async fn whole(body: Body, limit: usize, wait: Option<Duration>) -> Result<Bytes, Fault> {
    let (mut parts, mut read) = (body.into_data_stream(), Vec::new());
    loop {
        let next = match wait {
            Some(wait) => tokio::time::timeout(wait, parts.next()).await.map_err(|_| Fault::Cut)?,
            None => parts.next().await,
        };
        let Some(part) = next else { return Ok(read.into()) };
        let part = part.map_err(|_| Fault::Cut)?;
        if read.len() + part.len() > limit {
            return Err(Fault::TooBig);
        }
        read.extend_from_slice(&part);
    }
}

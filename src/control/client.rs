//! The other end of the control socket, for the subcommands.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::Response;

use super::{ANSWER_WITHIN, socket};

/// Gets one answer of a running node. `path` may end with a query.
///
/// # Errors
/// No node holds this state directory, or it does not answer.
pub async fn fetch(state: &Path, path: &str) -> anyhow::Result<serde_json::Value> {
    let sent = client(state, ANSWER_WITHIN)?.get(url(path)).send().await;
    let answer = well(answered(state, sent)?).await?;
    Ok(answer.json().await?)
}

fn client(state: &Path, within: Duration) -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().unix_socket(socket(state)).timeout(within).build()?)
}

fn url(path: &str) -> String {
    format!("http://node{path}")
}

fn answered(state: &Path, sent: reqwest::Result<Response>) -> anyhow::Result<Response> {
    sent.with_context(|| format!("no node answers on {}; start one: mesh run", socket(state).display()))
}

async fn well(answer: Response) -> anyhow::Result<Response> {
    if !answer.status().is_success() {
        bail!("the node answered {}: {}", answer.status(), answer.text().await.unwrap_or_default());
    }
    Ok(answer)
}

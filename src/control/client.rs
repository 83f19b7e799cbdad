//! The other end of the control socket, for the subcommands.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use commands::answer::Answer;
use reqwest::{Response, StatusCode};

use super::calls::Request;
use super::tokens::Rotate;
use super::{ANSWER_WITHIN, CALL_WITHIN, DRIVE_WITHIN, Drive, Heeded, Obeyed, Told, socket};
use crate::tokens::Rotated;

/// Gets one answer of a running node. `path` may end with a query.
///
/// # Errors
/// No node holds this state directory, or it does not answer.
pub async fn fetch(state: &Path, path: &str) -> anyhow::Result<serde_json::Value> {
    let sent = client(state, ANSWER_WITHIN)?.get(url(path)).send().await;
    let answer = well(answered(state, sent)?).await?;
    Ok(answer.json().await?)
}

/// Asks a running node something with arguments; an inner error where the question makes no sense to it.
///
/// # Errors
/// As [`fetch`].
pub async fn ask(
    state: &Path,
    path: &str,
    arguments: &[(&str, &str)],
) -> anyhow::Result<Result<serde_json::Value, String>> {
    let request = client(state, ANSWER_WITHIN)?.get(url(path)).query(arguments);
    let answer = answered(state, request.send().await)?;
    if answer.status() == StatusCode::FORBIDDEN {
        return Ok(Err(answer.text().await?));
    }
    Ok(Ok(well(answer).await?.json().await?))
}

/// Says something on behalf of a member of the mesh; an inner error where the node knows nobody of that name.
///
/// # Errors
/// No node holds this state directory, or it does not answer.
pub async fn call(state: &Path, request: &Request) -> anyhow::Result<Heeded> {
    // A little longer than the node itself waits, so that its own words arrive.
    let client = client(state, CALL_WITHIN + Duration::from_secs(2))?;
    let answer = answered(state, client.post(url("/call")).json(request).send().await)?;
    if answer.status() == StatusCode::FORBIDDEN {
        return Ok(Err(answer.text().await?));
    }
    Ok(Ok(well(answer).await?.json::<Answer>().await?))
}

/// Orders something of an account; an inner error where it was refused or failed.
///
/// # Errors
/// No node holds this state directory, or it has not done it in time.
pub async fn order<T: serde::Serialize>(state: &Path, path: &str, request: &T) -> anyhow::Result<Obeyed> {
    let client = client(state, CALL_WITHIN + Duration::from_mins(1))?;
    let answer = answered(state, client.post(url(path)).json(request).send().await)?;
    if answer.status() == StatusCode::FORBIDDEN {
        return Ok(Err(answer.text().await?));
    }
    Ok(Ok(well(answer).await?.json::<Told>().await?))
}

/// Asks something of the gateway behind an agent; an inner error where it was refused or failed.
///
/// # Errors
/// No node holds this state directory, or it has not done it in time.
pub async fn drive(state: &Path, request: &Drive) -> anyhow::Result<Result<bridge::agents::Told, String>> {
    // A little longer than the node itself waits, so that its own words arrive.
    let client = client(state, DRIVE_WITHIN + Duration::from_secs(2))?;
    let answer = answered(state, client.post(url("/drive")).json(request).send().await)?;
    if answer.status() == StatusCode::FORBIDDEN {
        return Ok(Err(answer.text().await?));
    }
    Ok(Ok(well(answer).await?.json().await?))
}

/// Gives an agent another token; an inner error where that can't be.
///
/// # Errors
/// As [`fetch`].
pub async fn rotate(state: &Path, agent: &str) -> anyhow::Result<Result<Rotated, String>> {
    let order = Rotate { agent: agent.to_owned() };
    let sent = client(state, ANSWER_WITHIN)?.post(url("/token/rotate")).json(&order).send().await;
    let answer = answered(state, sent)?;
    if answer.status() == StatusCode::FORBIDDEN {
        return Ok(Err(answer.text().await?));
    }
    Ok(Ok(well(answer).await?.json().await?))
}

fn client(state: &Path, within: Duration) -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().unix_socket(socket(state)).timeout(within).build()?)
}

fn url(path: &str) -> String {
    format!("http://node{path}")
}

fn answered(state: &Path, sent: reqwest::Result<Response>) -> anyhow::Result<Response> {
    let socket = socket(state);
    let socket = socket.display();
    match sent {
        Err(error) if error.is_timeout() => {
            bail!("the node on {socket} does not answer: it is very busy, or stuck; look at its log")
        }
        Err(error) if error.is_connect() => bail!("no node answers on {socket}; start one: mesh run"),
        sent => sent.with_context(|| format!("the node on {socket} hung up")),
    }
}

async fn well(answer: Response) -> anyhow::Result<Response> {
    if !answer.status().is_success() {
        bail!("the node answered {}: {}", answer.status(), answer.text().await.unwrap_or_default());
    }
    Ok(answer)
}

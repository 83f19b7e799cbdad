//! An agent on another machine, driven by the mesh node that runs beside it: the gateway's own token stays there.

use std::time::Duration;

use reqwest::StatusCode;
use serde::{Deserialize, Serialize};

use super::{Driver, Driving, Fault, Told, Wanted, within};
use crate::answers;
use crate::hooks::Post;
use crate::words::Mask;

/// The path of the other node's door.
pub const PATH: &str = "/drive";
/// So much longer than the other node itself waits, so that its own words arrive.
const LONGER: Duration = Duration::from_secs(5);

/// What is sent to the other node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The agent, by name or alias there.
    pub agent: String,
    /// What is wanted of its gateway.
    #[serde(flatten)]
    pub wanted: Wanted,
}

/// The node beside an agent.
#[derive(Clone)]
pub struct Node {
    post: Post,
    url: String,
    token: String,
    agent: String,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("url", &self.url).field("agent", &self.agent).finish_non_exhaustive()
    }
}

impl Node {
    /// The node whose door is at that address, as `http://100.64.0.12:18790`; it knows this one by the token.
    pub fn new(post: Post, at: &str, token: &str, agent: &str) -> Self {
        let url = format!("{}{PATH}", at.trim_end_matches('/'));
        Self { post, url, token: token.to_owned(), agent: agent.to_owned() }
    }

    async fn order(&self, wanted: Wanted) -> Result<Told, Fault> {
        let within = within(&wanted) + LONGER;
        let begun = wanted == Wanted::Restart || matches!(wanted, Wanted::Set { .. });
        let order = Order { agent: self.agent.clone(), wanted };
        let request =
            self.post.client().post(&self.url).bearer_auth(&self.token).timeout(within).json(&order);
        let answer = request.send().await.map_err(|error| lost(&error, begun))?;
        let status = answer.status();
        if status.is_success() {
            let told = answers::value(answer).await.map_err(|error| lost(&error, begun))?;
            return told.ok_or_else(|| garbled(begun));
        }
        let said = answers::words(answer).await;
        Err(serde_json::from_str(&said).unwrap_or_else(|_| refused(status, &said, self.post.mask())))
    }
}

/// Whether it arrived can't be told, unless there was no connection at all.
fn lost(error: &reqwest::Error, begun: bool) -> Fault {
    match () {
        () if error.is_connect() => Fault::Unreachable("the node beside it can't be reached".into()),
        () if begun => Fault::Unclear("the node beside it did not say what came of it".into()),
        () if error.is_timeout() => Fault::Unreachable("the node beside it did not answer in time".into()),
        () => Fault::Unreachable("the connection to the node beside it broke".into()),
    }
}

/// It answered, and not as a node does.
fn garbled(begun: bool) -> Fault {
    let said = "what the node beside it answered makes no sense".to_owned();
    if begun { Fault::Unclear(said) } else { Fault::Refused(said) }
}

fn refused(status: StatusCode, said: &str, mask: Mask) -> Fault {
    let said = mask.short(said);
    Fault::Refused(format!("the node beside it answers {} {said}", status.as_u16()).trim_end().to_owned())
}

impl Driver for Node {
    fn drive(&self, wanted: Wanted) -> Driving<'_> {
        Box::pin(self.order(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_one_object() {
        let order = Order { agent: "Oracle".into(), wanted: Wanted::Logs { lines: 20, after: None } };
        let text = serde_json::to_string(&order).unwrap();
        assert_eq!(text, r#"{"agent":"Oracle","wanted":"logs","lines":20}"#);
        assert_eq!(serde_json::from_str::<Order>(&text).unwrap(), order);
        let fault: Fault = serde_json::from_str(r#"{"fault":"unable","why":"no"}"#).unwrap();
        assert_eq!(fault, Fault::Unable("no".into()));
        let node = Node::new(Post::new().unwrap(), "http://100.64.0.12:18790/", "SANDBOX-token", "Oracle");
        assert_eq!(node.url, "http://100.64.0.12:18790/drive");
        assert!(!format!("{node:?}").contains("SANDBOX"));
    }

    #[test]
    fn what_is_no_fault_of_ours_is_shown_shortly() {
        let refused = refused(StatusCode::UNAUTHORIZED, "Unauthorized\n", Mask::default());
        assert_eq!(refused, Fault::Refused("the node beside it answers 401 Unauthorized".into()));
    }
}

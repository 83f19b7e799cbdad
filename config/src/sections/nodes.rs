//! `[[nodes]]`: other nodes of the mesh that may drive the agents beside this one.

use crate::reading::{Reading, Section};
use crate::secret::Secret;

use super::agents::door_token;

pub(crate) const KEYS: &[&str] = &["name", "token"];

/// `[[nodes]]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherNode {
    /// How it is called here, for the log.
    pub name: String,
    /// What it shows at this node's door.
    pub token: Secret,
}

pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Vec<OtherNode> {
    let Some(found) = document.get("nodes") else { return Vec::new() };
    let mut nodes = Vec::new();
    for section in reading.sections(&found, KEYS) {
        let name =
            reading.required(&section, "name", "name = \"hub\"").and_then(|found| reading.text(&found));
        let token = reading.required(&section, "token", "token = { file = \"…\" }");
        let token = token.and_then(|found| door_token(reading, &found, "node.token"));
        if let (Some(name), Some(token)) = (name, token) {
            nodes.push(OtherNode { name, token });
        }
    }
    nodes
}

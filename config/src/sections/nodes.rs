//! `[[nodes]]`: other nodes of the mesh that may drive the agents beside this one.

use crate::reading::{Reading, Section};
use crate::secret::{InTheClear, Secret};

pub(crate) const KEYS: &[&str] = &["name", "token"];
/// A token of fewer characters could be guessed.
const TOKEN_LEAST: usize = 16;

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
        let token = token.and_then(|found| {
            let token = reading.secret(&found, InTheClear::Refused)?;
            if token.expose().chars().count() < TOKEN_LEAST {
                let todo = "make one: (umask 077; openssl rand -hex 24 > node.token)";
                reading.fault(&found.spot, format!("has fewer than {TOKEN_LEAST} characters"), todo);
                return None;
            }
            Some(token)
        });
        if let (Some(name), Some(token)) = (name, token) {
            nodes.push(OtherNode { name, token });
        }
    }
    nodes
}

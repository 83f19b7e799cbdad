//! The store, and whether a node has it.

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;
use sessions::{OpenError, Store};

use super::finding::Finding;
use super::patient::Patient;

/// A running node's own word on how it is.
#[expect(clippy::unused_async, reason = "all checks have one signature")]
pub async fn node(patient: &Patient) -> Vec<Finding> {
    match &patient.node {
        Some(status) => of_node(status),
        None if patient.state.is_none() => Vec::new(),
        None => vec![Finding::ok("no node is running: what it would use is looked at directly")],
    }
}

fn of_node(status: &Value) -> Vec<Finding> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let problems = status["problems"].as_array().map(Vec::as_slice).unwrap_or_default();
    if problems.is_empty() {
        let (node, pid) = (text(&status["node"]), &status["pid"]);
        return vec![Finding::ok(format!("node {node} runs as process {pid} and is healthy"))];
    }
    problems.iter().map(|problem| Finding::fault(text(&problem["what"]), text(&problem["todo"]))).collect()
}

/// Opens the store where no node has it, and reads it through.
#[expect(clippy::unused_async, reason = "all checks have one signature")]
pub async fn check(patient: &Patient) -> Vec<Finding> {
    if let Some(node) = &patient.node {
        return vec![Finding::ok(format!("{} facts, in the hands of the running node", node["journal"]))];
    }
    patient.own_state().map(opened).into_iter().collect()
}

fn opened(state: &Path) -> Finding {
    let store = match Store::open(state) {
        Ok(store) => store,
        Err(OpenError::Held { pid, host, .. }) => {
            return Finding::fault(
                format!("process {pid} on {host} holds {} and does not answer", state.display()),
                "wait a moment if it is just starting; else end it and start the node again",
            );
        }
        Err(error) => {
            return Finding::fault(error.to_string(), "see the sentence; the node can't start like this");
        }
    };
    let mut last = Timestamp::MIN;
    let mut count = 0_usize;
    for fact in store.replay() {
        match fact {
            Ok(fact) => (last, count) = (last.max(fact.at), count + 1),
            Err(error) => {
                return Finding::fault(error.to_string(), "restore the state directory from a backup");
            }
        }
    }
    if let Err(error) = store.verify_audit(None) {
        return Finding::fault(
            format!("the audit is not whole: {error}"),
            "somebody or something changed it: keep a copy of the state directory, and compare it with a backup",
        );
    }
    match count {
        0 => Finding::ok("empty"),
        _ => Finding::ok(format!(
            "{count} facts, the last of {}; the audit is whole",
            crate::status::second(last)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_node_says_of_itself_is_passed_on() {
        let well = json!({ "node": "n", "pid": 7, "problems": [] });
        assert_eq!(of_node(&well), [Finding::ok("node n runs as process 7 and is healthy")]);
        let ill = json!({ "problems": [{ "what": "The bot is deaf.", "todo": "Look." }] });
        assert_eq!(of_node(&ill), [Finding::fault("The bot is deaf.", "Look.")]);
    }

    #[test]
    fn a_store_is_read_through_and_one_that_is_held_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let store = Store::open(&state).unwrap();
        let found = opened(&state);
        assert_eq!(found.verdict, Verdict::Fault);
        assert!(found.what.contains(&format!("process {}", std::process::id())), "{found:?}");
        drop(store);
        assert_eq!(opened(&state), Finding::ok("empty"));
        std::fs::write(state.join("node.key"), "short").unwrap();
        assert!(opened(&state).what.contains("is not a node key"));
    }
}

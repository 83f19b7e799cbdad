//! The configuration: every fault at once, every warning.

use super::finding::Finding;
use super::patient::Patient;

/// Looks at the configuration.
#[expect(clippy::unused_async, reason = "all checks have one signature")]
pub async fn check(patient: &Patient) -> Vec<Finding> {
    let shown = patient.file.display();
    match &patient.config {
        Err(faults) => faults.iter().map(|fault| Finding::fault(told(fault), fault.todo.clone())).collect(),
        Ok(config) => {
            let mut found = vec![Finding::ok(format!(
                "{shown}: node {} of {}, {} people, {} agents",
                config.mesh.node,
                config.mesh.name,
                config.people.len(),
                config.agents.len()
            ))];
            found.extend(
                config.warnings.iter().map(|fault| Finding::warning(told(fault), fault.todo.clone())),
            );
            if config.mesh.node != config.mesh.sequencer {
                found.push(Finding::fault(
                    format!("this is node {}, and {} decides", config.mesh.node, config.mesh.sequencer),
                    "run the mesh on the sequencer alone: nodes that ask another come with a later release",
                ));
            }
            if config.account.is_none() && !config.agents.is_empty() {
                found.push(Finding::warning(
                    "there is no [account], so what agents say is not heard: bots don't hear bots",
                    "give the mesh an account of its own: [account] in config/mesh.example.toml",
                ));
            }
            found
        }
    }
}

/// A fault without what to do about it.
fn told(fault: &config::Fault) -> String {
    let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
    let key = fault.key.as_ref().map(|key| format!(": {key}")).unwrap_or_default();
    format!("{}{line}{key}: {}", fault.file.display(), fault.what)
}

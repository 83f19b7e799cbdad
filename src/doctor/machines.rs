//! The agents' machines: whether OpenSSH lets us in, as `mesh secret` would go. Nothing is done there.

use super::finding::Finding;
use super::patient::Patient;
use crate::secret::{Ran, Ssh};

/// Knocks at each machine that the configuration names, at all of them at once.
pub async fn check(patient: &Patient) -> Vec<Finding> {
    let Ok(machines) = config::machines(&patient.file) else { return Vec::new() };
    let ssh = Ssh { config: patient.ssh_config.clone() };
    let mut knocks = Vec::new();
    for machine in machines {
        let (Some(host), Some(name)) = (machine.ssh, machine.names.into_iter().next()) else { continue };
        let ssh = ssh.clone();
        knocks.push(tokio::spawn(async move { finding(&name, &host, ssh.knock(&host).await) }));
    }
    let mut found = Vec::new();
    for knock in knocks {
        found.extend(knock.await);
    }
    found
}

fn finding(name: &str, host: &str, knocked: anyhow::Result<Ran>) -> Finding {
    match knocked {
        Ok(Ran::Well(_)) => Finding::ok(format!("{name}: ssh {host} lets us in")),
        Ok(Ran::NotReached(why) | Ran::Badly(why)) => Finding::warning(
            format!("{name}: ssh {host} does not let us in: {why}"),
            "sign in once by hand with the same user: its host key has to be known here, and a key of ours there; \
             until then `mesh secret` does not reach it",
        ),
        Err(error) => Finding::warning(format!("{name}: {error:#}"), "without it there is no `mesh secret`"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn a_machine_that_does_not_let_us_in_is_no_fault_of_the_node() {
        let of = |ran| finding("Oracle", "oracle", Ok(ran));
        assert_eq!(of(Ran::Well(String::new())), Finding::ok("Oracle: ssh oracle lets us in"));
        let refused = of(Ran::NotReached("Host key verification failed.".into()));
        assert_eq!(refused.verdict, Verdict::Warning);
        assert!(
            refused.what.ends_with("Host key verification failed.") && refused.todo.is_some(),
            "{refused:?}"
        );
        assert_eq!(finding("a", "b", Err(anyhow::anyhow!("no ssh"))).what, "a: no ssh");
    }
}

//! The agents' hooks: whether each is there, and takes the token. None of it is a run.

use bridge::hooks::{Hook, Post, Probed};
use config::{Agent, Door};

use super::finding::Finding;
use super::patient::Patient;

/// Posts an empty object at each hook.
pub async fn check(patient: &Patient) -> Vec<Finding> {
    let Ok(config) = &patient.config else { return Vec::new() };
    let Ok(post) = Post::new() else { return Vec::new() };
    let mut found = Vec::new();
    for Agent { agent, hook, doors, .. } in &config.agents {
        let Some(hook) = hook.as_ref().filter(|_| doors.contains(&Door::Hook)) else { continue };
        let token = hook.token.as_ref().map(config::Secret::expose).unwrap_or_default();
        let probed = post.probe(&Hook::new(&hook.url, token)).await;
        found.push(finding(&agent.name, &probed, doors.contains(&Door::Dm)));
    }
    found
}

fn finding(name: &str, probed: &Probed, by_dm: bool) -> Finding {
    match probed {
        Probed::Well(took) => {
            let took = took.as_millis();
            Finding::ok(format!("{name}: its hook answers in {took} ms, and takes the token"))
        }
        Probed::Shut(_, 401 | 403) => Finding::fault(
            format!("{name}: its hook refuses the token"),
            "put the gateway's hooks.token where hook_token of that agent points",
        ),
        Probed::Shut(_, 404 | 405) => Finding::fault(
            format!("{name}: there is no hook at that address"),
            "switch the gateway's hooks on (hooks.enabled), and look at hook of that agent: it ends with /hooks/agent",
        ),
        Probed::Shut(_, status) => Finding::fault(
            format!("{name}: its hook answers {status}"),
            "look at the gateway's log, and at hook of that agent",
        ),
        Probed::Closed(_) => Finding::warning(
            format!("{name}: its gateway takes nothing on now (503)"),
            "it is paused, or starts or ends; look again, and at its log",
        ),
        Probed::Missed => {
            let what = format!("{name}: its hook does not answer");
            let todo =
                "start the gateway; reached from another machine, it has to listen there (gateway.bind)";
            if by_dm { Finding::warning(what, todo) } else { Finding::fault(what, todo) }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn each_answer_says_what_to_do() {
        let of = |probed| finding("Oracle", &probed, false);
        assert_eq!(
            of(Probed::Well(Duration::from_millis(3))).what,
            "Oracle: its hook answers in 3 ms, and takes the token"
        );
        assert!(of(Probed::Shut(Duration::ZERO, 401)).todo.unwrap().contains("hooks.token"));
        assert!(of(Probed::Shut(Duration::ZERO, 404)).todo.unwrap().contains("hooks.enabled"));
        assert_eq!(of(Probed::Missed).verdict, Verdict::Fault);
        assert_eq!(finding("Oracle", &Probed::Missed, true).verdict, Verdict::Warning);
    }
}

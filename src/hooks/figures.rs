//! The node in figures, in the text that Prometheus reads.

use std::fmt::Write as _;

use serde_json::Value;

use crate::status::{Status, Verdict};

/// One figure: its name, what kind it is, what it says, and its values with their labels.
struct Figure<'a> {
    name: &'a str,
    kind: &'a str,
    help: &'a str,
    values: Vec<(String, f64)>,
}

/// All of them.
pub fn of(status: &Status, agents: &Value) -> String {
    let vitals = &status.vitals;
    #[expect(clippy::cast_precision_loss, reason = "figures of a mesh are far below 2^52")]
    let number = |count: usize| count as f64;
    let one = |value: f64| vec![(String::new(), value)];
    let queue = &vitals.outbox;
    let lanes = [("order", queue.orders), ("answer", queue.answers), ("notice", queue.notices)];
    let lanes = lanes.map(|(lane, count)| (format!("{{lane=\"{lane}\"}}"), number(count)));
    let up = status.at.duration_since(status.started).as_secs_f64();
    let gauge = |name, help, values| Figure { name, kind: "gauge", help, values };
    let mut figures = vec![
        gauge("mesh_healthy", "1 where nothing is wrong", one(f64::from(status.verdict == Verdict::Healthy))),
        gauge("mesh_uptime_seconds", "since the node was started", one(up)),
        gauge("mesh_caught_up", "1 where everything said was heard", one(f64::from(vitals.heard.caught_up))),
        #[expect(clippy::cast_precision_loss, reason = "a journal of 2^52 facts fits on no disk")]
        gauge("mesh_journal_facts", "facts in the journal", one(vitals.journal as f64)),
        gauge("mesh_outbox_waiting", "what is decided and not done, by lane", lanes.to_vec()),
        gauge("mesh_claims_open", "tasks that are open", one(number(vitals.claims.open))),
        gauge("mesh_claims_overdue", "tasks whose lease has run out", one(number(vitals.claims.overdue))),
        gauge("mesh_claims_contested", "tasks that two claim", one(number(vitals.claims.contested))),
        gauge(
            "mesh_claims_uncertain",
            "open tasks while part of the chat is missed",
            one(number(vitals.claims.uncertain)),
        ),
        gauge("mesh_agent_online", "1 where an agent was heard of lately", by_agent(agents, "online")),
    ];
    figures.extend(hooks(agents));
    figures.iter().fold(String::new(), |text, figure| text + &figure.shown())
}

/// What was sent to each agent, since the node was started.
fn hooks(agents: &Value) -> Vec<Figure<'static>> {
    let counter = |name, help, key| Figure { name, kind: "counter", help, values: by_agent(agents, key) };
    let gauge = |name, help, key| Figure { name, kind: "gauge", help, values: by_agent(agents, key) };
    let all = [
        counter("mesh_agent_runs_total", "runs of an agent's model that the mesh caused", "runs"),
        gauge(
            "mesh_agent_runs_today",
            "the same, since midnight UTC, also before the node was started",
            "runs_today",
        ),
        counter("mesh_hook_notices_total", "notices that went by hook", "notices"),
        counter("mesh_hook_failures_total", "attempts that failed", "failures"),
        counter("mesh_hook_dead_letters_total", "messages that were given up", "dead_letters"),
        gauge("mesh_agent_latency_ms", "what its gateway's last answer took", "latency_ms"),
        gauge("mesh_agent_uptime_percent", "of seven days' questions it answered", "uptime_7d"),
        gauge("mesh_hook_waiting", "messages that wait for an agent", "waiting"),
    ];
    all.into_iter().filter(|figure| !figure.values.is_empty()).collect()
}

fn by_agent(agents: &Value, key: &str) -> Vec<(String, f64)> {
    let rows = agents["agents"].as_array().into_iter().flatten();
    let value = |agent: &Value| match &agent[key] {
        Value::Bool(flag) => Some(f64::from(*flag)),
        other => other.as_f64(),
    };
    rows.filter_map(|agent| Some((label(agent["name"].as_str()?), value(agent)?))).collect()
}

fn label(name: &str) -> String {
    let name = name.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{{agent=\"{name}\"}}")
}

impl Figure<'_> {
    fn shown(&self) -> String {
        let Self { name, kind, help, values } = self;
        let mut text = format!("# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for (labels, value) in values {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_can_not_break_out_of_their_labels() {
        let agents = json!({ "agents": [
            { "name": "San\"d\\man", "online": true, "runs": 3 },
            { "name": "Oracle", "online": false },
        ] });
        let rows = by_agent(&agents, "online");
        assert_eq!(rows, [("{agent=\"San\\\"d\\\\man\"}".into(), 1.0), ("{agent=\"Oracle\"}".into(), 0.0)]);
        let shown = hooks(&agents).iter().map(Figure::shown).collect::<String>();
        assert!(shown.ends_with("mesh_agent_runs_total{agent=\"San\\\"d\\\\man\"} 3\n"), "{shown}");
        assert_eq!(shown.lines().count(), 3, "what nobody counts is not shown");
    }
}

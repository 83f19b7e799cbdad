//! Whether agents are there: asked again and again without a run, said once, kept over restarts.

use serde_json::json;

use super::gateway::Gateway;
use super::stage::{self, SANDMAN, hook};
use crate::node::harness::{Bench, Ear};

fn cards(bench: &Bench, words: &str) -> usize {
    bench.chat().iter().filter(|m| m.name == "Mesh" && m.text.contains(words)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_dies_and_returns_is_told_of_once() {
    let bench = stage::bench(Ear::Dedicated).await;
    let mut oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    bench.set("[hooks]\n", "[hooks]\nping_every = \"100 ms\"\n");
    let (node, door) = stage::start(&bench).await;
    let asked = oracle.until_asked(2).await;
    assert!(oracle.letters().is_empty(), "a question is no message");
    assert_eq!((asked.path.as_str(), &asked.body, asked.bearer), ("/hooks/agent", &json!({}), true));
    oracle.die().await;
    bench.until("the card", |bench| cards(bench, "⚠️ Oracle unreachable. Last seen") == 1).await;
    let agents = stage::get(door, SANDMAN, "/agents").await.json();
    let of = |agents: &serde_json::Value| {
        let list = agents["agents"].as_array().expect("a list").clone();
        list.into_iter().find(|agent| agent["name"] == "Oracle").expect("Oracle")
    };
    let down = of(&agents);
    assert_eq!((&down["unreachable"], &down["answers"]), (&json!(true), &json!(false)), "{down}");
    assert!(
        down["last_seen"].is_string() && down["uptime_7d"].as_f64().is_some_and(|up| up < 100.0),
        "{down}"
    );
    let (code, said) = bench.run(&["ping", "oracle"]).await;
    assert!(code == Some(1) && said.starts_with("🔴 Oracle: no answer, last seen 20"), "{said}");
    assert_eq!(bench.run(&["ping", "nobody"]).await.0, Some(64));
    // What is posted after the card tells that its number is known.
    bench.say("Ely", "/mesh claims");
    bench.until("an answer", |bench| cards(bench, "Nothing is claimed.") == 1).await;
    node.kill().await;

    let (node, door) = stage::start(&bench).await;
    oracle.revive().await;
    bench.until("its return", |bench| cards(bench, "🟢 Oracle back") == 1).await;
    let back = of(&stage::get(door, SANDMAN, "/agents").await.json());
    assert_eq!((&back["unreachable"], &back["answers"]), (&json!(false), &json!(true)), "{back}");
    assert!(
        back["latency_ms"].is_number() && back["uptime_7d"].as_f64().is_some_and(|up| up < 100.0),
        "{back}"
    );
    assert_eq!(
        cards(&bench, "Oracle unreachable. Last") + cards(&bench, "Oracle back"),
        1,
        "one card, edited"
    );
    let (code, said) = bench.run(&["ping"]).await;
    assert!(code == Some(0) && said.contains("🟢 Oracle: ") && said.contains("⚪ Sandman: "), "{said}");
    let (_, found) = bench.run(&["doctor"]).await;
    assert!(found.contains("hooks: Oracle: its hook answers in "), "{found}");
    let figures = stage::get(door, SANDMAN, "/metrics").await.body;
    assert!(figures.contains("mesh_agent_latency_ms{agent=\"Oracle\"}"), "{figures}");
    node.stop().await;
}

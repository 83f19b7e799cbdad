//! A gateway that answers 429 and says for how long: a state of its agent, shown everywhere, over kill -9, until it is
//! over.

use serde_json::json;

use super::gateway::{Gateway, Mood};
use super::stage::{self, SANDMAN, hook, post};
use crate::node::harness::Ear;

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_agent_is_shown_until_its_hook_takes_something() {
    let bench = stage::bench(Ear::Dedicated).await;
    let oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    stage::accept(&bench, "Oracle", "Sandman");
    oracle.mood(Mood::Refuses(429, Some(8)));
    let (node, door) = stage::start(&bench).await;
    bench.say("Oracle", "🔒 EXCLUSIVE CLAIM: alpha\nETA: 20 min");
    bench.until_reaction("Oracle", "👌").await;
    let body = json!({ "message": "letter", "channel": "telegram", "to": "Oracle" });
    assert_eq!(post(door, SANDMAN, "/hooks/agent", &body).await.status, 200);
    let shows = |words: &'static str| {
        move |bench: &crate::node::harness::Bench| {
            bench.chat().iter().any(|m| m.name == "Mesh" && m.text.contains(words))
        }
    };
    bench.until("the board", shows("⏳ Oracle throttled until ")).await;
    let (_, status) = bench.run(&["status"]).await;
    assert!(status.contains("agent    Oracle is throttled until "), "{status}");
    let (_, info) = bench.run(&["agent", "Oracle", "info"]).await;
    assert!(info.contains("throttled until"), "{info}");
    node.kill().await;
    let (node, _) = stage::start(&bench).await;
    let (_, status) = bench.run(&["status"]).await;
    assert!(status.contains("agent    Oracle is throttled until "), "over a kill: {status}");
    oracle.mood(Mood::Takes(200));
    oracle.until("the letter", |letters| letters.iter().any(super::gateway::Letter::is_run)).await;
    let over = |bench: &crate::node::harness::Bench| {
        let board = bench.chat().into_iter().find(|m| m.name == "Mesh" && m.text.contains("alpha"));
        board.is_some_and(|board| !board.text.contains("throttled"))
    };
    bench.until("its end on the board", over).await;
    node.stop().await;
}

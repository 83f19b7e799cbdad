//! A gateway that answers 429 and says for how long: a state of its agent, shown everywhere, over kill -9, until it is
//! over.

use serde_json::json;

use super::gateway::{Gateway, Mood};
use super::stage::{self, ORACLE, SANDMAN, hook, post};
use crate::node::harness::Ear;

/// An agent knows of a limit of its own; that its hook takes things says nothing against it.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_says_that_it_is_throttled_and_that_it_is_not() {
    let bench = stage::bench(Ear::Dedicated).await;
    let sandman = Gateway::start().await;
    hook(&bench, "Sandman", &sandman, "\"hook\"");
    stage::accept(&bench, "Sandman", "Oracle");
    let (node, door) = stage::start(&bench).await;
    let report = async |body: serde_json::Value| post(door, SANDMAN, "/throttled", &body).await.status;
    for senseless in ["2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "tomorrow"] {
        assert_eq!(report(json!({ "until": senseless })).await, 400, "{senseless}");
    }
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    assert_eq!(report(json!({ "until": until.to_string() })).await, 200);
    sandman.mood(Mood::Refuses(429, Some(5)));
    let body = json!({ "message": "letter", "channel": "telegram", "to": "Sandman" });
    assert_eq!(post(door, ORACLE, "/hooks/agent", &body).await.status, 200);
    sandman.until_arrived(1).await;
    sandman.mood(Mood::Takes(200));
    sandman.until("the letter", |letters| letters.iter().any(super::gateway::Letter::is_run)).await;
    node.kill().await;
    let (node, door) = stage::start(&bench).await;
    let info = async || bench.run(&["agent", "Sandman", "info"]).await.1;
    let wanted = format!("throttled until {}", until.strftime("%FT%TZ"));
    let shown = info().await;
    assert!(shown.contains("throttled until") && shown.contains(&wanted[16..32]), "{wanted}: {shown}");
    assert_eq!(post(door, SANDMAN, "/throttled", &json!({})).await.status, 200);
    assert!(!info().await.contains("throttled until"), "{}", info().await);
    node.stop().await;
}

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

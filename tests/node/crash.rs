//! What survives a node that is killed, or away for long; `matrix.rs` kills it at every step.

use super::harness::{Bench, Ear};

const TASK: &str = "rotate the hooks token";

async fn is_held_once(bench: &Bench) {
    let state = bench.state().await;
    let claims = state["claims"].as_array().expect("a list");
    assert_eq!(claims.len(), 1, "{state}");
    assert_eq!(claims[0]["task"], TASK);
    assert_eq!(claims[0]["owner"], "Sandman");
    assert_eq!(claims[0]["fence"].as_u64().map(|fence| fence & 0xffff_ffff), Some(1));
}

/// What is said while the node is down is heard once it is back, and only once.
#[tokio::test(flavor = "multi_thread")]
async fn while_it_was_down() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    bench.until_reaction("Sandman", "👌").await;
    node.kill().await;
    bench.say("Oracle", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    bench.say("Alex", "/mesh claims");

    let node = bench.start().await;
    bench.until_reaction("Oracle", "👎").await;
    bench
        .until("the command's answer", |bench| bench.chat().iter().any(|m| m.text.contains("— Sandman")))
        .await;
    is_held_once(&bench).await;
    node.stop().await;
}

/// After an absence worth a word there is one, silent, once what was said meanwhile has been heard.
#[tokio::test(flavor = "multi_thread")]
async fn an_absence_is_told_once() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.set("[rules]", "[rules]\nback_after = \"1 ms\"");
    let node = bench.start().await;
    bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    bench.until_reaction("Sandman", "👌").await;
    node.kill().await;
    bench.say("Oracle", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    let node = bench.start().await;
    let told = |bench: &Bench| {
        bench.chat().into_iter().filter(|m| m.text.starts_with("Back after ")).collect::<Vec<_>>()
    };
    bench.until("a word that it is back", |bench| !told(bench).is_empty()).await;
    node.stop().await;
    let told = told(&bench);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].silent && told[0].text.contains("Applied: "), "{told:?}");
}

/// A sequencer of an earlier term must not decide any more, even if somebody starts it again.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_higher_term_is_remembered() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.set("term = 1", "term = 2");
    let node = bench.start().await;
    bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    bench.until_reaction("Sandman", "👌").await;
    let state = bench.state().await;
    assert_eq!(state["claims"][0]["fence"].as_u64(), Some((2 << 32) + 1));
    node.stop().await;
    bench.set("term = 2", "term = 1");
    let complaint = bench.start_in_vain().await;
    assert!(complaint.contains("this node has seen term 2"), "{complaint}");
}

/// Killed before the bot had heard what the account had, and away for a while: the bot's reaction is not given up.
#[tokio::test(flavor = "multi_thread")]
async fn before_the_bot_had_heard_it() {
    let bench = Bench::new(Ear::Personal).await;
    let mut node = bench.start_failing_at("journalled").await;
    bench.open_gate();
    bench.say("Alex", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    node.says("fail point journalled reached").await;
    node.kill().await;
    bench.until_the_second_after(bench.chat()[0].date + 4).await;
    let node = bench.start().await;
    bench.until_reaction("Alex", "👌").await;
    node.stop().await;
}

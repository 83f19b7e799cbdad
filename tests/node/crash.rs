//! What survives: kill -9 at any point loses nothing and doubles nothing.

use super::harness::{Bench, Ear};

const TASK: &str = "rotate the hooks token";

fn mesh_posts(bench: &Bench) -> usize {
    bench.chat().iter().filter(|message| message.name == "Mesh").count()
}

async fn is_held_once(bench: &Bench) {
    let state = bench.state().await;
    let claims = state["claims"].as_array().expect("a list");
    assert_eq!(claims.len(), 1, "{state}");
    assert_eq!(claims[0]["task"], TASK);
    assert_eq!(claims[0]["owner"], "Sandman");
    assert_eq!(claims[0]["fence"].as_u64().map(|fence| fence & 0xffff_ffff), Some(1));
}

/// Killed after the claim was journalled and before it was answered.
#[tokio::test(flavor = "multi_thread")]
async fn between_a_claim_and_its_answer() {
    let bench = Bench::new(Ear::Dedicated).await;
    let mut node = bench.start_failing_at("before:react").await;
    bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: {TASK}\nETA: 20 min"));
    node.says("fail point before:react reached").await;
    node.kill().await;
    assert!(bench.chat()[0].reactions.is_empty(), "it was killed before it answered");

    let node = bench.start().await;
    bench.until_reaction("Sandman", "👌").await;
    bench.until("the board", |bench| mesh_posts(bench) > 0).await;
    is_held_once(&bench).await;
    node.stop().await;
    assert_eq!(mesh_posts(&bench), 1);
    assert_eq!(bench.chat()[0].reactions.len(), 1);
}

/// Killed after Telegram had the board and before that was ticked off: it is sought, found, and not posted again.
#[tokio::test(flavor = "multi_thread")]
async fn between_a_post_and_its_tick_off() {
    let bench = Bench::new(Ear::Dedicated).await;
    let mut node = bench.start_failing_at("after:post").await;
    bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: {TASK}\nETA: 20 min"));
    node.says("fail point after:post reached").await;
    node.kill().await;
    assert_eq!(mesh_posts(&bench), 1, "it was killed after it posted");

    let node = bench.start().await;
    is_held_once(&bench).await;
    bench.say("Sandman", &format!("DONE: {TASK}"));
    bench
        .until("the same board, edited and pinned", |bench| {
            bench.chat().iter().any(|m| m.pinned && m.edited && m.text.contains("✅ 1 done today"))
        })
        .await;
    node.stop().await;
    let boards = bench.chat().iter().filter(|m| m.text.starts_with("🟢 Mesh ·")).count();
    assert_eq!(boards, 1, "{:#?}", bench.chat());
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

/// Killed at each step of answering: in the end everything stands there once.
#[tokio::test(flavor = "multi_thread")]
async fn at_every_step_of_an_answer() {
    for point in ["after:react", "before:post", "before:pin", "after:pin", "before:tell", "after:tell"] {
        let bench = Bench::new(Ear::Dedicated).await;
        let mut node = bench.start_failing_at(point).await;
        bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: {TASK}\nETA: 20 min"));
        node.says(&format!("fail point {point} reached")).await;
        node.kill().await;

        let node = bench.start().await;
        bench.until_reaction("Sandman", "👌").await;
        bench
            .until("the board, pinned", |bench| bench.chat().iter().any(|m| m.name == "Mesh" && m.pinned))
            .await;
        for agent in ["Sandman", "Oracle", "OracleLocalBot"] {
            bench
                .until(&format!("a word to {agent}"), |bench| !bench.private(agent, "Mesh Bridge").is_empty())
                .await;
        }
        is_held_once(&bench).await;
        node.stop().await;
        assert_eq!(mesh_posts(&bench), 1, "{point}: {:#?}", bench.chat());
        assert_eq!(bench.chat()[0].reactions.len(), 1, "{point}");
        for agent in ["Sandman", "Oracle", "OracleLocalBot"] {
            assert_eq!(bench.private(agent, "Mesh Bridge").len(), 1, "{point}: {agent} is told once");
        }
    }
}

//! What scripts rely on: the subcommands' answers, and their exit codes.

use super::harness::{Bench, Ear};

const TASK: &str = "rotate the hooks token";

#[tokio::test(flavor = "multi_thread")]
async fn a_task_from_claim_to_done() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    let (code, text) = bench.run(&["claim", TASK, "--eta", "30m", "--as", "Sandman"]).await;
    assert_eq!(code, Some(0), "{text}");
    assert!(text.starts_with("Granted: \"rotate the hooks token\". Fence 1, until "), "{text}");
    bench.until("the board", |bench| bench.chat().iter().any(|m| m.text.contains("— Sandman"))).await;

    let (code, text) = bench.run(&["claim", "Rotate the  hooks token.", "--as", "Oracle"]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.starts_with("Held by Sandman until ") && text.ends_with("You are next."), "{text}");
    let (code, text) = bench.run(&["done", TASK, "--as", "Oracle"]).await;
    assert_eq!((code, text.as_str()), (Some(1), "Not yours: Sandman holds it (fence 1)."));

    let (code, json) = bench.run(&["handoff", TASK, "--to", "Oracle", "--as", "Sandman", "--json"]).await;
    let answer: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((code, answer["ok"].as_bool()), (Some(0), Some(true)), "{json}");
    assert_eq!(answer["fence"].as_u64(), Some((1 << 32) + 1), "its own until it is accepted");
    bench.say("Oracle", "ACK");
    bench.until("the new owner", |bench| bench.chat().iter().any(|m| m.text.contains("— Oracle"))).await;
    let (code, text) = bench.run(&["done", TASK, "--result", "both answer", "--as", "oracle"]).await;
    assert_eq!((code, text.as_str()), (Some(0), "Done: \"rotate the hooks token\"."));
    let (_, table) = bench.run(&["claims", "--all"]).await;
    assert!(table.contains("done") && table.contains("rotate the hooks token"), "{table}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_that_scripts_can_use() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    assert_eq!(bench.run(&["claim", TASK, "--as", "Sandman"]).await.0, Some(0));
    let whole = ((1_u64 << 32) + 1).to_string();
    let later = ((9_u64 << 32) + 1).to_string();
    let cases: [(&[&str], i32); 12] = [
        (&["claims", "check", TASK, "--fence", "1"], 0),
        (&["claims", "check", TASK, "--fence", &whole], 0),
        (&["claims", "check", TASK, "--fence", "2"], 1),
        (&["claims", "check", "something else", "--fence", "1"], 1),
        (&["claims", "check", TASK, "--fence", &later], 2),
        (&["claims", "check", TASK], 64),
        (&["claim", TASK], 64),
        (&["claim", TASK, "--as", "nobody"], 64),
        (&["claim", "!?", "--as", "Sandman"], 64),
        (&["preflight", "write", "the", "newsletter"], 0),
        (&["preflight", "hooks", "token", "rotation", "--as", "Oracle"], 1),
        (&["why", "something else"], 1),
    ];
    for (words, wanted) in cases {
        let (code, text) = bench.run(words).await;
        assert_eq!(code, Some(wanted), "{words:?}: {text}");
        assert!(!text.is_empty(), "{words:?}");
    }
    node.stop().await;
    for words in
        [&["claims", "check", TASK, "--fence", "1"][..], &["claim", TASK, "--as", "Sandman"], &["why", TASK]]
    {
        let (code, text) = bench.run(words).await;
        assert_eq!(code, Some(2), "{words:?}: {text}");
        assert!(text.contains("no node answers"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_a_task_came_to_its_owner() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.say("Sandman", &format!("🔒 EXCLUSIVE CLAIM: {TASK}"));
    bench.until_reaction("Sandman", "👌").await;
    bench.run(&["claim", TASK, "--as", "Oracle"]).await;
    bench.run(&["done", TASK, "--as", "Ely"]).await;
    let (code, text) = bench.run(&["why", TASK]).await;
    assert_eq!(code, Some(0), "{text}");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].ends_with("done, Ely"), "{text}");
    assert!(
        lines[1].contains("owned by Sandman, fence 1") && lines[1].contains("(Sandman); message "),
        "{text}"
    );
    assert!(lines[2].contains("refused to Oracle") && lines[3].contains("done by Ely"), "{text}");
    let (_, json) = bench.run(&["why", "rotate token", "--json"]).await;
    let answer: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(answer["facts"].as_array().map(Vec::len), Some(0), "{json}");
    node.stop().await;
}

/// Whoever was answered may rely on it: kill -9 right after the answer, and it is still so.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_over_a_crash() {
    let bench = Bench::new(Ear::Dedicated).await;
    let call = ["claim", TASK, "--as", "Sandman", "--key", "k-1"];
    let mut node = bench.start().await;
    let (code, answer) = bench.run(&call).await;
    assert_eq!(code, Some(0), "{answer}");
    node.kill().await;

    node = bench.start().await;
    assert_eq!(bench.run(&call).await, (code, answer.clone()), "the same key, the same answer");
    assert_eq!(bench.run(&["claims", "check", TASK, "--fence", "1"]).await.0, Some(0));
    assert_eq!(bench.run(&["done", TASK, "--as", "Sandman"]).await.0, Some(0));
    assert_eq!(bench.run(&call).await, (code, answer), "and nothing is claimed again");
    let state = bench.state().await;
    assert_eq!(state["last_fence"].as_u64(), Some((1 << 32) + 1), "{state}");
    node.stop().await;
}

/// Killed while a call's effects are performed: they are done after the restart, once.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_call_sets_going_is_finished_after_a_crash() {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.open_gate();
    let mut node = bench.start_failing_at("before:tell").await;
    let (code, answer) = bench.run(&["claim", TASK, "--as", "Sandman"]).await;
    assert_eq!(code, Some(0), "{answer}");
    node.says("fail point before:tell reached").await;
    node.kill().await;
    let node = bench.start().await;
    for agent in ["Oracle", "OracleLocalBot"] {
        let told = |bench: &Bench| !bench.private(agent, "Mesh Bridge").is_empty();
        bench.until(&format!("a word to {agent}"), told).await;
    }
    node.stop().await;
    assert!(bench.private("Sandman", "Mesh Bridge").is_empty(), "the caller was answered by the call");
    let boards = bench.chat().iter().filter(|m| m.text.starts_with("🟢 Mesh ·")).count();
    assert_eq!(boards, 1, "{:#?}", bench.chat());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_paragraph_for_agents_needs_no_node() {
    let output =
        std::process::Command::new(env!("CARGO_BIN_EXE_mesh")).arg("agents-md").output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("mesh claims check") && text.contains("ACK:"), "{text}");
}

//! Who is told what: that a task is over, what two doors say, and what finds no door.

use serde_json::json;

use super::gateway::{Gateway, Letter};
use super::sending::{lines_for_ely, runs};
use super::stage::{self, SANDMAN, hook, post};
use crate::node::harness::{Bench, Ear};

fn said(letters: &[Letter], line: &str) -> bool {
    letters.iter().any(|letter| letter.text().lines().any(|said| said.contains(line)))
}

/// Whoever was told to pause is told when that is over, or whose the task is now; none of it is a run.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_told_to_pause_hears_how_it_goes_on() {
    let bench = stage::bench(Ear::Dedicated).await;
    let (oracle, local) = (Gateway::start().await, Gateway::start().await);
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    hook(&bench, "OracleLocalBot", &local, "\"hook\"");
    let (node, door) = stage::start(&bench).await;
    bench.say("Sandman", "🔒 EXCLUSIVE CLAIM: alpha");
    local.until("PAUSE", |letters| said(letters, "PAUSE: \"alpha\" is Sandman's until")).await;
    bench.say("Sandman", "🔄 HANDOFF to Oracle: alpha");
    oracle.until("the offer", |letters| runs(letters).len() == 1).await;
    bench.say("Oracle", "ACK: alpha");
    local.until("the new owner", |letters| said(letters, "PAUSE: \"alpha\" is Oracle's until")).await;
    bench.say("Oracle", "✅ DONE: alpha\nResult: renewed");
    local.until("the end", |letters| said(letters, "DONE by Oracle: \"alpha\". Result: renewed.")).await;
    post(door, SANDMAN, "/claims", &json!({ "task": "beta" })).await;
    post(door, SANDMAN, "/claims/release", &json!({ "task": "beta" })).await;
    for gateway in [&oracle, &local] {
        gateway.until("what was let go", |letters| said(letters, "RELEASE by Sandman: \"beta\".")).await;
    }
    assert_eq!(
        (runs(&local.letters()).len(), runs(&oracle.letters()).len()),
        (0, 1),
        "an offer, and notices"
    );
    node.stop().await;
}

/// Agents publish by both doors: the same words are one run, whichever comes first, over a kill -9 in between.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_question_over_two_doors_is_one_run() {
    let bench = stage::bench(Ear::Dedicated).await;
    let oracle = Gateway::start().await;
    hook(&bench, "Oracle", &oracle, "\"hook\"");
    stage::accept(&bench, "Oracle", "Sandman");
    let (node, door) = stage::start(&bench).await;
    let ask = async |door, text: &str| {
        assert_eq!(post(door, SANDMAN, "/hooks/agent", &json!({ "message": text })).await.status, 200);
    };
    ask(door, "Oracle, are you done?").await;
    oracle.until("the question", |letters| runs(letters).len() == 1).await;
    node.kill().await;
    let (node, door) = stage::start(&bench).await;
    bench.say("Sandman", "Oracle, are you done?");
    bench.say("Sandman", "Oracle, and the rest?");
    oracle.until("the next question", |letters| said(letters, "and the rest?")).await;
    node.kill().await;
    let (node, door_again) = stage::start(&bench).await;
    assert_ne!(door, door_again);
    ask(door_again, "Oracle, and the rest?").await;
    ask(door_again, "Oracle, is that all?").await;
    oracle.until("the last question", |letters| said(letters, "is that all?")).await;
    let asked: std::collections::BTreeMap<_, _> = oracle
        .letters()
        .into_iter()
        .filter(Letter::is_run)
        .map(|letter| (letter.key.clone(), letter))
        .collect();
    let mut asked: Vec<_> = asked.values().map(Letter::text).collect();
    asked.sort_unstable();
    let expected =
        ["are you done?", "and the rest?", "is that all?"].map(|what| format!("Sandman: Oracle, {what}"));
    let mut expected: Vec<_> = expected.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(asked, expected);
    node.stop().await;
}

/// An agent that only a private message could reach, and nobody to write it: what was handed over is a dead letter.
#[tokio::test(flavor = "multi_thread")]
async fn what_finds_no_door_is_a_dead_letter() {
    let bench = stage::bench(Ear::Bot).await;
    stage::accept(&bench, "Oracle", "Sandman");
    let (node, door) = stage::start(&bench).await;
    bench.write_to("Ely", "Mesh", "/start");
    let told = |bench: &Bench| {
        bench.private("Ely", "Mesh").iter().filter(|m| m.text.contains("no door to it works")).count()
    };
    post(door, SANDMAN, "/claims", &json!({ "task": "alpha" })).await;
    let body = json!({ "message": "look at the log", "channel": "telegram", "to": "Oracle" });
    assert_eq!(post(door, SANDMAN, "/hooks/agent", &body).await.status, 200);
    bench.until("a word to Ely", |bench| told(bench) == 1).await;
    bench.say("Ely", "/mesh agent Oracle info");
    let dead = |bench: &Bench| {
        let mut lines = lines_for_ely(bench);
        lines.retain(|line| line.contains("not delivered (no door to it works"));
        lines
    };
    bench.until("the dead letter", |bench| !dead(bench).is_empty()).await;
    let dead = dead(&bench);
    assert!(dead.len() == 1 && dead[0].ends_with("Sandman: look at the log"), "no notice: {dead:?}");
    assert_eq!(told(&bench), 1);
    node.stop().await;
}

/// What is too long for the group says so there, and to whoever said it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_for_the_group_says_how_much_is_left_out() {
    let bench = stage::bench(Ear::Bot).await;
    let (node, door) = stage::start(&bench).await;
    let message = "long ".repeat(11_200);
    let answer = post(door, SANDMAN, "/hooks/agent", &json!({ "message": message })).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("characters were left out there."), "{}", answer.body);
    let cut = |bench: &Bench| bench.chat().iter().any(|m| m.text.ends_with("too long for the group."));
    bench.until("the last part", cut).await;
    let parts = bench.chat().iter().filter(|m| m.text.contains("long long")).count();
    assert_eq!(parts, 4);
    node.stop().await;
}

//! A token is given anew: the old one is good for its grace, over restarts and kill -9, and then dead.

use std::time::Duration;

use serde_json::json;

use super::stage::{self, ORACLE, SANDMAN, get};
use crate::node::harness::{Bench, Ear};

async fn bench(grace: &str) -> Bench {
    let bench = stage::bench(Ear::Dedicated).await;
    bench.set("[hooks]\n", &format!("[hooks]\ntoken_grace = \"{grace}\"\n"));
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_token_is_good_at_once_and_the_old_one_for_its_grace() {
    use std::os::unix::fs::PermissionsExt;
    let bench = bench("1 h").await;
    let (node, door) = stage::start(&bench).await;
    let (code, said) = bench.run(&["token", "rotate", "sandman"]).await;
    assert!(code == Some(0) && said.contains("Sandman has a new token, in "), "{code:?} {said}");
    let new = bench.read("Sandman.token").trim().to_owned();
    assert!(new.len() == 48 && !said.contains(&new), "{said}");
    let mode = std::fs::metadata(bench.path("Sandman.token")).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for token in [SANDMAN, new.as_str()] {
        assert_eq!(get(door, token, "/claims").await.status, 200, "{token}");
    }
    node.kill().await;
    let (node, door) = stage::start(&bench).await;
    for token in [SANDMAN, new.as_str(), ORACLE] {
        assert_eq!(get(door, token, "/claims").await.status, 200, "{token}");
    }
    let claim = stage::post(door, &new, "/claims", &json!({ "task": "alpha" })).await;
    assert_eq!(claim.status, 200, "{claim:?}");
    bench.run(&["token", "rotate", "Sandman"]).await;
    assert_eq!(get(door, SANDMAN, "/claims").await.status, 401, "the one before the last is dead at once");
    assert_eq!(get(door, &new, "/claims").await.status, 200);
    bench.say("Alex", &format!("look: {}", bench.read("Sandman.token").trim()));
    bench
        .until("the new one is known for a secret", |b| b.chat().iter().any(|m| m.text.contains("🙈")))
        .await;
    let (_, audit) = bench.run(&["audit"]).await;
    assert!(audit.contains("token rotate [Sandman]"), "{audit}");
    let (code, said) = bench.run(&["token", "rotate", "Nobody"]).await;
    assert!(code == Some(1) && said.contains("no agent with a token"), "{said}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_its_grace_the_old_one_is_dead_also_after_a_restart() {
    let bench = bench("2 s").await;
    let (node, door) = stage::start(&bench).await;
    bench.run(&["token", "rotate", "Sandman"]).await;
    let mut beat = tokio::time::interval(Duration::from_millis(100));
    let dead = async {
        while get(door, SANDMAN, "/claims").await.status == 200 {
            beat.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), dead).await.expect("it dies");
    node.kill().await;
    let (node, door) = stage::start(&bench).await;
    assert_eq!(get(door, SANDMAN, "/claims").await.status, 401);
    assert_eq!(get(door, bench.read("Sandman.token").trim(), "/claims").await.status, 200);
    node.stop().await;
}

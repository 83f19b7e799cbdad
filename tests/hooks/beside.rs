//! A node beside an agent on another machine, and the node of the mesh that has it drive that agent's gateway there.

use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use super::client::Request;
use super::openclaw::{OpenClaw, TOKEN};
use super::stage;
use crate::node::harness::{Bench, Ear, Node};

const HUB: &str = "SANDBOX-token-of-the-hub";

/// The node beside Oracle, in its own folder.
struct Beside {
    folder: tempfile::TempDir,
    at: String,
    node: Node,
}

async fn beside(gateway: &OpenClaw) -> Beside {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("its mode");
    };
    write("gateway.token", TOKEN);
    write("hub.token", HUB);
    write(
        "mesh.toml",
        &format!(
            "[hooks]\nlisten = \"127.0.0.1:0\"\n[[nodes]]\nname = \"hub\"\ntoken = {{ file = \"hub.token\" }}\n\
             [[agents]]\nid = 4102\nname = \"Oracle\"\n\
             driver = {{ kind = \"openclaw\", gateway = \"{}\", token = {{ file = \"gateway.token\" }} }}\n",
            gateway.address
        ),
    );
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_mesh"));
    command.args(["beside", "--config"]).arg(folder.path().join("mesh.toml"));
    let child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("mesh starts");
    let mut node = Node::of(child);
    let line = node.says("driven at").await;
    let at = line.split_whitespace().last().expect("an address").to_owned();
    node.says("mesh: running").await;
    Beside { folder, at, node }
}

async fn hub(beside: &Beside) -> Bench {
    let bench = Bench::new(Ear::Dedicated).await;
    bench.write("hub.token", HUB);
    let at = &beside.at;
    let driver =
        format!("driver = {{ kind = \"node\", at = \"{at}\", token = {{ file = \"hub.token\" }} }}\n");
    bench.set("name = \"Oracle\"\n", &format!("name = \"Oracle\"\n{driver}"));
    bench
}

async fn until(what: &str, wanted: impl Fn() -> bool) {
    let mut beat = tokio::time::interval(Duration::from_millis(20));
    let there = async {
        while !wanted() {
            beat.tick().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), there).await.is_ok(), "{what} did not happen");
}

/// Its log is followed through both nodes, by the gateway's own cursor: the same line again is another.
async fn follow(bench: &Bench, gateway: &OpenClaw) {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let mut command = bench.mesh(&["logs", "Oracle", "-n", "1", "-f"]);
    let mut follower = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("it starts");
    let mut said = BufReader::new(follower.stdout.take().expect("its output")).lines();
    assert_eq!(said.next_line().await.expect("a line").as_deref(), Some("10:00:02 WARN two"));
    for _ in 0..2 {
        gateway.logs("tick");
        assert_eq!(said.next_line().await.expect("a line").as_deref(), Some("tick"));
    }
    follower.kill().await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mesh_drives_a_gateway_through_the_node_beside_it() {
    let gateway = OpenClaw::start().await;
    let beside = beside(&gateway).await;
    let bench = hub(&beside).await;
    let node = bench.start().await;
    let (code, said) = bench.run(&["agent", "Oracle", "ping"]).await;
    assert!(code == Some(0) && said.ends_with("gateway 2026.9.6"), "{code:?} {said}");
    let (_, said) = bench.run(&["logs", "Oracle", "-n", "1"]).await;
    assert_eq!(said, "10:00:02 WARN two");
    follow(&bench, &gateway).await;
    let (_, said) = bench.run(&["agent", "Oracle", "config"]).await;
    assert!(said.contains("\"model\": \"one\"") && !said.contains(TOKEN), "{said}");
    assert_eq!(
        bench.run(&["agent", "Oracle", "config", "model", "two"]).await,
        (Some(0), "Oracle set.".into())
    );
    assert_eq!(gateway.seen(|seen| seen.model.clone()), "two");
    let (code, said) = bench.run(&["agent", "Oracle", "config", "gateway.auth.token", "x"]).await;
    assert!(code == Some(1) && said.contains("a secret is set on its machine"), "{said}");
    let (code, said) = bench.run(&["agent", "Oracle", "config", "gateway.auth", "{\"token\":\"x\"}"]).await;
    assert!(code == Some(1) && said.contains("a secret is set on its machine"), "{said}");
    assert_eq!(gateway.calls("config.patch"), 1);
    let (code, said) = bench.run(&["agent", "Oracle", "restart"]).await;
    assert!(code == Some(0) && said.starts_with("Oracle restarted after "), "{code:?} {said}");
    assert_eq!((gateway.seen(|seen| seen.starts), gateway.calls("gateway.restart.request")), (2, 1));

    assert_eq!(bench.run(&["agent", "Oracle", "pause", "--as", "Ely"]).await.0, Some(0));
    until("the suspension", || gateway.seen(|seen| seen.suspended.is_some())).await;
    let (code, said) = bench.run(&["agent", "Oracle", "ping"]).await;
    assert!(code == Some(0) && said.contains("takes nothing on now"), "{code:?} {said}");
    node.kill().await;
    let node = bench.start().await;
    assert!(gateway.seen(|seen| seen.suspended.is_some()), "a node that died does not let it go on");
    assert_eq!(bench.run(&["agent", "Oracle", "resume", "--as", "Ely"]).await.0, Some(0));
    until("the end of the suspension", || gateway.seen(|seen| seen.suspended.is_none())).await;
    node.stop().await;
    beside.node.stop().await;
    drop(beside.folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_has_anything_driven() {
    let gateway = OpenClaw::start().await;
    let beside = beside(&gateway).await;
    let door = beside.at.trim_start_matches("http://").parse().expect("an address");
    let order = json!({ "agent": "Oracle", "wanted": "restart" });
    for (token, wanted) in [("SANDBOX-of-nobody-at-all", 401), ("", 401), (TOKEN, 401)] {
        assert_eq!(stage::post(door, token, "/drive", &order).await.status, wanted, "{token}");
    }
    assert_eq!(stage::get(door, HUB, "/drive").await.status, 405);
    let query = Request::new("POST", "/drive?token=x").body(order.to_string()).send(door).await;
    assert_eq!(query.status, 400);
    assert_eq!(
        stage::post(door, HUB, "/claims", &json!({ "task": "x" })).await.status,
        401,
        "it opens no more"
    );
    let unknown = json!({ "agent": "Sandman", "wanted": "restart" });
    assert_eq!(stage::post(door, HUB, "/drive", &unknown).await.status, 400);
    assert_eq!(
        stage::post(door, HUB, "/drive", &json!({ "agent": "Oracle", "wanted": "explode" })).await.status,
        400
    );
    assert_eq!(gateway.calls("gateway.restart.request"), 0);
    beside.node.stop().await;
}

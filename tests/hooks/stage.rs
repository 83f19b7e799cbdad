//! A node with a door, and agents that have tokens.

use std::net::SocketAddr;

use serde_json::Value;

use super::client::{Answer, Request};
use super::gateway::{self, Gateway};
use crate::node::harness::{Bench, Ear, Node};

/// What Sandman shows.
pub const SANDMAN: &str = "SANDBOX-token-of-sandman";
/// What Oracle shows.
pub const ORACLE: &str = "SANDBOX-token-of-oracle";

/// What OracleLocalBot shows.
pub const LOCAL: &str = "SANDBOX-token-of-local";

/// A bench whose agents may speak at the door.
pub async fn bench(ear: Ear) -> Bench {
    let bench = Bench::new(ear).await;
    bench.set("[rules]\n", "[hooks]\nlisten = \"127.0.0.1:0\"\n[rules]\n");
    for (name, token) in [("Sandman", SANDMAN), ("Oracle", ORACLE), ("OracleLocalBot", LOCAL)] {
        let file = format!("{name}.token");
        bench.write(&file, token);
        let line = format!("name = \"{name}\"\n");
        bench.set(&line, &format!("{line}token = {{ file = \"{file}\" }}\n"));
    }
    bench
}

/// Whose messages an agent takes.
pub fn accept(bench: &Bench, agent: &str, from: &str) {
    let line = format!("name = \"{agent}\"\n");
    bench.set(&line, &format!("{line}accepts_from = [\"{from}\"]\n"));
}

/// Gives an agent a gateway, and the doors in their order.
pub fn hook(bench: &Bench, agent: &str, gateway: &Gateway, doors: &str) {
    bench.write("hook.token", gateway::TOKEN);
    let before = format!("token = {{ file = \"{agent}.token\" }}\ndoors = [\"dm\"]\n");
    let url = format!("http://{}/hooks/agent", gateway.address);
    let token = before.lines().next().unwrap_or_default();
    let after =
        format!("{token}\nhook = \"{url}\"\nhook_token = {{ file = \"hook.token\" }}\ndoors = [{doors}]\n");
    bench.set(&before, &after);
}

/// Starts a node, and finds its door.
pub async fn start(bench: &Bench) -> (Node, SocketAddr) {
    open(bench.spawn(None)).await
}

/// Where a node's door is, once it runs.
pub async fn open(mut node: Node) -> (Node, SocketAddr) {
    let line = node.says("agents may speak at").await;
    let door = line.rsplit("//").next().and_then(|address| address.trim().parse().ok());
    node.says("mesh: running").await;
    (node, door.expect("an address"))
}

/// A POST with somebody's token.
pub async fn post(door: SocketAddr, token: &str, path: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    Request::new("POST", path).header("Authorization", &bearer).body(body.to_string()).send(door).await
}

/// A GET with somebody's token.
pub async fn get(door: SocketAddr, token: &str, path: &str) -> Answer {
    Request::new("GET", path).header("Authorization", &format!("Bearer {token}")).send(door).await
}

//! `mesh init`, from nothing to the first Exec's first order.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::harness::{Bench, Ear, Node};

/// An earlier mesh's files, as the operators have them.
const AGENTS: &str = r#"{"mesh_agents": {"oracle": {"name": "Oracle", "bot": "@oracle_agent_bot",
    "webhook": "http://100.64.0.7:18789/hooks/agent", "tailscale_ip": "100.64.0.7"}}}"#;
const PEOPLE: &str = r#"{"@sam_viewer": {"persona": "Sam", "role": "viewer"}}"#;

struct Init {
    code: Option<i32>,
    said: String,
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mesh"))
}

/// Answers the questions one line each.
async fn init(bench: &Bench, words: &[&str], answers: &str) -> Init {
    let mut command = program();
    command.args(["init", "--dir"]).arg(bench.path("new")).args(words).kill_on_drop(true);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("mesh");
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(answers.as_bytes()).await.expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().await.expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Init { code: output.status.code(), said: text(&output.stdout) + &text(&output.stderr) }
}

/// Its own answers to the questions that have no default.
fn answers(bench: &Bench) -> String {
    format!("\n\n{}\n{}\n", bench.group.to_bot_api(), bench.read("token"))
}

async fn start(bench: &Bench) -> Node {
    let mut command = program();
    command.args(["run", "--config"]).arg(bench.path("new/mesh.toml"));
    let child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("mesh starts");
    let mut node = Node::of(child);
    node.says("mesh: running").await;
    node
}

fn link_in(said: &str) -> Option<&str> {
    said.split("?start=").nth(1)?.split_whitespace().next()
}

fn heard_from_mesh(bench: &Bench, who: &str, words: &str) -> usize {
    bench.private(who, "Mesh").iter().filter(|m| m.name == "Mesh" && m.text.contains(words)).count()
}

/// Whoever shows the link first is Exec and gives orders; it works once, and everything secret is its owner's only.
#[tokio::test(flavor = "multi_thread")]
async fn makes_a_mesh_whose_first_exec_came_by_the_link() {
    let bench = Bench::new(Ear::Bot).await;
    let api = bench.sandbox.ready().bot_api;
    let made = init(&bench, &["--api-url", &api], &answers(&bench)).await;
    assert_eq!(made.code, Some(0), "{}", made.said);
    let word = link_in(&made.said).unwrap_or_else(|| panic!("no link: {}", made.said));
    assert!(made.said.contains("https://t.me/mesh_mastermind_bot?start="), "{}", made.said);
    for name in ["new/mesh.toml", "new/bot.token"] {
        let bits = std::fs::metadata(bench.path(name)).expect(name).permissions().mode();
        assert_eq!(bits & 0o777, 0o600, "{name}");
    }
    assert!(!made.said.contains(&bench.read("token")), "the token is not shown again");

    assert!(
        made.said.contains("bot.token: ") || made.said.contains("configuration"),
        "doctor: {}",
        made.said
    );
    let node = start(&bench).await;
    let show = format!("/start {word}");
    bench.write_to("Sam", "Mesh", &show);
    bench.until("a welcome", |bench| heard_from_mesh(bench, "Sam", "You are Exec now, Sam.") == 1).await;
    bench.write_to("Ely", "Mesh", &show);
    bench.say("Sam", "/mesh stop");
    let obeyed = |bench: &Bench| bench.chat().iter().any(|m| m.text.starts_with("🛑 Stopped by Sam"));
    bench.until("an Exec's order is obeyed", obeyed).await;
    node.stop().await;
    assert_eq!(heard_from_mesh(&bench, "Ely", "You are Exec now"), 0, "the link works once");
}

/// What an earlier mesh left is taken over, and nothing that is there is written over.
#[tokio::test(flavor = "multi_thread")]
async fn takes_over_what_an_earlier_mesh_left_and_writes_over_nothing() {
    let bench = Bench::new(Ear::Bot).await;
    let api = bench.sandbox.ready().bot_api;
    std::fs::create_dir(bench.path("old")).expect("a folder");
    bench.write("old/mesh-config.json", AGENTS);
    bench.write("old/permissions.json", PEOPLE);
    let old = bench.path("old").display().to_string();
    let made = init(&bench, &["--api-url", &api, "--from", &old], &answers(&bench)).await;
    assert_eq!(made.code, Some(0), "{}", made.said);
    assert!(made.said.contains("1 agents") && made.said.contains("1 people"), "{}", made.said);
    let config = bench.read("new/mesh.toml");
    assert!(config.contains("# name = \"Oracle\"") && config.contains("100.64.0.7"), "{config}");
    assert!(bench.read("new/permissions.json").contains("Sam"));

    let again = init(&bench, &["--api-url", &api], &answers(&bench)).await;
    assert_eq!(again.code, Some(1), "{}", again.said);
    assert!(again.said.contains("is there already"), "{}", again.said);
    assert_eq!(bench.read("new/mesh.toml"), config);
    let link = init(&bench, &["--link"], "").await;
    assert_eq!(link.code, Some(0), "{}", link.said);
    assert_ne!(link_in(&link.said), link_in(&made.said), "each link is another");
}

/// An earlier mesh's files may lie where the new one is made: its people are kept under another name.
#[tokio::test(flavor = "multi_thread")]
async fn is_made_where_the_earlier_mesh_lies() {
    let bench = Bench::new(Ear::Bot).await;
    let api = bench.sandbox.ready().bot_api;
    std::fs::create_dir(bench.path("new")).expect("a folder");
    bench.write("new/mesh-config.json", AGENTS);
    bench.write("new/permissions.json", PEOPLE);
    let made = init(&bench, &["--api-url", &api], &answers(&bench)).await;
    assert_eq!(made.code, Some(0), "{}", made.said);
    assert_eq!(bench.read("new/permissions.json.old"), PEOPLE);
    assert!(bench.read("new/permissions.json").contains("\"people\""));
    let node = start(&bench).await;
    node.stop().await;
}

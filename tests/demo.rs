//! The demo plays whole, the sandbox tells how to join, and neither talks to anybody but this machine.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

fn mesh(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn it_plays_once() {
    let output = mesh(&["demo", "--once"]).output().expect("mesh starts");
    let (out, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{complaint}\n{out}");
    for part in [
        "👌  Mesh Bridge on Sandman: 🔒 EXCLUSIVE CLAIM",
        "PAUSE: \"renew the gateway certificate\" is Sandman's",
        "👎  Mesh Bridge on Oracle: 🔒 EXCLUSIVE CLAIM",
        "❌ Requires Viewer role. Current: none",
        "🤝  Mesh Bridge on Sandman: ✅ DONE",
        "🫡  Mesh Bridge on Ely: OracleLocalBot stand down",
        "👆 Ely taps [🔒 Claims]",
        "Where each fact came from",
    ] {
        assert!(out.contains(part), "no {part} in:\n{out}");
    }
    assert!(!out.contains('\x1b'), "colour only on a terminal");
    assert_eq!(out.matches("a Telegram of its own").count(), 1, "one title");
    let state: Value = serde_json::from_str(out.lines().last().expect("lines")).expect("the state, as JSON");
    assert_eq!(state["claims"][0]["owner"], "Oracle");
    assert_eq!(state["confirmed"][0], "OracleLocalBot");
}

/// A program that stays up, and the line of JSON it prints when ready.
struct Ready {
    child: Child,
    line: Value,
}

impl Ready {
    fn start(words: &[&str]) -> Self {
        let mut child = mesh(words).stderr(Stdio::inherit()).spawn().expect("mesh starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        Self { child, line: serde_json::from_str(&line).expect("JSON") }
    }

    fn stop(mut self) {
        let killed =
            Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill");
        assert!(killed.success());
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0));
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        // Nothing is left behind by a test that failed; one that passed has ended it already.
        let _ = self.child.kill();
    }
}

#[test]
fn the_sandbox_tells_how_to_join() {
    let sandbox = Ready::start(&["sandbox", "--ready-json"]);
    let ready = &sandbox.line;
    let keys: Vec<_> = ready.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["mtproto", "bot_api", "control", "page", "rsa_key_pem", "accounts", "bots", "chats"]);
    assert!(ready["rsa_key_pem"].as_str().expect("a key").starts_with("-----BEGIN RSA PUBLIC KEY-----"));
    let ely = &ready["accounts"][0];
    assert_eq!(ely["name"], "Ely");
    assert!(
        ely["id"].is_i64()
            && ely["username"].is_string()
            && ely["phone"].is_string()
            && ely["code"].is_string()
    );
    assert!(ready["bots"].as_array().is_some_and(|bots| bots.iter().all(|bot| bot["token"].is_string())));
    assert_eq!(ready["chats"][0]["title"], "Mesh Mastermind");
    assert_eq!(ready["chats"][0]["kind"], "group");
    sandbox.stop();
}

/// Every connection of a running demo, at a moment when all are open.
#[test]
#[cfg(target_os = "linux")]
fn nobody_but_this_machine_is_contacted() {
    let demo = Ready::start(&["demo", "--ready-json"]);
    let remotes = remotes(demo.child.id());
    assert!(remotes.len() > 2, "doors and connections are open: {remotes:?}");
    for remote in remotes {
        assert!(
            remote == "0100007F" || remote == "00000000",
            "a connection to {remote} (hexadecimal, reversed)"
        );
    }
    demo.stop();
}

/// The remote addresses of a process's IPv4 sockets, as the kernel writes them, one for each socket.
#[cfg(target_os = "linux")]
fn remotes(pid: u32) -> Vec<String> {
    let links = std::fs::read_dir(format!("/proc/{pid}/fd")).expect("its descriptors");
    let sockets: BTreeSet<String> = links
        .filter_map(|link| std::fs::read_link(link.ok()?.path()).ok())
        .filter_map(|to| Some(to.to_str()?.strip_prefix("socket:[")?.trim_end_matches(']').to_owned()))
        .collect();
    let six = std::fs::read_to_string(format!("/proc/{pid}/net/tcp6")).unwrap_or_default();
    let four = std::fs::read_to_string(format!("/proc/{pid}/net/tcp")).expect("the kernel's table");
    let rows = |table: &str| -> Vec<Vec<String>> {
        table.lines().skip(1).map(|row| row.split_whitespace().map(str::to_owned).collect()).collect()
    };
    let of_it = |row: &Vec<String>| row.get(9).is_some_and(|inode| sockets.contains(inode));
    assert!(!rows(&six).iter().any(of_it), "an IPv6 socket");
    let address = |row: &Vec<String>| row[2].split(':').next().unwrap_or_default().to_owned();
    rows(&four).iter().filter(|row| of_it(row)).map(address).collect()
}

//! Bad input: a clear sentence, nothing lost, no panic.

use std::io::Write;
use std::process::{Command, Stdio};

use super::harness::{Bench, Ear};

#[tokio::test(flavor = "multi_thread")]
async fn in_the_chat() {
    let bench = Bench::new(Ear::Dedicated).await;
    let node = bench.start().await;
    bench.say("Ely", &"x".repeat(4_096));
    bench.say("Ely", &format!("EXCLUSIVE CLAIM: {}", "y".repeat(4_079)));
    bench.until_reaction("Ely", "👌").await;
    bench.say("Sandman", "EXCLUSIVE CLAIM:\u{202e}\u{200b}\u{0}");
    bench.until_reaction("Sandman", "🤔").await;
    bench.say("Ely", "🔒 EXCLUSIVE CLAIM:");
    bench.until_reaction("Ely", "🤔").await;
    bench
        .until("a word to the person", |bench| {
            bench
                .chat()
                .iter()
                .any(|m| m.text == "Which task? Write it after \"EXCLUSIVE CLAIM:\"." && m.silent)
        })
        .await;
    bench
        .until("a word to the agent", |bench| {
            let said = bench.private("Sandman", "Mesh Bridge");
            said.iter().any(|m| m.text == "Not read: EXCLUSIVE CLAIM needs a task after the colon.")
        })
        .await;
    let state = bench.state().await;
    assert_eq!(state["claims"].as_array().map(Vec::len), Some(1), "{state}");
    node.stop().await;
}

/// Runs `mesh` with these bytes on standard input; gives its exit code, output and complaints.
fn mesh(words: &[&str], input: &[u8]) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mesh"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("mesh starts");
    let mut stdin = child.stdin.take().expect("its input");
    // A program that ends early closes its input; that is its right.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// `mesh … | head`: a reader that has enough ends the program without a word.
#[test]
fn where_nobody_reads_any_more() {
    for words in [&["agents-md"][..], &["--help"], &["parse"], &["parse", "--jsonl"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut mesh = Command::new(env!("CARGO_BIN_EXE_mesh"));
        mesh.args(words).stdin(Stdio::piped()).stdout(writer).stderr(Stdio::piped());
        let mut mesh = mesh.spawn().expect("it starts");
        let _ = mesh.stdin.take().expect("its input").write_all(b"\"DONE: alpha\"\n");
        let output = mesh.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said, "", "{words:?}");
        assert!(matches!(output.status.code(), Some(0 | 141)), "{words:?}: {:?}", output.status);
    }
}

#[test]
fn on_standard_input() {
    let (code, out, _) = mesh(&["parse"], b"\xff\xfe\x00 EXCLUSIVE \x80");
    assert_eq!((code, out.trim()), (Some(0), r#"{"kind":"chatter"}"#));
    let (code, out, _) = mesh(&["parse"], "🔒 EXCLUSIVE CLAIM:   ".as_bytes());
    assert_eq!(code, Some(0));
    assert!(out.contains(r#""kind":"almost""#) && out.contains("needs a task after the colon"), "{out}");
    let (code, out, _) = mesh(&["parse", "--jsonl"], b"\"DONE: a\"\nnot json\n\"hi\"\n");
    let lines: Vec<_> = out.lines().collect();
    assert_eq!((code, lines.len()), (Some(1), 3), "{out}");
    assert!(lines[1].contains("line 2"), "{out}");
}

#[test]
fn a_log_that_is_not_of_the_contract() {
    let good = r#"{"at":"2026-02-01T10:00:00Z","id":1,"from":"Sandman","text":"hi"}"#;
    let bad = r#"{"at":"2026-02-01T10:00:01Z","id":2,"from":"Sandman","text":"hi","colour":"red"}"#;
    let (code, _, complaint) = mesh(&["replay", "-"], format!("{good}\n{bad}\n").as_bytes());
    assert_eq!(code, Some(1));
    assert!(complaint.contains("line 2") && complaint.contains("colour"), "{complaint}");
}

#[test]
fn a_broken_configuration_is_told_all_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("mesh.toml");
    let text = "[mesh]\nname = \"m\"\nnode = \"n\"\nsequencer = \"n\"\nterm = 1\ngruop = -1\nmode = \"shout\"\n\
                [bot]\ntoken = \"71:in-the-clear\"\n";
    std::fs::write(&path, text).expect("a file");
    let (code, _, complaint) = mesh(&["run", "--config", path.to_str().expect("a path")], b"");
    assert_eq!(code, Some(78));
    for part in ["mesh.toml:6", "gruop", "mesh.toml:7", "shout", "mesh.toml:9", "token"] {
        assert!(complaint.contains(part), "no {part} in:\n{complaint}");
    }
    assert!(!complaint.contains("in-the-clear"), "a secret is never repeated:\n{complaint}");
}

//! `mesh replay --stats`: the same log, in figures.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

fn log(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts").join(name)
}

fn mesh(words: &[&str], input: Stdio) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mesh")).arg("replay").args(words).stdin(input).output();
    let output = output.expect("mesh runs");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "no bar where there is no terminal");
    String::from_utf8(output.stdout).expect("text")
}

fn figures(words: &[&str], input: Stdio) -> Value {
    serde_json::from_str(&mesh(words, input)).expect("one JSON object")
}

#[test]
fn the_figures_of_a_day_are_those_of_its_log() {
    let day = log("a_calm_day.jsonl");
    let day = day.to_str().expect("a plain path");
    let found = figures(&[day, "--stats", "--json"], Stdio::null());
    let shown = mesh(&[day], Stdio::null());
    let count = |verb: &str| shown.lines().filter(|line| line.split(' ').nth(1) == Some(verb)).count();
    for (kind, verbs) in [("react", &["react"][..]), ("post", &["post"]), ("tell", &["tell", "notice"])] {
        let expected: usize = verbs.iter().map(|verb| count(verb)).sum();
        assert_eq!(found["effects"][kind], expected, "{kind}");
    }
    let posts = &found["posts"];
    assert_eq!(posts["silent"].as_u64().zip(posts["sound"].as_u64()).map(|(a, b)| a + b), Some(3));
    let read = |key: &str| found[key].as_u64().expect("a number");
    assert_eq!(read("messages"), read("utterances") + read("almost") + read("chatter"));
    assert_eq!(found["growth"].as_array().map(Vec::len), Some(1));
    assert!(read("messages_a_second") > 0 && found["growth"][0]["ns_each"].as_u64() > Some(0));
}

#[test]
fn figures_of_a_log_on_standard_input() {
    let input = File::open(log("a_gap.jsonl")).expect("the log");
    let found = figures(&["-", "--stats", "--json"], input.into());
    assert_eq!(found["others"], 1, "{found}");
    let shown = mesh(&["--stats", log("claim_free.jsonl").to_str().expect("a plain path")], Stdio::null());
    assert!(shown.starts_with("Messages ") && shown.contains("messages a second"), "{shown}");
}

#[test]
fn a_row_at_every_power_of_ten_and_one_at_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.jsonl");
    let line = |n: u32| {
        let (minute, second) = (n / 60 % 60, n % 60);
        format!(r#"{{"at":"2026-02-01T10:{minute:02}:{second:02}Z","id":{n},"from":"Ely","text":"hi"}}"#)
    };
    std::fs::write(&file, (1..=1_500).map(line).collect::<Vec<_>>().join("\n")).expect("it is written");
    let found = figures(&["--stats", "--json", file.to_str().expect("a plain path")], Stdio::null());
    let rows: Vec<_> = found["growth"].as_array().expect("rows").iter().map(|row| &row["messages"]).collect();
    assert_eq!(rows, [1_000, 1_500]);
}

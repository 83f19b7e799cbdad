//! What the mesh does, as text: each log of `tests/transcripts` replayed, and the outcome beside it, byte by byte.
//!
//! `UPDATE_TRANSCRIPTS=1 cargo test --test mesh transcripts` writes the outcomes anew; read the difference before you
//! commit it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const UPDATE: &str = "UPDATE_TRANSCRIPTS";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts")
}

/// The files with this ending, by name.
fn with_ending(ending: &str) -> BTreeSet<String> {
    let files = fs::read_dir(folder()).expect("the transcripts");
    let names = files.map(|file| file.expect("a file").file_name().into_string().expect("a plain name"));
    names.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect()
}

fn replay(log: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mesh")).arg("replay").arg(log).output().expect("mesh runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {complaint}", log.display());
    String::from_utf8(output.stdout).expect("text")
}

/// Where two outcomes part, with a line of each.
fn difference(expected: &str, found: &str) -> String {
    let (mut expected, mut found) = (expected.lines(), found.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (expected.next(), found.next()) {
            (None, None) => return "the line ends differ".to_owned(),
            (expected, found) if expected == found => {}
            (expected, found) => {
                let (expected, found) = (expected.unwrap_or("(nothing)"), found.unwrap_or("(nothing)"));
                return format!("line {number}\n  expected {expected}\n  found    {found}");
            }
        }
    }
}

#[test]
fn every_log_gives_its_outcome() {
    let update = std::env::var_os(UPDATE).is_some();
    let mut wrong = Vec::new();
    let logs = with_ending(".jsonl");
    assert!(!logs.is_empty());
    for name in &logs {
        let (log, outcome) = (folder().join(format!("{name}.jsonl")), folder().join(format!("{name}.out")));
        let found = replay(&log);
        assert_eq!(found, replay(&log), "{name}: same input, same bytes");
        if update {
            fs::write(&outcome, &found).expect("the outcome is written");
        }
        match fs::read_to_string(&outcome) {
            Ok(expected) if expected == found => {}
            Ok(expected) => wrong.push(format!("{name}: {}", difference(&expected, &found))),
            Err(error) => wrong.push(format!("{name}.out: {error} ({UPDATE}=1 writes it)")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_outcome_has_its_log() {
    let orphans: Vec<_> = with_ending(".out").difference(&with_ending(".jsonl")).cloned().collect();
    assert!(orphans.is_empty(), "outcomes without a log: {orphans:?}");
}

#[test]
fn every_outcome_ends_with_the_state() {
    for name in with_ending(".out") {
        let text = fs::read_to_string(folder().join(format!("{name}.out"))).expect("an outcome");
        let last = text.lines().last().expect("a line");
        let state: serde_json::Value = serde_json::from_str(last).expect("the state is JSON");
        assert!(state["claims"].is_array() && state["stood_down"].is_array(), "{name}: {last}");
    }
}

/// A day of 20 tasks, three agents and 150 messages of chat.
#[test]
fn a_calm_day_costs_few_posts() {
    let outcome = replay(&folder().join("a_calm_day.jsonl"));
    let posts: Vec<_> = outcome.lines().filter(|line| line.split(' ').nth(1) == Some("post")).collect();
    let loud = posts.iter().filter(|line| line.contains(" (sound): ")).count();
    assert!((1..=5).contains(&posts.len()) && loud <= 2, "{posts:#?}");
}

/// An agent's model runs where it is offered something, and for nothing else: nobody gives orders on that day or asks.
#[test]
fn a_calm_day_runs_models_for_its_offers_alone() {
    let log = folder().join("a_calm_day.jsonl");
    let offers = |line: &&str| {
        let words: Vec<_> = line.splitn(4, ' ').collect();
        words[1] == "tell" && (words[3].starts_with("HANDOFF from ") || words[3].starts_with("Free: "))
    };
    let expected = replay(&log).lines().filter(offers).count();
    let mut stats = Command::new(env!("CARGO_BIN_EXE_mesh"));
    let output = stats.args(["replay", "--stats", "--json"]).arg(&log).output().expect("mesh runs");
    let stats: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((stats["runs"].as_u64(), stats["messages"].as_u64()), (Some(10), Some(205)), "{stats}");
    assert_eq!(expected, 10);
}

/// What `mesh replay -` complains of.
fn complaint(log: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mesh"))
        .args(["replay", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("mesh runs");
    child.stdin.take().expect("its input").write_all(log.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(!output.status.success(), "{log}");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn a_line_that_is_not_of_the_contract_is_named() {
    let good = r#"{"at":"2026-02-01T10:00:00Z","id":1,"from":"Ely","text":"hi"}"#;
    let bad = [
        ("hello", "not JSON"),
        (r#"{"at":"yesterday","id":2,"from":"Ely","text":"hi"}"#, "year"),
        (r#"{"at":"2026-02-01T10:00:01Z","from":"Ely","text":"hi"}"#, "`id`"),
        (r#"{"at":"2026-02-01T10:00:01Z","id":2,"text":"hi"}"#, "`from`"),
        (r#"{"at":"2026-02-01T10:00:01Z","id":2,"from":"Ely","text":"hi","mood":"good"}"#, "`mood`"),
        (r#"{"at":"2026-02-01T10:00:01Z","id":2,"from":"Ely","via":"pigeon"}"#, "pigeon"),
        (r#"{"at":"2026-02-01T10:00:01Z","id":2,"from":"Ely","tap":"Take it"}"#, "\"Take it\""),
        (r#"{"at":"2026-02-01T10:00:01Z","id":2,"from":"Alex","text":"ho","edit_of":1}"#, "Alex"),
        (r#"{"people":[],"agents":[]}"#, "first line"),
    ];
    for (line, word) in bad {
        let said = complaint(&format!("{good}\n\n{line}\n"));
        assert!(said.contains("line 3") && said.contains(word), "{line}: {said}");
    }
    let said = complaint(r#"{"people":[],"robots":[]}"#);
    assert!(said.contains("line 1") && said.contains("robots"), "{said}");
}

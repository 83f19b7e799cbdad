//! What the mesh would have done with chats that Telegram Desktop exported: `tests/exports`, byte by byte.
//!
//! `UPDATE_TRANSCRIPTS=1 cargo test --test mesh transcripts` writes the outcomes anew.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports").join(name)
}

fn replay(export: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
    command.arg("replay").arg("--telegram-export").arg(export).args(words);
    command.output().expect("mesh runs")
}

fn shown(export: &Path, words: &[&str]) -> String {
    let output = replay(export, words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn complaint(export: &Path, words: &[&str]) -> String {
    let output = replay(export, words);
    assert!(!output.status.success(), "{words:?}");
    String::from_utf8(output.stderr).expect("text")
}

/// An export with these bytes, in a folder that lasts as long as it is held.
fn written(bytes: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("result.json");
    fs::write(&path, bytes).expect("it is written");
    (folder, path)
}

#[test]
fn the_outcome_of_a_group_is_kept_as_transcripts_are() {
    let found = shown(&file("mastermind.json"), &["--exec", "ely"]);
    let outcome = file("mastermind.out");
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        fs::write(&outcome, &found).expect("the outcome is written");
    }
    assert_eq!(found, fs::read_to_string(outcome).expect("an outcome"));
}

#[test]
fn the_sums_for_programs() {
    let found = shown(&file("mastermind.json"), &["--exec", "ely", "--json"]);
    let found: Value = serde_json::from_str(&found).expect("one JSON object");
    assert_eq!(found["messages"]["all"], 13);
    assert_eq!(found["passed_over"], serde_json::json!({"service": 2, "unknown": 1, "without_sender": 1}));
    assert_eq!(found["edited"], 1);
    let summary = &found["summary"];
    assert_eq!((&summary["tasks"], &summary["done"], &summary["days"]), (&2.into(), &2.into(), &2.into()));
    assert_eq!(summary["refused"]["last"][0]["owner"], "Sandman Bot");
    assert_eq!(summary["late"]["count"], 2);
    assert_eq!(found["state"]["stood_down"][0], "Oracle_bot");
}

#[test]
fn the_roster_that_was_guessed_can_be_given_back() {
    let export = file("mastermind.json");
    let first = shown(&export, &["--exec", "ely"]);
    let roster = first.lines().next().expect("a line").replace("Oracle_bot", "Oracle of the house");
    let (_folder, path) = written(&roster);
    let again = shown(&export, &["--roster", path.to_str().expect("a plain path")]);
    assert!(again.contains("tell Oracle of the house: Granted") && !again.contains("Oracle_bot"), "{again}");
}

#[test]
fn the_group_of_an_account() {
    let account = file("account.json");
    let several = complaint(&account, &[]);
    assert!(several.contains("--chat 1700000009   Mesh Mastermind"), "{several}");
    let none = complaint(&account, &["--chat", "5"]);
    assert!(none.contains("no chat 5") && none.contains("Old Mastermind"), "{none}");
    for id in ["1700000009", "-1001700000009"] {
        assert!(shown(&account, &["--chat", id]).contains("Granted: \"say hello\""));
    }
}

#[test]
fn an_export_on_standard_input_in_figures() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
    command.args(["replay", "--telegram-export", "-", "--stats", "--json"]);
    let output = command.stdin(File::open(file("mastermind.json")).expect("it is there")).output();
    let output = output.expect("mesh runs");
    let found: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!((&found["messages"], &found["others"]), (&13.into(), &1.into()), "{found}");
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let group = fs::read_to_string(file("mastermind.json")).expect("it is there");
    let wrong = [
        (group.replace("\"user7100000103\"", "\"robot\""), "message 4 of Mesh Mastermind"),
        (group[..group.len() / 2].to_owned(), "ends in the middle"),
        ("{\"people\": []}".to_owned(), "neither messages nor chats"),
        ("name,text\n".to_owned(), "line 1"),
    ];
    for (bytes, word) in wrong {
        let (_folder, path) = written(&bytes);
        let said = complaint(&path, &[]);
        assert!(said.contains(word) && said.contains("result.json"), "{word}: {said}");
    }
    assert!(complaint(&file("mastermind.json"), &["--exec", "Nobody"]).contains("nobody called \"Nobody\""));
    assert!(complaint(&file("nothing.json"), &[]).contains("nothing.json can't be read"));
}

/// Whatever its length, one message at a time is held.
#[test]
fn a_long_export_costs_no_memory() {
    let (_folder, path) = written("");
    let mut out = std::io::BufWriter::new(File::create(&path).expect("it is written"));
    let filler = "word ".repeat(600);
    write!(out, r#"{{"name":"Long","type":"private_group","id":1,"messages":["#).expect("room");
    for n in 1..=10_000 {
        let comma = if n == 1 { "" } else { "," };
        let (at, from) = (1_769_940_000 + n, r#""from":"Ely","from_id":"user7""#);
        write!(
            out,
            r#"{comma}{{"id":{n},"type":"message","date_unixtime":"{at}",{from},"text":"{filler}"}}"#
        )
        .expect("room");
    }
    write!(out, "]}}").and_then(|()| out.flush()).expect("room");
    let output = Command::new(env!("CARGO_BIN_EXE_mesh"))
        .args(["replay", "--stats", "--json", "--telegram-export"])
        .arg(&path)
        .stderr(Stdio::inherit())
        .output()
        .expect("mesh runs");
    let found: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    let rows = found["growth"].as_array().expect("rows");
    let resident = |row: &Value| row["resident_kib"].as_u64();
    let (Some(first), Some(last)) = (resident(&rows[0]), rows.last().and_then(resident)) else { return };
    assert!(
        last < first + 8 * 1024,
        "{first} KiB after 1,000 messages, {last} KiB after 10,000: 30 MB of text"
    );
}

//! `mesh sandbox`: the world from a file, the seed, the clock, and what it says when something is wrong.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

fn mesh(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
    command.arg("sandbox").args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn said(words: &[&str]) -> (Option<i32>, String, String) {
    let output = mesh(words).output().expect("mesh starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A sandbox that stays up until dropped.
struct Up(Child);

impl Drop for Up {
    fn drop(&mut self) {
        // One that has ended already needs no end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ready(words: &[&str]) -> (Up, Value) {
    let mut child = mesh(words).arg("--ready-json").stderr(Stdio::inherit()).spawn().expect("mesh starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    (Up(child), serde_json::from_str(&line).expect("JSON"))
}

#[test]
fn a_world_from_a_file_is_the_same_again_with_a_seed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("world.toml");
    let (code, example, _) = said(&["--example-world"]);
    assert_eq!(code, Some(0));
    std::fs::write(&file, example).expect("the file is written");
    let file = file.to_str().expect("a plain path");
    let (_first, first) = ready(&["--world", file, "--seed", "7"]);
    let (_again, again) = ready(&["--world", file, "--seed", "7"]);
    let (_other, other) = ready(&["--world", file, "--seed", "8"]);
    for key in ["rsa_key_pem", "accounts", "bots", "chats"] {
        assert_eq!(first[key], again[key], "{key}");
    }
    assert_ne!(first["rsa_key_pem"], other["rsa_key_pem"]);
    assert_eq!(first["accounts"][0]["code"], "10001");
    assert_ne!(first["accounts"][1]["code"], other["accounts"][1]["code"], "left out, hence drawn");
    assert_eq!(
        (&first["chats"][0]["title"], &first["chats"][1]["kind"]),
        (&"Workshop".into(), &"supergroup".into())
    );
}

#[test]
fn every_fault_of_a_worlds_file_is_told_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("world.toml");
    std::fs::write(&file, "[[people]]\nname = 7\n\n[[bots]]\nname = \"Echo\"\nusername = \"echo\"\n")
        .expect("written");
    let (code, out, complaint) = said(&["--world", file.to_str().expect("a plain path")]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(complaint.contains("line 2: people[1].name: A text is expected, in quotes."), "{complaint}");
    assert!(complaint.contains("line 6: bots[1].username: A bot's username ends in \"bot\"."), "{complaint}");
    let (code, _, complaint) = said(&["--world", "/nowhere/world.toml"]);
    assert_eq!(code, Some(1));
    assert!(complaint.contains("/nowhere/world.toml can't be read"), "{complaint}");
}

#[test]
fn a_virtual_clock_begins_where_it_is_told() {
    let (_up, ready) = ready(&["--clock", "2026-02-01T10:00:00Z"]);
    let address = ready["control"].as_str().expect("an address").trim_start_matches("http://").to_owned();
    let world = get(&address, "/world");
    assert_eq!(world["now"], 1_769_940_000);
    let (code, _, complaint) = said(&["--clock", "noon"]);
    assert_eq!(code, Some(64));
    assert!(complaint.contains("expected system, virtual, or a time"), "{complaint}");
}

/// A bare request: nothing but the standard library.
fn get(address: &str, path: &str) -> Value {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).expect("the door is open");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
        .expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it is answered");
    let body = answer.split_once("\r\n\r\n").expect("a body").1;
    serde_json::from_str(body).expect("JSON")
}

#[test]
fn only_this_machine_may_connect() {
    let (code, _, complaint) = said(&["--control", "0.0.0.0:0"]);
    assert_eq!(code, Some(1));
    assert!(complaint.contains("is not a loopback address"), "{complaint}");
}

#[test]
fn its_help_teaches() {
    let (code, help, _) = said(&["--help"]);
    assert_eq!(code, Some(0));
    for part in [
        "--world",
        "--seed",
        "--clock",
        "python-telegram-bot",
        "aiogram",
        "teloxide",
        "grammY",
        "Telethon",
        "grammers",
        "/fault",
    ] {
        assert!(help.contains(part), "no {part} in:\n{help}");
    }
}

//! The arrows between our crates, and which of them owns which library. ARCHITECTURE.md draws them.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use regex::Regex;
use serde_json::Value;

use crate::sources::{self, none, places};

/// A crate of ours: which of ours it may use, and which its tests may use besides.
struct Room {
    name: &'static str,
    uses: &'static [&'static str],
    in_tests: &'static [&'static str],
}

/// The rooms of the house. The sandbox knows none of the others: a fake that shared our types would share our mistakes.
const ROOMS: &[Room] = &[
    Room { name: "commands", uses: &[], in_tests: &[] },
    Room { name: "config", uses: &["commands"], in_tests: &[] },
    Room { name: "sessions", uses: &["commands", "config"], in_tests: &[] },
    Room { name: "bridge", uses: &["commands", "config"], in_tests: &["sandbox"] },
    Room { name: "bot", uses: &["commands", "config"], in_tests: &["sandbox"] },
    Room { name: "sandbox", uses: &[], in_tests: &[] },
    Room {
        name: "mesh",
        uses: &["bot", "bridge", "commands", "config", "sandbox", "sessions"],
        in_tests: &[],
    },
];

/// A library, the crates that may use it, and those whose tests may.
struct Owned {
    library: &'static str,
    by: &'static [&'static str],
    in_tests: &'static [&'static str],
}

/// Who alone holds what, so that a change of library stays in one room.
const OWNED: &[Owned] = &[
    Owned { library: "axum", by: &["bot", "bridge", "mesh", "sandbox"], in_tests: &[] },
    Owned { library: "chacha20poly1305", by: &["sessions"], in_tests: &[] },
    Owned { library: "clap", by: &["mesh"], in_tests: &[] },
    Owned { library: "governor", by: &["mesh"], in_tests: &[] },
    Owned { library: "grammers-client", by: &["bridge"], in_tests: &["sandbox"] },
    Owned { library: "grammers-session", by: &["bridge", "sessions"], in_tests: &["sandbox"] },
    Owned { library: "reqwest", by: &["bot", "bridge", "mesh", "sandbox"], in_tests: &[] },
    Owned { library: "rusqlite", by: &["sessions"], in_tests: &[] },
    Owned { library: "sled", by: &["sessions"], in_tests: &[] },
    Owned { library: "teloxide", by: &["bot"], in_tests: &[] },
    Owned { library: "tokio-tungstenite", by: &["bridge"], in_tests: &["mesh"] },
    Owned { library: "toml", by: &["config", "sandbox"], in_tests: &["mesh"] },
    Owned { library: "utoipa", by: &["bridge"], in_tests: &[] },
    Owned { library: "tracing-subscriber", by: &["mesh"], in_tests: &[] },
];

/// All that the mind may use: arithmetic on words and times, the shapes of what is written down, and the keyed hash by
/// which it knows a token without holding it.
const MIND: &[&str] = &[
    "hmac",
    "jiff",
    "memchr",
    "regex",
    "serde",
    "serde_json",
    "sha2",
    "strsim",
    "thiserror",
    "unicode-normalization",
];

/// Names that say nothing.
const NAMELESS: &[&str] = &["common", "core", "shared", "utils"];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Shipped,
    InTests,
}

/// Our crates, each with what it depends on.
type Graph = BTreeMap<String, BTreeSet<(Use, String)>>;

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--no-deps"])
        .current_dir(sources::root())
        .output()
        .expect("cargo runs this test, so it can be run");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata speaks JSON")
}

fn rows<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// What is built for a build script ships as much as the rest.
fn graph() -> Graph {
    let edge = |row: &Value| {
        let kind = if row["kind"] == "dev" { Use::InTests } else { Use::Shipped };
        (kind, text(row, "name"))
    };
    let crates = |package: &Value| (text(package, "name"), rows(package, "dependencies").map(edge).collect());
    rows(&metadata(), "packages").map(crates).collect()
}

#[test]
fn every_room_is_on_the_plan() {
    let graph = graph();
    let built: Vec<&str> = graph.keys().map(String::as_str).collect();
    let mut planned: Vec<&str> = ROOMS.iter().map(|room| room.name).collect();
    planned.sort_unstable();
    assert_eq!(built, planned, "a new crate needs its row in ROOMS and its line in ARCHITECTURE.md");
}

#[test]
fn no_crate_has_a_name_that_says_nothing() {
    let nameless: Vec<String> =
        graph().into_keys().filter(|name| NAMELESS.contains(&name.as_str())).collect();
    none(&nameless, "Name a crate for what it does");
}

#[test]
fn the_arrows_between_our_crates_hold() {
    let graph = graph();
    let mut violations = Vec::new();
    for room in ROOMS {
        let ours = graph.get(room.name).into_iter().flatten().filter(|(_, name)| graph.contains_key(name));
        for (kind, name) in ours {
            let allowed = room.uses.contains(&name.as_str())
                || (*kind == Use::InTests && room.in_tests.contains(&name.as_str()));
            if !allowed {
                violations.push(format!("{} -> {name}", room.name));
            }
        }
    }
    none(&violations, "These arrows are not in the plan (ARCHITECTURE.md)");
}

#[test]
fn each_library_has_its_owner() {
    let mut violations = Vec::new();
    for (name, edges) in graph() {
        for (kind, library) in edges {
            let Some(owned) = OWNED.iter().find(|owned| owned.library == library) else { continue };
            let allowed = owned.by.contains(&name.as_str())
                || (kind == Use::InTests && owned.in_tests.contains(&name.as_str()));
            if !allowed {
                let of = if kind == Use::InTests { " (in its tests)" } else { "" };
                violations.push(format!("{name} uses {library}{of}; its owners: {}", owned.by.join(", ")));
            }
        }
    }
    none(&violations, "A library with an owner is used by its owner only");
}

#[test]
fn the_mind_uses_nothing_that_could_reach_the_world() {
    let graph = graph();
    let shipped = graph["commands"].iter().filter(|(kind, _)| *kind == Use::Shipped);
    let foreign: Vec<String> =
        shipped.map(|(_, name)| name.clone()).filter(|name| !MIND.contains(&name.as_str())).collect();
    none(&foreign, "`commands` takes time and chance as arguments and does no I/O");
}

#[test]
fn the_mind_reads_no_clock_no_chance_and_no_file() {
    let worldly = [
        r"\bstd::(?:fs|net|env|thread|process|io|os)\b",
        r"\bstd::\{[^;]*\b(?:fs|net|env|thread|process|io|os)\b",
        r"\b(?:SystemTime|Instant|RandomState|HashMap|HashSet)\b",
        r"\b(?:Timestamp|Zoned)::now\b",
        r"\bTimeZone::(?:system|try_system)\b",
        r"\b(?:rand|getrandom|tokio)::",
        r"\be?print(?:ln)?!",
    ];
    let worldly = Regex::new(&worldly.join("|")).expect("a valid pattern");
    let mind = sources::rust().filter(|source| source.path.starts_with("commands/src/"));
    let found: Vec<String> =
        mind.flat_map(|source| places(source, &source.shipped, &worldly, "reaches the world")).collect();
    none(
        &found,
        "`commands` takes time and chance as arguments and does no I/O; what is iterated is a BTreeMap",
    );
}

#[test]
fn cargo_test_and_cargo_run_are_the_whole_workspace() {
    let metadata = metadata();
    let ids = |key| rows(&metadata, key).map(Value::to_string).collect::<BTreeSet<_>>();
    assert_eq!(
        ids("workspace_default_members"),
        ids("workspace_members"),
        "`cargo test` would pass over some crates"
    );
}

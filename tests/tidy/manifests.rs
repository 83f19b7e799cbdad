//! What the manifests of the workspace hold to.

use std::collections::BTreeSet;
use std::fs;

use toml::{Table, Value};

use super::pattern;
use crate::sources::{self, none};

/// Path and contents of each `Cargo.toml`, the root's first.
fn manifests() -> Vec<(String, Table)> {
    let root = parse("Cargo.toml");
    let members = root["workspace"]["members"].as_array().cloned().unwrap_or_default();
    let members = members.iter().filter_map(Value::as_str).filter(|member| *member != ".");
    let others =
        members.map(|member| format!("{member}/Cargo.toml")).map(|path| (path.clone(), parse(&path)));
    let mut all: Vec<_> = others.collect();
    all.insert(0, ("Cargo.toml".to_owned(), root));
    all
}

fn parse(path: &str) -> Table {
    let text = read(path);
    text.parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read(path: &str) -> String {
    fs::read_to_string(sources::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn table<'a>(of: &'a Table, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    of.get(key).and_then(Value::as_table).into_iter().flatten()
}

/// Names of the libraries in `[workspace.dependencies]`, ours left out.
fn libraries() -> BTreeSet<String> {
    let root = parse("Cargo.toml");
    let workspace = root["workspace"].as_table().expect("the root is a workspace");
    table(workspace, "dependencies")
        .filter(|(_, how)| how.get("path").is_none())
        .map(|(name, _)| name.clone())
        .collect()
}

#[test]
fn every_crate_keeps_the_workspaces_lints() {
    let loose = manifests().into_iter().filter(|(_, manifest)| {
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        lints.and_then(Value::as_bool) != Some(true)
    });
    let loose: Vec<String> = loose.map(|(path, _)| path).collect();
    none(&loose, "Write [lints] workspace = true");
}

#[test]
fn versions_and_features_stand_at_the_root_alone() {
    let mut own = Vec::new();
    for (path, manifest) in manifests() {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let kept = |how: &Value| {
                let keys = how.as_table();
                keys.is_some_and(|keys| {
                    keys.len() == 1 && keys.get("workspace") == Some(&Value::Boolean(true))
                })
            };
            let loose = table(&manifest, section).filter(|(_, how)| !kept(how));
            own.extend(loose.map(|(name, _)| format!("{path}: {name}")));
        }
        own.extend(table(&manifest, "features").map(|(name, _)| format!("{path}: feature {name}")));
        own.extend(manifest.get("target").map(|_| format!("{path}: [target]")));
    }
    none(&own, "Write `name.workspace = true`: `cargo run` and `cargo test` share one build");
}

#[test]
fn every_dependency_has_its_reason() {
    let row = pattern(r"(?m)^\| `([^`]+)` \| [^|]*\w[^|]* \|$");
    let text = read("DEPS.md");
    let told: BTreeSet<String> = row.captures_iter(&text).map(|found| found[1].to_owned()).collect();
    let used = libraries();
    let untold = used.difference(&told).map(|name| format!("DEPS.md has no line for {name}"));
    let stale = told.difference(&used).map(|name| format!("DEPS.md tells of {name}, which is not used"));
    none(&untold.chain(stale).collect::<Vec<_>>(), "One line each: why it is here");
}

#[test]
fn every_dependency_is_used() {
    let used: BTreeSet<String> = manifests()
        .iter()
        .flat_map(|(_, manifest)| {
            ["dependencies", "dev-dependencies", "build-dependencies"].map(|section| table(manifest, section))
        })
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    let idle: Vec<String> = libraries().difference(&used).cloned().collect();
    none(&idle, "Take it out of [workspace.dependencies]");
}

#[test]
fn every_crate_uses_what_it_declares() {
    let mut idle = Vec::new();
    for (path, manifest) in manifests() {
        let folder = path.strip_suffix("Cargo.toml").unwrap_or_default();
        let own: &[String] =
            &["src/", "tests/", "examples/", "bench/", "benches/"].map(|part| format!("{folder}{part}"));
        let sources =
            || sources::rust().filter(|source| own.iter().any(|part| source.path.starts_with(part)));
        for section in ["dependencies", "dev-dependencies"] {
            let unnamed = table(&manifest, section).filter(|(name, _)| {
                let name = pattern(&format!(r"\b{}\b", name.replace('-', "_")));
                !sources().any(|source| name.is_match(&source.code))
            });
            idle.extend(unnamed.map(|(name, _)| format!("{path}: {name}")));
        }
    }
    none(&idle, "Take it out of the crate's manifest");
}

//! The manners of the house. CONTRIBUTING.md tells them in one screen.

mod manifests;
mod strings;

use regex::Regex;

use crate::sources::{self, Source, functions, none, places};

/// A file is one concept; most stay under 400 lines.
const FILE_LINES_MOST: usize = 500;

/// A function is one thought; most take about ten lines.
const FUNCTION_LINES_MOST: usize = 80;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}

/// Every place of `pattern` in the part of each Rust file that `part` picks.
fn in_rust(regex: &Regex, what: &str, part: impl Fn(&Source) -> String) -> Vec<String> {
    sources::rust().flat_map(|source| places(source, &part(source), regex, what)).collect()
}

fn code(source: &Source) -> String {
    source.code.clone()
}

#[test]
fn files_are_short() {
    let long = sources::rust().filter_map(|source| {
        let lines = source.text.lines().count();
        (lines > FILE_LINES_MOST).then(|| format!("{}: {lines} lines", source.path))
    });
    none(&long.collect::<Vec<_>>(), "A file has at most 500 lines: split it by concept");
}

#[test]
fn functions_are_short() {
    let long = sources::rust().flat_map(|source| {
        let long = functions(&source.code).into_iter().filter(|each| each.lines > FUNCTION_LINES_MOST);
        let said =
            long.map(|each| format!("{}:{}: {} has {} lines", source.path, each.line, each.name, each.lines));
        said.collect::<Vec<_>>()
    });
    none(&long.collect::<Vec<_>>(), "A function has at most 80 lines");
}

#[test]
fn nothing_is_left_for_later() {
    let macros = pattern(r"\b(?:todo|unimplemented|dbg)!");
    let mut found = in_rust(&macros, "unfinished", code);
    // The words are put together here, so that they stand nowhere.
    let notes = pattern(&format!(
        r"\b(?:{}|{}|{}|{})\b",
        concat!("FIX", "ME"),
        "X{3}",
        concat!("TO", "DO"),
        concat!("HA", "CK")
    ));
    let prose = sources::all().iter().filter(|source| source.path != "Cargo.lock");
    found.extend(prose.flat_map(|source| places(source, &source.text, &notes, "a note to oneself")));
    none(&found, "Finish it, or write an issue");
}

#[test]
fn what_may_fail_is_not_unwrapped() {
    let unwrap = pattern(r"\.unwrap\(\)");
    let found = in_rust(&unwrap, "unwrapped", |source| source.shipped.clone());
    none(&found, "Outside tests: `?`, a default, or `expect` with the invariant that makes it true");
}

#[test]
fn every_test_runs() {
    let ignored = pattern(r"#!?\[\s*ignore\b|\bcfg_attr\([^\]]*\bignore\b");
    none(&in_rust(&ignored, "passed over", code), "A test that does not run promises nothing");
}

#[test]
fn tests_wait_for_what_happens_and_not_for_time_to_pass() {
    let sleep = pattern(r"\bsleep(?:_ms)?\s*\(");
    let found = in_rust(&sleep, "sleeps", Source::tested);
    none(&found, "Wait for the event itself; where it can only be polled, an interval within a timeout");
}

#[test]
fn an_exception_to_a_lint_says_why() {
    let attribute = pattern(r"#!?\[\s*(?:cfg_attr\([^\]]*)?\b(?:allow|expect)\s*\([^\]]*\]");
    let mut found = in_rust(&attribute, "no reason", code);
    found.retain(|violation| !violation.contains("reason ="));
    none(&found, "Write #[expect(lint, reason = \"…\")]");
}

#[test]
fn unsafe_code_is_nowhere() {
    let keyword = pattern(r"\bunsafe\s*(?:\{|fn\b|impl\b|trait\b|extern\b)");
    none(&in_rust(&keyword, "unsafe", code), "The workspace forbids it");
}

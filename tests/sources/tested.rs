//! What is compiled for tests alone: `tests/`, benches, what the fuzzer runs, modules called `tests`, and what `#[cfg(test)]` marks.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::functions::item_end;
use super::{Source, code};

static MARK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"#\[cfg\(test\)\]\s*").expect("a valid pattern"));
static MODULE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([a-z]+\))?\s+)?mod\s+(\w+)\s*;")
        .expect("a valid pattern")
});

/// The paths of files that are nothing but tests.
pub fn files(sources: &[Source]) -> BTreeSet<String> {
    let rust = || sources.iter().filter(|source| source.is_rust());
    let marked: Vec<String> = rust().flat_map(marked_modules).collect();
    let is_test = |path: &str| {
        let by_name =
            path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "bench" | "benches" | "fuzz"));
        by_name
            || marked
                .iter()
                .any(|module| path == format!("{module}.rs") || path.starts_with(&format!("{module}/")))
    };
    rust().filter(|source| is_test(&source.path)).map(|source| source.path.clone()).collect()
}

/// The modules marked `#[cfg(test)] mod name;`, as the path of their file without `.rs`.
fn marked_modules(source: &Source) -> Vec<String> {
    let code = code::without_literals(&source.text);
    let home = home(&source.path);
    MODULE.captures_iter(&code).map(|found| format!("{home}/{}", &found[1])).collect()
}

/// The folder in which a file's modules lie.
fn home(path: &str) -> &str {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    if matches!(name, "mod" | "lib" | "main") { folder } else { stem }
}

/// Blanks what `#[cfg(test)]` marks; every line stays where it is.
pub fn without_test_items(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut at = 0;
    while let Some(mark) = MARK.find_at(code, at) {
        let end = item_end(code, past_attributes(code, mark.end())).unwrap_or(code.len());
        out.push_str(&code[at..mark.start()]);
        out.extend(code[mark.start()..end].chars().filter(|each| *each == '\n'));
        at = end;
    }
    out.push_str(&code[at..]);
    out
}

/// Attributes that stand between the mark and its item.
fn past_attributes(code: &str, mut at: usize) -> usize {
    while code[at..].starts_with("#[") {
        let (mut depth, start) = (0_i32, at);
        for (offset, each) in code[start..].char_indices() {
            depth += i32::from(each == '[') - i32::from(each == ']');
            if each == ']' && depth == 0 {
                at = start + offset + 1;
                break;
            }
        }
        if at == start {
            return at;
        }
        at += code[at..].len() - code[at..].trim_start().len();
    }
    at
}

#[test]
fn what_is_for_tests_only_is_left_out() {
    let code = "fn a() {}\n#[cfg(test)]\n#[path = \"\"]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
    let shipped = without_test_items(code);
    assert_eq!(shipped.lines().count(), code.lines().count());
    assert!(shipped.contains("fn a") && shipped.contains("fn c") && !shipped.contains("fn b"));
}

#[test]
fn modules_lie_beside_their_file() {
    assert_eq!((home("bot/src/lib.rs"), home("bot/src/listen.rs")), ("bot/src", "bot/src/listen"));
}

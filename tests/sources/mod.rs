//! The project's own files, as the rules of the house read them.

mod code;
mod functions;
mod tested;

pub use functions::functions;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// Folders that hold nothing of ours.
const FOREIGN: &[&str] = &["target", ".git", ".venv", "__pycache__", "node_modules", "corpus", "artifacts"];

/// A text file of the project.
pub struct Source {
    /// Where it lies, from the root, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
    /// Rust only: the same with comments and the contents of literals blanked, line by line in place.
    pub code: String,
    /// Rust only: `code` without what is compiled for tests alone.
    pub shipped: String,
    /// Rust only: whether nothing of it is shipped.
    pub is_test: bool,
}

impl Source {
    /// Whether it is Rust.
    pub fn is_rust(&self) -> bool {
        has_extension(&self.path, "rs")
    }

    /// Rust only: `code` of what is compiled for tests alone.
    pub fn tested(&self) -> String {
        if self.is_test {
            return self.code.clone();
        }
        let lines = self.code.lines().zip(self.shipped.lines());
        lines.flat_map(|(all, shipped)| [if all == shipped { "" } else { all }, "\n"]).collect()
    }
}

/// The root of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

static ALL: LazyLock<Vec<Source>> = LazyLock::new(read_all);

/// Every text file of the project, by path.
pub fn all() -> &'static [Source] {
    &ALL
}

/// Every Rust file of the project, by path.
pub fn rust() -> impl Iterator<Item = &'static Source> {
    all().iter().filter(|source| source.is_rust())
}

fn read_all() -> Vec<Source> {
    let mut paths = Vec::new();
    walk(root(), &mut paths);
    let mut sources: Vec<Source> = paths.iter().filter_map(|path| read(path)).collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let tests = tested::files(&sources);
    for source in &mut sources {
        settle(source, &tests);
    }
    sources
}

/// Whether a path ends with `.extension`.
pub fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|own| own.eq_ignore_ascii_case(extension))
}

/// `path:line: what` for each place in `text` that `pattern` finds.
pub fn places(source: &Source, text: &str, pattern: &Regex, what: &str) -> Vec<String> {
    let at = |offset: usize| text[..offset].matches('\n').count() + 1;
    let found = pattern.find_iter(text);
    found.map(|hit| format!("{}:{}: {what}: {}", source.path, at(hit.start()), hit.as_str().trim())).collect()
}

/// Fails with every violation at once.
#[track_caller]
pub fn none(violations: &[String], rule: &str) {
    assert!(violations.is_empty(), "{rule}\n  {}\n", violations.join("\n  "));
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match path.symlink_metadata() {
            Ok(kind) if kind.is_dir() && !FOREIGN.contains(&name.as_str()) => walk(&path, found),
            // In a worktree `.git` is a file.
            Ok(kind) if kind.is_file() && !FOREIGN.contains(&name.as_str()) => found.push(path),
            _ => {}
        }
    }
}

/// Files that are no text are nobody's prose.
fn read(path: &Path) -> Option<Source> {
    let text = String::from_utf8(fs::read(path).ok()?).ok()?;
    let path = path.strip_prefix(root()).ok()?.to_string_lossy().replace('\\', "/");
    Some(Source { path, text, code: String::new(), shipped: String::new(), is_test: false })
}

fn settle(source: &mut Source, tests: &BTreeSet<String>) {
    if !source.is_rust() {
        return;
    }
    source.code = code::without_literals(&source.text);
    source.is_test = tests.contains(&source.path);
    source.shipped = if source.is_test {
        source.code.lines().map(|_| "\n").collect()
    } else {
        tested::without_test_items(&source.code)
    };
}

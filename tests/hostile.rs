//! What `cargo fuzz` looks for in exports and configurations, looked for shortly and always the same: good files, spoilt.

#[path = "../fuzz/bodies/export.rs"]
mod export;
#[path = "../fuzz/bodies/settings.rs"]
mod settings;

use std::fs;
use std::path::Path;

/// So many exports are tried, and so many configurations.
const EXPORTS: usize = 4_000;
const CONFIGURATIONS: usize = 1_000;

/// What is put in.
const PIECES: &[&str] = &[
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\x0",
    "\\",
    "null",
    "-1",
    "1e999",
    "99999999999999999999",
    "\n",
    "=",
    "ä",
    "'''",
];

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % (bound.max(1) as u64)).expect("a small number")
    }

    /// Puts something in, takes something out, says something twice, changes a byte, or ends too soon.
    fn spoil(&mut self, text: &mut Vec<u8>) {
        let (at, length) = (self.below(text.len()), self.below(40));
        let end = (at + length).min(text.len());
        match self.below(8) {
            0..3 => drop(text.splice(at..at, PIECES[self.below(PIECES.len())].bytes())),
            3 | 4 => drop(text.drain(at..end)),
            5 => {
                let again = text[at..end].to_vec();
                drop(text.splice(at..at, again));
            }
            6 if !text.is_empty() => text[at] = self.below(256).to_le_bytes()[0],
            _ => text.truncate(text.len() - self.below(text.len() / 4 + 1)),
        }
    }
}

fn spoilt(files: &[&str], inputs: usize, body: fn(&[u8])) {
    let read = |file: &&str| fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a good file");
    let good: Vec<Vec<u8>> = files.iter().map(read).collect();
    for file in &good {
        body(file);
    }
    let mut chance = Chance(7);
    for number in 0..inputs {
        let mut text = good[number % good.len()].clone();
        for _ in 0..=chance.below(3) {
            chance.spoil(&mut text);
        }
        let lived = std::panic::catch_unwind(|| body(&text)).is_ok();
        assert!(lived, "input {number}: {}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn any_export_is_read() {
    spoilt(&["tests/exports/mastermind.json", "tests/exports/account.json"], EXPORTS, export::file);
}

#[test]
fn any_configuration_is_read() {
    spoilt(&["config/mesh.example.toml"], CONFIGURATIONS, settings::file);
}

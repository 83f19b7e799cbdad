//! What may stand in no file: keys, tokens, real phone numbers, Telegram's addresses, a folder next door, dead links.

use std::collections::BTreeSet;

use super::pattern;
use crate::sources::{self, Source, has_extension, none, places};

/// All files but the locks, whose checksums look like keys.
fn files() -> impl Iterator<Item = &'static Source> {
    sources::all().iter().filter(|source| !source.path.ends_with("Cargo.lock"))
}

fn found(regex: &str, what: &str) -> Vec<String> {
    let regex = pattern(regex);
    files().flat_map(|source| places(source, &source.text, &regex, what)).collect()
}

/// Numbers that are public, and where they stand.
const PUBLIC: &[&str] = &[
    // The prime that Telegram gives every client for the key exchange.
    "sandbox/src/mtproto/handshake/group.rs",
];

/// A key that is drawn has more digits than this; one written by hand for a test has not.
const DIGITS_BY_HAND_MOST: usize = 4;

fn is_by_hand(hex: &str) -> bool {
    hex.bytes().collect::<BTreeSet<_>>().len() <= DIGITS_BY_HAND_MOST
}

#[test]
fn keys_stand_nowhere() {
    let mut keys = found(r"\b(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{32})\b", "looks like a key");
    keys.retain(|violation| !violation.rsplit(' ').next().is_some_and(is_by_hand));
    keys.retain(|violation| !violation.split(':').next().is_some_and(|path| PUBLIC.contains(&path)));
    keys.extend(found(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{16}", "a private key"));
    keys.extend(found(r"\b1[A-Za-z0-9_-]{352}=", "looks like a session of Telethon"));
    none(&keys, "Draw test keys where they are needed");
}

#[test]
fn tokens_are_the_sandboxs() {
    let mut tokens = found(r"\b[0-9]{6,12}:[A-Za-z0-9_-]{30,}", "looks like a bot's token");
    tokens.retain(|violation| !violation.contains("SANDBOX"));
    none(&tokens, "Tokens of tests and examples have SANDBOX in them");
}

#[test]
fn phone_numbers_are_nobodys() {
    let mut phones = found(r"\+[1-9](?:[ -]?[0-9]){9,14}\b", "looks like a phone number");
    phones.retain(|violation| {
        let digits: String = violation.rsplit(": ").next().unwrap_or_default().replace([' ', '-'], "");
        !digits.contains("555")
    });
    none(&phones, "Phone numbers of tests and examples have 555 in them");
}

#[test]
fn no_file_knows_where_the_real_telegram_is() {
    let networks =
        [r"\b149\.154\.1\d\d\.\d", r"\b91\.108\.\d+\.\d", r"(?i)\b2001:(?:67c:4e8|b28:f23[cdf])\b"];
    none(&found(&networks.join("|"), "a data centre"), "Addresses of Telegram come from grammers alone");
}

#[test]
fn nothing_refers_to_a_folder_outside() {
    let outside = [
        concat!(r"\.\./", "shared"),
        concat!("/work/", "(?:main|shared)"),
        concat!("/ro", "ot/|/ho", "me/[a-z]+/"),
    ];
    none(&found(&outside.join("|"), "outside the project"), "A clone has only its own files");
}

#[test]
fn links_lead_somewhere() {
    let link = pattern(r"\]\(([^)\s]+)(?:\s+[^)]*)?\)");
    let mut dead = Vec::new();
    for source in files().filter(|source| has_extension(&source.path, "md")) {
        let folder = sources::root().join(&source.path);
        let folder = folder.parent().unwrap_or(sources::root());
        for target in link.captures_iter(&without_code(&source.text)).map(|found| found[1].to_owned()) {
            let file = target.split('#').next().unwrap_or_default();
            let elsewhere = file.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !elsewhere && !folder.join(file).exists() {
                dead.push(format!("{}: {target}", source.path));
            }
        }
    }
    none(&dead, "These links lead nowhere");
}

/// What stands between backticks is no link.
fn without_code(text: &str) -> String {
    pattern(r"(?s)```.*?```|`[^`\n]*`").replace_all(text, "").into_owned()
}

#[test]
fn a_key_of_few_digits_is_nobodys() {
    assert!(is_by_hand(&"0".repeat(32)) && is_by_hand(&format!("{}555", "0".repeat(29))));
    assert!(!is_by_hand(&"0123456789abcdef".repeat(2)));
}

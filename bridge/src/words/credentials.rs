//! Credentials by where they stand: in a log, what follows `Authorization:` is one, whatever it looks like.

use std::borrow::Cow;
use std::sync::LazyLock;

use commands::secrets::MASK;
use regex::{Captures, Regex};

/// What stands before it, the credential, what stands behind it.
const PLACES: [&str; 6] = [
    // Authorization: Bearer x, "authorization":"Bearer x", authorization=Basic x
    r#"(?i)(\bauthorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|digest|token)\s+)?)([^\s"',;]+)()"#,
    r"(?i)(\bbearer\s+)([a-z0-9._~+/=-]*[0-9][a-z0-9._~+/=-]*)()",
    // postgres://user:x@host
    r#"(?i)(\b[a-z][a-z0-9+.-]*://[^\s/:@"']*:)([^\s/@"']+)(@)"#,
    // --token x, --api-key="x y"
    r#"(?i)(--[a-z0-9-]*(?:token|secret|password|passwd|passphrase|api-?key)[ =]+)("[^"]*"|'[^']*'|\S+)()"#,
    // "password": "x y"
    r#"(?i)("[^"]*(?:token|secret|password|passwd|passphrase|api[_-]?key)"\s*:\s*")((?:[^"\\]|\\.)+)()"#,
    // Set-Cookie: name=x; Path=/
    r#"(?i)(\b(?:set-)?cookie["']?\s*[:=]\s*["']?)([^"'\n]+)()"#,
];

static FOUND: LazyLock<[Regex; PLACES.len()]> =
    LazyLock::new(|| PLACES.map(|place| Regex::new(place).expect("a pattern of ours")));

/// The text without them.
pub(super) fn covered(text: &str) -> Cow<'_, str> {
    let masked = |found: &Captures<'_>| format!("{}{MASK}{}", &found[1], &found[3]);
    FOUND.iter().fold(Cow::Borrowed(text), |text, place| {
        if !place.is_match(&text) {
            return text;
        }
        Cow::Owned(place.replace_all(&text, masked).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_told_by_where_it_stands() {
        for (said, shown) in [
            ("Authorization: Bearer 5f2b9c1e7a3d", "Authorization: Bearer ‹secret›"),
            ("authorization=Basic dXNlcjpwYXNz", "authorization=Basic ‹secret›"),
            (r#"{"authorization":"Bearer gateway","a":1}"#, r#"{"authorization":"Bearer ‹secret›","a":1}"#),
            ("sent with bearer my-gateway-2026 to it", "sent with bearer ‹secret› to it"),
            ("at postgres://user:pa55@host/db", "at postgres://user:‹secret›@host/db"),
            ("run --token gateway-2026 --port 80", "run --token ‹secret› --port 80"),
            (r#""password": "two words", "a": "b""#, r#""password": "‹secret›", "a": "b""#),
            ("Set-Cookie: session=abcd; Path=/\nnext", "Set-Cookie: ‹secret›\nnext"),
        ] {
            assert_eq!(covered(said), shown);
        }
        for said in [
            "the bearer of bad news",
            "http://127.0.0.1:18789/hooks/agent",
            r#"{"maxTokens":4096,"mode":"token"}"#,
            "authorization is missing",
            "mail me@example.org: it works",
        ] {
            assert!(matches!(covered(said), Cow::Borrowed(_)), "{said}");
        }
    }
}

//! Secrets that are told by their shape: bot tokens, and what vendors give a prefix of their own.

use std::ops::Range;

use super::{Found, is_placeholder};
use crate::ids::AgentId;

/// Behind the number of a bot and a colon.
const BOT_TAIL: usize = 35;
/// A bot's number has so many digits.
const BOT_DIGITS: std::ops::RangeInclusive<usize> = 4..=16;

/// `digits:35 characters`
pub(super) fn bot_tokens(text: &str, run: &Range<usize>, see: &mut impl FnMut(Found)) {
    let bytes = text.as_bytes();
    if !bytes[run.clone()].contains(&b':') {
        return;
    }
    for colon in run.clone().filter(|at| bytes[*at] == b':') {
        let digits = bytes[run.start..colon].iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let tail = bytes[colon + 1..run.end].iter().take_while(|b| is_url_safe(**b)).count();
        let token = colon - digits..colon + 1 + tail;
        if BOT_DIGITS.contains(&digits) && tail == BOT_TAIL && !is_placeholder(&text[colon + 1..token.end]) {
            let owner = text[token.start..colon].parse().ok().map(AgentId);
            see(Found::new(token, "a bot token").of(owner).certain());
        }
    }
}

/// What a vendor's tokens look like.
struct Vendor {
    prefix: &'static str,
    what: &'static str,
    /// Characters behind the prefix: at least, at most.
    tail: (usize, usize),
    /// Which.
    of: fn(u8) -> bool,
    /// Words with hyphens look alike; there must be a digit.
    digit: bool,
}

const MANY: usize = 512;

/// No prefix and what must follow it are shorter.
const SHORTEST: usize = 15;
/// What the prefixes below, and signed tokens, begin with.
fn leads(b: u8) -> bool {
    matches!(b, b'A' | b'd' | b'e' | b'g' | b'h' | b'n' | b'p' | b'r' | b's' | b't' | b'w' | b'x')
}

const fn vendor(
    prefix: &'static str,
    what: &'static str,
    tail: (usize, usize),
    of: fn(u8) -> bool,
) -> Vendor {
    Vendor { prefix, what, tail, of, digit: false }
}

const fn wordy(prefix: &'static str, what: &'static str, least: usize) -> Vendor {
    Vendor { prefix, what, tail: (least, MANY), of: is_url_safe, digit: true }
}

/// A longer prefix stands before one it begins with.
const VENDORS: &[Vendor] = &[
    vendor("ghp_", "a GitHub token", (20, MANY), is_alphanumeric),
    vendor("gho_", "a GitHub token", (20, MANY), is_alphanumeric),
    vendor("ghu_", "a GitHub token", (20, MANY), is_alphanumeric),
    vendor("ghs_", "a GitHub token", (20, MANY), is_url_safe),
    vendor("ghr_", "a GitHub token", (20, MANY), is_alphanumeric),
    wordy("github_pat_", "a GitHub token", 20),
    wordy("glpat-", "a GitLab token", 20),
    wordy("xoxb-", "a Slack token", 10),
    wordy("xoxp-", "a Slack token", 10),
    wordy("xoxa-", "a Slack token", 10),
    wordy("xoxr-", "a Slack token", 10),
    wordy("xoxs-", "a Slack token", 10),
    wordy("xapp-", "a Slack token", 10),
    wordy("sk-ant-", "an Anthropic key", 20),
    wordy("sk-", "an API key", 20),
    wordy("sk_live_", "a Stripe key", 16),
    wordy("rk_live_", "a Stripe key", 16),
    wordy("whsec_", "a webhook secret", 20),
    vendor("AKIA", "an AWS key", (16, 16), is_capital),
    vendor("ASIA", "an AWS key", (16, 16), is_capital),
    vendor("AIza", "a Google key", (35, 35), is_url_safe),
    vendor("npm_", "an npm token", (36, 36), is_alphanumeric),
    vendor("hf_", "a Hugging Face token", (30, MANY), is_alphanumeric),
    wordy("pypi-", "a PyPI token", 50),
    wordy("ntn_", "a Notion token", 30),
    wordy("tskey-", "a Tailscale key", 16),
    wordy("dop_v1_", "a DigitalOcean token", 40),
];

/// Known prefixes with enough behind them, and signed tokens of three parts.
pub(super) fn vendors(text: &str, run: &Range<usize>, see: &mut impl FnMut(Found)) {
    let bytes = text.as_bytes();
    let word = |b: u8| is_url_safe(b);
    let last = run.end.saturating_sub(SHORTEST - 1).max(run.start);
    let firsts = (run.start..).zip(&bytes[run.start..last]);
    let leads = firsts.filter(|(_, first)| leads(**first)).map(|(at, _)| at);
    for start in leads.filter(|at| *at == run.start || !word(bytes[*at - 1])) {
        let rest = &text[start..run.end];
        let known = VENDORS.iter().find_map(|vendor| Some((vendor.len_of(rest)?, vendor.what)));
        if let Some((len, what)) = known.or_else(|| Some((signed(rest)?, "a JWT"))) {
            see(Found::new(start..start + len, what));
        }
    }
}

impl Vendor {
    fn len_of(&self, rest: &str) -> Option<usize> {
        (rest.as_bytes().first() == self.prefix.as_bytes().first()).then_some(())?;
        let tail = rest.strip_prefix(self.prefix)?;
        let len = tail.bytes().take_while(|b| (self.of)(*b)).count();
        let fits = (self.tail.0..=self.tail.1).contains(&len);
        let looks = !self.digit || tail[..len].contains(|c: char| c.is_ascii_digit());
        (fits && looks && !is_placeholder(&tail[..len])).then_some(self.prefix.len() + len)
    }
}

/// Header, content, signature: `eyJ….….…`
fn signed(rest: &str) -> Option<usize> {
    const PART_LEAST: usize = 10;
    rest.starts_with("eyJ").then_some(())?;
    let len = rest.bytes().take_while(|b| is_url_safe(*b) || *b == b'.').count();
    let token = rest[..len].trim_end_matches('.');
    let parts: Vec<_> = token.split('.').collect();
    (parts.len() == 3 && parts.iter().all(|part| part.len() >= PART_LEAST)).then_some(token.len())
}

fn is_alphanumeric(b: u8) -> bool {
    b.is_ascii_alphanumeric()
}

fn is_capital(b: u8) -> bool {
    b.is_ascii_uppercase() || b.is_ascii_digit()
}

fn is_url_safe(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortcuts_pass_over_no_vendor() {
        for vendor in VENDORS {
            assert!(leads(vendor.prefix.as_bytes()[0]), "{}", vendor.prefix);
            assert!(vendor.prefix.len() + vendor.tail.0 >= SHORTEST, "{}", vendor.prefix);
        }
    }
}

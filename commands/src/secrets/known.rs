//! Tokens that the mesh knows, by keyed hash: the mind can tell them in a text without holding them.

use std::fmt;
use std::ops::Range;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Found, RUN_LEAST};
use crate::ids::AgentId;

/// So many tokens are known at most; more are not learnt.
pub const MOST: usize = 256;

/// The tokens of a configuration. `Debug` shows neither the key nor a hash.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KnownTokens {
    key: [u8; 32],
    tokens: Vec<Token>,
}

#[derive(Clone, PartialEq, Eq)]
struct Token {
    what: String,
    owner: Option<AgentId>,
    len: usize,
    digest: [u8; 32],
}

impl KnownTokens {
    /// None yet, under a key; one drawn at each start will do.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key, tokens: Vec::new() }
    }

    /// Learns a token, what people call it (`a hooks token`), and whose it is. One of fewer than 12 bytes, or with a
    /// blank in it, is not learnt: it would be found in harmless talk.
    pub fn learn(&mut self, what: &str, owner: Option<AgentId>, token: &str) {
        let fit = token.len() >= RUN_LEAST && !token.contains(char::is_whitespace);
        if fit && self.tokens.len() < MOST {
            let (len, digest) = (token.len(), self.digest(token));
            self.tokens.push(Token { what: what.to_owned(), owner, len, digest });
        }
    }

    /// Calls `see` with each that stands in this part of a text, where a word may begin and end.
    pub(super) fn find(&self, text: &str, run: &Range<usize>, see: &mut impl FnMut(Found)) {
        if self.tokens.iter().all(|token| token.len > run.len()) {
            return;
        }
        let starts = run.clone().filter(|at| begins(text, *at));
        for start in starts {
            let known = self.tokens.iter().filter_map(|token| {
                let bytes = start..start + token.len;
                let there = bytes.end <= run.end && ends(text, bytes.end);
                (there && self.digest(text.get(bytes.clone())?) == token.digest).then_some((token, bytes))
            });
            for (token, bytes) in known {
                see(Found::new(bytes, token.what.clone()).of(token.owner).certain());
            }
        }
    }

    fn digest(&self, token: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(token.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// A word may begin here: it does not go on from a letter or a digit.
fn begins(text: &str, at: usize) -> bool {
    text.is_char_boundary(at) && (at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric())
}

fn ends(text: &str, at: usize) -> bool {
    text.is_char_boundary(at) && text.as_bytes().get(at).is_none_or(|next| !next.is_ascii_alphanumeric())
}

impl fmt::Debug for KnownTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.tokens.iter().map(|token| &token.what)).finish()
    }
}

//! What others say, as it may be shown: first without secrets, and only then cut. Of a secret that was cut nothing tells
//! any more that it is one.

mod credentials;

use commands::secrets::{self, KnownTokens};

/// So much of a refusal is shown, in characters.
const SHORT_MOST: usize = 200;

/// What takes the secrets out of a text: those that are told by their shape, unless whoever knows more gives another.
#[derive(Clone, Copy)]
pub struct Mask(pub fn(&str) -> String);

impl Default for Mask {
    fn default() -> Self {
        Self(|text| secrets::masked(text, &KnownTokens::default()).into_owned())
    }
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mask")
    }
}

impl Mask {
    /// All of a text, without secrets and without what steers a terminal, behind which one could hide.
    pub fn all(self, text: &str) -> String {
        credentials::covered(&(self.0)(&plain(text))).into_owned()
    }

    /// The beginning of a refusal, in one line.
    pub fn short(self, words: &str) -> String {
        let shown = self.all(words);
        shown.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHORT_MOST).collect()
    }
}

/// A text without what steers a terminal.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' && chars.next_if_eq(&'[').is_some() {
            while chars.next().is_some_and(|c| !c.is_ascii_alphabetic()) {}
        } else if !c.is_control() || matches!(c, '\n' | '\t') {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A bot token of nobody.
    pub(crate) fn token() -> String {
        format!("7100000001:AA{}SANDB", "SANDBOX".repeat(4))
    }

    #[test]
    fn a_secret_at_the_cut_is_masked_whole() {
        let mask = Mask::default();
        for before in 150..=SHORT_MOST {
            let said = format!("{} {} and more", "x".repeat(before), token());
            let shown = mask.short(&said);
            assert!(shown.chars().count() <= SHORT_MOST && !shown.contains("7100"), "{before}: {shown}");
        }
        let coloured = token().replace("SANDBOX", "SAND\u{1b}[31mBOX\u{7}");
        assert!(!mask.all(&coloured).contains("SAND"), "{}", mask.all(&coloured));
    }

    #[test]
    fn what_steers_a_terminal_is_left_out() {
        assert_eq!(Mask::default().all("\u{1b}[31mred\u{1b}[0m\r\nplain\u{7}"), "red\nplain");
        assert_eq!(Mask::default().short(" two \n words "), "two words");
    }
}

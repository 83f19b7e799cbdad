//! The text of a message, with the parts of it that are never commands.

use std::ops::Range;

/// A text and the ranges of it (bytes) that stand in code, pre or quote entities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The text as sent.
    pub text: String,
    /// Byte ranges that are quoted or code, on character boundaries, in order.
    pub quoted: Vec<Range<usize>>,
}

impl Said {
    /// A text without entities.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            quoted: Vec::new(),
        }
    }
}

//! The text of a message, with the parts of it that are never commands.

use std::ops::Range;

/// Telegram's limit of a message, in UTF-16 units. It never delivers more, so more than that is never a command.
const MOST_UNITS: usize = 4096;

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
        Self { text: text.into(), quoted: Vec::new() }
    }

    /// A text with its code, pre and quote entities as Telegram gives them: `(offset, length)` in UTF-16 units.
    /// Any numbers will do: negative ones are dropped, what lies past the end is cut, half a character counts whole.
    pub fn from_utf16<N>(text: impl Into<String>, entities: &[(N, N)]) -> Self
    where
        N: Copy + TryInto<usize>,
    {
        let text = text.into();
        if entities.is_empty() {
            return Self::plain(text);
        }
        let ruler = Ruler::of(&text);
        let mut quoted: Vec<_> = entities
            .iter()
            .filter_map(|&(offset, length)| ruler.bytes(offset.try_into().ok()?, length.try_into().ok()?))
            .collect();
        quoted.sort_by_key(|range| (range.start, range.end));
        Self { text, quoted }
    }

    /// Whether any of these bytes is quoted or code.
    pub(super) fn is_quoted(&self, bytes: &Range<usize>) -> bool {
        self.quoted.iter().any(|range| range.start < bytes.end && bytes.start < range.end)
    }

    /// Where the sender's own words begin: after the quotes that fill whole lines at the top.
    pub(super) fn own_words(&self) -> usize {
        let mut start = 0;
        for range in &self.quoted {
            let before = self.text.get(start..range.start);
            let after = self.text.get(range.end..).unwrap_or_default();
            let ended = after.starts_with(['\n', '\r'])
                || self.text.get(..range.end).is_some_and(|s| s.ends_with('\n'));
            if before.is_none_or(|text| !text.trim().is_empty()) || !ended {
                break;
            }
            start = range.end;
        }
        start
    }

    /// Longer than Telegram delivers.
    pub(super) fn too_long(&self) -> bool {
        self.text.len() > MOST_UNITS && self.text.encode_utf16().count() > MOST_UNITS
    }
}

/// For each UTF-16 unit of a text, the bytes of the character it belongs to.
struct Ruler(Vec<Range<usize>>);

impl Ruler {
    fn of(text: &str) -> Self {
        let units = text.char_indices().flat_map(|(at, c)| {
            let bytes = at..at + c.len_utf8();
            std::iter::repeat_n(bytes, c.len_utf16())
        });
        Self(units.collect())
    }

    fn bytes(&self, offset: usize, length: usize) -> Option<Range<usize>> {
        let last = offset.saturating_add(length).min(self.0.len());
        let start = self.0.get(offset)?.start;
        let end = self.0.get(last.checked_sub(1)?)?.end;
        (start < end).then_some(start..end)
    }
}

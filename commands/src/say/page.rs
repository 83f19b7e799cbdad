//! A text of many lines, and a fingerprint of it that time alone does not change.

use std::ops::Range;

/// A page in the writing. What is written as [`ago`](Page::ago) shows, but is left out of the fingerprint.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
    passing: Vec<Range<usize>>,
}

impl Page {
    /// Begins the next line.
    pub fn line(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// Writes what is worth an edit when it changes. The board is drawn often: parts are joined here without being
    /// formatted.
    pub fn put(&mut self, said: &[&str]) {
        for part in said {
            self.text.push_str(part);
        }
    }

    /// Writes what changes by itself: how long ago, what time it is.
    pub fn ago(&mut self, said: &[&str]) {
        let start = self.text.len();
        self.put(said);
        self.passing.push(start..self.text.len());
    }

    /// The whole text.
    pub fn text(self) -> String {
        self.text
    }

    /// A fingerprint of what lasts. It need only be the same for the same text, in this and later releases.
    pub fn print(&self) -> u64 {
        let bytes = self.text.as_bytes();
        let ends = self.passing.iter().map(|range| range.start).chain([bytes.len()]);
        let starts = std::iter::once(0).chain(self.passing.iter().map(|range| range.end));
        let parts = starts.zip(ends).filter_map(|(start, end)| bytes.get(start..end));
        parts.fold(0xcbf2_9ce4_8422_2325, mixed)
    }
}

/// FNV-1a over words of eight bytes: a page has thousands.
fn mixed(print: u64, part: &[u8]) -> u64 {
    let mix = |print: u64, word: [u8; 8]| {
        let mixed = (print ^ u64::from_le_bytes(word)).wrapping_mul(0x0100_0000_01b3);
        mixed ^ (mixed >> 32)
    };
    let (words, rest) = part.as_chunks::<8>();
    let print = words.iter().fold(print, |print, word| mix(print, *word));
    if rest.is_empty() {
        return print;
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mix(print, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(task: &str, minutes: u32) -> Page {
        let mut page = Page::default();
        page.line();
        page.put(&["late: ", task]);
        page.ago(&[" ", &minutes.to_string(), " min"]);
        page.line();
        page.put(&["that is all"]);
        page
    }

    #[test]
    fn time_alone_changes_the_text_and_not_the_print() {
        assert_eq!(page("alpha", 6).print(), page("alpha", 1_007).print());
        assert_ne!(page("alpha", 6).print(), page("alphb", 6).print());
        assert_eq!(page("alpha", 6).text(), "late: alpha 6 min\nthat is all");
    }
}

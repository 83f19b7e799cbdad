//! Emoji before a keyword or a key, also as the letters they become when their UTF-8 is read in an old code page:
//! agents paste from documents that contain it.

use super::characters::is_picture;

/// The emoji of the dialects, whose spoilt forms are known.
const EMOJI: &[char] = &[
    '🔒', '✅', '🔄', '👍', '🎯', '🚨', '📢', '⏸', '🔴', '📡', '📤', '⚠', '⏱', '🛑', '👤', '📍', '🤝', '📄',
    '❓',
];

/// Emoji that say the opposite of the keyword behind them.
const DENYING: &[char] = &['❌', '✖', '❎', '🚫', '⛔', '👎', '🔓', '❓'];

const VARIATION: char = '\u{fe0f}';
const NO_BREAK: char = '\u{a0}';
const APPLE: char = '\u{f8ff}';

/// Mac Roman from 0x80 on.
#[rustfmt::skip]
const MAC_ROMAN: [char; 128] = [
    'Ä', 'Å', 'Ç', 'É', 'Ñ', 'Ö', 'Ü', 'á', 'à', 'â', 'ä', 'ã', 'å', 'ç', 'é', 'è',
    'ê', 'ë', 'í', 'ì', 'î', 'ï', 'ñ', 'ó', 'ò', 'ô', 'ö', 'õ', 'ú', 'ù', 'û', 'ü',
    '†', '°', '¢', '£', '§', '•', '¶', 'ß', '®', '©', '™', '´', '¨', '≠', 'Æ', 'Ø',
    '∞', '±', '≤', '≥', '¥', 'µ', '∂', '∑', '∏', 'π', '∫', 'ª', 'º', 'Ω', 'æ', 'ø',
    '¿', '¡', '¬', '√', 'ƒ', '≈', '∆', '«', '»', '…', '\u{a0}', 'À', 'Ã', 'Õ', 'Œ', 'œ',
    '–', '—', '“', '”', '‘', '’', '÷', '◊', 'ÿ', 'Ÿ', '⁄', '€', '‹', '›', 'ﬁ', 'ﬂ',
    '‡', '·', '‚', '„', '‰', 'Â', 'Ê', 'Á', 'Ë', 'È', 'Í', 'Î', 'Ï', 'Ì', 'Ó', 'Ô',
    '\u{f8ff}', 'Ò', 'Ú', 'Û', 'Ù', 'ı', 'ˆ', '˜', '¯', '˘', '˙', '˚', '¸', '˝', '˛', 'ˇ',
];

/// Windows-1252 from 0x80 to 0x9f; a blank where nothing is assigned. Above, it is Latin-1.
#[rustfmt::skip]
const WINDOWS_1252: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ',
    ' ', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];

/// Windows-1254, likewise.
#[rustfmt::skip]
const WINDOWS_1254: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', ' ', ' ',
    ' ', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', ' ', 'Ÿ',
];

/// An emoji found at the start of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Which.
    pub emoji: char,
    /// How many bytes it takes there.
    pub len: usize,
}

impl Seen {
    /// Whether it says the opposite of the keyword behind it.
    pub fn denies(self) -> bool {
        DENYING.contains(&self.emoji)
    }
}

/// The emoji at the very start of a text, true or spoilt.
pub(super) fn at_start(text: &str) -> Option<Seen> {
    let emoji = text.chars().next()?;
    if is_picture(emoji) {
        let len = emoji.len_utf8();
        return Some(Seen { emoji, len });
    }
    may_be_spoilt(emoji, text).then(|| spoilt(text, EMOJI)).flatten()
}

/// No page spells an emoji with fewer than two letters, none of them English: `über` is a word.
fn may_be_spoilt(first: char, text: &str) -> bool {
    let second = text.as_bytes().get(first.len_utf8());
    matches!(first, APPLE | 'ü' | 'ð' | 'ğ' | 'â' | '‚') && second.is_some_and(|byte| !byte.is_ascii())
}

/// A long dash at the very start of a text, spoilt in the same way.
pub(super) fn spoilt_dash(text: &str) -> Option<Seen> {
    text.starts_with(['â', '‚']).then(|| spoilt(text, &['—', '–'])).flatten()
}

#[derive(Clone, Copy)]
enum Page {
    MacRoman,
    Windows1252,
    Windows1254,
}

/// The longest that fits: some code pages lose a byte, so that one emoji may begin another.
fn spoilt(text: &str, of: &[char]) -> Option<Seen> {
    let pages = [Page::MacRoman, Page::Windows1252, Page::Windows1254];
    let fits = |page: Page, emoji: char| {
        let rest = page.strip(text, emoji)?;
        let rest = page.strip(rest, VARIATION).unwrap_or(rest);
        let len = text.len() - rest.len();
        Some(Seen { emoji, len })
    };
    let all = pages.into_iter().flat_map(|page| of.iter().filter_map(move |emoji| fits(page, *emoji)));
    all.max_by_key(|seen| seen.len)
}

impl Page {
    /// The text without this character, whose UTF-8 was read in this code page.
    fn strip(self, text: &str, c: char) -> Option<&str> {
        let mut buffer = [0; 4];
        let mut bytes = c.encode_utf8(&mut buffer).bytes();
        let rest = bytes.try_fold(text, |rest, byte| self.strip_byte(rest, byte))?;
        (rest.len() < text.len()).then_some(rest)
    }

    fn strip_byte(self, text: &str, byte: u8) -> Option<&str> {
        match self.shown(byte) {
            Some(APPLE) => Some(text.strip_prefix(APPLE).unwrap_or(text)),
            Some(NO_BREAK) => text.strip_prefix([NO_BREAK, ' ']),
            Some(c) => text.strip_prefix(c),
            // Unassigned: kept as a control character, replaced, or lost on the way.
            None => Some(text.strip_prefix([char::from(byte), char::REPLACEMENT_CHARACTER]).unwrap_or(text)),
        }
    }

    /// What a byte of 0x80 and above looks like; none where the page assigns nothing.
    fn shown(self, byte: u8) -> Option<char> {
        let high = usize::from(byte.checked_sub(0x80)?);
        let from = |table: &[char]| table.get(high).copied().filter(|c| *c != ' ');
        match (self, byte) {
            (Self::MacRoman, _) => from(&MAC_ROMAN),
            (Self::Windows1252, ..0xa0) => from(&WINDOWS_1252),
            (Self::Windows1254, ..0xa0) => from(&WINDOWS_1254),
            (Self::Windows1254, 0xd0) => Some('Ğ'),
            (Self::Windows1254, 0xdd) => Some('İ'),
            (Self::Windows1254, 0xde) => Some('Ş'),
            (Self::Windows1254, 0xf0) => Some('ğ'),
            (Self::Windows1254, 0xfd) => Some('ı'),
            (Self::Windows1254, 0xfe) => Some('ş'),
            _ => Some(char::from(byte)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::forms::Opened;
    use super::super::{FORMS, Said, read};
    use super::{EMOJI, NO_BREAK, Page, VARIATION, at_start, is_picture};

    const PAGES: [Page; 3] = [Page::MacRoman, Page::Windows1252, Page::Windows1254];

    /// As it looks when its UTF-8 is read in this page; what is not assigned is kept, replaced or lost.
    fn spoil(text: &str, page: Page, unassigned: fn(u8) -> Option<char>) -> String {
        text.bytes()
            .filter_map(|byte| {
                if byte.is_ascii() { Some(char::from(byte)) } else { page.shown(byte).or(unassigned(byte)) }
            })
            .collect()
    }

    fn every_spoiling(text: &str) -> Vec<String> {
        let losses: [fn(u8) -> Option<char>; 3] =
            [|byte| Some(char::from(byte)), |_| Some(char::REPLACEMENT_CHARACTER), |_| None];
        let all = PAGES.into_iter().flat_map(|page| losses.map(|loss| spoil(text, page, loss)));
        all.flat_map(|text| [text.replace(NO_BREAK, " "), text.replace('\u{f8ff}', ""), text]).collect()
    }

    #[test]
    fn every_emoji_is_known_when_spoilt() {
        for emoji in EMOJI {
            for varied in [format!("{emoji}"), format!("{emoji}{VARIATION}")] {
                for spoilt in every_spoiling(&varied) {
                    let seen = at_start(&spoilt).unwrap_or_else(|| panic!("{emoji}: {spoilt:?}"));
                    assert_eq!(seen.emoji, *emoji, "{spoilt:?}");
                }
            }
        }
    }

    /// Words that mean something without their emoji: it may be unknown there.
    #[test]
    fn every_form_is_read_with_its_emoji_spoilt() {
        let led = FORMS.iter().filter(|form| matches!(form.opened, Opened::Lead { .. }));
        let led = led.filter(|form| form.usage.starts_with(is_picture));
        let mut count = 0;
        for form in led {
            for spoilt in every_spoiling(form.usage) {
                assert_eq!(read(&Said::plain(&*spoilt), false).kind(), form.kind, "{spoilt:?}");
                count += 1;
            }
        }
        assert!(count > 300, "only {count} spoilt forms");
    }
}

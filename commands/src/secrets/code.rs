//! A login code: five or six digits, where somebody says *code* and a sign-in waits for one.

use super::Found;

const WORD: &str = "code";

/// Each number of five or six digits, if the word stands anywhere in the text.
pub(super) fn find(text: &str, see: &mut impl FnMut(Found)) {
    if words(text).any(|(_, word)| word.eq_ignore_ascii_case(WORD)) {
        let codes = words(text).filter(|(_, word)| is_code(word));
        codes.for_each(|(start, word)| see(Found::new(start..start + word.len(), "a login code")));
    }
}

/// Letters and digits in a row, each with where it begins.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let between = |c: char| !c.is_alphanumeric();
    let mut next = 0;
    text.split_inclusive(between).map(move |word| {
        let start = next;
        next += word.len();
        (start, word.trim_end_matches(between))
    })
}

fn is_code(word: &str) -> bool {
    (5..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit())
}

//! Private keys as PEM writes them.

use super::Found;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
const LABEL: &str = "PRIVATE KEY";
/// The longest label is shorter.
const LABEL_MOST: usize = 64;
/// Who only names the first line has fewer characters behind it.
const BODY_LEAST: usize = 40;

/// Each block, or what there is of it: a key that is cut off is a key.
pub(super) fn find(text: &str, see: &mut impl FnMut(Found)) {
    if !text.as_bytes().contains(&b'-') {
        return;
    }
    let mut from = 0;
    while let Some(at) = text[from..].find(BEGIN) {
        let start = from + at;
        let head = start + BEGIN.len();
        let end = text[head..].find(BEGIN).map_or(text.len(), |next| head + next);
        if let Some(len) = block(&text[start..end]) {
            see(Found::new(start..start + len, "a private key").certain());
        }
        from = end.max(head);
    }
}

/// The length of a block that begins here and is a private key.
fn block(text: &str) -> Option<usize> {
    let (label, body) = text[BEGIN.len()..].split_once(DASHES)?;
    (label.len() <= LABEL_MOST && label.contains(LABEL)).then_some(())?;
    let (body, tail) = body.split_once(END).unwrap_or((body, ""));
    let key = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    // Where the end is missing, the key ends where a line is none of it.
    let len = if tail.is_empty() { cut_off(body) } else { body.len() };
    (body[..len].chars().filter(key).count() >= BODY_LEAST).then_some(())?;
    let head = BEGIN.len() + label.len() + DASHES.len();
    let foot = tail.split_once(DASHES).map_or(0, |(label, _)| END.len() + label.len() + DASHES.len());
    Some(head + len + foot)
}

fn cut_off(body: &str) -> usize {
    let of_key = |line: &str| !line.trim().contains(char::is_whitespace) || line.contains(": ");
    body.split_inclusive('\n').take_while(|line| of_key(line)).map(str::len).sum()
}

//! A lone 👍.

use super::characters::is_invisible;
use super::cursor::Cursor;
use super::emoji;
use super::forms::{Form, Opened};
use super::{Kind, Reading, Said, Utterance};

pub(super) const FORM: Form =
    Form { kind: Kind::Acknowledgement, usage: "👍", opened: Opened::Whole(read) };

fn read(said: &Said) -> Option<Reading> {
    is_thumb(said).then_some(Reading::Utterance(Utterance::Acknowledgement))
}

/// One thumb of any skin, and nothing else that shows.
fn is_thumb(said: &Said) -> bool {
    let mut cursor = Cursor::new(&said.text, 0);
    let empty = |c: char| c.is_whitespace() || is_invisible(c);
    cursor.skip(empty);
    let from = cursor.at();
    let Some(seen) = emoji::at_start(cursor.rest()).filter(|seen| seen.emoji == '👍') else {
        return false;
    };
    let mut cursor = Cursor::new(&said.text, from + seen.len);
    let quoted = said.is_quoted(&(from..cursor.at()));
    cursor.skip(|c| empty(c) || matches!(c, '\u{1f3fb}'..='\u{1f3ff}'));
    !quoted && cursor.rest().is_empty()
}

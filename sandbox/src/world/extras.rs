//! What a message carries beside its words: nothing in the world follows from it, and it is given back as it came.

use super::message::{Entity, EntityKind};
use super::state::State;
use super::{MessageKey, WorldError};

/// The longest quote, in UTF-16 units.
const QUOTE_LIMIT: usize = 1024;

/// What a message carries beside its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// May be neither forwarded nor saved.
    pub protected: bool,
    /// How its link is to be shown.
    pub preview: Option<Preview>,
    /// The part of the message answered that it is about.
    pub quote: Option<Quote>,
    /// The caption stands above the photo.
    pub caption_above: bool,
    /// The photo is covered.
    pub spoiler: bool,
}

/// How a link is to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, clippy::struct_excessive_bools, reason = "Telegram's own words")]
pub struct Preview {
    pub is_disabled: bool,
    pub url: Option<String>,
    pub prefer_small_media: bool,
    pub prefer_large_media: bool,
    pub show_above_text: bool,
}

/// A part of the message answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    /// Word for word.
    pub text: String,
    /// Its formatting.
    pub entities: Vec<Entity>,
    /// Where about it stands, in UTF-16 units; once posted, where it does.
    pub position: usize,
}

impl Extras {
    /// Absent where there are none.
    pub(super) fn kept(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

impl State {
    /// The extras as they are posted: a quote stands in the message answered, at the place nearest to the one named.
    pub fn extras_of(&self, extras: Extras, replied: Option<MessageKey>) -> Result<Extras, WorldError> {
        let Some((quote, key)) = extras.quote.as_ref().zip(replied) else {
            return Ok(Extras { quote: None, ..extras });
        };
        let text = self.messages.get(&key).and_then(|message| message.text());
        let position = text.and_then(|text| nearest(text, quote)).ok_or(WorldError::QuoteInvalid)?;
        let is_kept = |entity: &Entity| may_be_quoted(&entity.kind);
        let entities = quote.entities.iter().filter(|entity| is_kept(entity)).cloned().collect();
        let quote = Some(Quote { text: quote.text.clone(), entities, position });
        Ok(Extras { quote, ..extras })
    }
}

fn nearest(text: &str, quote: &Quote) -> Option<usize> {
    let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
    let (text, wanted) = (units(text), units(&quote.text));
    if wanted.is_empty() || wanted.len() > QUOTE_LIMIT {
        return None;
    }
    let places = text.windows(wanted.len()).enumerate().filter(|(_, part)| *part == wanted);
    places.map(|(at, _)| at).min_by_key(|at| at.abs_diff(quote.position))
}

fn may_be_quoted(kind: &EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::Bold
            | EntityKind::Italic
            | EntityKind::Underline
            | EntityKind::Strikethrough
            | EntityKind::Spoiler
            | EntityKind::CustomEmoji { .. }
    )
}

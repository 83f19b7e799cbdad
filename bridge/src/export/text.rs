//! The text of a message: a string, or a list of strings and marked parts.

use std::fmt;

use commands::grammar::Said;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// So many bytes of a text are kept, and the part that passes them: more than Telegram's longest message.
const KEPT: usize = 64 * 1024;
/// Parts marked like this are never commands.
const QUOTING: &[&str] = &["code", "pre", "blockquote"];

/// A text with its quoted parts.
#[derive(Debug, Default)]
pub struct Text(pub Said);

/// A part that is not plain.
#[derive(Deserialize)]
struct Marked {
    #[serde(rename = "type")]
    kind: String,
    text: String,
}

impl Text {
    fn push(&mut self, text: &str, quoted: bool) {
        let start = self.0.text.len();
        if start >= KEPT || text.is_empty() {
            return;
        }
        self.0.text.push_str(text);
        if quoted {
            self.0.quoted.push(start..self.0.text.len());
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Parts)
    }
}

struct Parts;

impl<'de> Visitor<'de> for Parts {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text: a string, or a list of strings and of objects with a type and a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text(Said::plain(text)))
    }

    fn visit_unit<E: Error>(self) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Text, A::Error> {
        let mut text = Text::default();
        while parts.next_element_seed(PartSeed(&mut text))?.is_some() {}
        Ok(text)
    }
}

/// One part, put behind the others.
struct PartSeed<'a>(&'a mut Text);

impl<'de> DeserializeSeed<'de> for PartSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for PartSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part of a text: a string, or an object with a type and a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.push(text, false);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let part = Marked::deserialize(MapAccessDeserializer::new(map))?;
        self.0.push(&part.text, QUOTING.contains(&part.kind.as_str()));
        Ok(())
    }
}

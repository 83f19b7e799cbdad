//! Reading values out of TOML: what does not fit becomes a fault, and reading goes on.

use std::path::Path;

use jiff::SignedDuration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::fault::Fault;

/// The longest wait that can be configured, in days.
const LONGEST_DAYS: i64 = 366;

/// One reading of one file, with the faults found so far.
pub(crate) struct Reading<'a> {
    pub(crate) file: &'a Path,
    source: &'a str,
    env: &'a dyn Fn(&str) -> Option<String>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) warnings: Vec<Fault>,
}

/// Where something stands: its key, and its byte in the file.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub(crate) key: String,
    at: usize,
}

/// A value with its spot.
#[derive(Clone)]
pub(crate) struct Found<'a> {
    pub(crate) spot: Spot,
    pub(crate) value: &'a DeValue<'a>,
}

/// A table, every key of which is known.
#[derive(Clone)]
pub(crate) struct Section<'a> {
    pub(crate) spot: Spot,
    table: &'a DeTable<'a>,
}

impl Spot {
    /// The whole file.
    pub(crate) fn file() -> Self {
        Self { key: String::new(), at: 0 }
    }

    /// A key below this one, at the same place: for what is missing.
    pub(crate) fn child(&self, name: &str) -> Self {
        let key = if self.key.is_empty() { name.to_owned() } else { format!("{}.{name}", self.key) };
        Self { key, at: self.at }
    }
}

impl<'a> Found<'a> {
    /// The value of a key of this table; none where it is none.
    pub(crate) fn below(&self, key: &str) -> Option<Found<'a>> {
        let table = self.value.as_table()?;
        Section { spot: self.spot.clone(), table }.get(key)
    }
}

impl<'a> Section<'a> {
    /// The document itself.
    pub(crate) fn document(table: &'a DeTable<'a>) -> Self {
        Self { spot: Spot::file(), table }
    }

    /// The value of a key, if it is there.
    pub(crate) fn get(&self, name: &str) -> Option<Found<'a>> {
        let (key, value) = self.table.get_key_value(name)?;
        let mut spot = self.spot.child(name);
        spot.at = key.span().start;
        Some(Found { spot, value: value.get_ref() })
    }

    /// Where a key stands, or would stand.
    pub(crate) fn spot_of(&self, name: &str) -> Spot {
        self.get(name).map_or_else(|| self.spot.child(name), |found| found.spot)
    }

    /// The names of its keys.
    pub(crate) fn names(&self) -> Vec<String> {
        self.table.keys().map(|key| key.get_ref().to_string()).collect()
    }

    /// Every value of a table in this one.
    pub(crate) fn all_below(&self, name: &str) -> Vec<Found<'a>> {
        let Some(found) = self.get(name) else { return Vec::new() };
        let Some(table) = found.value.as_table() else { return Vec::new() };
        let section = Self { spot: found.spot, table };
        section.names().iter().filter_map(|name| section.get(name)).collect()
    }

    /// The value of a key of a table in this one.
    pub(crate) fn below(&self, name: &str, key: &str) -> Option<Found<'a>> {
        let found = self.get(name)?;
        let table = found.value.as_table()?;
        let section = Self { spot: found.spot, table };
        section.get(key)
    }
}

impl<'a> Reading<'a> {
    pub(crate) fn new(file: &'a Path, source: &'a str, env: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { file, source, env, faults: Vec::new(), warnings: Vec::new() }
    }

    pub(crate) fn env(&self, name: &str) -> Option<String> {
        (self.env)(name)
    }

    /// The line of a spot, from one.
    pub(crate) fn line(&self, spot: &Spot) -> usize {
        self.line_at(spot.at)
    }

    pub(crate) fn fault(&mut self, spot: &Spot, what: impl Into<String>, todo: impl Into<String>) {
        let fault = self.about(spot, what.into(), todo.into());
        self.faults.push(fault);
    }

    /// A fault of the command line: it asks for what the file does not have.
    pub(crate) fn misused(&mut self, spot: &Spot, what: impl Into<String>, todo: impl Into<String>) {
        let fault = self.about(spot, what.into(), todo.into());
        self.faults.push(Fault { of_command: true, ..fault });
    }

    pub(crate) fn warn(&mut self, spot: &Spot, what: impl Into<String>, todo: impl Into<String>) {
        let fault = self.about(spot, what.into(), todo.into());
        self.warnings.push(fault);
    }

    /// A fault of the file's syntax, one a line: what comes after the first is mostly its echo.
    pub(crate) fn syntax(&mut self, error: &toml::de::Error) {
        let line = Some(self.line_at(error.span().map_or(0, |span| span.start)));
        if self.faults.iter().any(|fault| fault.line == line) {
            return;
        }
        let mut fault = Fault::of_file(
            self.file,
            format!("this is not TOML: {}", error.message().trim_end().replace('\n', ", ")),
            "correct the line",
        );
        fault.line = line;
        self.faults.push(fault);
    }

    fn about(&self, spot: &Spot, what: String, todo: String) -> Fault {
        Fault {
            file: self.file.to_owned(),
            line: (!spot.key.is_empty()).then(|| self.line(spot)),
            key: (!spot.key.is_empty()).then(|| spot.key.clone()),
            what,
            todo,
            of_command: false,
        }
    }

    fn line_at(&self, at: usize) -> usize {
        let before = self.source.get(..at).unwrap_or(self.source);
        1 + before.matches('\n').count()
    }

    /// A table; keys that are not among `known` are faults.
    pub(crate) fn section(&mut self, found: &Found<'a>, known: &[&str]) -> Option<Section<'a>> {
        let DeValue::Table(table) = found.value else {
            self.wrong_type(found, "a section");
            return None;
        };
        let section = Section { spot: found.spot.clone(), table };
        self.unknown_keys(&section, known);
        Some(section)
    }

    /// A table whose keys may be anything.
    pub(crate) fn any_section(&mut self, found: &Found<'a>) -> Option<Section<'a>> {
        let DeValue::Table(table) = found.value else {
            self.wrong_type(found, "a section");
            return None;
        };
        Some(Section { spot: found.spot.clone(), table })
    }

    /// Reports the keys of a table that are not among `known`.
    pub(crate) fn unknown_keys(&mut self, section: &Section<'a>, known: &[&str]) {
        for key in section.table.keys() {
            let name = key.get_ref().as_ref();
            if known.contains(&name) {
                continue;
            }
            let mut spot = section.spot.child(name);
            spot.at = key.span().start;
            let todo = match nearest(name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("remove it, or use one of: {}", known.join(", ")),
            };
            self.fault(&spot, "is not a key that is known here", todo);
        }
    }

    /// The tables of an array of tables such as `[[people]]`.
    pub(crate) fn sections(&mut self, found: &Found<'a>, known: &[&str]) -> Vec<Section<'a>> {
        let DeValue::Array(array) = found.value else {
            self.fault(
                &found.spot,
                "is to be written once for each",
                format!("begin each with [[{}]]", found.spot.key),
            );
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (number, value) in (1..).zip(array.iter()) {
            let found = item(&found.spot, number, value);
            sections.extend(self.section(&found, known));
        }
        sections
    }

    /// A value that has to be there.
    pub(crate) fn required(&mut self, section: &Section<'a>, name: &str, example: &str) -> Option<Found<'a>> {
        let found = section.get(name);
        if found.is_none() {
            self.fault(&section.spot.child(name), "is missing", format!("add {example}"));
        }
        found
    }

    /// A text that says something.
    pub(crate) fn text(&mut self, found: &Found<'a>) -> Option<String> {
        let DeValue::String(text) = found.value else {
            self.wrong_type(found, "a text in quotes");
            return None;
        };
        let text = text.trim();
        if text.is_empty() {
            self.fault(&found.spot, "is empty", "write something, or remove the key");
            return None;
        }
        Some(text.to_owned())
    }

    /// Yes or no.
    pub(crate) fn flag(&mut self, found: &Found<'a>) -> Option<bool> {
        let DeValue::Boolean(flag) = found.value else {
            self.wrong_type(found, "true or false");
            return None;
        };
        Some(*flag)
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, found: &Found<'a>) -> Vec<(Spot, String)> {
        let DeValue::Array(array) = found.value else {
            self.wrong_type(found, "a list of texts, like [\"one\", \"two\"]");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (number, value) in (1..).zip(array.iter()) {
            let found = item(&found.spot, number, value);
            texts.extend(self.text(&found).map(|text| (found.spot, text)));
        }
        texts
    }

    /// A whole number within bounds.
    pub(crate) fn number<N: TryFrom<i64>>(
        &mut self,
        found: &Found<'a>,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> Option<N> {
        let DeValue::Integer(digits) = found.value else {
            self.wrong_type(found, "a whole number");
            return None;
        };
        let number = i64::from_str_radix(digits.as_str(), digits.radix())
            .ok()
            .filter(|number| bounds.contains(number))
            .and_then(|number| N::try_from(number).ok());
        if number.is_none() {
            let (least, most) = (bounds.start(), bounds.end());
            self.fault(
                &found.spot,
                format!("{digits} is out of bounds"),
                format!("write a number from {least} to {most}"),
            );
        }
        number
    }

    /// A length of time, longer than none.
    pub(crate) fn duration(&mut self, found: &Found<'a>) -> Option<SignedDuration> {
        let text = self.text(found)?;
        let longest = SignedDuration::from_hours(24 * LONGEST_DAYS);
        let todo = "write it like \"30 min\", \"10 s\" or \"1 h 30 min\"";
        match text.parse::<SignedDuration>() {
            Ok(span) if span > SignedDuration::ZERO && span <= longest => Some(span),
            Ok(_) => {
                let what = format!("`{text}` is not between nothing and {LONGEST_DAYS} days");
                self.fault(&found.spot, what, todo);
                None
            }
            Err(_) => {
                self.fault(&found.spot, format!("`{text}` is not a length of time"), todo);
                None
            }
        }
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(&mut self, spot: &Spot, text: &str, choices: &[(&str, T)]) -> Option<T> {
        let chosen = choices.iter().find(|(word, _)| *word == text);
        if chosen.is_none() {
            let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
            let todo = match nearest(text, &words) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("write one of: {}", words.join(", ")),
            };
            self.fault(spot, format!("`{text}` is not known here"), todo);
        }
        chosen.map(|(_, value)| *value)
    }

    pub(crate) fn wrong_type(&mut self, found: &Found<'a>, wanted: &str) {
        let what = format!("is of the type {}", found.value.type_str());
        self.fault(&found.spot, what, format!("write {wanted}"));
    }
}

fn item<'a>(spot: &Spot, number: usize, value: &'a Spanned<DeValue<'a>>) -> Found<'a> {
    Found {
        spot: Spot { key: format!("{}[{number}]", spot.key), at: value.span().start },
        value: value.get_ref(),
    }
}

/// The known word that a slip of the finger makes this one.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let slips = (word.chars().count() / 3).clamp(1, 3);
    known
        .iter()
        .map(|near| (strsim::osa_distance(word, near), *near))
        .filter(|(distance, _)| *distance <= slips)
        .min()
        .map(|(_, near)| near)
}

//! Reading values out of TOML: what does not fit becomes a fault, and reading goes on.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::WorldFault;

/// One reading of one file, with the faults found so far.
pub struct Reading<'s> {
    source: &'s str,
    pub faults: Vec<WorldFault>,
}

/// A table of the file, and where it stands.
#[derive(Clone, Copy)]
pub struct Section<'t> {
    table: &'t DeTable<'t>,
    pub at: usize,
}

/// A value with where it stands.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    pub value: T,
    pub key: String,
    pub at: usize,
}

impl<'s> Reading<'s> {
    pub fn new(source: &'s str) -> Self {
        Self { source, faults: Vec::new() }
    }

    pub fn fault(&mut self, at: usize, key: impl Into<String>, what: impl Into<String>) {
        let before = self.source.get(..at.min(self.source.len())).unwrap_or_default();
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        self.faults.push(WorldFault { line, key: key.into(), what: what.into() });
    }

    pub fn fault_at<T>(&mut self, placed: &Placed<T>, what: impl Into<String>) {
        self.fault(placed.at, placed.key.clone(), what);
    }

    /// Faults every key that is none of `known`.
    pub fn only(&mut self, section: Section<'_>, path: &str, known: &[&str]) {
        for key in section.table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let what = format!("There is no such key here; there are {}.", known.join(", "));
                self.fault(key.span().start, join(path, key.get_ref()), what);
            }
        }
    }

    /// A text; other values are faulted and passed over.
    pub fn text(&mut self, section: Section<'_>, path: &str, name: &str) -> Option<Placed<String>> {
        let found = section.value(path, name)?;
        let text = found.value.as_str().map(str::to_owned);
        if text.is_none() {
            self.fault_at(&found, "A text is expected, in quotes.");
        }
        text.map(|value| Placed { value, key: found.key, at: found.at })
    }

    /// A text that has to be there and has to say something.
    pub fn needed(&mut self, section: Section<'_>, path: &str, name: &str) -> Option<Placed<String>> {
        if !section.table.contains_key(name) {
            self.fault(section.at, join(path, name), "It is missing.");
            return None;
        }
        let text = self.text(section, path, name)?;
        if text.value.trim().is_empty() {
            self.fault_at(&text, "It is empty.");
            return None;
        }
        Some(text)
    }

    /// True or false.
    pub fn flag(&mut self, section: Section<'_>, path: &str, name: &str, otherwise: bool) -> bool {
        let Some(found) = section.value(path, name) else { return otherwise };
        let flag = found.value.as_bool();
        if flag.is_none() {
            self.fault_at(&found, "true or false is expected.");
        }
        flag.unwrap_or(otherwise)
    }

    /// A list of texts.
    pub fn texts(&mut self, section: Section<'_>, path: &str, name: &str) -> Vec<Placed<String>> {
        let Some(found) = section.value(path, name) else { return Vec::new() };
        let Some(list) = found.value.as_array() else {
            self.fault_at(&found, "A list of texts is expected: [\"…\", \"…\"].");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (number, item) in list.iter().enumerate() {
            let (key, at) = (format!("{}[{}]", found.key, number + 1), item.span().start);
            match item.get_ref().as_str() {
                Some(text) => texts.push(Placed { value: text.to_owned(), key, at }),
                None => self.fault(at, key, "A text is expected, in quotes."),
            }
        }
        texts
    }

    /// A list of tables, `[[name]]`, at most `limit`; each with its path.
    pub fn tables<'t>(
        &mut self,
        section: Section<'t>,
        path: &str,
        name: &str,
        limit: usize,
    ) -> Vec<(String, Section<'t>)> {
        let Some(found) = section.value(path, name) else { return Vec::new() };
        let Some(list) = found.value.as_array() else {
            self.fault_at(&found, format!("Tables are expected: [[{}]].", found.key));
            return Vec::new();
        };
        if list.len() > limit {
            self.fault_at(&found, format!("At most {limit} are read."));
        }
        let mut tables = Vec::new();
        for (number, item) in list.iter().enumerate().take(limit) {
            let key = format!("{}[{}]", found.key, number + 1);
            match table(item) {
                Some(section) => tables.push((key, section)),
                None => self.fault(item.span().start, key, "A table is expected."),
            }
        }
        tables
    }
}

impl<'t> Section<'t> {
    /// The document itself.
    pub fn document(table: &'t DeTable<'t>) -> Self {
        Self { table, at: 0 }
    }

    fn value(&self, path: &str, name: &str) -> Option<Placed<&'t DeValue<'t>>> {
        let (key, value) = self.table.get_key_value(name)?;
        Some(Placed { value: value.get_ref(), key: join(path, name), at: key.span().start })
    }
}

fn table<'t>(item: &'t Spanned<DeValue<'t>>) -> Option<Section<'t>> {
    let table = item.get_ref().as_table()?;
    Some(Section { table, at: item.span().start })
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

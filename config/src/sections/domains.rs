//! `[domains]`: which agent decides what two dispute.

use std::collections::BTreeMap;

use crate::reading::{Reading, Section};

/// `words = "agent"`, any words; whether that is an agent, is looked at with the roster.
pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> BTreeMap<String, String> {
    let Some(section) = document.get("domains").and_then(|found| reading.any_section(&found)) else {
        return BTreeMap::new();
    };
    let read = |name: String| {
        let found = section.get(&name)?;
        Some((name, reading.text(&found)?))
    };
    section.names().into_iter().filter_map(read).collect()
}

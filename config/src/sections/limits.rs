//! `[limits]`: how fast the mesh may speak.

use std::num::NonZeroU32;

use crate::reading::{Reading, Section};

pub(crate) const KEYS: &[&str] = &["per_chat_per_second", "per_group_per_minute", "overall_per_second"];

const MOST: i64 = 100_000;

/// `[limits]`; none means that the limit is lifted, as for a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Messages to one chat in a second: 1.
    pub per_chat_per_second: Option<NonZeroU32>,
    /// Messages to one group in a minute: 20.
    pub per_group_per_minute: Option<NonZeroU32>,
    /// Messages to everybody in a second: 30.
    pub overall_per_second: Option<NonZeroU32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_chat_per_second: NonZeroU32::new(1),
            per_group_per_minute: NonZeroU32::new(20),
            overall_per_second: NonZeroU32::new(30),
        }
    }
}

pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Limits {
    let mut limits = Limits::default();
    let found = document.get("limits");
    let Some(section) = found.and_then(|found| reading.section(&found, KEYS)) else {
        return limits;
    };
    let fields =
        [&mut limits.per_chat_per_second, &mut limits.per_group_per_minute, &mut limits.overall_per_second];
    for (name, limit) in KEYS.iter().zip(fields) {
        let found = section.get(name);
        if let Some(number) = found.and_then(|found| reading.number(&found, 0..=MOST)) {
            *limit = NonZeroU32::new(number);
        }
    }
    limits
}

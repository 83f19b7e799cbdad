//! A world described in a TOML file: read whole, every fault told at once with its line and key.

mod build;
mod plan;
mod reading;

#[cfg(test)]
mod tests;

use std::fmt;

use crate::world::{Clock, World};

/// The annotated example: every key, with what it would be if left out.
pub const EXAMPLE: &str = include_str!("../../world.example.toml");

/// The longest file, in bytes.
pub const SIZE_LIMIT: usize = 1024 * 1024;

/// Something wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorldFault {
    /// Counted from one.
    pub line: usize,
    /// The key, as in `people[2].phone`; empty for the file itself.
    pub key: String,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for WorldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(f, "line {}: {}", self.line, self.what)
        } else {
            write!(f, "line {}: {}: {}", self.line, self.key, self.what)
        }
    }
}

/// Reads a world; what is drawn in it follows from `seed`, or from the machine's chance.
/// On faults, all of them, by line.
pub fn read(source: &str, clock: Clock, seed: Option<u64>) -> Result<World, Vec<WorldFault>> {
    if source.len() > SIZE_LIMIT {
        let what = format!("The file is longer than {SIZE_LIMIT} bytes.");
        return Err(vec![WorldFault { line: 1, key: String::new(), what }]);
    }
    let plan = plan::read(source)?;
    Ok(build::world(&plan, clock, seed))
}

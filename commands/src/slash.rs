//! `/mesh` commands: one table is router, permission check and help.

/// A `/mesh` line, split into words; quotes hold blanks together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The bot it names (`/mesh@Bot`), without `@`.
    pub to_bot: Option<String>,
    /// The words after `/mesh`, as written.
    pub words: Vec<String>,
}
